using Crossbench.Models;
using Crossbench.Models.Architectures;
using Crossbench.Tests.Support;
using Crossbench.Training;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace Crossbench.Tests.Models;

public sealed class Rwkv6Tests
{
    private static readonly Rwkv6 Architecture = new();
    private static readonly Rwkv6Options Wide = new() { ExpandKey = 1, ExpandValue = 1.5, MixRank = 3, DecayRank = 5, Chunk = 4, SubChunk = 2, Init = RwkvInit.TransBench, NormEpsilon = 1e-3 };

    // RWKV's own start zeroes the first factor of both low-rank products, so that the second, and what enters the first, get a gradient from the second step on.
    private static readonly string[] BehindZeros = ["mix.x", "mix.w2.weight", "decay.w2.weight"];

    internal static IReadOnlyList<ModelCase> Cases { get; } =
    [
        new("rwkv6", Architecture, Architecture.Defaults) { WithoutGradient = BehindZeros, StateNumbers = (4 * 2 * 2) + 16 }, // states and the token before
        new("rwkv6, transbench start, wide", Architecture, Wide) { WithoutEffect = ["bonus"] }, // u starts at 0
        new("rwkv6, chunks of 12", Architecture, new Rwkv6Options { Chunk = 12, SubChunk = 4 }) { WithoutGradient = BehindZeros },
    ];

    [Fact]
    public void Preset_HasExactlyTheParametersOfTheRealLayer()
    {
        var spec = PublishedModels.Preset(Architecture);
        var cost = Architecture.Cost(spec.Shape, 4096, spec.Architecture.Options);
        Assert.Equal(6_589_696, cost.ParameterCount);
        Assert.Equal(354_304, cost.Parts.Single(part => part.Part == "Time mixing").Count / 6);
        Assert.Equal(cost.ParameterCount, Architecture.Cost(spec.Shape, 4096, Architecture.Defaults).ParameterCount);
    }

    [Theory]
    [InlineData(0, 13)]
    [InlineData(1, 13)]
    [InlineData(2, 7)]
    [InlineData(3, 2)]
    public void Logits_EqualThoseOfPlainLoops(int mode, int length)
    {
        using var scope = NewDisposeScope();
        var options = new[] { new Rwkv6Options(), Wide, new Rwkv6Options { ExpandKey = 1.5, Chunk = 8, SubChunk = 4 }, Wide with { ExpandKey = 0.25, SubChunk = 4 } }[mode];
        using var model = TinyModels.Create(Architecture, options, TinyModels.Shape);
        Loosen(model);
        var tokens = TinyModels.Tokens(1, length);
        new Rwkv6ByLoops(model, TinyModels.Shape, options).AssertEvaluation(tokens);
    }

    [Fact]
    public void ChunkSizes_DoNotMatter_AlsoWhereTheyDoNotDivideTheLength() => TinyModels.AssertSameLogits(
        new (int Chunk, int SubChunk)[] { (64, 64), (1, 1), (3, 1), (8, 4), (16, 16), (64, 16), (36, 6) }, (sizes, shape) =>
        {
            var model = TinyModels.Create(Architecture, new Rwkv6Options { Chunk = sizes.Chunk, SubChunk = sizes.SubChunk }, shape);
            Loosen(model);
            return model;
        });

    [Fact]
    public void WithInfiniteDecay_OnlyTheTokenBeforeIsHeard()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var model = TinyModels.Create(Architecture, TinyModels.Shape with { Layers = 1 });
        Assert.All(TinyModels.Moves(model, 13, 2)[2..], move => Assert.True(move > 1e-9));
        Find(model, 0, "decay.w2.bias").fill_(12);
        var moves = TinyModels.Moves(model, 13, 2);

