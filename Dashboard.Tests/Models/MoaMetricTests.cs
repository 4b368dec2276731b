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

public sealed class MoaMetricTests
{
    internal static readonly ModelShape Shape = TinyModels.Shape with { TiedHead = true, Bias = false };
    private static readonly MoaMetric Architecture = new();
    private static readonly ModelShape Published = new() { Layers = 12, Width = 768, Heads = 8, KvHeads = 8, Ffn = 1152, ContextLength = 2048, TiedHead = true, Bias = false };

    internal static IReadOnlyList<ModelCase> Cases { get; } =
    [
        Case("moa-metric", new MoaMetricOptions { LowRank = 8 }),
        Case("moa-metric, cosine, two branches, dropout", new MoaMetricOptions { Metric = AttentionMetric.Cosine, LowRank = 8, TopK = 2, RouterBias = true, RouterBiasLimit = 20, AlphaInitial = 3, Dropout = 0.2, DropPath = 0.3 }, drops: true),
        Case("moa-metric, maha, soft balls", new MoaMetricOptions
        {
            Metric = AttentionMetric.Mahalanobis, LowRank = 8, BallPruning = BallPruning.Soft, BallRadius = 0.2, BallTemperature = 0.1, TiDistance = TriangleDistance.Sqrt,
        }),
        Case("moa-metric, hard balls, no waves", new MoaMetricOptions { LowRank = 8, BallPruning = BallPruning.Hard, BallRadius = 0.2, Phases = 0, Discrepancy = false, TiSamples = 0 }),
    ];

    public static TheoryData<AttentionMetric> Metrics => [.. Enum.GetValues<AttentionMetric>()];

    [Fact]
    public void PublishedSize_HasExactlyThePublishedParameters()
    {
        var cost = Architecture.Cost(Published, 50257, Architecture.Defaults);
        Assert.Equal(151_583_100, cost.ParameterCount);
        var block = cost.Parameters.Where(parameter => parameter.Name.StartsWith("layers.3.", StringComparison.Ordinal)).ToArray();
        long Of(string part) => block.Where(parameter => parameter.Part == part).Sum(parameter => parameter.Count);
        Assert.Equal(9_415_413, block.Sum(parameter => parameter.Count));
        Assert.Equal(
            [3_072, 6_152, 595_968, 2_657_368, 1_622_418, 1_181_184, 3_349_251],
            new[] { "Norms", "Router", "Convolution", "Many-head attention", "One-key attention", "Channel network", "FFN" }.Select(Of));
    }

    [Fact]
    public void OtherSettings_AddWhatTheyAdd()
    {
        long Count(MoaMetricOptions options, ModelShape? shape = null) => Architecture.Cost(shape ?? Published, 50257, options).ParameterCount - 151_583_100;
        Assert.Equal(12 * (768 + 96), Count(new MoaMetricOptions { Metric = AttentionMetric.Mahalanobis }));
        Assert.Equal(-12 * 9, Count(new MoaMetricOptions { Discrepancy = false }));
        Assert.Equal(12 * 4 * 768, Count(new MoaMetricOptions { RouterBias = true }));
        Assert.Equal(12 * 2 * 8 * 97, Count(new MoaMetricOptions { BallPruning = BallPruning.Soft }));
        Assert.Equal(-12 * 9 * (384 + 8), Count(new MoaMetricOptions { Phases = 0 }));
        Assert.Equal(-12 * 9 * (384 + 8), Count(new MoaMetricOptions(), Published with { Positions = PositionEncoding.None }));
        Assert.Equal(176_364_924 - 151_583_100, Count(new MoaMetricOptions { ChannelWidth = 1536 }, Published with { Ffn = 1536 }));
    }

    [Fact]
    public void Preset_IsThePublishedModel()
    {
        var spec = PublishedModels.Preset(Architecture);
        Assert.Equal(151_583_100, Architecture.Cost(spec.Shape, spec.Shape.Vocabulary!.Value, spec.Architecture.Options).ParameterCount);
    }

