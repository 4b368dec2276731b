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

/// <summary>What moa-metric does while training: the triangle loss, dropout, novelty; and options that it refuses.</summary>
public sealed class MoaTrainingTests
{
    private static readonly MoaMetric Architecture = new();
    private static readonly ModelShape Shape = MoaMetricTests.Shape;

    [Theory]
    [InlineData(AttentionMetric.L2)]
    [InlineData(AttentionMetric.Cosine)]
    public void TriangleLoss_IsTheMeanExcessOfSampledTriples(AttentionMetric metric)
    {
        using var scope = NewDisposeScope();
        var keys = Keys(metric);
        var triples = new NoiseSource(new RandomStreams(1), RandomStreams.Noise, 0).Integers("triples", 0, 13, 3, 64);
        var (places, values) = (triples.data<long>().ToArray(), TinyModels.Values(keys));
        double Distance(int sequence, int head, long left, long right)
        {
            double[] At(long place) => values[(((sequence * 13) + (int)place) * 24 + (head * 6))..((((sequence * 13) + (int)place) * 24) + (head * 6) + 6)];
            return metric == AttentionMetric.L2
                ? At(left).Zip(At(right), (a, b) => (a - b) * (a - b)).Sum()
                : 1 - At(left).Zip(At(right), (a, b) => a * b).Sum();
        }

        var sum = 0.0;
        for (var i = 0; i < 64 * 8; i++)
        {
            var (n, sequence, head) = (i % 64, i / 64 % 2, i / 128);
            var (a, b, c) = (places[n], places[64 + n], places[128 + n]);
            sum += Math.Max(0, Distance(sequence, head, a, c) - Distance(sequence, head, a, b) - Distance(sequence, head, b, c));
        }

        Assert.True(sum > 0);
        Assert.Equal(sum / (64 * 8), TriangleLoss.Of(metric, TriangleDistance.Score, keys, triples).ToDouble(), 1e-12);
    }

    [Theory]
    [InlineData(AttentionMetric.L2)]
    [InlineData(AttentionMetric.Cosine)]
    public void TriangleLoss_OfTrueMetrics_IsRounding(AttentionMetric metric)
    {
        using var scope = NewDisposeScope();
        var keys = Keys(metric).to(ScalarType.Float32);
        var triples = new NoiseSource(new RandomStreams(1), RandomStreams.Noise, 0).Integers("triples", 0, 13, 3, 2000);
        Assert.InRange(TriangleLoss.Of(metric, TriangleDistance.Sqrt, keys, triples).ToDouble(), 0, 1e-6);
        Assert.Equal(0, TriangleLoss.ViolationRate(metric, TriangleDistance.Sqrt, keys, triples).ToDouble());
        Assert.InRange(TriangleLoss.ViolationRate(metric, TriangleDistance.Score, keys, triples).ToDouble(), 0.01, 0.9);
    }

    [Fact]
    public void TriangleLoss_IsTheSameForTheSameStep_AndOnlyThereWhileTraining()
    {
        using var scope = NewDisposeScope();
        double? Raw(MoaMetricOptions options, bool training, long step)
        {
            using var model = TinyModels.Create(Architecture, options, Shape);
            var context = At(step, training);
            model.call(TinyModels.Tokens(2, 13), context);
            var means = context.Auxiliary.Means;
            Assert.All(means, mean => Assert.Equal(("triangle", 0.3, 50), (mean.Term.Name, mean.Term.Weight, mean.Term.Warmup)));
            return means.Count == 0 ? null : Assert.Single(means).Raw.ToDouble();
        }

        var options = new MoaMetricOptions { LowRank = 8, TiLambda = 0.3, TiWarmup = 50 };
        Assert.True(Raw(options, true, 1) > 0);
        Assert.Equal(Raw(options, true, 1), Raw(options, true, 1));
        Assert.NotEqual(Raw(options, true, 1), Raw(options, true, 2));
        Assert.Null(Raw(options, false, 1));
        Assert.Null(Raw(options with { TiLambda = 0 }, true, 1));
        Assert.Null(Raw(options with { TiSamples = 0 }, true, 1));
    }

    [Theory]
    [InlineData(0.3, 0.0)]
    [InlineData(0.0, 0.5)]
    public void DropoutAndDropPath_ActWhileTrainingOnly(double dropout, double dropPath)
    {
        using var scope = NewDisposeScope();
        var options = new MoaMetricOptions { LowRank = 8, Dropout = dropout, DropPath = dropPath };
        using var model = TinyModels.Create(Architecture, options, Shape);
        using var plain = TinyModels.Create(Architecture, new MoaMetricOptions { LowRank = 8 }, Shape);
        var tokens = TinyModels.Tokens(2, 13);
        Tensor Trained(long step) => model.call(tokens, At(step));
        Assert.Equal(0, TinyModels.Distance(model.call(tokens, TinyModels.Evaluating), plain.call(tokens, TinyModels.Evaluating)));
        Assert.True(TinyModels.Distance(Trained(1), Trained(2)) > 0);
        Assert.Equal(0, TinyModels.Distance(Trained(1), Trained(1)));
    }

