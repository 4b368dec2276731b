using System.Text;
using Crossbench.Models;
using Crossbench.Suites;
using Crossbench.Training;
using Xunit;

namespace Crossbench.Tests.Suites;

/// <summary>A specification as a suite file reads back as itself.</summary>
public sealed class SuiteWriterTests
{
    [Fact]
    public void EverySetting_ReadsBack_ForEveryArchitecture()
    {
        foreach (var architecture in ModelZoo.All)
        {
            var spec = RunSpecReader.Read(
            [
                new("architecture.id", architecture.Id), new("dataset.id", "sparse_signal"), new("dataset.signalRatio", "0.3"), new("training.learningRate", "3e-4"), new("training.steps", "20"), new("training.schedule", "constant"),
                new("name", "a \"name\" with \\ and \u00e9"), new("notes", "two\nlines\tand 007"), new("tags", "one,two"), new("seed", "7"), new("evaluations", "(contextLength=64)"),
            ]).OrThrow();
            var plan = Expand(SuiteWriter.Write(spec, null, [], [7]));
            Assert.Empty(plan.Problems);
            var run = Assert.Single(plan.Runs);
            Assert.Equal(RunSpecJson.Hash(spec), run.Hash);
            Assert.Equal((spec.Notes, string.Join('|', spec.Tags)), (run.Spec.Notes, string.Join('|', run.Spec.Tags)));
            Assert.Equal(spec.Name, plan.Name);
        }
    }

    [Fact]
    public void GridAndSeeds_MakeEveryCombination()
    {
        var spec = RunSpecReader.Read([new("dataset.id", "sparse_signal"), new("training.learningRate", "1e-4")]).OrThrow();
        var plan = Expand(SuiteWriter.Write(spec, "training.learningRate", ["1e-3", "3e-3"], [0, 1, 2]));
        Assert.Empty(plan.Problems);
        Assert.Equal([(0.001, 0L), (0.001, 1), (0.001, 2), (0.003, 0), (0.003, 1), (0.003, 2)], plan.Runs.Select(run => (run.Spec.Training.LearningRate, run.Spec.Seed)));
        var kinds = Expand(SuiteWriter.Write(spec, "architecture.id", ["gqa", "sil"], [0]));
        Assert.Equal(["gqa", "sil"], kinds.Runs.Select(run => run.Spec.Architecture.Id));
    }

    [Theory]
    [InlineData("0-4", new long[] { 0, 1, 2, 3, 4 })]
    [InlineData("3, 5 7", new long[] { 3, 5, 7 })]
    [InlineData("2,4-5", new long[] { 2, 4, 5 })]
    [InlineData("", null)]
    [InlineData("1,1", null)]
    [InlineData("4-2", null)]
    [InlineData("-1", null)]
    [InlineData("a", null)]
    [InlineData("0-999999999", null)]
    public void Seeds_AreReadAsPeopleWriteThem(string text, long[]? seeds) => Assert.Equal(seeds, SuiteWriter.ReadSeeds(text));

    private static SuitePlan Expand(string text) => SuiteExpander.Expand("suite.toml", Encoding.UTF8.GetBytes(text), new SuiteContext { ReadFile = path => throw new FileNotFoundException(path) });
}
