using Crossbench.Models;
using Crossbench.Models.Architectures;
using Crossbench.Tests.Support;
using Crossbench.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Crossbench.Tests.Models;

public sealed class Mamba2Tests
{
    private static readonly Mamba2 Architecture = new();
    private static readonly Mamba2Options Wide = new() { Expand = 2, HeadDim = 8, State = 6, Groups = 2, Chunk = 4, DtLimitMin = 1e-5, DtLimitMax = 2 };

    internal static IReadOnlyList<ModelCase> Cases { get; } =
    [
        new("mamba2", Architecture, Architecture.Defaults) { StateNumbers = (16 * 32) + (3 * (16 + 64)) }, // state and window
        new("mamba2, wide, two groups, chunks of 4", Architecture, Wide),
        new("mamba2, one tap, same start", Architecture, new Mamba2Options { ConvWidth = 1, State = 3, Chunk = 5, CloneInit = true }),
    ];

    [Fact]
    public void Preset_HasExactlyTheParametersOfTheRealLayer()
    {
        var spec = PublishedModels.Preset(Architecture);
        var cost = Architecture.Cost(spec.Shape, 4096, spec.Architecture.Options);
        Assert.Equal(5_765_392, cost.ParameterCount);
        Assert.Equal(216_920, cost.Parts.Single(part => part.Part == "State space").Count / 6);
        Assert.True(((Mamba2Options)spec.Architecture.Options).CloneInit);
    }

    [Theory]
    [InlineData(0, 13)]
    [InlineData(1, 13)]
    [InlineData(2, 13)]
    [InlineData(3, 3)]
    [InlineData(4, 9)]
    public void Logits_EqualThoseOfPlainLoops(int mode, int length)
    {
        using var scope = NewDisposeScope();
        var options = new[]
        {
            new Mamba2Options(), Wide, Wide with { Groups = 4, HeadDim = 4, ConvWidth = 8, NormEpsilon = 1e-2 }, new Mamba2Options { ConvWidth = 7, State = 1 },
            Wide with { DtLimitMin = 0.004, DtLimitMax = 0.03, Expand = 0.5, HeadDim = 2 },
        }[mode];
        using var model = TinyModels.Create(Architecture, options, TinyModels.Shape);
        new Mamba2ByLoops(model, TinyModels.Shape, options).AssertEvaluation(TinyModels.Tokens(1, length));
    }

    [Theory]
    [InlineData("dt_bias", 21.0)]
    [InlineData("dt_bias", 50.0)]
    [InlineData("A_log", 8.0)]
    public void Logits_WithExtremeSteps_EqualThoseOfPlainLoops(string parameter, double value)
    {
        using var scope = NewDisposeScope();
        using var model = TinyModels.Create(Architecture);
        Fill(model, parameter, value);
        new Mamba2ByLoops(model, TinyModels.Shape, new Mamba2Options()).AssertEvaluation(TinyModels.Tokens(1, 13));
    }

    [Fact]
    public void ChunkSize_DoesNotMatter_AlsoWhereItDoesNotDivideTheLength() => TinyModels.AssertSameLogits(
        [64, 1, 3, 8, 36, 37], (chunk, shape) => TinyModels.Create(Architecture, new Mamba2Options { Chunk = chunk }, shape));

