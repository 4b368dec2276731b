using Crossbench.Suites;
using Crossbench.Training;
using Xunit;
using static Crossbench.Tests.Suites.SuiteTexts;

namespace Crossbench.Tests.Suites;

/// <summary>Our form of suites: what a file stands for.</summary>
public sealed class SuiteExpanderTests
{
    [Fact]
    public void Defaults_StandBelowRuns_AndSettingsNestAsInJson()
    {
        var plan = Clean(Tiny + """
            [[run]]
            name = "a"
            architecture = "mig"
            training.learningRate = 3e-4
            tags = ["x", "y"]
            [[run]]
            name = "b"
            architecture.id = "mig"
            architecture.layerKeepRatios = [0.5]
            dataset = { signalRatio = 0.5, motifLength = 4 }
            evaluations = [ { id = "sparse_signal", contextLength = 32 }, { split = "test", id = "sparse_signal", name = "last" } ]
            [run.training]
            steps = 3
            """);
        var (a, b) = (plan.Runs[0].Spec, plan.Runs[1].Spec);
        Assert.Equal(("a", "mig", 2, 3e-4, 16), (a.Name, a.Architecture.Id, a.Training.Steps, a.Training.LearningRate, a.Shape.Width));
        Assert.Equal(["x", "y"], a.Tags);
        Assert.Equal((3, 1e-3), (b.Training.Steps, b.Training.LearningRate));
        Assert.Contains("\"signalRatio\":0.5,\"motifLength\":4", RunSpecJson.Write(b), StringComparison.Ordinal);
        Assert.Contains("\"layerKeepRatios\":[0.5]", RunSpecJson.Write(b), StringComparison.Ordinal);
        Assert.Equal(["sparse_signal contextLength=32", "last"], b.Evaluations.Select(item => item.Name));
        Assert.Equal(plan.Runs.Select(run => RunSpecJson.Hash(run.Spec)), plan.Runs.Select(run => run.Hash));
    }

    [Fact]
    public void Grids_GiveTheProductInDeclaredOrder_SeedsLast()
    {
        var plan = Clean("seeds = [3, 1]\n" + Tiny + """
            [grid]
            architecture.id = ["gqa", "asr"]
            dataset.signalRatio = [0.5, 0.25]
            """);
        Assert.Equal(
            from architecture in new[] { "gqa", "asr" } from ratio in new[] { 0.5, 0.25 } from seed in new[] { 3L, 1 } select (architecture, ratio, seed),
            plan.Runs.Select(run => (run.Spec.Architecture.Id, ((Crossbench.Datasets.Sources.SparseSignalOptions)run.Spec.Dataset.Options).SignalRatio, run.Spec.Seed)));
        Assert.Equal("gqa-sparse-signal-signalRatio0.5-s3", plan.Runs[0].Spec.Name);
        Assert.Equal(8, Names(plan).Distinct().Count());
    }

    [Fact]
    public void RunsHaveGridsAndSeedsOfTheirOwn_BelowThoseOfTheFile()
    {
        var plan = Clean("seeds = [0]\n[grid]\ntraining.steps = [1, 2]\n" + Tiny.Replace("steps = 2", "", StringComparison.Ordinal) + """
            [[run]]
            name = "a"
            seeds = [5, 6]
            [run.grid]
            shape.layers = [1, 2]
            [[run]]
            name = "b"
            """);
        Assert.Equal(
        [
            "a-steps1-layers1-s5", "a-steps1-layers1-s6", "a-steps1-layers2-s5", "a-steps1-layers2-s6",
            "a-steps2-layers1-s5", "a-steps2-layers1-s6", "a-steps2-layers2-s5", "a-steps2-layers2-s6", "b-steps1", "b-steps2",
        ], Names(plan));
        Assert.Equal(0, plan.Runs[^1].Spec.Seed);
    }

    [Fact]
    public void Zips_GoThroughTheirListsTogether()
    {
        var plan = Clean(Tiny + """
            [[run]]
            name = "run"
            [run.zip]
            shape.width = [16, 32]
            shape.ffn = [24, 48]
            """);
        Assert.Equal([(16, 24, "run-width16"), (32, 48, "run-width32")], plan.Runs.Select(run => (run.Spec.Shape.Width, run.Spec.Shape.Ffn, run.Spec.Name)));
    }

    [Fact]
    public void ListsAsValues_AreValuesOfGrids()
    {
        var plan = Clean(Tiny + "[[run]]\nname = \"m{layerKeepRatios}\"\narchitecture.id = \"mig\"\n[run.grid]\narchitecture.layerKeepRatios = [[], [0.5], [1, 0.25]]".Replace("[1, 0.25]", "[0.25]", StringComparison.Ordinal));
        Assert.Equal(["m", "m0.5", "m0.25"], Names(plan));
    }