        // A token reads its own, its blend with the one before, and what that one wrote, itself a blend with the one before it.
        Assert.All(moves[2..5], move => Assert.True(move > 1e-9));
        Assert.All([.. moves[..2], .. moves[5..]], move => Assert.InRange(move, 0, 1e-14));
    }

    [Fact]
    public void Ablations_ApplyWhileDecodingToo_AndTheFirstTokenIsShiftedAgainstZeros()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var model = TinyModels.Create(Architecture);
        var context = TinyModels.Ablating(new Ablation("shift", new Intervention.Scale(0)), new Ablation("decay", new Intervention.Scale(0)));
        var tokens = TinyModels.Tokens(1, 13);
        var first = model.call(tokens.narrow(1, 0, 1), TinyModels.Evaluating);
        Assert.True(TinyModels.Distance(first, model.call(tokens.narrow(1, 0, 1), context)) > 1e-9);
        var kept = model.call(tokens, context);
        using var state = model.CreateState();
        Assert.InRange(TinyModels.Distance(kept, model.Continue(tokens, state, context)), 0, 1e-12);
    }

    [Fact]
    public void StrongestDecays_GiveFiniteLogitsAndGradients_InFp32()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModels.Create(Architecture, type: ScalarType.Float32);
        using (no_grad())
        {
            Find(model, 0, "decay.w2.bias").fill_(5);
            Find(model, 1, "decay.w2.bias").uniform_(-6, 5, new Generator(1));
        }

        var loss = model.Loss(TinyModels.Tokens(2, 13), TinyModels.Tokens(2, 13, 6), TinyModels.Training);
        loss.backward();
        Assert.True(double.IsFinite(loss.ToDouble()));
        Assert.All(model.parameters(), parameter => Assert.True(parameter.grad!.isfinite().all().ToBoolean()));
    }

    [Fact]
    public void OfficialStart_FollowsDepthAndChannel()
    {
        using var scope = NewDisposeScope();
        using var model = Architecture.CreateModel(TinyModels.Shape with { Layers = 3 }, 23, new Rwkv6Options(), new RandomStreams(1));
        double[] Values(int layer, string name) => TinyModels.Values(Find(model, layer, name));
        for (var n = 0; n < 8; n++)
        {
            Assert.Equal(-6 + (5 * Math.Pow(n / 7.0, 0.7)), Values(0, "decay.w2.bias")[n], 1e-6);
            Assert.Equal(-6 + (5 * Math.Pow(n / 7.0, 2)), Values(2, "decay.w2.bias")[n], 1e-6);
            Assert.Equal((0.5 * (1 - (n / 7.0))) + (0.1 * (((n + 1) % 3) - 1)), Values(1, "u")[n], 1e-6);
        }

        for (var i = 0; i < 16; i++)
        {
            var (full, half) = (Math.Pow(i / 16.0, 2.0 / 3), Math.Pow(i / 16.0, 1.0 / 3));
            Assert.Equal(1 - full, Values(1, "mix.x")[i], 1e-6);
            double[] expected = [1 - half, 1 - full, 1 - full, 1 - full - 0.15, 1 - half];
            Assert.All(Enumerable.Range(0, 5), blend => Assert.Equal(expected[blend], Values(1, "mix.base")[(blend * 16) + i], 1e-6));
        }

        Assert.All(new[] { "mix.w1.weight", "decay.w1.weight" }, name => Assert.All(Values(1, name), value => Assert.Equal(0, value)));
        Assert.All(new[] { "mix.w2.weight", "decay.w2.weight" }, name => Assert.InRange(Values(1, name).Max(Math.Abs), 0.008, 0.01));
    }

    [Fact]
    public void TransBenchStart_MakesEveryMemoryOneTokenLong_AndOneLayerOrChannelIsEnough()
    {
        using var scope = NewDisposeScope();
        using var model = Architecture.CreateModel(TinyModels.Shape, 23, Wide, new RandomStreams(1));
        Assert.All(new[] { "u", "mix.x", "mix.base", "decay.w2.bias" }, name => Assert.All(TinyModels.Values(Find(model, 1, name)), value => Assert.Equal(0, value)));
        Assert.InRange(TinyModels.Values(Find(model, 1, "mix.w1.weight")).Average(value => value * value), 0.0001, 0.001);
        var narrow = new ModelShape { Layers = 1, Width = 16, Heads = 1, KvHeads = 1, Ffn = 8 };
        using var single = Architecture.CreateModel(narrow, 23, new Rwkv6Options { ExpandKey = 1.0 / 16 }, new RandomStreams(1));
        Assert.Equal([-6], TinyModels.Values(Find(single, 0, "decay.w2.bias")));
        Assert.All(single.parameters(), parameter => Assert.True(parameter.isfinite().all().ToBoolean()));
    }

    [Fact]
    public void BlendsAndBonus_DoNotDecay()
    {
        var names = Architecture.Cost(TinyModels.Shape, 23, Architecture.Defaults).Parameters.Where(parameter => parameter.Name.StartsWith("layers.0.attn", StringComparison.Ordinal) && !parameter.Decays);
        Assert.Equal(["u", "mix.x", "mix.base", "decay.w2.bias", "norm.weight", "norm.bias"], names.Select(parameter => parameter.Name.Split("attn.")[1]));
    }

    [Theory]
    [InlineData("expandKey", "0.3", "architecture.expandKey")]
    [InlineData("expandValue", "0.1", "architecture.expandValue")]
    [InlineData("chunk", "24", "architecture.chunk")]
    [InlineData("chunk", "8", "architecture.chunk")]
    [InlineData("mixRank", "0", "architecture.mixRank")]
    [InlineData("decayRank", "0", "architecture.decayRank")]
    [InlineData("init", "fla", "architecture.init")]
    public void BadOptions_AreRefused_WithAFixThatMendsThem(string option, string value, string path) => RefusedOptions.AssertMended(Architecture, option, value, path);

    private static Parameter Find(LanguageModel model, int layer, string name) => model.named_parameters().Single(item => item.name == $"layers.{layer}.attn.{name}").parameter;

    /// <summary>Moves what starts at zero, so that all terms count.</summary>
    private static void Loosen(LanguageModel model)
    {
        using var _ = no_grad();
        using var generator = new Generator(5);
        foreach (var (_, parameter) in model.named_parameters().Where(item => item.name.Contains("mix.", StringComparison.Ordinal) || item.name.Contains("decay.", StringComparison.Ordinal) || item.name.EndsWith(".u", StringComparison.Ordinal)))
        {
            parameter.add_(randn(parameter.shape, dtype: parameter.dtype, generator: generator), 0.3);
        }
    }
}
