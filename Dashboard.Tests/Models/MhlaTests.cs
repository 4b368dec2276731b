using Crossbench.Models;
using Crossbench.Models.Architectures;
using Crossbench.Models.Kernels;
using Crossbench.Models.Parts;
using Crossbench.Tests.Support;
using Crossbench.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Crossbench.Tests.Models;

public sealed class MhlaTests
{
    private static readonly Mhla Architecture = new();
    private static readonly MhlaOptions Small = new() { QueryRank = 5, KvRank = 6, NopeWidth = 7, RopeWidth = 4, ValueWidth = 3 };

    internal static IReadOnlyList<ModelCase> Cases { get; } =
    [
        new("mhla", Architecture, Architecture.Defaults),
        new("mhla, wide latent, dropout", Architecture, Small with { KvRank = 20, Dropout = 0.3, OutputDropout = 0.2 }) { Drops = true },
        new("mhla, no rotation", Architecture, Small with { RopeMode = LatentRope.None, RopeWidth = 3 }),
    ];

    [Fact]
    public void PublishedSize_HasExactlyThePublishedParameters()
    {
        var cost = Architecture.Cost(PublishedModels.TransBench, PublishedModels.TransBenchVocabulary, Architecture.Defaults);
        Assert.Equal(6_087_040, cost.ParameterCount);
        Assert.Equal(270_528, cost.Parameters.Where(parameter => parameter.Name.StartsWith("layers.0.attn", StringComparison.Ordinal)).Sum(parameter => parameter.Count));
        Assert.Equal(6 * 96 * 4 * 256, cost.StateBytes);
    }

    [Fact]
    public void WidthsLeftEmpty_FollowFromTheShape()
    {
        Assert.Equal(new LatentWidths(128, 64, 64, 32, 32), new MhlaOptions().On(new ModelShape { Width = 256, Heads = 8 }));
        Assert.Equal(new LatentWidths(512, 256, 128, 64, 128), new MhlaOptions().On(new ModelShape { Width = 1024, Heads = 8 }));
        Assert.Equal(new LatentWidths(5, 6, 7, 4, 3), Small.On(new ModelShape()));
    }

    [Theory]
    [InlineData(PositionEncoding.Rope, LatentRope.Interleaved)]
    [InlineData(PositionEncoding.Rope, LatentRope.None)]
    [InlineData(PositionEncoding.None, LatentRope.Interleaved)]
    public void Logits_EqualThoseOfPlainLoops(PositionEncoding positions, LatentRope mode)
    {
        using var scope = NewDisposeScope();
        foreach (var options in new[] { new MhlaOptions { RopeMode = mode }, Small with { RopeMode = mode } })
        {
            var shape = TinyModels.Shape with { Positions = positions, RopeBase = 500 };
            using var model = TinyModels.Create(Architecture, options, shape);
            var tokens = TinyModels.Tokens(1, 13);
            new MhlaByLoops(model, shape, options).AssertEvaluation(tokens);
        }
    }

