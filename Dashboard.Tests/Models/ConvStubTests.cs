using Crossbench.Models;
using Crossbench.Models.Architectures;
using Crossbench.Tests.Support;
using Crossbench.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Crossbench.Tests.Models;

public sealed class ConvStubTests
{
    internal static IReadOnlyList<ModelCase> Cases { get; } =
    [
        new("mamba2-stub", new Mamba2Stub(), new Mamba2StubOptions()) { StateNumbers = 6 * 16 }, // the window of the taps before
        new("rwkv6-stub", new Rwkv6Stub(), new Rwkv6StubOptions()) { StateNumbers = 3 * 16 },
        new("rwkv6-stub, one tap", new Rwkv6Stub(), new Rwkv6StubOptions { ConvWidth = 1, CloneInit = true }),
        new("retnet-stub", new RetNetStub(), new RetNetStubOptions()) { StateNumbers = 4 * 16 },
        new("retnet-stub, same start", new RetNetStub(), new RetNetStubOptions { CloneInit = true, ConvWidth = 2 }),
    ];

    [Theory]
    [InlineData("mamba2-stub", 5_660_416)]
    [InlineData("rwkv6-stub", 5_259_520)]
    [InlineData("retnet-stub", 5_657_344)]
    public void Preset_HasExactlyTheParametersThatTransBenchPublishedForTheRealName(string id, long expected)
    {
        var architecture = ModelZoo.Find(id)!;
        var spec = PublishedModels.Preset(architecture);
        Assert.Equal(expected, architecture.Cost(spec.Shape, 4096, spec.Architecture.Options).ParameterCount);
        Assert.True(((ConvStubOptions)spec.Architecture.Options).CloneInit);
    }

    [Theory]
    [InlineData("mamba2-stub", true)]
    [InlineData("mamba2-stub", false)]
    [InlineData("retnet-stub", true)]
    [InlineData("rwkv6-stub", true)]
    [InlineData("rwkv6-stub", false)]
    [InlineData("rwkv6-stub, one tap", true)]
    public void Logits_EqualThoseOfPlainLoops(string name, bool bias)
    {
        using var scope = NewDisposeScope();
        var item = ModelCases.Find(name);
        var shape = item.Shape with { Bias = bias };
        using var model = item.Create(shape);
        var tokens = TinyModels.Tokens(1, 13);
        new ConvStubByLoops(model, shape, ((ConvStubOptions)item.Options).ConvWidth).AssertEvaluation(tokens);
    }

    [Theory]
    [InlineData("mamba2-stub", 37)] // 1 + 6 · (7 − 1)
    [InlineData("retnet-stub", 25)] // 1 + 6 · (5 − 1)
    [InlineData("rwkv6-stub", 19)] // 1 + 6 · (3 − 1 + 1): the blend looks one back as well
    public void SixLayers_HearATokenSoFarAndNoFarther(string name, int reach)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var item = ModelCases.Find(name);
        using var model = item.Create(item.Shape with { Layers = 6, ContextLength = 48 });
        var moves = TinyModels.Moves(model, 48, 2);
        Assert.True(moves[2 + reach - 1] > 0);
        Assert.All(moves[(2 + reach)..], move => Assert.Equal(0, move));
    }

    [Fact]
    public void Convolutions_StartAlikeInAllLayers_WhenAsked_WithinTorchsBounds()
    {
        using var scope = NewDisposeScope();
        foreach (var same in new[] { true, false })
        {
            using var model = new Mamba2Stub().CreateModel(TinyModels.Shape with { Width = 256 }, 23, new Mamba2StubOptions { CloneInit = same }, new RandomStreams(1));
            double[] Values(int layer, string name) => TinyModels.Values(model.named_parameters().Single(item => item.name == $"layers.{layer}.attn.{name}").parameter);
            Assert.All(new[] { "conv.weight", "conv.bias" }, name => Assert.Equal(same, Values(0, name).SequenceEqual(Values(1, name))));
            Assert.InRange(Values(0, "conv.weight").Max(Math.Abs), 0.37, 1 / Math.Sqrt(7));
            Assert.NotEqual(Values(0, "in.weight"), Values(1, "in.weight"));
        }
    }

    [Theory]
    [InlineData("0")]
    [InlineData("65")]
    public void TapsOutOfRange_AreRefused(string taps) =>
        RefusedOptions.AssertRefused(new RetNetStub(), "convWidth", taps);
}

/// <summary>The stand-ins for one sequence in loops over doubles, from the formulas alone.</summary>
internal sealed class ConvStubByLoops(LanguageModel model, ModelShape shape, int taps) : GqaByLoops(model, shape)
{
    private readonly bool _blends = model.named_parameters().Any(item => item.name.EndsWith("attn.gate.weight", StringComparison.Ordinal));

    protected override double[][] Mix(double[][] x, int layer)
    {
        var prefix = $"layers.{layer}.attn.";
        return [.. (_blends ? Blended(x, prefix) : Gated(x, prefix)).Select(row => Linear(row, prefix + "out", Shape.Width))];
    }

    private double[][] Gated(double[][] x, string prefix)
    {
        var projected = x.Select(row => Linear(row, prefix + "in", 2 * Shape.Width)).ToArray();
        var convolved = Convolved([.. projected.Select(row => row[Shape.Width..])], prefix);
        return [.. projected.Select((row, t) => convolved[t].Select((value, c) => value * Sigmoid(row[c])).ToArray())];
    }

    private double[][] Blended(double[][] x, string prefix) => Convolved([.. x.Select((row, t) =>
    {
        var gate = Linear(row, prefix + "gate", Shape.Width).Select(Sigmoid).ToArray();
        return row.Select((value, c) => (gate[c] * value) + ((1 - gate[c]) * (t == 0 ? 0 : x[t - 1][c]))).ToArray();
    })], prefix);

    private double[][] Convolved(double[][] x, string prefix) => [.. x.Select((_, t) => Enumerable.Range(0, Shape.Width).Select(c =>
        Weight(prefix + "conv.bias")[c] + Enumerable.Range(0, Math.Min(taps, t + 1)).Sum(back => Weight(prefix + "conv.weight")[(c * taps) + taps - 1 - back] * x[t - back][c])).ToArray())];
}