    [Theory]
    [MemberData(nameof(Metrics))]
    public void Logits_EqualThoseOfPlainLoops(AttentionMetric metric)
    {
        using var scope = NewDisposeScope();
        var usual = new MoaMetricOptions { Metric = metric, LowRank = 5, AlphaInitial = 2 };
        (MoaMetricOptions Options, ModelShape Shape)[] variants =
        [
            (usual, Shape),
            (usual with { TopK = 2, RouterBias = true, RouterBiasLimit = 3, Phases = 1, EnergyMin = 0.1, EnergyMax = 5 }, Shape with { Bias = true, TiedHead = false, RopeBase = 500 }),
            (usual with { Phases = 0, Discrepancy = false, BallPruning = BallPruning.Soft, BallRadius = 0.3, BallStrength = 2, BallTemperature = 0.2, ConvWidth = 1, FfnConvWidth = 2 }, Shape),
            (usual with { BallPruning = BallPruning.Hard, BallRadius = 0.8, ValueWidth = 3, ChannelWidth = 9, ConvWidth = 20 }, Shape with { Positions = PositionEncoding.None }),
        ];
        foreach (var (options, shape) in variants)
        {
            using var model = Stirred(options, shape);
            var tokens = TinyModels.Tokens(1, 13, vocabulary: 5); // few different ones: some follow themselves
            new MoaByLoops(model, shape, options).AssertEvaluation(tokens);
        }
    }

    [Theory]
    [MemberData(nameof(Metrics))]
    public void FoldedScores_EqualThoseOfDistances_AndSoDoTheirGradients(AttentionMetric metric)
    {
        using var scope = NewDisposeScope();
        foreach (var (type, groups, tolerance) in new[] { (ScalarType.Float64, 4, 1e-13), (ScalarType.Float32, 4, 1e-5), (ScalarType.Float32, 1, 1e-5) })
        {
            var kernels = new KernelSet();
            var (q, k, v) = (TinyModels.Normal(1, type, 2, 13, 4, 6).requires_grad_(), TinyModels.Normal(2, type, 2, 13, groups, 6).requires_grad_(), TinyModels.Normal(3, type, 2, 13, groups, 6));
            var alpha = (TinyModels.Normal(4, type, 2, 13, 4).square() + 0.1).detach();
            Tensor Features(Tensor x) => metric == AttentionMetric.Cosine ? MetricScores.Unit(x, kernels) : x;
            var (wideQuery, wideKey) = MetricScores.Fold(metric, Features(q), Features(k), alpha);
            var folded = kernels.Attention(wideQuery, wideKey, v, scale: 1);
            var scores = MetricScores.Distances(metric, Features(q), Features(k)) * (alpha.transpose(1, 2).unsqueeze(-1) * MetricScores.Slope(metric, 6));
            var weights = (scores + KernelSet.CausalMask(13, 13, scores)).softmax(-1);
            var plain = matmul(weights, v.transpose(1, 2)).transpose(1, 2).reshape(2, 13, -1);
            Assert.InRange(TinyModels.Distance(folded, plain), 0, tolerance);
            var weight = TinyModels.Normal(5, type, 2, 13, 24);
            var found = autograd.grad([(folded * weight).sum()], [q, k]);
            var expected = autograd.grad([(plain * weight).sum()], [q, k]);
            Assert.All(found.Zip(expected), pair => Assert.InRange(TinyModels.Distance(pair.First, pair.Second), 0, 10 * tolerance));
        }
    }

