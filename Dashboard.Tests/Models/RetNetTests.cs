using Crossbench.Models;
using Crossbench.Models.Architectures;
using Crossbench.Tests.Support;
using Crossbench.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Crossbench.Tests.Models;

public sealed class RetNetTests
{
    private static readonly RetNet Architecture = new();

    internal static IReadOnlyList<ModelCase> Cases { get; } =
    [
        new("retnet", Architecture, Architecture.Defaults) { StateNumbers = 4 * 4 * 4 }, // heads, K, V
        new("retnet, chunks of 4, wide values", Architecture, new RetNetOptions { Chunk = 4, ExpandValue = 2 }),
        new("retnet, narrow keys", Architecture, new RetNetOptions { Chunk = 5, ExpandKey = 0.5, NormEpsilon = 1e-3 }),
    ];

    [Fact]
    public void Preset_HasExactlyTheParametersOfTheRealLayer()
    {
        var spec = PublishedModels.Preset(Architecture);
        Assert.Equal(6_036_928, Architecture.Cost(spec.Shape, 4096, spec.Architecture.Options).ParameterCount);
        Assert.Equal(262_176, Architecture.Cost(spec.Shape, 4096, spec.Architecture.Options).Parts.Single(part => part.Part == "Retention").Count / 6);
    }

    [Theory]
    [InlineData(1.0, 1.0, 2, 64)]
    [InlineData(1.0, 2.0, 1, 4)]
    [InlineData(0.5, 1.5, 4, 5)]
    public void Logits_EqualThoseOfPlainLoops(double expandKey, double expandValue, int kvHeads, int chunk)
    {
        using var scope = NewDisposeScope();
        var shape = TinyModels.Shape with { KvHeads = kvHeads, Positions = PositionEncoding.None };
        var options = new RetNetOptions { ExpandKey = expandKey, ExpandValue = expandValue, Chunk = chunk };
        using var model = TinyModels.Create(Architecture, options, shape);
        var tokens = TinyModels.Tokens(1, 13);
        new RetNetByLoops(model, shape, options).AssertEvaluation(tokens);
    }

    [Fact]
    public void ChunkSize_DoesNotMatter_AlsoWhereItDoesNotDivideTheLength() => TinyModels.AssertSameLogits(
        [64, 1, 3, 8, 36, 37], (chunk, shape) => TinyModels.Create(Architecture, new RetNetOptions { Chunk = chunk }, shape));

    [Fact]
    public void Positions_OfTheShape_DoNotMatter()
    {
        using var scope = NewDisposeScope();
        using var with = TinyModels.Create(Architecture, TinyModels.Shape with { Positions = PositionEncoding.Rope, RopeBase = 500 });
        using var without = TinyModels.Create(Architecture, TinyModels.Shape with { Positions = PositionEncoding.None });
        var tokens = TinyModels.Tokens(2, 13);
        Assert.Equal(0, TinyModels.Distance(with.call(tokens, TinyModels.Evaluating), without.call(tokens, TinyModels.Evaluating)));
    }

    [Fact]
    public void WithoutDecay_ByAblation_AFirstTokenIsHeardLonger()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var model = TinyModels.Create(Architecture, TinyModels.Shape with { Layers = 1, ContextLength = 64 });
        double Heard(double factor) => TinyModels.Moves(model, 64, 0, TinyModels.Ablating(new Ablation("decay", new Intervention.Scale(factor))))[63];
        Assert.True(Heard(0) > Heard(1) && Heard(1) > Heard(4), $"{Heard(0)} {Heard(1)} {Heard(4)}");
        Assert.InRange(Heard(1e6), 0, 1e-15); // nothing is kept: the last token hears itself only
    }

    [Theory]
    [InlineData("expandKey", "0.3", "architecture.expandKey")]
    [InlineData("expandKey", "0.25", "architecture.expandKey")]
    [InlineData("expandKey", "0", "architecture.expandKey")]
    [InlineData("expandValue", "0.3", "architecture.expandValue")]
    [InlineData("chunk", "0", "architecture.chunk")]
    [InlineData("normEpsilon", "0", "architecture.normEpsilon")]
    public void BadOptions_AreRefused_WithAFixThatMendsThem(string option, string value, string path) => RefusedOptions.AssertMended(Architecture, option, value, path);

    [Fact]
    public void KeysWiderThanRotaryPositionsTake_AreRefused()
    {
        var problem = Assert.Single(Architecture.Validate(new ModelShape { Width = 2048, Heads = 4, KvHeads = 2 }, new RetNetOptions()));
        Assert.Equal("architecture.expandKey", problem.Path);
        Assert.Contains("512", problem.Reason, StringComparison.Ordinal);
    }
}

/// <summary>The retnet model for one sequence in loops over doubles, from the formulas alone.</summary>
internal sealed class RetNetByLoops(LanguageModel model, ModelShape shape, RetNetOptions options) : GqaByLoops(model, shape)
{
    protected override double[][] Mix(double[][] x, int layer)
    {
        var prefix = $"layers.{layer}.attn.";
        var (heads, groups) = (Shape.Heads, Shape.KvHeads);
        int keyWidth = (int)(options.ExpandKey * Shape.Width) / heads, valueWidth = (int)(options.ExpandValue * Shape.Width) / heads;
        var q = x.Select((row, t) => Rotated(Linear(row, prefix + "q", heads * keyWidth), t, keyWidth)).ToArray();
        var k = x.Select((row, t) => Rotated(Linear(row, prefix + "k", groups * keyWidth), t, keyWidth)).ToArray();
        var v = x.Select(row => Linear(row, prefix + "v", groups * valueWidth)).ToArray();
        return [.. x.Select((row, i) =>
        {
            var mixed = new double[heads * valueWidth];
            for (var h = 0; h < heads; h++)
            {
                var (gamma, group) = (1 - Math.Pow(2, -5 - h), h * groups / heads);
                for (var j = 0; j <= i; j++)
                {
                    var weight = Math.Pow(gamma, i - j) / Math.Sqrt(keyWidth) * Enumerable.Range(0, keyWidth).Sum(c => q[i][(h * keyWidth) + c] * k[j][(group * keyWidth) + c]);
                    for (var c = 0; c < valueWidth; c++)
                    {
                        mixed[(h * valueWidth) + c] += weight * v[j][(group * valueWidth) + c];
                    }
                }
            }

            var gate = Linear(row, prefix + "g", mixed.Length);
            return Linear([.. Normed(mixed, valueWidth, Weight(prefix + "norm.weight")).Zip(gate, (m, g) => m * Silu(g))], prefix + "o", Shape.Width);
        })];
    }

    private double[] Normed(double[] mixed, int width, double[] weight) => [.. mixed.Select((value, c) =>
    {
        var head = mixed.Skip(c / width * width).Take(width);
        return value / Math.Sqrt(head.Average(item => item * item) + options.NormEpsilon) * weight[c % width];
    })];

    private static double[] Rotated(double[] x, int position, int width) => Turned(x, width, i => position / Math.Pow(10000, 2.0 * i / width));
}
