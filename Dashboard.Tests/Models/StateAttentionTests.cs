using Crossbench.Models.Kernels;
using Crossbench.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Crossbench.Tests.Models;

public sealed class StateAttentionTests
{
    private static readonly KernelSet Fast = new();

    private static readonly KernelSet Slow = new(choice: KernelChoice.Reference);

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(13, 13, 2)]
    [InlineData(70, 70, 2)]  // more than one block of queries
    [InlineData(67, 131, 4)] // queries at the end of longer sequences
    [InlineData(1, 9, 1)]
    public void Blocks_EqualPlainAttentionOverInterleavedEntries_WithEveryGradient(int queries, int tokens, int groups)
    {
        foreach (var (all, older) in new[] { (false, false), (true, false), (true, true) })
        {
            var inputs = Inputs([2, queries, 4, 6], [2, 2 * tokens, groups, 6], [2, 2 * tokens, groups, 5], [1, 1], [1, 1]);
            Compare(inputs, (kernels, x) => kernels.StateAttention(x[0], x[1], x[2], new StateScores(all ? x[3] : null, older ? x[4] : null)));
        }
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(13, 13, 2)]
    [InlineData(70, 70, 2)]
    [InlineData(67, 131, 4)]
    public void BlocksWithOwnStatesOnly_EqualPlainAttentionWithOlderStatesHidden_WithEveryGradient(int queries, int tokens, int groups)
    {
        foreach (var isBiased in new[] { false, true })
        {
            var inputs = Inputs([2, queries, 4, 6], [2, tokens, groups, 6], [2, tokens, groups, 5], [2, queries, groups, 6], [2, queries, groups, 5], [1, 1]);
            Compare(inputs, (kernels, x) => kernels.OwnStateAttention(x[0], x[1], x[2], x[3], x[4], new StateScores(isBiased ? x[5] : null)));
        }
    }

    [Fact]
    public void Weights_AreThoseOfTheScores()
    {
        using var scope = NewDisposeScope();
        var inputs = Inputs([2, 9, 4, 6], [2, 18, 2, 6], [2, 18, 2, 5], [1, 1]);
        var scores = new StateScores(inputs[3]);
        var weights = Fast.StateAttentionLogits(inputs[0], inputs[1], scores).softmax(-1); // [B, H, T, 2T]
        var values = inputs[2].unsqueeze(3).expand(-1, -1, -1, 2, -1).reshape(2, 18, 4, 5).transpose(1, 2);
        var expected = matmul(weights, values).transpose(1, 2).reshape(2, 9, 20);
        Assert.InRange(TinyModels.Distance(expected, Fast.StateAttention(inputs[0], inputs[1], inputs[2], scores)), 0, 1e-13);
    }

    [Fact]
    public void Operations_AreThoseOfVisiblePairs()
    {
        using var scope = NewDisposeScope();
        var count = new FlopCount();
        var kernels = new KernelSet { Count = count };
        var inputs = Inputs([2, 3, 4, 6], [2, 20, 2, 6], [2, 20, 2, 5], [2, 10, 2, 6], [2, 10, 2, 5], [2, 3, 2, 6], [2, 3, 2, 5]);
        kernels.StateAttention(inputs[0], inputs[1], inputs[2]);
        Assert.Equal(2 * 2 * 4 * (16 + 18 + 20) * 11, count.Total);
        kernels.OwnStateAttention(inputs[0], inputs[3], inputs[4], inputs[5], inputs[6]);
        Assert.Equal(2 * 2 * 4 * (16 + 18 + 20 + 9 + 10 + 11) * 11, count.Total);
    }

    private static Tensor[] Inputs(params long[][] shapes)
    {
        using var generator = new Generator(4);
        return [.. shapes.Select(shape => randn(shape, dtype: ScalarType.Float64, generator: generator).requires_grad_())];
    }

    private static void Compare(Tensor[] inputs, Func<KernelSet, Tensor[], Tensor> form)
    {
        using var scope = NewDisposeScope();
        var (fast, slow) = (form(Fast, inputs), form(Slow, inputs));
        Assert.InRange(TinyModels.Distance(fast, slow), 0, 1e-12);
        var weights = TinyModels.Normal(5, fast.shape);
        var found = Gradients(fast, weights, inputs);
        var expected = Gradients(slow, weights, inputs);
        Assert.All(found.Zip(expected), pair =>
        {
            Assert.Equal(pair.First is null, pair.Second is null);
            Assert.InRange(pair.First is null ? 0 : TinyModels.Distance(pair.First, pair.Second!), 0, 1e-12);
        });
    }

    private static Tensor?[] Gradients(Tensor output, Tensor weights, Tensor[] inputs)
    {
        (output * weights).sum().backward();
        return [.. inputs.Select(input =>
        {
            var gradient = input.grad?.clone();
            input.grad = null;
            return gradient;
        })];
    }
}
