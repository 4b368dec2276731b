using Crossbench.Metrics;
using Crossbench.Models;
using Crossbench.Models.Kernels;
using Crossbench.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Crossbench.Tests.Models;

/// <summary>What a forward pass carries: noise, auxiliary losses, interventions, diagnostics.</summary>
public sealed class ForwardContextTests
{
    [Fact]
    public void Noise_IsTheSameWhenAskedAgain_AndAnotherForAnotherStepLayerOrName()
    {
        using var scope = NewDisposeScope();
        var like = zeros(2, 5, 3);
        Tensor At(long step, int layer, string name) => new NoiseSource(new RandomStreams(1), RandomStreams.Noise, step).Normal(name, layer, like);
        Assert.Equal(0, TinyModels.Distance(At(4, 1, "a"), At(4, 1, "a")));
        Assert.All(new[] { At(5, 1, "a"), At(4, 2, "a"), At(4, 1, "b") }, other => Assert.True(TinyModels.Distance(At(4, 1, "a"), other) > 0.1));
    }

    [Fact]
    public void Gumbel_OfAPosition_DoesNotDependOnLaterOnes_AndHasItsMoments()
    {
        using var scope = NewDisposeScope();
        var noise = new NoiseSource(new RandomStreams(1), RandomStreams.Noise, 0);
        var whole = noise.Gumbel("g", 0, zeros([2, 7, 3], ScalarType.Float64));
        Assert.Equal(0, TinyModels.Distance(whole.narrow(1, 0, 4), noise.Gumbel("g", 0, zeros([2, 4, 3], ScalarType.Float64))));
        Assert.Equal(0, TinyModels.Distance(whole.narrow(1, 4, 3), noise.Gumbel("g", 0, zeros([2, 3, 3], ScalarType.Float64), firstPosition: 4)));
        var many = noise.Gumbel("g", 0, zeros([10, 1000, 10], ScalarType.Float64));
        Assert.Equal(0.5772, many.mean().ToDouble(), 0.02);
        Assert.Equal(Math.PI * Math.PI / 6, many.var().ToDouble(), 0.05);
    }

    [Fact]
    public void Dropout_KeepsTheMean_WithMasksOfItsOwnForEachStepLayerAndPlace()
    {
        using var scope = NewDisposeScope();
        var value = full([400, 100], 2.0, dtype: ScalarType.Float64);
        Tensor Dropped(long step, int layer, string name, params long[] mask)
        {
            var context = new ForwardContext(new KernelSet(), training: true) { Masks = new NoiseSource(new RandomStreams(1), RandomStreams.Dropout, step) };
            context.Enter(layer);
            return context.Drop(name, value, 0.3, mask);
        }

        var dropped = Dropped(4, 1, "a");
        Assert.Equal([0, 2 / 0.7], TinyModels.Values(dropped).Distinct().Order(), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(2, dropped.mean().ToDouble(), 0.03);
        Assert.Equal(0, TinyModels.Distance(dropped, Dropped(4, 1, "a")));
        Assert.All(new[] { Dropped(5, 1, "a"), Dropped(4, 2, "a"), Dropped(4, 1, "b") }, other => Assert.InRange((dropped == other).to(ScalarType.Float64).mean().ToDouble(), 0.55, 0.61)); // 0.7² + 0.3²
        Assert.All(TinyModels.Values(Dropped(4, 1, "a", 400, 1).var(1)), value => Assert.Equal(0, value, 1e-12));
        Assert.Equal(0, TinyModels.Distance(value, new ForwardContext(new KernelSet(), training: false).Drop("a", value, 0.3)));
    }

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(10, 0, 0)]
    [InlineData(10, 5, 0.5)]
    [InlineData(10, 99, 1)]
    public void AuxiliaryWeight_RampsFromZero(int warmup, long step, double expected) => Assert.Equal(expected, new AuxiliaryTerm("a", 1, warmup).ScaleAt(step));

