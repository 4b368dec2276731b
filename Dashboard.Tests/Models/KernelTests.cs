using Crossbench.Models.Kernels;
using Crossbench.Tests.Support;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;
using AdamW = Crossbench.Models.Kernels.AdamW;

namespace Crossbench.Tests.Models;

public sealed class KernelTests
{
    [Theory]
    [InlineData(KernelChoice.Reference, ScalarType.Float64, 0.0)]
    [InlineData(KernelChoice.Reference, ScalarType.Float64, 0.7)]
    [InlineData(KernelChoice.Fused, ScalarType.Float32, 0.0)]
    [InlineData(KernelChoice.Fused, ScalarType.Float32, 0.7)]
    public void AdamW_FollowsTheFormula_ClipsByTheGlobalNorm_AndDecaysMatricesOnly(KernelChoice choice, ScalarType type, double clip)
    {
        using var scope = NewDisposeScope();
        var matrix = new Parameter(tensor(new[] { 1.0, -2.0, 3.0, 0.5 }).view(2, 2).to(type));
        var vector = new Parameter(tensor(new[] { 1.0, -1.0 }).to(type));
        using var optimizer = new AdamW([("w", matrix), ("b", vector)], choice);
        double[] x = [1.0, -2.0, 3.0, 0.5, 1.0, -1.0], mean = new double[6], variance = new double[6];
        for (var step = 1; step <= 5; step++)
        {
            ((matrix * matrix).sum() + vector.pow(3).sum()).backward();
            var norm = optimizer.Step(0.01, 0.1, clip);
            optimizer.ClearGradients();
            var gradients = x.Select((value, i) => i < 4 ? 2 * value : 3 * value * value).ToArray();
            var expectedNorm = Math.Sqrt(gradients.Sum(gradient => gradient * gradient));
            Assert.Equal(expectedNorm, norm, 1e-5);
            var scale = clip > 0 ? clip / expectedNorm : 1;
            for (var i = 0; i < 6; i++)
            {
                var gradient = gradients[i] * scale;
                mean[i] = (0.9 * mean[i]) + (0.1 * gradient);
                variance[i] = (0.95 * variance[i]) + (0.05 * gradient * gradient);
                x[i] *= i < 4 ? 1 - (0.01 * 0.1) : 1;
                x[i] -= 0.01 * (mean[i] / (1 - Math.Pow(0.9, step))) / (Math.Sqrt(variance[i] / (1 - Math.Pow(0.95, step))) + 1e-8);
            }
        }

        var found = TinyModels.Values(matrix).Concat(TinyModels.Values(vector)).ToArray();
        Assert.All(Enumerable.Range(0, 6), i => Assert.Equal(x[i], found[i], type == ScalarType.Float64 ? 1e-12 : 1e-6));
    }

    [Theory]
    [InlineData(KernelChoice.Reference, 0.8, 0.6)]
    [InlineData(KernelChoice.Fused, 0.9, 0.999)]
    public void AdamW_TakesOtherBetas_AndDecaysWhatItIsTold(KernelChoice choice, double beta1, double beta2)
    {
        using var scope = NewDisposeScope();
        var vector = new Parameter(tensor(new[] { 1f, -1.5f }));
        using var optimizer = new AdamW([("norm.weight", vector)], choice, decays: _ => true, beta1: beta1, beta2: beta2);
        double[] x = [1, -1.5], mean = new double[2], variance = new double[2];
        for (var step = 1; step <= 4; step++)
        {
            vector.pow(3).sum().backward();
            optimizer.Step(0.02, 0.3, 0);
            optimizer.ClearGradients();
            for (var i = 0; i < 2; i++)
            {
                var gradient = 3 * x[i] * x[i];
                mean[i] = (beta1 * mean[i]) + ((1 - beta1) * gradient);
                variance[i] = (beta2 * variance[i]) + ((1 - beta2) * gradient * gradient);
                x[i] = (x[i] * (1 - (0.02 * 0.3))) - (0.02 * (mean[i] / (1 - Math.Pow(beta1, step))) / (Math.Sqrt(variance[i] / (1 - Math.Pow(beta2, step))) + 1e-8));
            }
        }

        Assert.All(TinyModels.Values(vector).Zip(x), pair => Assert.Equal(pair.Second, pair.First, 1e-5));
    }