    [Fact]
    public void WithStepsOfZero_OnlyTheSkipIsLeft()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var model = TinyModels.Create(Architecture);
        Fill(model, "dt_bias", -1000);
        var tokens = TinyModels.Tokens(2, 13);
        var withoutSkip = model.call(tokens, TinyModels.Ablating(new Ablation("skip", new Intervention.Scale(0))));
        Assert.Equal(0, TinyModels.Distance(withoutSkip, model.call(tokens, TinyModels.Ablating(new Ablation("mixer", new Intervention.Scale(0))))));
        Assert.True(TinyModels.Distance(withoutSkip, model.call(tokens, TinyModels.Evaluating)) > 1e-3);
    }

    [Fact]
    public void WithInfiniteDecay_ATokenIsHeardAsFarAsTheConvolutionSees()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var model = TinyModels.Create(Architecture, TinyModels.Shape with { Layers = 1 });
        Assert.All(TinyModels.Moves(model, 13, 2)[2..], move => Assert.True(move > 1e-9));
        Fill(model, "A_log", 30);
        var moves = TinyModels.Moves(model, 13, 2);
        Assert.All(moves[2..6], move => Assert.True(move > 1e-9));
        Assert.All([.. moves[..2], .. moves[6..]], move => Assert.InRange(move, 0, 1e-14));
    }

    [Fact]
    public void WithoutEarlierTapsAndState_EachTokenPassesAlone()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var model = TinyModels.Create(Architecture);
        var context = TinyModels.Ablating(new Ablation("convEarlier", new Intervention.Scale(0)), new Ablation("decay", new Intervention.Scale(1e9)));
        var tokens = TinyModels.Tokens(1, 13);
        var alone = cat([.. Enumerable.Range(0, 13).Select(t => model.call(tokens.narrow(1, t, 1), context))], 1);
        Assert.InRange(TinyModels.Distance(alone, model.call(tokens, context)), 0, 1e-12);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Start_IsDrawnFromTheRanges_InEachLayerAnew_UnlessAskedOtherwise(bool same)
    {
        using var scope = NewDisposeScope();
        var options = new Mamba2Options { CloneInit = same, AMin = 2, AMax = 3, DtMin = 1e-3, DtMax = 0.01, DtFloor = 5e-3 };
        using var model = Architecture.CreateModel(new ModelShape { Layers = 2, Width = 256, Heads = 64, KvHeads = 64 }, 23, options, new RandomStreams(1));
        double[] Values(int layer, string name) => TinyModels.Values(model.named_parameters().Single(item => item.name == $"layers.{layer}.attn.{name}").parameter);
        Assert.All(new[] { "conv.weight", "conv.bias", "A_log", "dt_bias" }, name => Assert.Equal(same, Values(0, name).SequenceEqual(Values(1, name))));
        Assert.NotEqual(Values(0, "in_proj.weight"), Values(1, "in_proj.weight"));
        Assert.All(Values(0, "A_log"), value => Assert.InRange(Math.Exp(value), 2, 3.000001));
        var steps = Values(0, "dt_bias").Select(value => Math.Log(1 + Math.Exp(value))).ToArray();
        Assert.All(steps, step => Assert.InRange(step, 4.99999e-3, 0.0100001));
        Assert.InRange(steps.Count(step => step < 5.001e-3), 64 * 0.5, 64 * 0.9); // ln 5 / ln 10 = 0.7 of the draws are raised to the floor
        Assert.All(Values(0, "D"), value => Assert.Equal(1, value));
        Assert.All(Values(0, "conv.weight"), value => Assert.InRange(value, -0.5, 0.5));
        Assert.True(Values(0, "conv.weight").Max() > 0.45);
    }

    [Fact]
    public void RatesStepsAndSkip_DoNotDecay()
    {
        var parameters = Architecture.Cost(TinyModels.Shape, 23, Architecture.Defaults).Parameters.Where(parameter => parameter.Name.Contains("attn", StringComparison.Ordinal));
        Assert.Equal(["in_proj.weight", "conv.weight", "out_proj.weight"], parameters.Where(parameter => parameter.Decays).Select(parameter => parameter.Name.Split("attn.")[1]).Distinct());
    }

    [Theory]
    [InlineData("headDim", "5", "architecture.headDim")]
    [InlineData("groups", "3", "architecture.groups")]
    [InlineData("expand", "0.3", "architecture.expand")]
    [InlineData("convWidth", "9", "architecture.convWidth")]
    [InlineData("state", "0", "architecture.state")]
    [InlineData("chunk", "0", "architecture.chunk")]
    [InlineData("dtMax", "0.0005", "architecture.dtMax")]
    [InlineData("dtMin", "0.1", "architecture.dtMax")]
    [InlineData("aMax", "0.5", "architecture.aMax")]
    public void BadOptions_AreRefused_WithAFixThatMendsThem(string option, string value, string path) => RefusedOptions.AssertMended(Architecture, option, value, path);

    [Fact]
    public void StepLimits_InTheWrongOrder_AreRefused() =>
        Assert.Equal("architecture.dtLimitMax", Assert.Single(Architecture.Validate(new ModelShape(), new Mamba2Options { DtLimitMin = 0.1, DtLimitMax = 0.1 })).Path);

    private static void Fill(LanguageModel model, string name, double value)
    {
        using var _ = no_grad();
        foreach (var item in model.named_parameters().Where(item => item.name.EndsWith(name, StringComparison.Ordinal)))
        {
            item.parameter.fill_(value);
        }
    }
}
