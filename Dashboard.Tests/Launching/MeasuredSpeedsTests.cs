using Crossbench.Launching;
using Crossbench.Models;
using Crossbench.Runs;
using Crossbench.Tests.Runs;
using Crossbench.Training;
using Xunit;

namespace Crossbench.Tests.Launching;

public sealed class MeasuredSpeedsTests : IDisposable
{
    private readonly TestStore _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public void WithoutAnyRun_ARateIsAssumed()
    {
        var spec = TestStore.Spec(("training.steps", "100"), ("training.threads", "1"));
        var expected = 100.0 * spec.Training.BatchSize * spec.Shape.ContextLength * Flops(spec) / MeasuredSpeeds.AssumedRate;
        Assert.Equal((expected, SpeedSource.Assumed), new MeasuredSpeeds(null).Estimate(spec));
        Assert.Equal((expected, SpeedSource.Assumed), new MeasuredSpeeds(_test.Store).Estimate(spec));
    }

    [Fact]
    public void RunsOfTheKind_TellBest_AndOthersByTheirOperations()
    {
        var spec = TestStore.Spec(("training.steps", "100"), ("training.threads", "1"));
        Complete(spec, 1000);
        var speeds = new MeasuredSpeeds(_test.Store);
        Assert.Equal((100.0 * spec.Training.BatchSize * spec.Shape.ContextLength / 1000, SpeedSource.SameKind), speeds.Estimate(spec));
        var larger = TestStore.Spec(("training.steps", "100"), ("training.threads", "1"), ("shape.layers", "16"));
        var (seconds, source) = speeds.Estimate(larger);
        Assert.Equal(SpeedSource.OtherRuns, source);
        Assert.Equal(speeds.Estimate(spec).Seconds * Flops(larger) / Flops(spec), seconds, 9);
    }

    private static double Flops(RunSpec spec) => ModelZoo.Find(spec.Architecture.Id)!.Cost(spec.Shape, SpecValidator.VocabularyOf(spec), spec.Architecture.Options).TrainingFlops;

    private void Complete(RunSpec spec, double speed)
    {
        var id = _test.Store.Create(spec).Id;
        _test.Store.TryTransition(id, RunStatus.Queued, RunStatus.Running, "");
        _test.Store.Append(id, [TestStore.Point(1, speed, TrainingMetrics.TokensPerSecond.Name)]);
        _test.Store.TryTransition(id, RunStatus.Running, RunStatus.Completed, "");
    }
}
