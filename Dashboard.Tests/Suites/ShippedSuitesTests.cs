using System.Diagnostics;
using Crossbench.Models;
using Crossbench.Suites;
using Crossbench.Tests.Support;
using Crossbench.Training;
using Xunit;
using static Crossbench.Tests.Suites.SuiteTexts;

namespace Crossbench.Tests.Suites;

/// <summary>The suites that come along.</summary>
public sealed class ShippedSuitesTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "data", "suites");

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(Folder, "*.toml").Select(Path.GetFileName).OfType<string>().Order()];

    [Theory]
    [MemberData(nameof(Files))]
    public void EverySuite_ExpandsWithoutAProblem_OnTheCpu(string file)
    {
        var plan = Read(file, ("training.device", "cpu"));
        Assert.Empty(plan.Problems);
        Assert.NotEmpty(plan.Runs);
        Assert.Equal(file.StartsWith("benchmarks.", StringComparison.Ordinal), plan.IsTransBench);
    }

    [Theory]
    [InlineData("benchmarks.example.toml", 1)]
    [InlineData("benchmarks.cpu.toml", 8)]
    [InlineData("benchmarks.cuda.toml", 8)]
    [InlineData("benchmarks.amig.toml", 3)]
    [InlineData("benchmarks.mig_dev.toml", 12)]
    [InlineData("benchmarks.mig_cuda.toml", 12)]
    [InlineData("benchmarks.mig_poison_sweep.toml", 12)]
    [InlineData("benchmarks.amig_p95_retry.toml", 1)]
    public void TransBenchsSuites_HaveItsRuns_AndThoseForAGpuSayHowToDoWithout(string file, int runs)
    {
        var plan = Read(file);
        Assert.Equal(runs, plan.Runs.Count);
        var needsGpu = file is "benchmarks.cuda.toml" or "benchmarks.mig_cuda.toml" or "benchmarks.mig_poison_sweep.toml" or "benchmarks.amig_p95_retry.toml";
        Assert.Equal(needsGpu ? runs : 0, plan.Problems.Count);
        Assert.All(plan.Problems, problem => Assert.Contains("--set training.device=cpu", problem.Problem.Remedy, StringComparison.Ordinal));
    }

    [Fact]
    public void PublishedTable_HasItsParameterCounts()
    {
        var counts = Read("benchmarks.cuda.toml").Runs.ToDictionary(run => run.Spec.Name.Split('-')[1], run => ModelZoo.Find(run.Spec.Architecture.Id)!.Cost(run.Spec.Shape, SpecValidator.VocabularyOf(run.Spec), run.Spec.Architecture.Options).ParameterCount);
        Assert.Equal((5_648_128, 5_749_552, 5_752_774, 5_648_128, 6_087_040), (counts["gqa"], counts["mig"], counts["sil"], counts["asr"], counts["mhla"]));
    }

    [Fact]
    public void CorrectedSuites_HaveFiveSeeds_Positions_NothingThatSeesTheFuture_AndTheFloorsOfTheBook()
    {
        var plans = Directory.EnumerateFiles(Folder, "corrected.*.toml").Select(file => Read(Path.GetFileName(file))).ToArray();
        Assert.Equal(3, plans.Length);
        Assert.All(plans.SelectMany(plan => plan.Runs).GroupBy(run => RunSpecJson.Hash(run.Spec with { Seed = 0 })), group => Assert.Equal([0L, 1, 2, 3, 4], group.Select(run => run.Spec.Seed).Order()));
        Assert.All(plans.SelectMany(plan => plan.Runs), run => Assert.True(ModelZoo.Find(run.Spec.Architecture.Id)!.IsCausal(run.Spec.Architecture.Options) && run.Spec.Shape.Positions == PositionEncoding.Rope && !run.IsTransBench));
        Assert.All(plans, plan => Assert.Empty(plan.Notes));
        var floors = plans.Single(plan => plan.Name == "corrected sparse_signal").Runs
            .Select(run => Math.Round(Crossbench.Datasets.DatasetCatalog.Find(run.Spec.Dataset.Id)!.Describe(run.Spec.Dataset.Options, 256, 4096).Floor!.Value, 2)).Distinct().Order();
        Assert.Equal([4.18, 5.87, 7.11, 7.96], floors);
    }

    [Fact]
    public void Controls_MatchTheParametersOfMig_WithinATenthOfAPercent()
    {
        foreach (var file in new[] { "corrected.baselines.toml", "corrected.sparse_signal.toml", "corrected.poisoned_needle.toml" })
        {
            var runs = Read(file).Runs;
            double Of(string start) => Count(runs.First(run => run.Spec.Name.StartsWith(start, StringComparison.Ordinal)).Spec);
            Assert.InRange(Of("gqa-matched-") / Of("mig-"), 0.999, 1.001);
        }

        static long Count(RunSpec spec) => ModelZoo.Find(spec.Architecture.Id)!.Cost(spec.Shape, SpecValidator.VocabularyOf(spec), spec.Architecture.Options).ParameterCount;
    }

    [Fact]
    public void AThousandRuns_ExpandInASecond()
    {
        var text = Tiny + $"[grid]\narchitecture.id = [\"gqa\", \"asr\"]\ntraining.learningRate = [{string.Join(", ", Enumerable.Range(1, 50).Select(i => $"{i}e-4"))}]\n[[run]]\nseeds = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]\n";
        Assert.Equal(1000, Expand(text).Runs.Count);
        var begun = Stopwatch.GetTimestamp();
        Assert.Empty(Expand(text).Problems);
        Assert.InRange(Stopwatch.GetElapsedTime(begun).TotalSeconds, 0, 5); // 1 s on an idle machine; tests share theirs
    }

    private static SuitePlan Read(string file, params (string Path, string Text)[] overrides) => Expand(File.ReadAllText(Path.Combine(Folder, file)), overrides);
}