    [Fact]
    public void Rotation_NeedsPositionsInTheShape()
    {
        using var scope = NewDisposeScope();
        var tokens = TinyModels.Tokens(2, 13);
        Tensor Logits(PositionEncoding positions, LatentRope mode) =>
            Architecture.CreateModel(TinyModels.Shape with { Positions = positions }, 23, new MhlaOptions { RopeMode = mode }, new RandomStreams(1)).call(tokens, TinyModels.Evaluating);
        Assert.Equal(0, TinyModels.Distance(Logits(PositionEncoding.None, LatentRope.Interleaved), Logits(PositionEncoding.None, LatentRope.None)));
        Assert.True(TinyModels.Distance(Logits(PositionEncoding.Rope, LatentRope.Interleaved), Logits(PositionEncoding.None, LatentRope.None)) > 1e-7);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(6)]
    [InlineData(20)]
    public void Decoding_CostsWhatTheCheaperFormCosts_AndBothGiveTheSame(int kvRank)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var options = Small with { KvRank = kvRank };
        var shape = TinyModels.Shape with { Layers = 1 };
        using var model = TinyModels.Create(Architecture, options, shape);
        var tokens = TinyModels.Tokens(2, 13);
        var whole = model.call(tokens, TinyModels.Evaluating);
        using var state = model.CreateState();
        var (d, h, q, n, p, v) = (16.0, 4, 5, 7, 4, 3);
        for (var t = 0; t < 13; t++)
        {
            var count = new FlopCount();
            var logits = model.Continue(tokens.narrow(1, t, 1), state, new ForwardContext(new KernelSet { Count = count }, training: false));
            Assert.InRange(TinyModels.Distance(whole.narrow(1, t, 1), logits), 0, 1e-12);
            var cached = t + 1.0;
            var shared = (d * q) + (q * h * (n + p)) + (d * kvRank) + (d * p) + (h * v * d);
            var absorbed = (2 * (shared + (h * n * kvRank) + (h * v * kvRank))) + (2 * cached * h * ((2 * kvRank) + p));
            var rebuilt = (2 * (shared + (cached * kvRank * h * (n + v)))) + (2 * cached * h * (n + p + v));
            var rest = (6 * d * 24) + (2 * d * 23);
            Assert.Equal((cached > kvRank ? absorbed : rebuilt) + rest, count.Total / 2, 6);
        }
    }

    [Fact]
    public void WithoutThePositionalKey_ScoresAreThoseOfContentAlone()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var model = TinyModels.Create(Architecture, Small, TinyModels.Shape);
        var tokens = TinyModels.Tokens(1, 13);
        var loops = new MhlaByLoops(model, TinyModels.Shape, Small) { IsWithoutPositionalPart = true };
        var ablated = model.call(tokens, TinyModels.Ablating(new Ablation(LatentAttention.PositionKey, new Intervention.Scale(0))));
        foreach (var (name, parameter) in model.named_parameters().Where(item => item.name.EndsWith("_rope.weight", StringComparison.Ordinal)))
        {
            parameter.zero_();
        }

        var zeroed = model.call(tokens, TinyModels.Evaluating);
        loops.AssertLogits(zeroed, tokens);
        Assert.Equal(0, TinyModels.Distance(zeroed, ablated));
    }

    [Fact]
    public void InterleavedRotation_KeepsLengths_DependsOnDistanceAlone_AndPairsNeighbours()
    {
        using var scope = NewDisposeScope();
        using var rope = new InterleavedRope(6, 100);
        var (query, key) = (TinyModels.Normal(1, 1, 1, 1, 6), TinyModels.Normal(2, 1, 1, 1, 6));
        double Product(long i, long j) => (rope.Apply(query, i) * rope.Apply(key, j)).sum().ToDouble();
        Assert.Equal(Product(9, 4), Product(1005, 1000), 1e-11);
        Assert.NotEqual(Product(9, 4), Product(9, 5), 1e-6);
        Assert.Equal(query.norm().ToDouble(), rope.Apply(query, 77).norm().ToDouble(), 1e-12);
        var first = zeros([1, 1, 1, 6], ScalarType.Float64);
        first.select(-1, 0).fill_(1);
        Assert.Equal([Math.Cos(3), Math.Sin(3), 0, 0, 0, 0], TinyModels.Values(rope.Apply(first, 3)).Select(value => Math.Round(value, 15)), (a, b) => Math.Abs(a - b) < 1e-12);

        // The half-split pairing turns the same angles in another order of the numbers.
        using var halves = new Rope(6, 100);
        var order = tensor(new long[] { 0, 2, 4, 1, 3, 5 });
        Assert.InRange(TinyModels.Distance(halves.Apply(query.index_select(-1, order), 5), rope.Apply(query, 5).index_select(-1, order)), 0, 1e-15);
    }

    [Fact]
    public void EffectiveRank_CountsTheDirectionsThatAreUsed()
    {
        using var scope = NewDisposeScope();
        var spread = zeros([8, 5], ScalarType.Float64);
        for (var direction = 0; direction < 3; direction++)
        {
            spread.select(0, 2 * direction).select(0, direction).fill_(2);
            spread.select(0, (2 * direction) + 1).select(0, direction).fill_(-2);
        }

        Assert.Equal(3, LatentDiagnostics.EffectiveRank(spread + 7), 1e-9);
        Assert.Equal(1, LatentDiagnostics.EffectiveRank(ones([8, 5], ScalarType.Float64)), 1e-9);
        Assert.InRange(LatentDiagnostics.EffectiveRank(TinyModels.Normal(1, 4000, 5)), 4.98, 5.001);
    }

    [Fact]
    public void Diagnostics_AreThoseOfLatentsAndScores()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var model = TinyModels.Create(Architecture, Small, TinyModels.Shape);
        var tokens = TinyModels.Tokens(1, 13);
        var loops = new MhlaByLoops(model, TinyModels.Shape, Small);
        loops.Logits(tokens);
        DiagnosticsWriter Written(bool atEvaluation)
        {
            var writer = new DiagnosticsWriter(Architecture.Diagnostics(Small), atEvaluation);
            model.call(tokens, TinyModels.Writing(writer));
            return writer;
        }

        var norm = Written(false).Points(1).Single(point => point.Metric == "layer1.latentNorm").Value;
        Assert.Equal(loops.Latents[1].Average(c => Math.Sqrt(c.Sum(value => value * value))), norm, 1e-9);
        var found = Written(true).Snapshots(1).Single(item => item.Metric == "layer1.positionShare").Values;
        var expected = loops.Scores[1].Select(scores =>
        {
            var (content, position) = (Variance(scores.Select(score => score.Content)), Variance(scores.Select(score => score.Position)));
            return position / (position + content);
        });
        Assert.All(found.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-5));
        Assert.All(found, value => Assert.InRange(value, 0.01, 0.99));
    }

    [Fact]
    public void BadOptions_AreRefusedByTheirPath()
    {
        foreach (var (option, value) in new[] { ("kvRank", "0"), ("queryRank", "-3"), ("ropeWidth", "33"), ("ropeMode", "halves") })
        {
            RefusedOptions.AssertRefused(Architecture, option, value);
        }

        Assert.Empty(RunSpecReader.Read([new("architecture.id", "mhla"), new("architecture.ropeWidth", "33"), new("architecture.ropeMode", "none")]).Problems);
        Assert.Empty(RunSpecReader.Read([new("architecture.id", "mhla"), new("architecture.ropeWidth", "33"), new("shape.positions", "none")]).Problems);
    }

    private static double Variance(IEnumerable<double> values)
    {
        var all = values.ToArray();
        return all.Average(value => value * value) - (all.Average() * all.Average());
    }
}
