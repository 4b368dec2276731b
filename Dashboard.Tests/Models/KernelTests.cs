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
    [Fact]
    public void AdamW_FollowsTheFormula_AndDecaysMatricesOnly()
    {
        using var scope = NewDisposeScope();
        var matrix = new Parameter(tensor(new[] { 1.0, -2.0, 3.0, 0.5 }).view(2, 2));
        var vector = new Parameter(tensor(new[] { 1.0, -1.0 }));
        using var optimizer = new AdamW([("w", matrix), ("b", vector)], KernelChoice.Reference);
        double[] x = [1.0, -2.0, 3.0, 0.5, 1.0, -1.0], mean = new double[6], variance = new double[6];
        for (var step = 1; step <= 5; step++)
        {
            ((matrix * matrix).sum() + (vector.pow(3)).sum()).backward();
            optimizer.Step(0.01, 0.1);
            optimizer.ClearGradients();
            for (var i = 0; i < 6; i++)
            {
                var gradient = i < 4 ? 2 * x[i] : 3 * x[i] * x[i];
                mean[i] = (0.9 * mean[i]) + (0.1 * gradient);
                variance[i] = (0.95 * variance[i]) + (0.05 * gradient * gradient);
                x[i] *= i < 4 ? 1 - (0.01 * 0.1) : 1;
                x[i] -= 0.01 * (mean[i] / (1 - Math.Pow(0.9, step))) / (Math.Sqrt(variance[i] / (1 - Math.Pow(0.95, step))) + 1e-8);
            }
        }

        var found = TinyModels.Values(matrix).Concat(TinyModels.Values(vector)).ToArray();
        Assert.All(Enumerable.Range(0, 6), i => Assert.Equal(x[i], found[i], 1e-12));
    }

    [Theory]
    [InlineData(1.0, 0.2, 0.4)]
    [InlineData(100.0, 3.0, 4.0)]
    [InlineData(0.0, 3.0, 4.0)]
    public void ClipGradients_ScalesToTheLargestNorm(double clip, double first, double second)
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(tensor(new[] { 0.0, 0.0 }));
        using var optimizer = new AdamW([("w", parameter)], KernelChoice.Reference);
        (parameter * tensor(new[] { 3.0, 4.0 })).sum().backward();
        Assert.Equal(5, optimizer.ClipGradients(clip), 9);
        var expected = clip == 1.0 ? (0.6, 0.8) : (first, second);
        Assert.Equal(expected.Item1, parameter.grad![0].ToDouble(), 5);
        Assert.Equal(expected.Item2, parameter.grad![1].ToDouble(), 5);
    }

    [Fact]
    public void ClipGradients_TellsWhenAGradientIsNotFinite()
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(tensor(new[] { 1.0, 1.0 }));
        using var optimizer = new AdamW([("w", parameter)], KernelChoice.Reference);
        (parameter * tensor(new[] { double.NaN, 1.0 })).sum().backward();
        Assert.False(double.IsFinite(optimizer.ClipGradients(1)));
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void RmsNorm_EqualsItsFormula(ScalarType type)
    {
        using var scope = NewDisposeScope();
        var x = randn(3, 5, dtype: ScalarType.Float64);
        var weight = randn(5, dtype: ScalarType.Float64);
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
        var (hidden, weight) = (randn(4, 3, dtype: ScalarType.Float64), randn(7, 3, dtype: ScalarType.Float64));
        var targets = tensor(new[] { 1L, KernelSet.NotCounted, 6, 0 });
        var kernels = new KernelSet();
        var each = TinyModels.Values(kernels.TokenLosses(hidden, weight, null, targets));
        Assert.Equal(0, each[1]);
        Assert.Equal((each[0] + each[2] + each[3]) / 3, kernels.HeadLoss(hidden, weight, null, targets).ToDouble(), 1e-12);
        var logits = TinyModels.Values(hidden.matmul(weight.T));
        Assert.Equal(Math.Log(Enumerable.Range(0, 7).Sum(v => Math.Exp(logits[v]))) - logits[1], each[0], 1e-12);
    }
}