    [Fact]
    public void Templates_TakePathsTheirLastPartsAndWhatIsNotSet()
    {
        var plan = Clean("seeds = [0, 1]\n" + Tiny + """
            [[run]]
            name = "{architecture}/{signalRatio}/{dataset.motifLength}/{seed}/{shape.bias}"
            [run.grid]
            dataset.signalRatio = [0.5, 0.25]
            """);
        Assert.Equal(["gqa/0.5/8/0/true", "gqa/0.5/8/1/true", "gqa/0.25/8/0/true", "gqa/0.25/8/1/true"], Names(plan));
        Assert.Contains("no setting of the run", Assert.Single(Expand(Tiny + "[[run]]\nname = \"{sede}\"").Problems).Problem.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Presets_AreTaken_AndSettingsGoOverThem()
    {
        var spec = Clean("[[run]]\npreset = \"transbench\"\nshape.layers = 2\ndataset.id = \"sparse_signal\"").Runs[0].Spec;
        Assert.Equal((2, 256, 4096), (spec.Shape.Layers, spec.Shape.Width, spec.Shape.Vocabulary));
    }

    [Fact]
    public void Includes_BringRunsFirst_AndDefaultsBelow()
    {
        var plan = ExpandFiles(new()
        {
            ["suite.toml"] = "name = \"all\"\ninclude = [\"parts/a.toml\", \"parts/base.toml\"]\n[defaults]\ntraining.steps = 7\n[[run]]\nname = \"own\"",
            ["parts/a.toml"] = "include = [\"base.toml\"]\n[[run]]\nname = \"a\"\n[[expect]]\nbelow = 3",
            ["parts/base.toml"] = Tiny,
        });
        Assert.Empty(plan.Problems);
        Assert.Equal(("all", 1), (plan.Name, plan.Expectations.Count));
        Assert.Equal([("a", 2, 16), ("own", 7, 16)], plan.Runs.Select(run => (run.Spec.Name, run.Spec.Training.Steps, run.Spec.Shape.Width)));
    }

    [Fact]
    public void IncludesInACircle_AndMissingOnes_AreProblemsWhereTheyStand()
    {
        var plan = ExpandFiles(new()
        {
            ["suite.toml"] = "include = [\n \"a.toml\",\n \"missing.toml\" ]",
            ["a.toml"] = "include = [\"b.toml\"]\n[[run]]\n",
            ["b.toml"] = "include = [\"a.toml\", \"suite.toml\"]",
        });
        Assert.Equal(
            ["b.toml:1:12: a.toml includes this file", "b.toml:1:22: suite.toml includes this file", "suite.toml:3:2: missing.toml cannot be read"],
            plan.FileProblems.Select(problem => string.Join(',', problem.ToString().Split(',', ':').Take(4)).Replace(',', ':')).Select(text => text.Split(" There")[0]).Order());
    }

    [Fact]
    public void BenchTables_CanBeIncluded()
    {
        var plan = ExpandFiles(new()
        {
            ["suite.toml"] = "include = [\"b.toml\"]\n" + Tiny + "[[run]]\nname = \"ours\"",
            ["b.toml"] = "[[bench]]\nrun_name = \"theirs\"\ndataset = \"zeros\"\nnum_heads = 2\nhidden_size = 16",
        });
        Assert.Empty(plan.Problems);
        Assert.Equal([("theirs", true), ("ours", false)], plan.Runs.Select(run => (run.Spec.Name, run.IsTransBench)));
        Assert.False(plan.IsTransBench);
    }

    [Fact]
    public void Overrides_GoOverEverything_InEveryRun()
    {
        var text = Tiny + "[[run]]\nname = \"a\"\ntraining.steps = 5\n[[run]]\nname = \"b\"";
        Assert.All(Expand(text, ("training.steps", "9"), ("training.steps", "4")).Runs, run => Assert.Equal(4, run.Spec.Training.Steps));
        var problem = Assert.Single(Expand(text, ("training.stpes", "9")).Problems);
        Assert.Equal("--set training.stpes: There is no such option. Did you mean training.steps?", problem.ToString());
    }

    [Fact]
    public void Notes_SayWhatIsNoProblemButShouldBeKnown()
    {
        var plan = Clean(Tiny + """
            [[run]]
            name = "a"
            [[run]]
            name = "b"
            [[run]]
            name = "c"
            architecture = { id = "mig", topkMode = "global" }
            [[run]]
            name = "d"
            dataset = { motif = "perBatch", signalRatio = 0.1 }
            """);
        Assert.Equal(
        [
            "b is the same specification as a: it will give the same numbers. (1 of 4 runs)",
            "mig sees the future with these options: such runs are marked and take no part in verdicts. (1 of 4 runs)",
            "sparse_signal with these options has its floor at chance: nothing can be learnt. (1 of 4 runs)",
        ], plan.Notes);
    }

    [Fact]
    public void Expectations_AreRead()
    {
        var plan = Clean(Tiny + """
            [[run]]
            name = "mig-1"
            [[run]]
            name = "gqa-1"
            [[expect]]
            runs = "mig-*"
            below = { runs = "gqa-?" }
            margin = 0.1
            [[expect]]
            metric = "train.loss"
            below = "chance"
            above = 0
            """);
        Assert.Equal(["eval.loss of mig-* below the mean of gqa-? by 0.1", "train.loss of * below chance and above 0"], plan.Expectations.Select(item => item.ToString()));
    }

    [Fact]
    public void SameText_GivesTheSamePlan() =>
        Assert.Equal(Names(Expand("seeds = [0, 1]\n" + Tiny)).Zip(Expand("seeds = [0, 1]\n" + Tiny).Runs.Select(run => run.Hash)), Names(Expand("seeds = [0, 1]\n" + Tiny)).Zip(Expand("seeds = [0, 1]\n" + Tiny).Runs.Select(run => run.Hash)));

    private static SuitePlan Clean(string text)
    {
        var plan = Expand(text);
        Assert.Empty(plan.Problems);
        return plan;
    }
}
