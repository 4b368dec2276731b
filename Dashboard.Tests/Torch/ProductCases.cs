using TorchSharp;
using static Crossbench.Tests.Torch.OpCase;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Crossbench.Tests.Torch;

/// <summary>Products of matrices, and attention, which is two of them around a softmax.</summary>
internal static class ProductCases
{
    internal static OpCase[] All =>
    [
        new("matmul", t => t[0].matmul(t[1]), x => Product(x[0], x[1]), In(3, 4), Other(4, 5)),
        new("matmul static", t => matmul(t[0], t[1]), x => Product(x[0], x[1]), In(3, 4), Other(4, 5)),
        new("matmul batch", t => t[0].matmul(t[1]), x => Batched(x[0], x[1]), In(2, 3, 4), Other(2, 4, 5)),
        new("bmm", t => t[0].bmm(t[1]), x => Batched(x[0], x[1]), In(2, 3, 4), Other(2, 4, 5)),
        new("bmm static", t => bmm(t[0], t[1]), x => Batched(x[0], x[1]), In(2, 3, 4), Other(2, 4, 5)),
        new("outer", t => outer(t[0], t[1]), x => Nd.Of([3, 4], i => x[0][i[0]] * x[1][i[1]]), In(3), Other(4)),
        new("einsum", t => einsum("bij,bjk->bik", t[0], t[1]), x => Batched(x[0], x[1]), In(2, 3, 4), Other(2, 4, 5)),
        new("linear", t => F.linear(t[0], t[1], t[2]), x => Nd.Zip(Product(x[0], Transpose(x[1])), x[2], (a, b) => a + b), In(3, 4), Other(5, 4), Positive(5)),
        new("linear plain", t => F.linear(t[0], t[1]), x => Product(x[0], Transpose(x[1])), In(3, 4), Other(5, 4)),
        new("scaled_dot_product_attention", t => F.scaled_dot_product_attention(t[0], t[1], t[2]), x => Attention(x, (_, _) => 0), In(2, 3, 4), Other(2, 5, 4), Positive(2, 5, 4)),
        new("scaled_dot_product_attention causal", t => F.scaled_dot_product_attention(t[0], t[1], t[2], is_casual: true), x => Attention(x, Causal), In(2, 5, 4), Other(2, 5, 4), Positive(2, 5, 4)),
        new("scaled_dot_product_attention causal from the top left", t => F.scaled_dot_product_attention(t[0], t[1], t[2], is_casual: true), x => Attention(x, Causal), In(2, 3, 4), Other(2, 5, 4), Positive(2, 5, 4)),
        new("scaled_dot_product_attention boolean mask", t => F.scaled_dot_product_attention(t[0], t[1], t[2], Lower), x => Attention(x, Causal), In(2, 3, 4), Other(2, 5, 4), Positive(2, 5, 4)),
        new("scaled_dot_product_attention added mask", t => F.scaled_dot_product_attention(t[0], t[1], t[2], t[3]), x => Attention(x, (i, j) => x[3][i, j]), In(2, 3, 4), Other(2, 5, 4), Positive(2, 5, 4), In(3, 5)),
        new("conv1d", t => F.conv1d(t[0], t[1], t[2], stride: 2, padding: 1), x => Convolution(x, 2, 1, 1), In(2, 4, 7), Other(3, 4, 3), Positive(3)),
        new("conv1d depthwise", t => F.conv1d(t[0], t[1], groups: 4, dilation: 2), x => Depthwise(x[0], x[1], 2), In(2, 4, 7), Other(4, 1, 3)),
    ];

    internal static Nd Product(Nd a, Nd b) => Nd.Of([a.Shape[0], b.Shape[1]], i => Enumerable.Range(0, a.Shape[1]).Sum(k => a[i[0], k] * b[k, i[1]]));

    private static Tensor Lower => ones(3, 5, ScalarType.Bool).tril();

    private static Nd Transpose(Nd a) => a.Take([a.Shape[1], a.Shape[0]], i => [i[1], i[0]]);

    private static Nd Batched(Nd a, Nd b) => Nd.Of([a.Shape[0], a.Shape[1], b.Shape[2]], i => Enumerable.Range(0, a.Shape[2]).Sum(k => a[i[0], i[1], k] * b[i[0], k, i[2]]));

    private static double Causal(int query, int key) => key <= query ? 0 : double.NegativeInfinity;

    private static Nd Attention(Nd[] x, Func<int, int, double> bias)
    {
        var (q, k, v) = (x[0], x[1], x[2]);
        var scores = Nd.Of([q.Shape[0], q.Shape[1], k.Shape[1]], i => (Enumerable.Range(0, 4).Sum(c => q[i[0], i[1], c] * k[i[0], i[2], c]) / 2) + bias(i[1], i[2]));
        return Batched(scores.Along(-1, ReductionCases.Softmax), v);
    }

    private static Nd Convolution(Nd[] x, int stride, int padding, int dilation)
    {
        var (input, weight, bias) = (x[0], x[1], x[2]);
        var length = ((input.Shape[2] + (2 * padding) - (dilation * (weight.Shape[2] - 1)) - 1) / stride) + 1;
        double At(int b, int c, int p) => p < 0 || p >= input.Shape[2] ? 0 : input[b, c, p];
        return Nd.Of([input.Shape[0], weight.Shape[0], length], i => bias[i[1]] + Enumerable.Range(0, weight.Shape[1]).Sum(c =>
            Enumerable.Range(0, weight.Shape[2]).Sum(k => weight[i[1], c, k] * At(i[0], c, (i[2] * stride) - padding + (k * dilation)))));
    }

    private static Nd Depthwise(Nd input, Nd weight, int dilation)
        => Nd.Of([2, 4, 7 - (2 * dilation)], i => Enumerable.Range(0, 3).Sum(k => weight[i[1], 0, k] * input[i[0], i[1], i[2] + (k * dilation)]));
}
