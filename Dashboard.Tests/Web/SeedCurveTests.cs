using Crossbench.Metrics;
using Crossbench.Reports;
using Crossbench.Runs;
using Crossbench.Tests.Support;
using Crossbench.Web.Components.Charts;
using Xunit;

namespace Crossbench.Tests.Web;

/// <summary>Which runs are behind the line of a specification.</summary>
public sealed class SeedCurveTests
{
    private int _number;

    [Fact]
    public void RepeatedSeedsAndFailedTries_AreNoFurtherSeeds_AndTheNameSaysHowManyThereAre()
    {
        RunResult[] runs = [Run(0, RunStatus.Failed), Run(0, RunStatus.Completed), Run(0, RunStatus.Completed), Run(1, RunStatus.Completed), Run(2, RunStatus.Diverged)];

        var line = Line(runs);

        Assert.Equal("gqa × 2", line.Name);
        Assert.Equal([runs[2].Run, runs[3].Run], line.Members.Select(member => member.Run));
    }

    [Fact]
    public void OneSeedTrainedTwice_HasTheNameOfTheRunThatCounts()
    {
        RunResult[] runs = [Run(0, RunStatus.Completed), Run(0, RunStatus.Running)];

        Assert.Equal("try-1", Line(runs).Name);
        Assert.Equal(["try-1"], CurveGroup.NamesOf([new SeedGroup(runs)], _ => ""));
    }

    [Fact]
    public void TheBand_IsThatOfItsSeeds_HoweverOftenOneWasTrained()
    {
        RunResult[] runs = [Run(0, RunStatus.Completed), Run(0, RunStatus.Completed), Run(0, RunStatus.Completed), Run(1, RunStatus.Completed)];
        LinePoint[][] curves = [.. Line(runs).Members.Select(member => new LinePoint[] { new(1, 4 + member.Run.Spec.Seed), new(2, 3 + member.Run.Spec.Seed) })];

        var band = SeedBand.Of(curves);

        // Two values 1 apart: mean between them, deviation √½, t(1, 0.975) = 12.7062047362.
        Assert.Equal((4.5, 12.7062047362 * Math.Sqrt(0.5) / Math.Sqrt(2)), (band[0].Y, Math.Round(band[0].High - band[0].Y, 9)), new Near());
        Assert.Equal(2, band[^1].X);
    }

    private static CurveGroup Line(params RunResult[] runs) => Assert.Single(CurveGroup.Of(ShownGroup.Of([new SeedGroup(runs)], _ => ("--arch-gqa", "")), "train.loss"));

    private RunResult Run(long seed, RunStatus status)
    {
        _number++;
        return new RunResult
        {
            Run = new RunRecord
            {
                Id = RunId.New(TimeProvider.System), Spec = SampleRuns.Spec($"try-{_number}", "sparse_signal", seed, 100), SpecHash = "", Status = status,
                CreatedAt = DateTimeOffset.UnixEpoch.AddHours(_number), EvalLoss = 1, Step = status == RunStatus.Completed ? 100 : 50,
            },
        };
    }

    private sealed class Near : IEqualityComparer<(double, double)>
    {
        public bool Equals((double, double) x, (double, double) y) => Math.Abs(x.Item1 - y.Item1) + Math.Abs(x.Item2 - y.Item2) < 1e-8;

        public int GetHashCode((double, double) obj) => 0;
    }
}