    [Theory]
    [InlineData(KernelChoice.Reference, 0)]
    [InlineData(KernelChoice.Reference, 0.1)]
    [InlineData(KernelChoice.Fused, 0)]
    [InlineData(KernelChoice.Fused, 0.1)]
    public void Adam_TakesDecayAsAPartOfTheGradient(KernelChoice choice, double decay)
    {
        using var scope = NewDisposeScope();
        var (start, slope) = (new[] { 0.5, -1.5 }, new[] { 0.3, 0.7 });
        var parameter = new Parameter(tensor(start).to(ScalarType.Float32).view(2, 1));
        using var optimizer = new AdamW([("w", parameter)], choice, OptimizerKind.Adam);
        var (x, m, v) = ((double[])start.Clone(), new double[2], new double[2]);
        for (var step = 1; step <= 3; step++)
        {
            (parameter * tensor(slope).to(ScalarType.Float32).view(2, 1)).sum().backward();
            optimizer.Step(0.01, decay, 0);
            optimizer.ClearGradients();
            for (var i = 0; i < 2; i++)
            {
                var gradient = slope[i] + (decay * x[i]);
                (m[i], v[i]) = ((0.9 * m[i]) + (0.1 * gradient), (0.95 * v[i]) + (0.05 * gradient * gradient));
                x[i] -= 0.01 * (m[i] / (1 - Math.Pow(0.9, step))) / (Math.Sqrt(v[i] / (1 - Math.Pow(0.95, step))) + 1e-8);
            }
        }

        Assert.All(TinyModels.Values(parameter).Zip(x), pair => Assert.Equal(pair.Second, pair.First, 1e-5));
    }

