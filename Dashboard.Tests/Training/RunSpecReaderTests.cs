using Crossbench.Training;
using Xunit;

namespace Crossbench.Tests.Training;

public sealed class RunSpecReaderTests
{
    [Fact]
    public void NoSettings_GiveASpecificationThatCanRun()
    {
        var reading = Read();
        Assert.Empty(reading.Problems);
        Assert.Equal(("gqa", 8, 128, 4, 2, 384, 128), (reading.Spec.Architecture.Id, reading.Spec.Shape.Layers, reading.Spec.Shape.Width, reading.Spec.Shape.Heads, reading.Spec.Shape.KvHeads, reading.Spec.Shape.Ffn, reading.Spec.Shape.ContextLength));
    }

    [Fact]
    public void EveryPath_CanBeSet()
    {
        var fields = new RunSpecFields(Crossbench.Models.ModelZoo.All[0], Crossbench.Datasets.DatasetCatalog.All[0]);
        Assert.All(fields.Sections.SelectMany(section => section.Fields), field =>
        {
            var reading = Read((field.Path, field.Default));
            Assert.DoesNotContain(reading.Problems, problem => problem.Path == field.Path);
        });
    }

    [Fact]
    public void AllProblems_AreFoundAtOnce()
    {
        var problems = Read(("shape.heads", "twelve"), ("training.learningRate", "0.3"), ("training.stpes", "5"), ("seed", "-1")).Problems;
        Assert.Equal(["seed", "shape.heads", "training.learningRate", "training.stpes"], problems.Select(problem => problem.Path).Order());
    }

    [Fact]
    public void UnknownPath_NamesTheNearest() =>
        Assert.Equal("training.stpes: There is no such option. Did you mean training.steps?", Assert.Single(Read(("training.stpes", "5")).Problems).ToString());

    [Fact]
    public void UnknownArchitecture_NamesTheKnownOnes()
    {
        var problem = Assert.Single(Read(("architecture.id", "gqq")).Problems);
        Assert.Equal("architecture.id", problem.Path);
        Assert.Equal([new SpecFix("architecture.id", "gqa")], problem.Fixes);
    }

    [Theory]
    [InlineData("dataset.nope", "Known there: ")]
    [InlineData("dataset.foo", "Known there: ")]
    [InlineData("dataset.sed", "Did you mean dataset.seed?")]
    [InlineData("datset.seed", "Did you mean dataset.seed?")]
    [InlineData("shape.contxtLength", "Did you mean shape.contextLength?")]
    public void UnknownPath_IsComparedWithoutItsSection(string path, string remedy) =>
        Assert.StartsWith(remedy, Assert.Single(Read((path, "5")).Problems).Remedy, StringComparison.Ordinal);