    [Fact]
    public void EqualLengths_MakeDistanceADotProduct_AndNoSharpnessAMean()
    {
        using var scope = NewDisposeScope();
        var kernels = new KernelSet();
        var (q, v) = (TinyModels.Normal(1, ScalarType.Float64, 2, 9, 4, 6), TinyModels.Normal(3, ScalarType.Float64, 2, 9, 4, 6));
        var k = MetricScores.Unit(TinyModels.Normal(2, ScalarType.Float64, 2, 9, 4, 6), kernels) * 3;
        var (wideQuery, wideKey) = MetricScores.Fold(AttentionMetric.L2, q, k, full(2, 9, 4, 0.7, ScalarType.Float64));
        var dot = kernels.Attention(q, k, v, scale: 2 * 0.7 / Math.Sqrt(6));
        Assert.InRange(TinyModels.Distance(dot, kernels.Attention(wideQuery, wideKey, v, scale: 1)), 0, 1e-11); // lengths are equal to 1e-12
        (wideQuery, wideKey) = MetricScores.Fold(AttentionMetric.L2, q, k, zeros(2, 9, 4, ScalarType.Float64));
        var mean = v.cumsum(1) / arange(1, 10, dtype: ScalarType.Float64).view(1, 9, 1, 1);
        Assert.InRange(TinyModels.Distance(mean.view(2, 9, 24), kernels.Attention(wideQuery, wideKey, v, scale: 1)), 0, 1e-13);
    }

    [Fact]
    public void ModulatedRotation_KeepsLengths_AndWithoutPhasesIsRotaryEmbedding()
    {
        using var scope = NewDisposeScope();
        using var rope = new Rope(6, 10000);
        var x = TinyModels.Normal(1, ScalarType.Float64, 2, 9, 4, 6);
        Tensor Turned(double scale)
        {
            var module = new BlackHoleRope(4, 6, 3, scale).to(ScalarType.Float64);
            Stir(module);
            var phases = module.Phases(PeriodicBasis.At(3, 64, 5, 9, x));
            Assert.InRange(phases.abs().max().ToDouble(), 0, scale);
            return Rope.Turn(x, BlackHoleRope.Add(rope.At(5, 9, x), phases));
        }

        var plain = rope.Apply(x, 5);
        Assert.InRange(TinyModels.Distance(Turned(0), plain), 0, 1e-14);
        Assert.True(TinyModels.Distance(Turned(0.7), plain) > 0.01);
        Assert.InRange(TinyModels.Distance(Turned(0.7).norm(-1), x.norm(-1)), 0, 1e-13);
    }

    [Fact]
    public void Phases_BreakTheDependenceOnDistanceAlone()
    {
        using var scope = NewDisposeScope();
        using var rope = new Rope(6, 10000);
        var x = TinyModels.Normal(1, ScalarType.Float64, 1, 1, 2, 6).expand(1, 40, 2, 6); // the same at all positions
        double Drift(double scale)
        {
            var module = new BlackHoleRope(2, 6, 4, scale).to(ScalarType.Float64);
            Stir(module);
            var angles = BlackHoleRope.Add(rope.At(0, 40, x), module.Phases(PeriodicBasis.At(4, 2048, 0, 40, x)));
            var turned = Rope.Turn(x, angles).transpose(1, 2);                  // [1, 2, 40, 6]
            var scores = matmul(turned, turned.transpose(2, 3));                // [1, 2, 40, 40]
            return TinyModels.Distance(scores.narrow(2, 0, 39).narrow(3, 0, 39), scores.narrow(2, 1, 39).narrow(3, 1, 39));
        }

        Assert.InRange(Drift(0), 0, 1e-13);
        Assert.True(Drift(Math.PI / 4) > 0.1);
    }