    [Fact]
    public void DropPath_LeavesAWholeSequenceAsItIs_OrScalesWhatIsAdded()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModels.Create(Architecture, new MoaMetricOptions { LowRank = 8, DropPath = 0.5, TiLambda = 0 }, Shape with { Layers = 1 });
        var block = model.Layers[0];
        var x = TinyModels.Normal(1, 64, 5, 16);
        var moved = (block.call(x, At(1)) - x).abs().sum([1, 2]);
        Assert.InRange((moved == (Scalar)0).sum().ToInt64(), 6, 26); // both parts dropped: a quarter of 64
    }

    [Fact]
    public void Novelty_IsNoneForTheFirstToken_AndWithinNoneAndOne()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[] { 1.0, 0, 1, 0, -1, 0, 0, 2 }).view(1, 4, 2);
        Assert.Equal([0, 0, 1, Math.Sqrt(5) / 3], TinyModels.Values(ValueEnergy.Discrepancy(x, null)), (a, b) => Math.Abs(a - b) < 1e-11);
        var continued = ValueEnergy.Discrepancy(x.narrow(1, 2, 2), x.narrow(1, 1, 1));
        Assert.Equal([1, Math.Sqrt(5) / 3], TinyModels.Values(continued), (a, b) => Math.Abs(a - b) < 1e-11);
    }

    [Fact]
    public void Diagnostics_SayThatRootsOfDistancesKeepTheInequality()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModels.Create(Architecture, Shape);
        var writer = new DiagnosticsWriter(Architecture.Diagnostics(Architecture.Defaults), atEvaluation: true);
        model.call(TinyModels.Tokens(2, 13), TinyModels.Writing(writer));
        var points = writer.Points(0).ToDictionary(point => point.Metric, point => point.Value);
        Assert.Equal(0, points["layer0.mhRootViolations"]);
        Assert.InRange(points["layer0.mhScoreViolations"], 0.01, 0.9);
        var vectors = writer.Snapshots(0).ToDictionary(snapshot => snapshot.Metric, snapshot => snapshot.Values);
        Assert.All(vectors["layer1.mhEntropy"], value => Assert.InRange(value, 0, Math.Log(13)));
        Assert.All(vectors["layer1.mqaMaxLogit"], value => Assert.InRange(value, -10, 0));
    }

    [Fact]
    public void HardBalls_AreSoftWhileTraining_AndHideKeysWhenEvaluating()
    {
        using var scope = NewDisposeScope();
        var models = Enum.GetValues<BallPruning>().ToDictionary(
            pruning => pruning, pruning => TinyModels.Create(Architecture, new MoaMetricOptions { LowRank = 8, BallPruning = pruning, BallRadius = 0.15 }, Shape));
        var tokens = TinyModels.Tokens(2, 13);
        double Distance(BallPruning left, BallPruning right, bool training) =>
            TinyModels.Distance(models[left].call(tokens, At(1, training)), models[right].call(tokens, At(1, training)));
        Assert.Equal(0, Distance(BallPruning.Hard, BallPruning.Soft, training: true));
        Assert.True(Distance(BallPruning.Hard, BallPruning.Soft, training: false) > 1e-6);
        Assert.True(Distance(BallPruning.Hard, BallPruning.Off, training: false) > 1e-6);
        var writer = new DiagnosticsWriter(Architecture.Diagnostics(new MoaMetricOptions { BallPruning = BallPruning.Hard }), atEvaluation: false);
        models[BallPruning.Hard].call(tokens, new ForwardContext(new KernelSet(), training: true) { Diagnostics = writer });
        Assert.InRange(writer.Snapshots(0).Single(snapshot => snapshot.Metric == "layer0.mhBallKeep").Values.Average(), 0.05, 0.95);
    }

    [Theory]
    [InlineData(AttentionMetric.L2)]
    [InlineData(AttentionMetric.Cosine)]
    public void BFloat16Products_StayCloseToFp32(AttentionMetric metric)
    {
        using var scope = NewDisposeScope();
        using var model = TinyModels.Create(Architecture, new MoaMetricOptions { LowRank = 8, Metric = metric }, Shape, ScalarType.Float32);
        var tokens = TinyModels.Tokens(2, 13);
        var rounded = model.call(tokens, new ForwardContext(new KernelSet(MatrixPrecision.Bf16), training: false));
        Assert.InRange(TinyModels.Distance(model.call(tokens, At(1, training: false)), rounded), 1e-7, 0.02);
    }

    [Theory]
    [InlineData("topK", "5")]
    [InlineData("energyMin", "1.5")]
    [InlineData("energyMin", "0")]
    [InlineData("energyMax", "0.9")]
    [InlineData("convWidth", "0")]
    [InlineData("ffnConvWidth", "0")]
    [InlineData("lowRank", "0")]
    [InlineData("valueWidth", "0")]
    [InlineData("channelWidth", "0")]
    [InlineData("phases", "-1")]
    [InlineData("maxPosition", "7")]
    [InlineData("alphaInitial", "0")]
    [InlineData("tiSamples", "-1")]
    [InlineData("ballTemperature", "0")]
    [InlineData("dropPath", "1")]
    public void OptionsOutsideTheirRange_AreRefused(string option, string value) =>
        RefusedOptions.AssertRefused(Architecture, option, value);

    private static ForwardContext At(long step, bool training = true) =>
        new(new KernelSet(), training)
        {
            Noise = new NoiseSource(new RandomStreams(3), RandomStreams.Noise, step),
            Masks = new NoiseSource(new RandomStreams(3), RandomStreams.Dropout, step),
        };

    private static Tensor Keys(AttentionMetric metric)
    {
        var keys = TinyModels.Normal(7, 2, 13, 4, 6);
        return metric == AttentionMetric.Cosine ? MetricScores.Unit(keys, new KernelSet()) : keys;
    }
}
