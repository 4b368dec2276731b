using Crossbench.Metrics;
using Crossbench.Runs;
using Crossbench.Training;
using Xunit;

namespace Crossbench.Tests.Runs;

/// <summary>The speed of a run's row: over all counted steps, once there is such a number, and not that of one step.</summary>
public sealed class RowSpeedTests : IDisposable
{
    private readonly TestStore _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public void Speed_IsThatOfTheLatestStep_UntilOneOverAllStepsIsKnown()
    {
        var id = _test.Running();
        Append(id, 1, 900);
        Assert.Equal(900, Speed(id));
        Append(id, 2, 800, steady: 850);
        Assert.Equal(850, Speed(id));
        Append(id, 3, 20);
        Assert.Equal(850, Speed(id));
        Append(id, 4, 870, steady: 840);
        Append(id, 5, 5000);
        Assert.Equal(840, Speed(id));
    }

    [Fact]
    public void Speed_OfWhatIsLeft_AfterGoingBackToACheckpoint()
    {
        var id = _test.Running();
        Append(id, 1, 900);
        Append(id, 2, 800, steady: 850);
        Append(id, 3, 700, steady: 790);
        _test.Store.TruncateAfter(id, 2);
        Assert.Equal(850, Speed(id));
        _test.Store.TruncateAfter(id, 1);
        Assert.Equal(900, Speed(id));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(0)]
    public void Speed_IsThatOfTheLastWorker_FromItsFirstStepOn(long from)
    {
        var id = _test.Running();
        Begin(id, 0);
        Append(id, 1, 900);
        Append(id, 2, 800, steady: 850);
        Begin(id, from);
        Append(id, from + 1, 40);
        Assert.Equal(40, Speed(id));
        Append(id, from + 2, 60);
        Assert.Equal(60, Speed(id));
        Append(id, from + 3, 50, steady: 45);
        Append(id, from + 4, 5000);
        Assert.Equal(45, Speed(id));
    }

    [Fact]
    public void Speed_IsStillThatOverAllSteps_WhereTheseAreSealed()
    {
        var id = _test.Running();
        Begin(id, 0);
        _test.Store.Append(id, [.. Enumerable.Range(1, 5000).Select(step => TestStore.Point(step, 700, TrainingMetrics.SteadyTokensPerSecond.Name))]);
        Append(id, 5001, 3);
        Assert.Equal(700, Speed(id));
        Begin(id, 5001);
        Append(id, 5002, 3);
        Assert.Equal(3, Speed(id));
    }

    private void Begin(RunId id, long step) =>
        _test.Store.Append(id, [new Started(step, 100, 4321, 64, 4.1, null, false, "cpu") { Machine = new("Some CPU", 4, 8L << 30, "cpu", 1, "libtorch", "", "0.1.0", "Linux", ".NET 10") }]);

    private double? Speed(RunId id) => _test.Store.Find(id)!.TokensPerSecond;

    private void Append(RunId id, long step, double speed, double? steady = null) => _test.Store.Append(id,
    [
        new Measured(step, step,
        [
            new MetricPoint(TrainingMetrics.TokensPerSecond.Name, step, speed),
            .. steady is { } known ? [new MetricPoint(TrainingMetrics.SteadyTokensPerSecond.Name, step, known)] : Array.Empty<MetricPoint>(),
        ]),
    ]);
}
