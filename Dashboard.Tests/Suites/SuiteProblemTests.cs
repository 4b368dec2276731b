using Crossbench.Suites;
using Xunit;
using static Crossbench.Tests.Suites.SuiteTexts;

namespace Crossbench.Tests.Suites;

/// <summary>Mistakes in suites, with their places.</summary>
public sealed class SuiteProblemTests
{
    [Theory]
    [InlineData("", "1:1: The suite has no runs.")]
    [InlineData("[defaults]\nshape.layers = 1", "1:1: The suite has no runs.")]
    [InlineData("runs = 1", "1:1: There is no key \"runs\" here. Did you mean run?")]
    [InlineData("[training]\nsteps = 1", "1:2: There is no key \"training\" here. training is a setting of runs: write it below [defaults], or in a [[run]].")]
    [InlineData("architectur = \"mig\"\nseeds = [0]", "1:1: There is no key \"architectur\" here. Did you mean architecture? It is a setting of runs: write it below [defaults], or in a [[run]].")]
    [InlineData("zzzzzz = 1\nseeds = [0]", "1:1: There is no key \"zzzzzz\" here. Known are")]
    [InlineData("[defaults]\narchitectur = \"mig\"\n[[run]]", "2:1: architectur: There is no such option. Did you mean architecture.id?")]
    [InlineData("[[run]]\narchitectur.keepRatio = 1", "2:13: architectur.keepRatio: There is no such option. Did you mean architecture.keepRatio?")]
    [InlineData("run = 1", "1:7: \"run\" is a whole number. Give a list of tables, [[run]].")]
    [InlineData("run = [1]", "1:8: \"run\" is a whole number. Give tables")]
    [InlineData("name = 1\n[[run]]", "1:8: \"name\" is a whole number.")]
    [InlineData("include = \"a\"\n[[run]]", "1:11: \"include\" is a string. Give a list")]
    [InlineData("seeds = 5", "1:9: \"seeds\" is a whole number. Give a list")]
    [InlineData("seeds = []", "1:9: The list of seeds is empty.")]
    [InlineData("seeds = [1, -1]", "1:13: A seed is a whole number, 0 or more.")]
    [InlineData("seeds = [1, 1.5]", "1:13: A seed is a whole number")]
    [InlineData("seeds = [1, 2, 1]", "1:16: The seed 1 stands twice.")]
    [InlineData("[defaults]\nseeds = [1]\n[[run]]", "2:1: \"seeds\" is no setting. Write it at the top of the file, or in a [[run]].")]
    [InlineData("[[run]]\ntraining.steps = 1979-05-27", "2:18: No option holds a date.")]
    [InlineData("[[run]]\ntraining.steps = 1\n\"training.steps\" = 2", "3:1: training.steps is set already, in line 2.")]
    [InlineData("[[run]]\ntraining.stpes = 1", "2:10: training.stpes: There is no such option. Did you mean training.steps?")]
    [InlineData("[[run]]\ntraining = 1", "2:1: training: There is no such option.")]
    [InlineData("[[run]]\narchitecture = \"gqq\"", "2:1: architecture.id: \"gqq\" is not known.")]
    [InlineData("[defaults]\n\n training.steps = 0\n[[run]]", "3:11: training.steps: ")]
    [InlineData("[[run]]\nshape.width = 130", "2:7: shape.heads: Width 130 is not a multiple of 4.")]
    [InlineData("[grid]\nshape.layers = 1", "2:16: shape.layers is a whole number. Give a list")]
    [InlineData("[grid]\nshape.layers = []\n[[run]]", "2:16: shape.layers is an empty list.")]
    [InlineData("[grid]\nshape.layers = [1, 0]", "2:20: shape.layers: ")]
    [InlineData("[zip]\nshape.layers = [1, 2]\nshape.heads = [1]", "1:2: shape.layers has 2 values and shape.heads has 1.")]
    [InlineData("[grid]\nshape.layers = [1, 2]\n[[run]]\nshape.layers = 3", "4:7: shape.layers: It is set here and in a grid")]
    [InlineData("[grid]\nshape.layers = [1, 2]\n[[run]]\n[run.grid]\nshape.layers = [3]", "5:17: shape.layers: It stands in two grids")]
    [InlineData("seeds = [1, 2]\n[[run]]\nseed = 3", "3:1: seed: It is set here and in a grid")]
    [InlineData("[[run]]\nname = \"a\"\n[[run]]\nname = \"a\"\nseed = 1", "3:3: name: \"a\" is the name of another run too, in line 1.")]
    [InlineData("[[run]]\n[[run]]\nseed = 1", "2:3: name: \"gqa-stories\" is the name of another run too")]
    [InlineData("[[run]]\nname = \"x\"\n[run.grid]\nseed = [1, 2]\ntraining.steps = [1]\n[[run]]\nname = \"x-s1\"", "6:3: name: \"x-s1\"")]
    [InlineData("[[run]]\ntraining.device = \"cuda\"", "2:10: training.device: cuda is not there. Add --set training.device=cpu, or")]
    [InlineData("[[run]]\n[[expect]]", "2:3: The expectation has no bound.")]
    [InlineData("[[run]]\n[[expect]]\nbelow = \"best\"", "3:9: \"below\" is no bound.")]
    [InlineData("[[run]]\n[[expect]]\nbelow = 1\nmargin = -1", "4:1: A margin of -1 is below 0.")]
    [InlineData("[[run]]\n[[expect]]\nbelow = 1\nruns = \"mig\"", "2:3: No run has a name like \"mig\".")]
    [InlineData("[[run]]\n[[expect]]\nbelow = { runs = \"x*\" }", "2:3: No run has a name like \"x*\".")]
    [InlineData("[[run]]\n[[expect]]\nbelow = 1\nrun = \"*\"", "4:1: There is no key \"run\" here. Did you mean runs?")]
    [InlineData("[[run]]\n[[expect]]\nbelow = 1\nmetric = \"trian.loss\"", "2:3: gqa-stories measures no \"trian.loss\". Did you mean train.loss?")]
    [InlineData("[[run]]\nname = \"a\\nb\"", "2:1: name: \"a␣b\" is not a name.")]
    [InlineData("[[run]\n", "1:6: ")]
    public void Mistakes_AreToldWithTheirPlace(string text, string expected) =>
        Assert.Contains(Expand(text).Problems, problem => problem.ToString().StartsWith("suite.toml:" + expected, StringComparison.Ordinal));