    [Fact]
    public void AuxiliaryLosses_OfOneTerm_AreAveragedOverLayers()
    {
        using var scope = NewDisposeScope();
        var losses = new AuxiliaryLosses();
        losses.Add(new AuxiliaryTerm("a", 1, 0), tensor(1.0));
        losses.Add(new AuxiliaryTerm("b", 1, 0), tensor(5.0));
        losses.Add(new AuxiliaryTerm("a", 1, 0), tensor(2.0));
        Assert.Equal([("a", 1.5), ("b", 5.0)], losses.Means.Select(item => (item.Term.Name, item.Raw.ToDouble())));
    }

    [Fact]
    public void Interventions_ReplaceWhatTheySay()
    {
        using var scope = NewDisposeScope();
        var value = arange(12, dtype: ScalarType.Float64).view(2, 3, 2);
        Tensor With(Intervention intervention) => new AblationPlan([new Ablation("x", intervention)], new RandomStreams(1)).Apply("x", 0, value);
        Assert.Equal(0, TinyModels.Distance(value * 0.5, With(new Intervention.Scale(0.5))));
        Assert.Equal(0, TinyModels.Distance(ones_like(value), With(new Intervention.Fill(1))));
        Assert.Equal(0, TinyModels.Distance(cat([value.narrow(0, 1, 1), value.narrow(0, 0, 1)], 0), With(new Intervention.ShuffleBatch())));
        Assert.Equal(0, TinyModels.Distance(value.narrow(1, 0, 1).expand(2, 3, 2), With(new Intervention.FreezeFirst())));
        Assert.Equal(0, TinyModels.Distance(tensor(new[] { 7.0, 8.0 }).expand(2, 3, 2), With(new Intervention.Constant(new Dictionary<int, Tensor> { [0] = tensor(new[] { 7.0, 8.0 }) }))));
        var shuffled = With(new Intervention.ShuffleTime());
        Assert.True(TinyModels.Distance(value, shuffled) > 0);
        Assert.Equal(TinyModels.Values(value.sum(1)), TinyModels.Values(shuffled.sum(1)));
        var elsewhere = new AblationPlan([new Ablation("x", new Intervention.Scale(0), new HashSet<int> { 1 })], new RandomStreams(1));
        Assert.Equal(0, TinyModels.Distance(value, elsewhere.Apply("x", 0, value)));
    }

    [Fact]
    public void TokenValues_BecomeAHistogramByClass_AndAStrip()
    {
        using var scope = NewDisposeScope();
        var specs = TokenMetrics.Of("gate", "Gate", "Help of the gate.", MetricKind.Gate).Concat(TokenMetrics.Separation("gate", "Gate", MetricKind.Gate)).ToArray();
        var values = tensor(new[] { 0.0, 0.5, 0.99, 1.5 }).view(1, 4);
        var (signal, noise) = (tensor(new[] { false, false, true, true }).view(1, 4), tensor(new[] { true, false, false, false }).view(1, 4));
        var step = new DiagnosticsWriter(specs, atEvaluation: false, signal, noise);
        var evaluation = new DiagnosticsWriter(specs, atEvaluation: true, signal, noise);
        foreach (var writer in new[] { step, evaluation })
        {
            writer.Enter(3);
            writer.Tokens("gate", values);
            writer.Separation("gate", values);
        }

        var histogram = Assert.Single(step.Snapshots(9));
        Assert.Equal(("layer3.gate.histogram", 9L, 96), (histogram.Metric, histogram.Step, histogram.Values.Length));
        Assert.Equal([(31, 2f), (32, 1f), (80, 1f)], histogram.Values.Select((count, i) => (i, count)).Where(item => item.count > 0));
        Assert.Equal([0f, 0.5f, 0.99f, 1.5f], Assert.Single(evaluation.Snapshots(9)).Values);
        Assert.Empty(step.Points(9));
        Assert.Equal(1, evaluation.Points(9).Single(point => point.Metric == "layer3.gateAuroc").Value);
        Assert.True(evaluation.Points(9).Single(point => point.Metric == "layer3.gateAurocNullHigh").Value > evaluation.Points(9).Single(point => point.Metric == "layer3.gateAurocNullLow").Value);
        Assert.Equal(1.245, evaluation.Points(9).Single(point => point.Metric == "layer3.gateSignalMean").Value, 5);
    }

    [Fact]
    public void UndeclaredMetric_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new DiagnosticsWriter([], atEvaluation: false).Scalar("gate", 1));
}
