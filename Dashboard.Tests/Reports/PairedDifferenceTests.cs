using Crossbench.Datasets;
using Crossbench.Reports;
using Crossbench.Runs;
using Crossbench.Tests.Support;
using Crossbench.Training;
using MathNet.Numerics.Distributions;
using Xunit;

namespace Crossbench.Tests.Reports;

public sealed class PairedDifferenceTests
{
    [Fact]
    public void Difference_IsPairedBySeedAndSequence_WithTheStudentIntervalOverSeeds()
    {
        // Sequence levels differ far more than the variants do: unpaired, nothing could be seen.
        var random = new Random(5);
        var (baseline, group) = (new List<RunResult>(), new List<RunResult>());
        var expected = new List<double>();
        for (var seed = 0; seed < 4; seed++)
        {
            var rows = Enumerable.Range(0, 8).Select(i => new SequenceLoss(i, TokenClass.Plain, 10 * random.NextDouble(), 1 + random.Next(30))).ToArray();
            var deltas = rows.Select(_ => 0.01 + (0.02 * random.NextDouble())).ToArray();
            baseline.Add(Result(seed, rows));
            group.Add(Result(seed, [.. rows.Select((row, i) => row with { Loss = row.Loss + deltas[i] })]));
            var (sum, tokens) = (0.0, 0);
            for (var i = 0; i < rows.Length; i++)
            {
                sum += deltas[i] * rows[i].Tokens;
                tokens += rows[i].Tokens;
            }

            expected.Add(sum / tokens);
        }

        var difference = PairedDifference.Of(new SeedGroup(baseline), new SeedGroup(group));
        var mean = expected.Sum() / 4;
        var half = StudentT.InvCDF(0, 1, 3, 0.975) * Math.Sqrt(expected.Sum(value => Math.Pow(value - mean, 2)) / 3 / 4);
        Assert.Equal((DifferenceBasis.Seeds, 8), (difference.Basis, difference.Sequences));
        Assert.Equal(expected, difference.BySeed.Select(item => item.Difference), (a, b) => Math.Abs(a - b) < 1e-9);
        Assert.Equal((mean, mean - half, mean + half), (difference.Mean!.Value, difference.Low!.Value, difference.High!.Value), new Close());
    }

    [Fact]
    public void OneSharedSeed_HasAnIntervalOverItsSequencesAlone()
    {
        var baseline = new SeedGroup([Result(0, Rows(1, 2, 3)), Result(1, Rows(1, 1, 1))]);
        var difference = PairedDifference.Of(baseline, new SeedGroup([Result(0, Rows(2, 4, 6)), Result(7, Rows(1, 1, 1))]));
        Assert.Equal((DifferenceBasis.Sequences, 2.0), (difference.Basis, difference.Mean!.Value));
        Assert.Equal(2 - (StudentT.InvCDF(0, 1, 2, 0.975) / Math.Sqrt(3)), difference.Low!.Value, 1e-9);
    }

    [Fact]
    public void OneSharedSeed_WithUnequalTokens_HasItsIntervalAroundItsMean()
    {
        SequenceLoss[] rows = [new(0, TokenClass.Plain, 1, 99), new(1, TokenClass.Plain, 1, 1)];
        var difference = PairedDifference.Of(new SeedGroup([Result(0, rows)]), new SeedGroup([Result(0, [rows[0], rows[1] with { Loss = 2 }])]));
        Assert.Equal(0.01, difference.Mean!.Value, 1e-12);
        Assert.Equal(0.01, (difference.Low!.Value + difference.High!.Value) / 2, 1e-9);
        Assert.True(difference.Low < 0 && difference.High > 0);
    }

    [Fact]
    public void SequencesThatOnlyOneHasScored_DoNotCount()
    {
        var difference = PairedDifference.Of(new SeedGroup([Result(0, Rows(1, 2, 3))]), new SeedGroup([Result(0, [.. Rows(1.5, 2.5), new(2, TokenClass.Plain, 9, 11), new(5, TokenClass.Plain, 9, 10)])]));
        Assert.Equal((0.5, 2), (difference.Mean!.Value, difference.Sequences));
    }

    [Fact]
    public void OtherDatasets_OtherSeeds_AndRunsThatAreNotDone_HaveNoDifference()
    {
        var baseline = new SeedGroup([Result(0, Rows(1, 2))]);
        Assert.Equal(DifferenceBasis.None, PairedDifference.Of(baseline, new SeedGroup([Result(0, Rows(1, 2), "text")])).Basis);
        Assert.Equal(DifferenceBasis.None, PairedDifference.Of(baseline, new SeedGroup([Result(1, Rows(1, 2))])).Basis);
        Assert.Equal(DifferenceBasis.None, PairedDifference.Of(baseline, new SeedGroup([Result(0, Rows(1, 2)) with { Run = Result(0, Rows(1, 2)).Run with { Status = RunStatus.Stopped } }])).Basis);
        Assert.Null(PairedDifference.Of(baseline, new SeedGroup([])).Mean);
    }

    private static SequenceLoss[] Rows(params double[] losses) => [.. losses.Select((loss, i) => new SequenceLoss(i, TokenClass.Plain, loss, 10))];

    private static RunResult Result(long seed, IReadOnlyList<SequenceLoss> rows, string dataset = "sparse_signal")
    {
        var spec = SampleRuns.Spec("sample", dataset, seed, 100);
        return new RunResult
        {
            Run = new RunRecord { Id = RunId.New(TimeProvider.System), Spec = spec, SpecHash = "", Status = RunStatus.Completed, CreatedAt = DateTimeOffset.UnixEpoch, EvalLoss = 1 },
            Final = [new ScoredSet(new EvaluationRecord(100, Evaluated.OwnSet, 1, 0.9, 1.1), rows)],
        };
    }

    private sealed class Close : IEqualityComparer<(double, double, double)>
    {
        public bool Equals((double, double, double) x, (double, double, double) y) => Math.Abs(x.Item1 - y.Item1) + Math.Abs(x.Item2 - y.Item2) + Math.Abs(x.Item3 - y.Item3) < 1e-9;

        public int GetHashCode((double, double, double) obj) => 0;
    }
}