    [Theory]
    [InlineData("[[run]]\narchitecture = \"mig\nseed = 1", "suite.toml:2:16: ")]
    [InlineData("seeds = [0, 1\n[grid]\nshape.layers = [1, 2]", "suite.toml:2:1: ")]
    [InlineData("include = [\"none.toml\"]\nseeds = [0]", "suite.toml:1:12: none.toml cannot be read: ")]
    public void WhatIsHalfRead_StandsForNoRuns_AndHasNoFurtherProblems(string text, string expected)
    {
        var plan = Expand(text);
        Assert.Empty(plan.Runs);
        Assert.StartsWith(expected, Assert.Single(plan.Problems).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bench = []", "1:1: The list of benchmarks is empty.")]
    [InlineData("[bench]", "1:2: \"bench\" is a table. Give a list of tables, [[bench]].")]
    [InlineData("[defaults]\n[[bench]]", "1:2: There is no key \"defaults\" here.")]
    [InlineData("[[bench]]\nstep = 3", "2:1: step: TransBench has no such key and would ignore it. Did you mean steps?")]
    [InlineData("[[bench]]\nsteps = 0", "2:1: steps: 0 is below 1")]
    [InlineData("[[bench]]\n\nnum_layers = \"many\"", "3:1: num_layers (shape.layers): ")]
    [InlineData("[[bench]]\n num_heads = 7", "2:2: num_heads (shape.heads): Width 512 is not a multiple of 7.")]
    [InlineData("[[bench]]\ndevice = \"cuda\"", "2:1: device (training.device): cuda is not there. Add --set training.device=cpu")]
    [InlineData("[[bench]]\ndtype = \"float16\"", "2:1: dtype: \"float16\" is refused")]
    [InlineData("[[bench]]\nmig = { gate_dim = 3 }", "2:1: mig: A benchmark holds no tables.")]
    [InlineData("[[bench]]\narch = \"mig\"\nmig_keep_ratio = 1.5", "3:1: mig_keep_ratio (architecture.keepRatio): ")]
    [InlineData("[[bench]]\nsteps = 1979-05-27", "2:9: No option holds a date.")]
    public void MistakesInTransBenchSuites_AreToldWithTheirPlaceAndBothNames(string text, string expected) =>
        Assert.Contains(Expand(text).Problems, problem => problem.ToString().StartsWith("suite.toml:" + expected, StringComparison.Ordinal));

    [Fact]
    public void AllMistakes_AreToldAtOnce_EachOnce()
    {
        var problems = Expand("sedes = [1]\n" + Tiny + "[grid]\nshape.layers = [1, 2, 3]\n[[run]]\nname = \"a\"\ntraining.stpes = 1\n[[run]]\nname = \"b\"\nshape.hedas = 1", ("training.stesp", "1")).Problems;
        Assert.Equal(4, problems.Count);
    }

    [Fact]
    public void TooManyRuns_AreRefusedBeforeTheyAreMade()
    {
        var values = string.Join(", ", Enumerable.Range(1, 400));
        var plan = Expand($"[grid]\nseed = [{values}]\ntraining.steps = [{values}]");
        Assert.Contains("160,000 runs", Assert.Single(plan.Problems).Problem.Reason, StringComparison.Ordinal);
        Assert.Single(plan.Runs);
    }

    [Fact]
    public void TransBenchNamesThatRecur_AreTakenApartByANumber() =>
        Assert.Equal(["x", "x (2)", "suite:suite#3"], Names(Expand("[[bench]]\nrun_name = \"x\"\n[[bench]]\nrun_name = \"x\"\n[[bench]]")));
}
