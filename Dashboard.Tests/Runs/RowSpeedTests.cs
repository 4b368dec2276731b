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