    [Fact]
    public void ParametersThatDoNotDecay_AreNamedByTheModel()
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(ones(2, 2));
        using var optimizer = new AdamW([("b1.bias", parameter)], KernelChoice.Reference, decays: _ => false);
        (parameter * 0).sum().backward();
        optimizer.Step(0.1, 0.5, 1);
        Assert.Equal([1.0, 1, 1, 1], TinyModels.Values(parameter));
    }

    [Theory]
    [InlineData(KernelChoice.Reference)]
    [InlineData(KernelChoice.Fused)]
    public void AdamW_MovesNothing_WhenAGradientIsNotFinite(KernelChoice choice)
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(tensor(new[] { 1f, 1f }));
        using var optimizer = new AdamW([("w", parameter)], choice);
        (parameter * tensor(new[] { float.NaN, 1f })).sum().backward();
        Assert.False(double.IsFinite(optimizer.Step(0.1, 0, 1)));
        Assert.Equal([1.0, 1.0], TinyModels.Values(parameter));
        Assert.Equal(0, optimizer.Updates);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 13)]
    [InlineData(63, 64)]
    [InlineData(129, 100)]
    [InlineData(70_001, 3)]
    public void AdamW_FusedAndReference_Agree(int rows, int columns)
    {
        using var scope = NewDisposeScope();
        var start = TinyModels.Normal(1, ScalarType.Float32, rows, columns);
        var weights = TinyModels.Normal(2, ScalarType.Float32, rows, columns);
        var results = new[] { KernelChoice.Reference, KernelChoice.Fused }.Select(choice =>
        {
            var parameter = new Parameter(start.clone());
            using var optimizer = new AdamW([("w", parameter)], choice);
            var norms = new List<double>();
            for (var step = 0; step < 3; step++)
            {
                (parameter * parameter * weights).sum().backward();
                norms.Add(optimizer.Step(0.01, 0.1, 1));
                optimizer.ClearGradients();
            }

            return (parameter, norms);
        }).ToArray();
        Assert.InRange(TinyModels.Distance(results[0].parameter, results[1].parameter), 0, 1e-5);
        Assert.All(results[0].norms.Zip(results[1].norms), pair => Assert.Equal(pair.First, pair.Second, 1e-4 * pair.First));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 13)]
    [InlineData(63, 64)]
    [InlineData(200, 100)]
    public void RmsNorm_FusedAndReference_AgreeInOutputAndGradients(int rows, int width)
    {
        using var scope = NewDisposeScope();
        var (input, scale, upstream) = (TinyModels.Normal(1, ScalarType.Float32, rows, width), TinyModels.Normal(2, ScalarType.Float32, width), TinyModels.Normal(3, ScalarType.Float32, rows, width));
        var results = new[] { KernelChoice.Reference, KernelChoice.Fused }.Select(choice =>
        {
            var (x, weight) = (input.clone().requires_grad_(), scale.clone().requires_grad_());
            var y = new KernelSet(choice: choice).RmsNorm(x, weight, 1e-6);
            (y * upstream).sum().backward();
            return new[] { y, x.grad!, weight.grad! };
        }).ToArray();
        Assert.All(results[0].Zip(results[1]), pair => Assert.InRange(TinyModels.Distance(pair.First, pair.Second), 0, 2e-5 * Math.Max(1, pair.First.abs().max().ToDouble())));
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void RmsNorm_EqualsItsFormula(ScalarType type)
    {
        using var scope = NewDisposeScope();
        var x = TinyModels.Normal(1, 3, 5);
        var weight = TinyModels.Normal(2, 5);
        var found = TinyModels.Values(new KernelSet().RmsNorm(x.to(type), weight.to(type), 1e-6));
        var (values, w) = (TinyModels.Values(x), TinyModels.Values(weight));
        for (var row = 0; row < 3; row++)
        {
            var square = Enumerable.Range(0, 5).Average(i => values[(row * 5) + i] * values[(row * 5) + i]);
            for (var i = 0; i < 5; i++)
            {
                Assert.Equal(w[i] * values[(row * 5) + i] / Math.Sqrt(square + 1e-6), found[(row * 5) + i], type == ScalarType.Float64 ? 1e-12 : 1e-5);
            }
        }
    }

    [Fact]
    public void HeadLoss_LeavesOutWhatIsNotCounted()
    {
        using var scope = NewDisposeScope();
        var (hidden, weight) = (TinyModels.Normal(1, 4, 3), TinyModels.Normal(2, 7, 3));
        var targets = tensor(new[] { 1L, KernelSet.NotCounted, 6, 0 });
        var kernels = new KernelSet();
        var each = TinyModels.Values(kernels.TokenScores(hidden, weight, null, targets).Losses);
        Assert.Equal(0, each[1]);
        Assert.Equal((each[0] + each[2] + each[3]) / 3, kernels.HeadLoss(hidden, weight, null, targets).ToDouble(), 1e-12);
        var logits = TinyModels.Values(hidden.matmul(weight.T));
        Assert.Equal(Math.Log(Enumerable.Range(0, 7).Sum(v => Math.Exp(logits[v]))) - logits[1], each[0], 1e-12);
    }

    [Fact]
    public void TokenScores_CallRightWhatIsLargerThanEveryOther()
    {
        using var scope = NewDisposeScope();
        var draws = new RandomStreams(8).Stream("scores");
        const int Rows = 400, Vocabulary = 7;

        // Few different values, so that many rows have ties; logits are the hidden values themselves.
        var values = Enumerable.Range(0, Rows * Vocabulary).Select(_ => (double)draws.NextInt32(5)).ToArray();
        var targets = Enumerable.Range(0, Rows).Select(i => i % 9 == 8 ? KernelSet.NotCounted : draws.NextInt32(Vocabulary)).ToArray();
        (values[0], targets[0]) = (double.NaN, 0);
        var hidden = tensor(values).view(Rows, Vocabulary);
        var identity = tensor(Enumerable.Range(0, Vocabulary * Vocabulary).Select(i => i % (Vocabulary + 1) == 0 ? 1.0 : 0).ToArray()).view(Vocabulary, Vocabulary);
        var found = TinyModels.Values(new KernelSet().TokenScores(hidden, identity, null, tensor(targets)).Right);
        var expected = targets.Select((target, row) =>
        {
            var logits = values.AsSpan(row * Vocabulary, Vocabulary).ToArray();
            return target >= 0 && logits.Where((_, v) => v != target).All(other => logits[target] > other) ? 1.0 : 0.0;
        }).ToArray();
        Assert.Equal(expected, found);
        Assert.InRange(expected.Sum(), 20, 100);
        Assert.Equal(values, TinyModels.Values(hidden));
    }
}