    [Theory]
    [InlineData("dataset.id", "sparse_signl", "sparse_signal", "dataset.signalRatio", "0.5")]
    [InlineData("dataset.id", "txt", "text", "dataset.path", "a.txt")]
    [InlineData("dataset.id", "nonsense", null, "dataset.path", "a.txt")]
    [InlineData("dataset.id", "sparse_signl", "sparse_signal", "evaluations", "(signalRatio=0.5)")]
    [InlineData("architecture.id", "gqq", "gqa", "architecture.nope", "5")]
    [InlineData("architecture.id", "migg", "mig", "preset", "nope")]
    public void OptionsOfWhatIsNotKnown_AreNotJudged(string path, string id, string? nearest, string option, string value)
    {
        var problem = Assert.Single(Read((path, id), (option, value)).Problems);
        Assert.Equal(path, problem.Path);
        Assert.StartsWith(nearest is null ? "Give one of " : $"Did you mean {nearest}? Give one of ", problem.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void HeadsThatDoNotDivide_AreExplainedWithFixes()
    {
        var problem = Assert.Single(Read(("shape.width", "256"), ("shape.heads", "12"), ("shape.kvHeads", "4")).Problems);
        Assert.Equal("shape.heads: Width 256 is not a multiple of 12. Use 8 or 16, or set the width to 264.", problem.ToString());
        Assert.Equal([new SpecFix("shape.heads", "8"), new SpecFix("shape.heads", "16"), new SpecFix("shape.width", "264")], problem.Fixes);
    }

    [Theory]
    [InlineData("gqa", true)]
    [InlineData("retnet", true)]
    [InlineData("rwkv6", false)]
    [InlineData("mhla", false)]
    [InlineData("smat", true)]
    [InlineData("moa-metric", false)]
    [InlineData("retnet-stub", false)]
    public void KvHeads_ThatDoNotDivide_MatterOnlyWhereHeadsShareThem(string architecture, bool matters)
    {
        var problems = Read(("architecture.id", architecture), ("shape.heads", "1"), ("shape.kvHeads", "2"), ("shape.width", "64")).Problems;
        Assert.Equal(matters ? ["shape.kvHeads"] : Array.Empty<string>(), problems.Select(problem => problem.Path));
    }

    [Theory]
    [InlineData("shape.kvHeads", "3")]
    [InlineData("training.minLearningRate", "0.01")]
    [InlineData("training.warmup", "1001")]
    [InlineData("training.threads", "1000")]
    [InlineData("training.device", "gpu")]
    [InlineData("shape.vocabulary", "100")]
    public void ValuesThatDoNotFitTogether_AreRefusedAtTheirPath(string path, string value) => Assert.Equal(path, Assert.Single(Read((path, value)).Problems).Path);

    [Fact]
    public void Json_RoundTrips_AndEqualSpecificationsHaveEqualText()
    {
        var spec = Read(("name", "a \"name\""), ("seed", "5"), ("tags", "a, b"), ("notes", "line\nline"), ("shape.bias", "false"), ("training.learningRate", "3e-4")).Spec;
        var json = RunSpecJson.Write(spec);
        var again = RunSpecJson.Read(json);
        Assert.Equal(json, RunSpecJson.Write(again));
        Assert.Equal(["a", "b"], again.Tags);
        Assert.Equal((spec.Name, spec.Notes, spec.Seed, 3e-4, false), (again.Name, again.Notes, again.Seed, again.Training.LearningRate, again.Shape.Bias));
    }

    [Fact]
    public void RelativePaths_AreStoredAbsolute()
    {
        using var folder = new Crossbench.Tests.Support.TempFolder();
        var typed = Path.GetRelativePath(Environment.CurrentDirectory, folder.Write("a.txt", string.Concat(Enumerable.Repeat("words and words ", 200))));
        var reading = Read(("dataset.id", "text"), ("dataset.path", typed));
        Assert.Empty(reading.Problems);
        Assert.Contains($"\"path\":\"{folder.File("a.txt")}\"", RunSpecJson.Write(reading.Spec), StringComparison.Ordinal);
        var home = Read(("dataset.id", "text"), ("dataset.path", "~/missing.txt"));
        Assert.Contains(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), "missing.txt"), Assert.Single(home.Problems).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Hash_IgnoresNameTagsAndNotes_AndNothingElse()
    {
        var spec = Read().Spec;
        Assert.Equal(RunSpecJson.Hash(spec), RunSpecJson.Hash(spec with { Name = "other", Notes = "n", Tags = ["t"] }));
        Assert.NotEqual(RunSpecJson.Hash(spec), RunSpecJson.Hash(spec with { Seed = 1 }));
        Assert.NotEqual(RunSpecJson.Hash(spec), RunSpecJson.Hash(spec with { Shape = spec.Shape with { Layers = 7 } }));
    }

    [Fact]
    public void Json_WithAnUnknownKey_IsRefused() =>
        Assert.Contains("shape.layer", Assert.Throws<SpecException>(() => RunSpecJson.Read("""{"shape":{"layer":3}}""")).Message, StringComparison.Ordinal);

    [Fact]
    public void Json_ThatIsBroken_NamesLineAndColumn() =>
        Assert.StartsWith("Line 2, column", Assert.Throws<SpecException>(() => RunSpecJson.Read("{\n \"seed\": ,}")).Message, StringComparison.Ordinal);

    [Fact]
    public void Changes_ListsWhatDiffersFromTheDefaults()
    {
        var changes = RunSpecJson.Changes(Read(("shape.heads", "8"), ("seed", "3")).Spec);
        Assert.Equal([new("seed", "3"), new("shape.heads", "8")], changes);
    }

    [Fact]
    public void ModelThatCannotFitInMemory_IsRefused_WithBothFigures()
    {
        var problem = Assert.Single(Read(("shape.width", "65536"), ("shape.layers", "512"), ("shape.ffn", "1048576")).Problems);
        Assert.Equal("shape.width", problem.Path);
        Assert.Matches("need .* GiB for weights, gradients and optimiser; this machine has .* GiB", problem.Reason);
    }

    [Fact]
    public void CheckOfAValueThatCouldNotBeRead_IsLeftOut()
    {
        var problem = Assert.Single(Read(("shape.width", "abc"), ("shape.heads", "3")).Problems, problem => problem.Path is "shape.width" or "shape.heads");
        Assert.Equal("shape.width", problem.Path);
        Assert.Contains("is outside the range", Assert.Single(Read(("shape.ffn", "99999999999999999999")).Problems).Reason, StringComparison.Ordinal);
    }

    private static SpecReading Read(params (string Path, string Text)[] settings) =>
        RunSpecReader.Read(settings.Select(setting => new KeyValuePair<string, string>(setting.Path, setting.Text)));
}
