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

    [Theory]
    [InlineData("training.device", "cuda")]
    [InlineData("training.precision", "bf16")]
    public void RunsOnAnotherDevice_OrInAnotherPrecision_TellNothing(string path, string value)
    {
        var other = RunSpecReader.ReadUnchecked([new("architecture.id", "gqa"), new("dataset.id", "sparse_signal"), new("training.threads", "1"), new(path, value)]).Spec;
        Complete(other, 1e6);
        var speeds = new MeasuredSpeeds(_test.Store);
        Assert.Equal(SpeedSource.Assumed, speeds.Estimate(TestStore.Spec(("training.threads", "1"), ("shape.layers", "16"))).Source);
        Assert.Equal(SpeedSource.OtherRuns, speeds.Estimate(other with { Shape = other.Shape with { Layers = 16 } }).Source);
        Complete(TestStore.Spec(("training.threads", "1")), 1000);
        Assert.Equal(SpeedSource.OtherRuns, new MeasuredSpeeds(_test.Store).Estimate(TestStore.Spec(("training.threads", "1"), ("shape.layers", "16"))).Source);
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
