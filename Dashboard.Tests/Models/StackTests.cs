using Crossbench.Models;
using Crossbench.Models.Architectures;
using Crossbench.Tests.Support;
using Crossbench.Training;
using Xunit;
using static TorchSharp.torch;

namespace Crossbench.Tests.Models;

public sealed class StackTests
{
    private static readonly Stack Architecture = new();

    internal static IReadOnlyList<ModelCase> Cases { get; } =
    [
        new("stack", Architecture, Architecture.Defaults) { Shape = TinyModels.Shape with { Layers = 3 } },
        new("stack, gqa and asr", Architecture, Options("gqa, asr")),
        new("stack, smat and asterisk", Architecture, Options("smat, asterisk(asppDropout=0)")) { WithoutGradient = ["aspp.k_logit"] }, // the number of steps is a whole number
        new("stack, global gate", Architecture, Options("sil, mig(topkMode=global)")) { IsSmooth = false }, // hard choices of tokens
    ];

    [Fact]
    public void OfOneKind_EqualsThatKind_ToTheBit()
    {
        using var scope = NewDisposeScope();
        var gqa = ModelZoo.Find("gqa")!;
        using var alone = TinyModels.Create(gqa);
        using var stacked = TinyModels.Create(Architecture, Options("gqa, gqa"), TinyModels.Shape);
        var tokens = TinyModels.Tokens(2, 13);
        Assert.Equal(0, TinyModels.Distance(alone.call(tokens, TinyModels.Evaluating), stacked.call(tokens, TinyModels.Evaluating)));
        Assert.Equal(gqa.Cost(TinyModels.Shape, 23, gqa.Defaults).ParameterCount, Architecture.Cost(TinyModels.Shape, 23, Options("gqa")).ParameterCount);
    }

    [Theory]
    [InlineData("gqa(dropout=0.1), gqa", "gqa(dropout=0.1), gqa")]
    [InlineData("gqa( dropout = 0 ),gqa", "gqa, gqa")]
    [InlineData("""[{"id":"gqa","options":{"dropout":0.1}},{"id":"gqa"}]""", "gqa(dropout=0.1), gqa")]
    [InlineData("""["gqa","gqa"]""", "gqa, gqa")]
    public void Blocks_HaveATextFormAndAJsonForm(string text, string canonical)
    {
        Assert.Equal(canonical, BlockList.Read("blocks", text, out var problem)!.Text);
        Assert.Null(problem);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("gqa, gqb", "Block 2: \"gqb\" is not known; did you mean gqa?")]
    [InlineData("gqa(dropuot=0.1)", "has no option \"dropuot\"; did you mean dropout?")]
    [InlineData("gqa(dropout=2)", "Block 1, dropout: 2 is outside the range.")]
    [InlineData("gqa(dropout=2; cap=3), mig(keepRatio=0)", "Block 2, keepRatio: 0 is outside the range.")]
    [InlineData("gqa(dropout)", "\"dropout\" has no value.")]
    [InlineData("gqa(dropout=0.1", "open parenthesis")]
    [InlineData("[{\"id\":\"gqa\",\"option\":{}}]", "\"option\"")]
    [InlineData("[{]", "not JSON")]
    [InlineData("[{}]", "Block 1 has no id.")]
    public void Mistakes_AreNamed(string text, string part)
    {
        var problem = Assert.Single(RunSpecReader.Read([new("architecture.id", "stack"), new("architecture.blocks", text)]).Problems);
        Assert.Equal("architecture.blocks", problem.Path);
        Assert.Contains(part, problem.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stack", "is a stack itself")]
    [InlineData("gqa, gqa, gqa, gqa, gqa, gqa, gqa, gqa, gqa", "9 blocks are more than the 8 layers.")]
    public void BlocksThatCannotStand_AreRefused(string text, string part) => Assert.Contains(
        RunSpecReader.Read([new("architecture.id", "stack"), new("architecture.blocks", text)]).Problems, problem => problem.Reason.Contains(part, StringComparison.Ordinal));

    [Fact]
    public void Json_HoldsTheBlocksAsAList()
    {
        var spec = RunSpecReader.Read([new("architecture.id", "stack"), new("architecture.blocks", "gqa(dropout=0.1), gqa")]).Spec;
        var json = RunSpecJson.Write(spec);
        Assert.Contains("""
            "blocks":[{"id":"gqa","options":{"dropout":"0.1"}},{"id":"gqa","options":{}}]
            """.Trim(), json, StringComparison.Ordinal);
        Assert.Equal(spec.Architecture, RunSpecJson.Read(json).Architecture);
    }

    private static StackOptions Options(string blocks) => new() { Blocks = BlockList.Read("", blocks, out _)! };
}