    [Fact]
    public void PhaseDiagnostic_IsNoneAtInitialisation_AndAtMostTheScale()
    {
        using var scope = NewDisposeScope();
        double Phase(MoaMetricOptions options, bool isStirred)
        {
            using var model = isStirred ? Stirred(options, Shape) : TinyModels.Create(Architecture, options, Shape);
            var writer = new DiagnosticsWriter(Architecture.Diagnostics(options), atEvaluation: false);
            model.call(TinyModels.Tokens(1, 13), TinyModels.Writing(writer));
            return writer.Points(0).Single(point => point.Metric == "layer1.mhPhaseRms").Value;
        }

        Assert.Equal(0, Phase(new MoaMetricOptions { LowRank = 8 }, isStirred: false));
        Assert.InRange(Phase(new MoaMetricOptions { LowRank = 8, PhaseScale = 0.5 }, isStirred: true), 0.01, 0.5);
    }

    [Fact]
    public void Periods_RunFromEightTokensToTheLongest()
    {
        Assert.Equal([8, 50.8, 322.5, 2048], Enumerable.Range(0, 4).Select(wave => Math.Round(PeriodicBasis.Period(wave, 4, 2048), 1)));
        Assert.Equal(8, PeriodicBasis.Period(0, 1, 2048));
        using var scope = NewDisposeScope();
        var waves = PeriodicBasis.At(2, 16, 3, 2, zeros(1, ScalarType.Float64));
        Assert.Equal([2, 4], waves.shape);
        Assert.Equal([Math.Sin(Math.PI), Math.Sin(Math.PI / 2), Math.Cos(Math.PI), Math.Cos(Math.PI / 2)], TinyModels.Values(waves[1]).Select(value => Math.Round(value, 12)).ToArray(), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void AtInitialisation_EnergiesAndGatesAreOne_AndSharpnessIsAsSet()
    {
        using var scope = NewDisposeScope();
        foreach (var options in new[] { new MoaMetricOptions(), new MoaMetricOptions { EnergyMin = 0.2, EnergyMax = 9, AlphaInitial = 3 } })
        {
            using var model = Architecture.CreateModel(Shape, 23, options, new RandomStreams(1));
            var writer = new DiagnosticsWriter(Architecture.Diagnostics(options), atEvaluation: false);
            model.call(TinyModels.Tokens(2, 13), new ForwardContext(new KernelSet(), training: true) { Diagnostics = writer });
            var vectors = writer.Snapshots(0).ToDictionary(snapshot => snapshot.Metric, snapshot => snapshot.Values);
            Assert.All(vectors["layer1.mhEnergyByHead"].Concat(vectors["layer0.mqaEnergyByHead"]), value => Assert.Equal(1, value, 1e-6));
            Assert.All(vectors["layer1.featureGateMean"], value => Assert.Equal(1, value, 1e-6));
            Assert.All(vectors["layer0.mqaAlpha"], value => Assert.Equal(options.AlphaInitial, value, 1e-5));
        }
    }

    [Fact]
    public void EnergyRangesThatEndAtOne_StartBesideIt()
    {
        foreach (var (low, high) in new[] { (1.0, 2.0), (0.5, 1.0), (1.0, 1.0) })
        {
            var offset = ((Initial.Constant)ValueEnergy.Parameters("", 1, 0, low, high, false, "").First().Initial!).Value;
            Assert.InRange(low + ((high - low) / (1 + Math.Exp(-offset))), 0.99, 1.01);
        }
    }

    [Fact]
    public void OneHotRouter_LeavesOneBranch()
    {
        using var scope = NewDisposeScope();
        string[] names = ["conv.", "mh.", "channel.", "mqa."];
        for (var branch = 0; branch < 4; branch++)
        {
            using var model = Stirred(new MoaMetricOptions { LowRank = 8 }, Shape);
            var parameters = model.named_parameters().ToArray();
            var tokens = TinyModels.Tokens(2, 13);
            var plain = model.call(tokens, TinyModels.Evaluating);
            using var _ = no_grad();
            Each(parameters, ".router.bias", parameter => parameter.copy_((arange(parameter.shape[0]) == (Scalar)branch).to(ScalarType.Float64) * 2000), except: "ffn");
            var alone = model.call(tokens, TinyModels.Evaluating);
            foreach (var (name, i) in names.Select((name, i) => (name, i)))
            {
                Each(parameters, $".{name}", parameter => parameter.mul_(1.5), except: "ffn");
                Assert.Equal(i == branch, TinyModels.Distance(alone, model.call(tokens, TinyModels.Evaluating)) > 1e-9);
                Each(parameters, $".{name}", parameter => parameter.div_(1.5), except: "ffn");
            }

            Assert.True(TinyModels.Distance(alone, plain) > 1e-6);
        }
    }

    [Fact]
    public void KeptBranches_AreTheLargest_Renormalised()
    {
        using var scope = NewDisposeScope();
        var scores = TinyModels.Normal(1, ScalarType.Float64, 3, 5, 4);
        for (var kept = 1; kept <= 4; kept++)
        {
            var weights = MoaRouting.Weights(scores, kept);
            Assert.Equal(kept * 15, (weights > 0).sum().ToInt64());
            Assert.InRange(TinyModels.Distance(weights.sum(-1), ones(3, 5, ScalarType.Float64)), 0, 1e-14);
            Assert.Equal(0, TinyModels.Distance(weights.argmax(-1), scores.argmax(-1)));
        }

        Assert.Equal(0, TinyModels.Distance(MoaRouting.Weights(scores, 0), MoaRouting.Weights(scores, 4)));
    }

    [Fact]
    public void TokensOutsideEveryBall_StillSeeThemselves()
    {
        using var scope = NewDisposeScope();
        var ball = new KeyBall(4, 6, 1, 1, isHard: true).to(ScalarType.Float64);
        Each([.. ball.named_parameters()], "radius_raw", parameter => parameter.fill_(-50));
        var (q, k, v) = (TinyModels.Normal(1, ScalarType.Float64, 2, 9, 4, 6), TinyModels.Normal(2, ScalarType.Float64, 2, 9, 4, 6), TinyModels.Normal(3, ScalarType.Float64, 2, 9, 4, 6));
        var outside = ball.Outside(k);
        Assert.True((outside > 0).all().ToBoolean());
        var found = new KernelSet().Attention(q, k, v, bias: ball.Bias(outside, 9, training: false));
        Assert.InRange(TinyModels.Distance(found, v.view(2, 9, 24)), 0, 1e-14);
        Assert.InRange(TinyModels.Distance(ball.Bias(outside, 2, training: false).exp(), ball.Bias(outside, 9, training: false).narrow(2, 7, 2).exp()), 0, 0);
    }

    private static ModelCase Case(string name, MoaMetricOptions options, bool drops = false) => new(name, Architecture, options)
    {
        Shape = Shape,
        Drops = drops,

        // Amplitudes of the waves start at 0, and so do the phases that they make; tests of their own stir them.
        WithoutEffect = options.Phases > 0 ? ["mhPhase", "mqaPhase"] : [],
    };

    private static LanguageModel Stirred(MoaMetricOptions options, ModelShape shape)
    {
        var model = TinyModels.Create(Architecture, options, shape);
        Stir(model);
        return model;
    }

    /// <summary>Moves parameters that start at 0, which would hide mistakes.</summary>
    private static void Stir(nn.Module module)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        foreach (var (parameter, i) in module.named_parameters().Select((item, i) => (item.parameter, i)))
        {
            if (parameter.abs().max().ToDouble() == 0)
            {
                parameter.copy_(TinyModels.Normal(i + 10, parameter.dtype, parameter.shape) * 0.5);
            }
        }
    }

    private static void Each((string name, TorchSharp.Modules.Parameter parameter)[] parameters, string part, Action<Tensor> change, string except = "-")
    {
        using var _ = no_grad();
        var found = parameters.Where(item => item.name.Contains(part, StringComparison.Ordinal) && !item.name.Contains(except, StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(found);
        Assert.All(found, item => change(item.parameter));
    }
}
