using Crossbench.Models;
using Crossbench.Models.Architectures;
using Crossbench.Models.Kernels;
using Crossbench.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Crossbench.Tests.Models;

public sealed class AsrTests
{
    private static readonly Asr Architecture = new();

    internal static IReadOnlyList<ModelCase> Cases { get; } =
    [
        new("asr", Architecture, Architecture.Defaults),

        // Finite differences see the clean output move, which the gradient holds fixed on purpose.
        new("asr, detached target", Architecture, new AsrOptions { DetachTarget = true }) { IsSmooth = false },
        new("asr, no noise", Architecture, new AsrOptions { NoiseStd = 0 }),
        new("asr, dropout", Architecture, new AsrOptions { Dropout = 0.3 }) { Drops = true },
    ];

    [Fact]
    public void PublishedSize_HasExactlyThePublishedParameters() =>
        Assert.Equal(5_648_128, PublishedModels.CountAtTransBench(Architecture, Architecture.Defaults));

    [Fact]
    public void Evaluation_EqualsTheBaseline_ToTheBit()
    {
        using var scope = NewDisposeScope();
        using var asr = TinyModels.Create(Architecture);
        using var gqa = TinyModels.Create(new Gqa());
        var tokens = TinyModels.Tokens(2, 13);
        Assert.Equal(0, TinyModels.Distance(asr.call(tokens, TinyModels.Evaluating), gqa.call(tokens, TinyModels.Evaluating)));
    }

