using Crossbench.Models;
using Crossbench.Models.Kernels;
using Crossbench.Models.Parts;
using Crossbench.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Crossbench.Tests.Models;

public sealed class CausalConvTests : IDisposable
{
    // Of this test alone: another test may seed the global one at any time.
    private readonly Generator _generator = new(7);

    public void Dispose() => _generator.Dispose();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 7)]
    [InlineData(4, 1)]
    [InlineData(4, 3)]
    [InlineData(4, 13)]
    [InlineData(7, 9)]
    public void Outputs_EqualThoseOfLoops_AndOperationsAreCounted(int width, int length)
    {
        using var scope = NewDisposeScope();
        var conv = Create(5, width);
        var x = Draw(2, length, 5);
        var count = new FlopCount();
        var found = conv.call(x, new ForwardContext(new KernelSet { Count = count }, training: true));
        Assert.Equal([2, length, 5], found.shape);
        Assert.Equal(2 * length * CausalConv.Flops(5, width), count.Total);
        var weights = conv.named_parameters().ToDictionary(item => item.name, item => TinyModels.Values(item.parameter));
        var (inputs, outputs) = (TinyModels.Values(x), TinyModels.Values(found));
        for (var place = 0; place < outputs.Length; place++)
        {
            var (row, t, c) = (place / (5 * length), place / 5 % length, place % 5);
            var expected = weights["bias"][c];
            for (var back = 0; back < width && back <= t; back++)
            {
                expected += weights["weight"][(c * width) + width - 1 - back] * inputs[(((row * length) + t - back) * 5) + c];
            }

            Assert.Equal(expected, outputs[place], 1e-12);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(7)]
    public void Continuing_InPiecesOfAnyLength_GivesTheSame_WithAWindowThatDoesNotGrow(int width)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var conv = Create(5, width);
        var x = Draw(2, 13, 5);
        var whole = conv.call(x, TinyModels.Evaluating);
        foreach (var pieces in new[] { Enumerable.Repeat(1, 13).ToArray(), [2, 1, 10], [12, 1] })
        {
            using var window = conv.CreateWindow();
            var first = 0;
            foreach (var piece in pieces)
            {
                var found = conv.Continue(x.narrow(1, first, piece), window, TinyModels.Evaluating);
                Assert.InRange(TinyModels.Distance(whole.narrow(1, first, piece), found), 0, 1e-12);
                Assert.Equal(2 * 2 * CausalConv.StateBytes(5, width), window.Bytes); // two sequences in fp64
                first += piece;
            }
        }
    }

    [Fact]
    public void Gradients_AreThoseOfFiniteDifferences()
    {
        using var scope = NewDisposeScope();
        var conv = Create(3, 4);
        var (x, upstream) = (Draw(2, 5, 3), Draw(2, 5, 3));
        GradientCheck.Run(conv, () => (conv.call(x, TinyModels.Training) * upstream).sum(), int.MaxValue);
    }

    private Tensor Draw(params long[] shape) => randn(shape, dtype: ScalarType.Float64, generator: _generator);

    private CausalConv Create(int channels, int width)
    {
        var conv = new CausalConv(channels, width);
        using var _ = no_grad();
        foreach (var parameter in conv.parameters())
        {
            parameter.copy_(Draw(parameter.shape));
        }

        conv.to(ScalarType.Float64);
        return conv;
    }
}
