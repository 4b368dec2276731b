using Crossbench.Tests.Runs;
using Crossbench.Training;
using Crossbench.Web.Components.Charts;
using Xunit;

namespace Crossbench.Tests.Web;

public sealed class TimeAxisTests
{
    private const int Steps = 50_000;

    [Fact]
    public void LongRun_KeepsFewTimes_AndTellsEachOfThem()
    {
        using var store = new TestStore();
        var id = store.Running();
        var axis = new TimeAxis(store.Store, id, 1);
        foreach (var part in Enumerable.Range(1, Steps).Chunk(1000))
        {
            store.Store.Append(id, [.. part.Select(step => TestStore.Point(step, SecondsAt(step), TrainingMetrics.Elapsed.Name))]);
            axis.ReadOn();
        }

        Assert.InRange(axis.Known, TimeAxis.MostKnown / 2, 2 * TimeAxis.MostKnown);
        Assert.Equal(Steps, axis.LastStep);
        var whole = SecondsAt(Steps);
        foreach (var step in Enumerable.Range(1, Steps).Where(step => step % 37 == 1))
        {
            Assert.InRange(axis.At(step), SecondsAt(step) - (whole / 2000), SecondsAt(step) + (whole / 2000));
            Assert.InRange(axis.StepAt(axis.At(step)), step - 0.01, step + 0.01);
        }
    }

    [Fact]
    public void BetweenTwoMeasurements_StepsTakeEquallyLong()
    {
        using var store = new TestStore();
        var id = store.Running();
        store.Store.Append(id, [TestStore.Point(10, 5, TrainingMetrics.Elapsed.Name), TestStore.Point(20, 25, TrainingMetrics.Elapsed.Name)]);
        var axis = new TimeAxis(store.Store, id, 1);
        axis.ReadOn();
        Assert.Equal((0, 5, 15, 25, 25), (axis.At(9), axis.At(10), axis.At(15), axis.At(20), axis.At(30)));
        Assert.Equal((10, 15, 20), (axis.StepAt(1), axis.StepAt(15), axis.StepAt(25)));
    }

    // Twice as slow in its second half.
    private static double SecondsAt(int step) => (step * 0.1) + (Math.Max(0, step - (Steps / 2)) * 0.1);
}
