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
        new("retnet", Architecture, Architecture.Defaults),
        new("retnet, chunks of 4, wide values", Architecture, new RetNetOptions { Chunk = 4, ExpandValue = 2 }),
        new("retnet, narrow keys", Architecture, new RetNetOptions { Chunk = 5, ExpandKey = 0.5, NormEpsilon = 1e-3 }),
    ];

    [Fact]
    public void Preset_HasExactlyTheParametersOfTheRealLayer()
    {
        var spec = RunSpecReader.Read([new("architecture.id", Architecture.Id), .. Architecture.Presets.Single().Settings]).Spec;
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
        var found = TinyModels.Values(model.call(tokens, TinyModels.Evaluating));
        var expected = new RetNetByLoops(model, shape, options).Logits(tokens.data<long>().ToArray());
        Assert.All(Enumerable.Range(0, found.Length), i => Assert.Equal(expected[i], found[i], 1e-11));
    }

    [Fact]
    public void ChunkSize_DoesNotMatter_AlsoWhereItDoesNotDivideTheLength()
    {
        using var scope = NewDisposeScope();
        Tensor Logits(int chunk)
        {
            using var model = TinyModels.Create(Architecture, new RetNetOptions { Chunk = chunk }, TinyModels.Shape with { ContextLength = 37 });
            return model.call(TinyModels.Tokens(2, 37), TinyModels.Evaluating);
        }

        var whole = Logits(64);
        Assert.All([1, 3, 8, 36, 37], chunk => Assert.InRange(TinyModels.Distance(whole, Logits(chunk)), 0, 1e-10));
    }

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
        var tokens = TinyModels.Tokens(1, 64);
        var other = tokens.clone();
        other.narrow(1, 0, 1).fill_((tokens[0, 0].ToInt64() + 1) % 23);
        double Heard(double factor)
        {
            var plan = new AblationPlan([new Ablation("decay", new Intervention.Scale(factor))], new RandomStreams(1));
            var context = new ForwardContext(TinyModels.Evaluating.Kernels, training: false) { Ablations = plan };
            return TinyModels.Distance(model.call(tokens, context).select(1, 63), model.call(other, context).select(1, 63));
        }

        Assert.True(Heard(0) > Heard(1) && Heard(1) > Heard(4), $"{Heard(0)} {Heard(1)} {Heard(4)}");
        Assert.InRange(Heard(1e6), 0, 1e-15); // nothing is kept: the last token hears itself only
    }

    [Fact]
    public void CostOfAToken_DoesNotGrowWithTheSequence()
    {
        var (few, many) = (Cost(256), Cost(2048));
        Assert.Equal(few.ForwardFlops, many.ForwardFlops);
        Assert.Equal(few.StateBytes, many.StateBytes);
        ModelCost Cost(int length) => Architecture.Cost(new ModelShape { ContextLength = length }, 256, Architecture.Defaults);
    }

    [Fact]
    public void DecodingState_HasAConstantSize()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var model = TinyModels.Create(Architecture);
        using var state = model.CreateState();
        model.Continue(TinyModels.Tokens(2, 1), state, TinyModels.Evaluating);
        var bytes = state.Bytes;
        model.Continue(TinyModels.Tokens(2, 300), state, TinyModels.Evaluating);
        Assert.Equal(bytes, state.Bytes);
        Assert.Equal(2 * 2 * 4 * 4 * 4 * sizeof(double), bytes); // layers, sequences, heads, K, V
    }

    [Theory]
    [InlineData("expandKey", "0.3", "architecture.expandKey")]
    [InlineData("expandKey", "0.25", "architecture.expandKey")]
    [InlineData("expandKey", "0", "architecture.expandKey")]
    [InlineData("expandValue", "0.3", "architecture.expandValue")]
    [InlineData("chunk", "0", "architecture.chunk")]
    [InlineData("normEpsilon", "0", "architecture.normEpsilon")]
    public void BadOptions_AreRefused_WithAFixThatMendsThem(string option, string value, string path)
    {
        List<KeyValuePair<string, string>> settings =
            [new("architecture.id", Architecture.Id), new("shape.width", "16"), new("shape.heads", "4"), new("shape.kvHeads", "2"), new($"architecture.{option}", value)];
        var problem = Assert.Single(SpecValidator.Validate(RunSpecReader.Read(settings).Spec).Concat(RunSpecReader.Read(settings).Problems).DistinctBy(item => item.Path));
        Assert.Equal(path, problem.Path);
        foreach (var fix in problem.Fixes)
        {
            Assert.Empty(RunSpecReader.Read([.. settings.Take(4), new(fix.Path, fix.Value)]).Problems);
        }
    }

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
    private readonly ModelShape _shape = shape;

    protected override double[][] Mix(double[][] x, int layer)
    {
        var prefix = $"layers.{layer}.attn.";
        var (heads, groups) = (_shape.Heads, _shape.KvHeads);
        int keyWidth = (int)(options.ExpandKey * _shape.Width) / heads, valueWidth = (int)(options.ExpandValue * _shape.Width) / heads;
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
            return Linear([.. Normed(mixed, valueWidth, Weight(prefix + "norm.weight")).Zip(gate, (m, g) => m * g / (1 + Math.Exp(-g)))], prefix + "o", _shape.Width);
        })];
    }

    private double[] Normed(double[] mixed, int width, double[] weight) => [.. mixed.Select((value, c) =>
    {
        var head = mixed.Skip(c / width * width).Take(width);
        return value / Math.Sqrt(head.Average(item => item * item) + options.NormEpsilon) * weight[c % width];
    })];

    private static double[] Rotated(double[] x, int position, int width) => [.. x.Select((value, c) =>
    {
        var (start, i) = (c / width * width, c % width);
        var angle = position / Math.Pow(10000, 2.0 * (i % (width / 2)) / width);
        var partner = i < width / 2 ? -x[start + i + (width / 2)] : x[start + i - (width / 2)];
        return (value * Math.Cos(angle)) + (partner * Math.Sin(angle));
    })];
}
