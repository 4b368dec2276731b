using Crossbench.Reports.Suites;
using Crossbench.Runs;
using Crossbench.Tests.Runs;
using MathNet.Numerics.Distributions;
using Xunit;

namespace Crossbench.Tests.Reports;

/// <summary>The matrix of a suite against values worked out here step by step, from the runs themselves.</summary>
public sealed class SuiteMatrixTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Cells_HoldMeanIntervalAndPairedDifference_AsWorkedOutByHand()
    {
        var random = new Random(7);
        string[] kinds = ["gqa", "mig"];
        string[] levels = ["0.5", "0.3", "0.15"];
        var runs = kinds.SelectMany(kind => levels.SelectMany(level => Enumerable.Range(0, 5).Select(seed => Done(kind, 5 + random.NextDouble(), seed, ("dataset.signalRatio", level))))).ToArray();
        var matrix = Of(runs);
        Assert.Equal(["gqa", "mig"], matrix.Layout.Rows.Select(row => row.Key));
        Assert.Equal(3, matrix.Layout.Columns.Count);
        Assert.Equal((0, 3), (matrix.Baseline, matrix.Comparisons));
        foreach (var (column, level) in levels.Index())
        {
            double[] Values(string kind) => [.. runs.Where(run => run.Spec.Architecture.Id == kind && run.SpecHash == $"{kind} {level}").OrderBy(run => run.Spec.Seed).Select(run => run.EvalLoss!.Value)];
            var (own, other) = (Values("mig"), Values("gqa"));
            var cell = matrix[1, column]!;
            Assert.Equal(own.Sum() / 5, cell.Mean!.Value, 12);
            Assert.Equal((own.Sum() / 5) - Half(own, 0.05), cell.Low!.Value, 9);
            var differences = Enumerable.Range(0, 5).Select(i => own[i] - other[i]).ToArray();
            Assert.Equal(differences.Sum() / 5, cell.Difference!.Mean, 12);
            Assert.Equal((differences.Sum() / 5) + Half(differences, 0.05 / 3), cell.Difference.High!.Value, 9);
            Assert.Equal((differences.Sum() / 5) - Half(differences, 0.05 / 3), cell.Difference.Low!.Value, 9);
            Assert.Equal(cell.Difference.High < 0 ? CellWord.Better : cell.Difference.Low > 0 ? CellWord.Worse : CellWord.None, cell.Word);
            Assert.Null(matrix[0, column]!.Difference);
        }
    }

    [Theory]
    [InlineData(new[] { -0.5, -0.51, -0.49 }, CellWord.Better)]
    [InlineData(new[] { 0.5, 0.51, 0.49 }, CellWord.Worse)]
    [InlineData(new[] { -0.5, -0.51 }, CellWord.None)]
    [InlineData(new[] { -0.5, 0.4, -0.6 }, CellWord.None)]
    [InlineData(new[] { 0.0, 0.0, 0.0 }, CellWord.None)]
    public void Word_NeedsThreeSharedSeeds_AndAnIntervalThatLeavesZero(double[] differences, CellWord word)
    {
        var runs = differences.Index().SelectMany(item => new[] { Done("gqa", 5 + item.Index, item.Index), Done("mig", 5 + item.Index + item.Item, item.Index) }).ToArray();
        Assert.Equal(word, Of(runs)[1, 0]!.Word);
    }

    [Fact]
    public void SeedsThatOneSideLacks_TakeNoPartInTheDifference_ButInTheMean()
    {
        RunRecord[] runs = [Done("gqa", 5, 0), Done("gqa", 6, 1), Done("gqa", 7, 2), Done("mig", 4, 1), Done("mig", 5.5, 2), Done("mig", 100, 9)];
        var cell = Of(runs)[1, 0]!;
        Assert.Equal((2, -1.75), (cell.Difference!.Seeds, cell.Difference.Mean));
        Assert.Equal((4 + 5.5 + 100) / 3, cell.Mean!.Value, 12);
    }

    [Fact]
    public void RepeatedSeed_CountsOnce_AndTheNewestStands()
    {
        RunRecord[] runs = [Done("gqa", 9, 0), Done("gqa", 5, 0) with { CreatedAt = Noon.AddHours(1) }, Done("gqa", 7, 1), Run("gqa", RunStatus.Failed, 2), Run("gqa", RunStatus.Running, 3) with { Step = 25, EvalLoss = 1 }];
        var cell = Of(runs)[0, 0]!;
        Assert.Equal(6, cell.Mean);
        Assert.Equal([PipState.Done, PipState.Done, PipState.Done, PipState.Failed, PipState.Running], cell.Pips.Select(pip => pip.State));
        Assert.Equal(0.25, cell.Pips[^1].Progress);
    }

    [Fact]
    public void CellThatHasNotLearned_NeitherWinsNorLoses_EvenWhereTheBaselineIsTheOne()
    {
        RunRecord[] Three(string kind, double loss, bool learned) => [.. Enumerable.Range(0, 3).Select(seed => Done(kind, loss + (seed * 0.001), seed) with { Chance = 8, EvalHigh = learned ? 7.9 : 8.1 })];
        var unlearned = Of([.. Three("gqa", 5, true), .. Three("mig", 7, false)])[1, 0]!;
        Assert.Equal((CellWord.None, 3, true), (unlearned.Word, unlearned.Unlearned, unlearned.Difference!.LeavesZero));
        Assert.Equal(CellWord.None, Of([.. Three("gqa", 7, false), .. Three("mig", 5, true)])[1, 0]!.Word);
        Assert.Equal(CellWord.Worse, Of([.. Three("gqa", 5, true), .. Three("mig", 7, true)])[1, 0]!.Word);
    }

    [Fact]
    public void RowThatSeesTheFuture_IsExcluded_FromComparisonsToo()
    {
        RunRecord[] Three(string kind, double loss, params (string, string)[] settings) => [.. Enumerable.Range(0, 3).Select(seed => Done(kind, loss + (seed * 0.001), seed, settings))];
        var matrix = Of([.. Three("gqa", 5), .. Three("mig", 4, ("architecture.topkMode", "global")), .. Three("mig", 4.5, ("architecture.topkMode", "causal_rank"))]);
        Assert.Equal(1, matrix.Comparisons);
        Assert.Equal([false, true, false], Enumerable.Range(0, 3).Select(row => matrix[row, 0]!.IsExcluded));
        Assert.Null(matrix[1, 0]!.Difference);
        Assert.Equal(CellWord.Better, matrix[2, 0]!.Word);
        Assert.Equal([0, 0, 1], matrix.Layout.Rows.Select(row => row.Variant));
    }

    [Fact]
    public void CellOfOtherData_HasNoDifference_AndWidensNoInterval()
    {
        RunRecord[] Three(string kind, double loss, string level) => [.. Enumerable.Range(0, 3).Select(seed => Done(kind, loss + (seed * 0.001), seed, ("dataset.signalRatio", level)))];
        RunRecord[] complete = [.. Three("gqa", 5, "0.5"), .. Three("mig", 4.9, "0.5")];
        RunRecord[] runs = [.. complete, .. Three("gqa", 6.5, "0.3")];
        var layout = Layout(runs);
        var matrix = SuiteMatrix.Of(layout, runs, layout.PlaceOf(runs[0].Id)!.Value.Row);
        Assert.Equal((3, 1, 1), (matrix.Layout.Rows.Count, matrix.Layout.Columns.Count, matrix.Comparisons));
        var other = matrix[layout.PlaceOf(runs[^1].Id)!.Value.Row, 0]!;
        Assert.Equal((true, CellWord.None, null), (other.HasOtherData, other.Word, other.Difference));
        var same = matrix[layout.PlaceOf(complete[^1].Id)!.Value.Row, 0]!;
        Assert.Equal((false, CellWord.Better, Of(complete)[1, 0]!.Difference), (same.HasOtherData, same.Word, same.Difference));
    }

    [Theory]
    [InlineData("shape.contextLength", "64")]
    [InlineData("shape.vocabulary", "128")]
    [InlineData("training.evaluationSequences", "32")]
    public void CellThatPredictsOtherTokens_HasNoDifference(string path, string value)
    {
        RunRecord[] runs = [.. Enumerable.Range(0, 3).SelectMany(seed => new[] { Done("gqa", 5 + (0.001 * seed), seed), Done("gqa", 6 + (0.001 * seed), seed, (path, value)) })];
        var matrix = SuiteMatrix.Of(SuiteLayout.Of(runs, [path]), runs, 0);
        Assert.Equal((2, 0), (matrix.Layout.Rows.Count, matrix.Comparisons));
        Assert.Null(matrix[1, 0]!.Difference);
    }

    [Fact]
    public void CurvesOfACell_AreOneForEachSeed_AndEndWithNoFailedTry()
    {
        var failed = Run("gqa", RunStatus.Failed, 0) with { Step = 50 };
        RunRecord[] runs =
        [
            failed, Done("gqa", 5, 0), Done("gqa", 5, 1), Done("gqa", 5, 1) with { CreatedAt = Noon.AddHours(1) },
            Run("gqa", RunStatus.Running, 1) with { Step = 7, CreatedAt = Noon.AddHours(2) }, Run("gqa", RunStatus.Diverged, 2) with { Step = 9 }, Run("gqa", RunStatus.Running, 3) with { Step = 8 }, Run("gqa", RunStatus.Queued, 4),
        ];
        Assert.Equal([runs[1], runs[3], runs[6]], Of(runs)[0, 0]!.Followed);
        Assert.Equal([failed], Of(failed)[0, 0]!.Followed);
    }

    [Fact]
    public void NoiseColumns_StandAtTheirRealShare_FromLittleToMuch()
    {
        var layout = Layout([.. new[] { "0.05", "0.5", "0.15", "0.3" }.Select(level => Done("gqa", 5, 0, ("dataset.signalRatio", level), ("shape.contextLength", "256")))]);
        Assert.True(layout.IsNoise && layout.IsAxis);
        Assert.Equal([128 / 255.0, 180 / 255.0, 218 / 255.0, 244 / 255.0], layout.Columns.Select(column => column.NoiseShare!.Value));
        Assert.Equal("signalRatio 0.5", layout.Columns[0].Details);
        var poisoned = Layout([.. new[] { "0.95", "0.5" }.Select(ratio => Spec("gqa", 0, [("dataset.id", "poisoned_needle"), ("dataset.poisonRatio", ratio), ("shape.contextLength", "256")], isPlain: true))]);
        Assert.Equal([116 / 256.0, 220 / 256.0], poisoned.Columns.Select(column => column.NoiseShare!.Value));
    }

    [Fact]
    public void OneNumberThatVaries_IsAnAxis_InOrder()
    {
        var layout = Layout([.. new[] { "0.003", "0.0001", "0.001" }.Select(rate => Done("gqa", 5, 0, ("training.learningRate", rate)))]);
        Assert.Equal([0.0001, 0.001, 0.003], layout.Columns.Select(column => column.Position!.Value));
        Assert.False(layout.IsNoise);
        Assert.True(layout.IsAxis);
    }

    [Fact]
    public void SettingThatOnlySomeArchitecturesVary_BelongsToTheRows_UnlessMoved()
    {
        RunRecord[] runs = [Done("gqa", 5, 0), Done("gqa", 5, 0, ("shape.ffn", "278")), Done("mig", 5, 0)];
        var layout = Layout(runs);
        Assert.Equal((3, 1), (layout.Rows.Count, layout.Columns.Count));
        Assert.Equal(["gqa", "gqa ffn 278", "mig"], layout.Rows.Select(row => row.Key));
        var moved = SuiteLayout.Of(runs, []);
        Assert.True(moved.Columns.Count >= 2);
        Assert.Equal(runs.Length, runs.Select(run => moved.PlaceOf(run.Id)).Distinct().Count());
    }

    [Fact]
    public void Selection_HasWhatIsPredictedInColumns_AndEveryOtherDifferenceInRows()
    {
        RunRecord[] runs =
        [
            .. new[] { "0.001", "0.003" }.SelectMany(rate => new[] { "0.5", "0.3" }.SelectMany(level => Enumerable.Range(0, 2).Select(seed =>
                Done("gqa", 5, seed, ("training.learningRate", rate), ("dataset.signalRatio", level), ("shape.contextLength", level == "0.5" ? "64" : "128"))))),
        ];
        var layout = SuiteLayout.OfSelection(runs);
        Assert.Equal(["gqa", "gqa learningRate 0.003"], layout.Rows.Select(row => row.Key));
        Assert.Equal(["contextLength 128 · signalRatio 0.3", "contextLength 64 · signalRatio 0.5"], layout.Columns.Select(column => string.Join(" · ", column.Details.Split(" · ").Order(StringComparer.Ordinal))).Order(StringComparer.Ordinal));
        Assert.Equal((1, 2), (SuiteLayout.Of(runs, []).Rows.Count, SuiteLayout.OfSelection(runs, ["dataset.signalRatio"]).Rows.Count));
        Assert.Equal((2, 1), (SuiteLayout.OfSelection([.. runs.Where(run => run.Spec.Shape.ContextLength == 64)]).Rows.Count, SuiteLayout.OfSelection([.. runs.Where(run => run.Spec.Shape.ContextLength == 64)]).Columns.Count));
    }

    [Fact]
    public void NoCellMixesTwoSpecifications_WhateverTheAxes()
    {
        RunRecord[] runs =
        [
            .. new[] { "gqa", "mig", "sil" }.SelectMany(kind => new[] { "0.5", "0.3" }.SelectMany(level => new[] { "0.001", "0.003" }.SelectMany(rate =>
                Enumerable.Range(0, 2).Select(seed => Done(kind, 5, seed, ("dataset.signalRatio", level), ("training.learningRate", rate)))))),
        ];
        foreach (var rows in (string[]?[])[null, [], ["dataset.signalRatio"], ["training.learningRate", "dataset.signalRatio"]])
        {
            var layout = SuiteLayout.Of(runs, rows);
            foreach (var cell in runs.GroupBy(run => layout.PlaceOf(run.Id)))
            {
                Assert.Single(cell.Select(run => run.SpecHash).Distinct());
                Assert.Equal(2, cell.Count());
            }
        }
    }

    [Fact]
    public void Crossing_LiesBetweenTheLastLevelOfOneSign_AndTheFirstOfTheOther()
    {
        // Worse at little noise, undecided, better at much: the sign changes somewhere between the first and the third level.
        Assert.Equal([(0, 2)], CrossingOf(+0.5, null, -0.5).Changes);
        Assert.Equal([(0, 1), (1, 2)], CrossingOf(+0.5, -0.5, +0.5).Changes);
        Assert.Empty(CrossingOf(-0.5, null, -0.5).Changes);
        Assert.Equal(3, CrossingOf(null, null, null).Levels);
        Assert.Empty(CrossingOf(null, null, null).Changes);
    }

    private static Crossing CrossingOf(params double?[] differences)
    {
        string[] levels = ["0.5", "0.3", "0.15"];
        double Shift(string kind, int level, int seed) => kind == "gqa" ? 0 : differences[level] is { } shift ? shift + (0.001 * seed) : seed - 1;
        var runs = levels.Index().SelectMany(level => Enumerable.Range(0, 3).SelectMany(seed =>
            new[] { "gqa", "mig" }.Select(kind => Done(kind, 5 + seed + Shift(kind, level.Index, seed), seed, ("dataset.signalRatio", level.Item)))));
        return Crossing.Of(Of([.. runs]), 1);
    }

    private static double Half(double[] values, double error)
    {
        var mean = values.Sum() / values.Length;
        var variance = values.Select(value => Math.Pow(value - mean, 2)).Sum() / (values.Length - 1);
        return new StudentT(0, 1, values.Length - 1).InverseCumulativeDistribution(1 - (error / 2)) * Math.Sqrt(variance / values.Length);
    }

    private static SuiteMatrix Of(params RunRecord[] runs) => Layout(runs) is var layout ? SuiteMatrix.Of(layout, runs, layout.UsualBaseline) : null!;

    private static SuiteLayout Layout(params RunRecord[] runs) => SuiteLayout.Of(runs);

    private static RunRecord Done(string kind, double loss, int seed, params (string, string)[] settings) => Spec(kind, seed, settings) with { Status = RunStatus.Completed, EvalLoss = loss, Step = 100 };

    private static RunRecord Run(string kind, RunStatus status, int seed) => Spec(kind, seed, []) with { Status = status };

    private static int _number;

    private static RunRecord Spec(string kind, int seed, (string Path, string Value)[] settings, bool isPlain = false)
    {
        var spec = TestStore.Spec([("architecture.id", kind), .. isPlain ? [] : new (string, string)[] { ("shape.vocabulary", "64") }, ("training.steps", "100"), .. settings.Where(setting => setting.Path != "dataset.id"), .. settings.Where(setting => setting.Path == "dataset.id")]) with { Seed = seed };
        var hash = settings.Length == 1 ? $"{kind} {settings[0].Value}" : $"{kind} {string.Join(' ', settings)}";
        return new RunRecord { Id = RunId.New(TimeProvider.System), Spec = spec, SpecHash = hash, Status = RunStatus.Queued, CreatedAt = Noon.AddSeconds(Interlocked.Increment(ref _number)) };
    }
}
