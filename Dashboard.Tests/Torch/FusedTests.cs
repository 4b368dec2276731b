using System.Runtime.InteropServices;
using Dashboard.Torch;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace Crossbench.Tests.Torch;

/// <summary>What the fused operations refuse, and the allocator under everything. Their values are compared beside the kernels that use them.</summary>
[Collection(nameof(ProcessWide))]
public sealed class FusedTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void RmsNorm_OfAnotherTypeOrSize_IsRefused()
    {
        Assert.Throws<ExternalException>(() => Fused.RmsNorm(ones(2, 4), ones(5), 1e-6));
        Assert.Throws<ExternalException>(() => Fused.RmsNorm(ones(2, 4), ones(3), 1e-6));
        Assert.Throws<ExternalException>(() => Fused.RmsNorm(ones(2, 4), ones(4, ScalarType.Float64), 1e-6));
        Assert.Throws<ExternalException>(() => Fused.RmsNorm(ones([2, 0]), ones([0]), 1e-6));
        Assert.False(Fused.Takes(ones(2, 3).T));
    }

    [Fact]
    public void RmsNorm_DifferentiatedTwice_IsRefused()
    {
        var x = ones([2, 4], requires_grad: true);
        Assert.Throws<ExternalException>(() => autograd.grad([Fused.RmsNorm(x, ones(4), 1e-6).sum()], [x], create_graph: true));
    }

    [Fact]
    public void AdamW_WithMomentsOfAnotherSize_IsRefused()
    {
        var parameter = new Parameter(ones(4)) { grad = ones(4) };
        Assert.Throws<ExternalException>(() => Fused.AdamW(parameter, zeros(3), zeros(4), 1, 0.1, 0, 0.9, 0.95, 1e-8, 1));
        Assert.Throws<ExternalException>(() => Fused.AdamW(parameter, zeros(4), zeros(4, ScalarType.Float64), 1, 0.1, 0, 0.9, 0.95, 1e-8, 1));
        Assert.Equal(4, parameter.sum().item<float>());
    }

    [Fact]
    public void Blocks_OfManySizesInTwoThreads_KeepTheirContents()
    {
        static void Work(int seed)
        {
            var random = new Random(seed);
            var kept = new List<(Tensor Tensor, float Value)>();
            for (var i = 0; i < 2000; i++)
            {
                using var scope = NewDisposeScope();
                var value = (float)random.Next(1000);
                kept.Add((full([random.Next(1, 200_000)], value, ScalarType.Float32).DetachFromDisposeScope(), value));
                if (kept.Count > 20)
                {
                    var at = random.Next(kept.Count);
                    Assert.Equal((kept[at].Value, kept[at].Value), (kept[at].Tensor.min().item<float>(), kept[at].Tensor.max().item<float>()));
                    kept[at].Tensor.Dispose();
                    kept.RemoveAt(at);
                }
            }

            kept.ForEach(k => k.Tensor.Dispose());
        }

        var failures = new Exception?[2];
        var threads = Enumerable.Range(0, 2).Select(i => new Thread(() => failures[i] = Record.Exception(() => Work(i)))).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        Assert.All(failures, Assert.Null);
    }

    [Fact]
    public void Blocks_OfARepeatedStep_AreMappedOnce()
    {
        static void Step()
        {
            using var scope = NewDisposeScope();
            (randn(300, 1000) + randn(300, 1000)).sum();
        }

        Step();
        var mapped = Fused.BlockBytes.Mapped;
        Assert.True(mapped > 0);
        for (var i = 0; i < 50; i++)
        {
            Step();
        }

        Assert.Equal(mapped, Fused.BlockBytes.Mapped);
    }
}