    [Theory]
    [InlineData(0.3, 0)]
    [InlineData(0, 0.1)]
    public void WithoutWeightOrWithoutNoise_TrainingGradientsAreTheBaselines(double noise, double lambda)
    {
        using var scope = NewDisposeScope();
        using var asr = TinyModels.Create(Architecture, new AsrOptions { NoiseStd = noise, Lambda = lambda }, TinyModels.Shape);
        using var gqa = TinyModels.Create(new Gqa());
        var (tokens, targets) = (TinyModels.Tokens(2, 13), TinyModels.Tokens(2, 13, 6));
        var context = ModelCase.Training();
        var loss = asr.Loss(tokens, targets, context);
        context.Auxiliary.Means.Aggregate(loss, (sum, item) => sum + (item.Raw * item.Term.Weight)).backward();
        gqa.Loss(tokens, targets, TinyModels.Training).backward();
        Assert.Equal(noise > 0 ? 1 : 0, context.Auxiliary.Means.Count);
        Assert.All(asr.named_parameters().Zip(gqa.named_parameters()), pair =>
            Assert.InRange(TinyModels.Distance(pair.First.parameter.grad!, pair.Second.parameter.grad!), 0, 1e-13));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ConsistencyLoss_EqualsThatOfPlainLoops_AndNoiseStaysOutOfTheOutput(bool isDetached)
    {
        using var scope = NewDisposeScope();
        var options = new AsrOptions { DetachTarget = isDetached, AuxWarmup = 50, Lambda = 0.7 };
        using var asr = TinyModels.Create(Architecture, options, TinyModels.Shape);
        var tokens = TinyModels.Tokens(1, 13);
        var context = ModelCase.Training();
        var logits = asr.call(tokens, context);
        var loops = new AsrByLoops(asr, TinyModels.Shape, layer => TinyModels.Values(context.Noise.Normal("asr", layer, zeros(1, 13, 16, dtype: ScalarType.Float64)) * 0.3));
        loops.AssertLogits(logits, tokens);
        var (term, raw) = Assert.Single(context.Auxiliary.Means);
        Assert.Equal(new AuxiliaryTerm("consistency", 0.7, 50), term);
        Assert.Equal(loops.Distances.Average(), raw.ToDouble(), 1e-12);
    }

    [Fact]
    public void ConsistencyLoss_IsNeverNegative_AndGrowsWithTheSquareOfSmallNoise()
    {
        using var scope = NewDisposeScope();
        double Raw(double noise)
        {
            using var asr = TinyModels.Create(Architecture, new AsrOptions { NoiseStd = noise }, TinyModels.Shape);
            var context = ModelCase.Training();
            asr.call(TinyModels.Tokens(2, 13), context);
            return Assert.Single(context.Auxiliary.Means).Raw.ToDouble();
        }

        Assert.InRange(Raw(0.01) / Raw(0.001), 95, 105);
        Assert.All(new[] { 1e-6, 0.3, 3, 100 }, noise => Assert.InRange(Raw(noise), -1e-15, 2));
    }

    [Fact]
    public void DetachedTarget_TakesTheGradientOfTheNoisedPassAlone()
    {
        using var scope = NewDisposeScope();
        var shape = TinyModels.Shape with { Layers = 1 };
        using var asr = TinyModels.Create(Architecture, new AsrOptions { DetachTarget = true }, shape);
        var tokens = TinyModels.Tokens(1, 13);
        var context = ModelCase.Training();
        var noise = TinyModels.Values(context.Noise.Normal("asr", 0, zeros(1, 13, 16, dtype: ScalarType.Float64)) * 0.3);
        asr.call(tokens, context);
        Assert.Single(context.Auxiliary.Means).Raw.backward();

        var fixedTarget = new AsrByLoops(asr, shape, _ => noise);
        fixedTarget.Logits(tokens);
        var weight = asr.named_parameters().First(item => item.name == "layers.0.attn.v.weight").parameter;
        var gradient = TinyModels.Values(weight.grad!);
        foreach (var entry in new[] { 0, 37, 101 })
        {
            double Moved(double step)
            {
                using var _ = no_grad();
                weight.view(-1).narrow(0, entry, 1).add_(step);
                var moved = new AsrByLoops(asr, shape, _ => noise) { Target = fixedTarget.Clean };
                moved.Logits(tokens);
                weight.view(-1).narrow(0, entry, 1).add_(-step);
                return moved.Distances.Average();
            }

            var expected = (Moved(1e-6) - Moved(-1e-6)) / 2e-6;
            Assert.InRange(gradient[entry], expected - 1e-8 - (1e-5 * Math.Abs(expected)), expected + 1e-8 + (1e-5 * Math.Abs(expected)));
        }
    }

    [Fact]
    public void ALargeConstantOutput_HidesInconsistency_ButNotFromTheCentredCosine()
    {
        using var scope = NewDisposeScope();
        using var asr = TinyModels.Create(Architecture, TinyModels.Shape with { Layers = 1 });
        (double Mean, double Centred, double Gain) Measured()
        {
            var writer = new DiagnosticsWriter(Architecture.Diagnostics(Architecture.Defaults), atEvaluation: false);
            asr.call(TinyModels.Tokens(2, 13), ModelCase.Training(writer));
            double Value(string name) => writer.Points(1).Single(point => point.Metric == "layer0." + name).Value;
            return (Value("consistencyMean"), Value("centredCosine"), Value("perturbationGain"));
        }

        var before = Measured();
        using (no_grad())
        {
            asr.named_parameters().First(item => item.name == "layers.0.attn.o.bias").parameter.fill_(100);
        }

        var after = Measured();
        Assert.True(before.Mean > 1e-5 && after.Mean < before.Mean / 1e3, $"{before.Mean} before, {after.Mean} after");
        Assert.Equal(before.Centred, after.Centred, 1e-6);
        Assert.Equal(before.Gain, after.Gain, 1e-6);
    }

    [Fact]
    public void Evaluations_MeasureEveryTokenOfTheSampleWithNoiseThatStaysTheSame()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var asr = TinyModels.Create(Architecture);
        float[] Strip()
        {
            var writer = new DiagnosticsWriter(Architecture.Diagnostics(Architecture.Defaults), atEvaluation: true);
            asr.call(TinyModels.Tokens(2, 13), TinyModels.Writing(writer));
            return writer.Snapshots(1).Single(item => item.Metric == "layer1.consistency.strip").Values;
        }

        Assert.Equal(13, Strip().Length);
        Assert.All(Strip(), value => Assert.InRange(value, 1e-9, 2));
        Assert.Equal(Strip(), Strip());
    }

    /// <summary>gqa in loops, which also mixes the noised input and keeps 1 − cos of the two outputs.</summary>
    private sealed class AsrByLoops(LanguageModel model, ModelShape shape, Func<int, double[]> noise) : GqaByLoops(model, shape)
    {
        public List<double> Distances { get; } = [];

        public double[][] Clean { get; private set; } = [];

        public double[][]? Target { get; init; }

        protected override double[][] Mix(double[][] x, int layer)
        {
            var drawn = noise(layer);
            Clean = base.Mix(x, layer);
            var noised = base.Mix([.. x.Select((row, t) => row.Select((value, c) => value + drawn[(t * row.Length) + c]).ToArray())], layer);
            Distances.AddRange((Target ?? Clean).Zip(noised, (a, b) => 1 - (Dot(a, b) / (Math.Sqrt(Dot(a, a)) * Math.Sqrt(Dot(b, b))))));
            return Clean;
        }
    }
}
