using TorchSharp;
using static Crossbench.Tests.Torch.OpCase;
using static TorchSharp.torch;

namespace Crossbench.Tests.Torch;

/// <summary>Tensors from nothing, from a range and from arrays. Random ones have tests of their own.</summary>
internal static class CreationCases
{
    internal static OpCase[] All =>
    [
        Made("zeros", () => zeros([2, 3]), 0, 2, 3), Made("zeros one", () => zeros(3), 0, 3), Made("zeros two", () => zeros(2, 3), 0, 2, 3), Made("zeros three", () => zeros(2, 3, 4), 0, 2, 3, 4),
        Made("ones", () => ones([2, 3], ScalarType.Float64), 1, 2, 3), Made("ones one", () => ones(3), 1, 3), Made("ones two", () => ones(2, 3), 1, 2, 3), Made("ones three", () => ones(2, 3, 4), 1, 2, 3, 4),
        Made("full", () => full([2, 3], 2.5), 2.5, 2, 3), Made("full one", () => full(3, 2.5), 2.5, 3), Made("full two", () => full(2, 3, 2.5), 2.5, 2, 3),
        Made("full three", () => full(2, 3, 4, 7, ScalarType.Int32), 7, 2, 3, 4), Made("full four", () => full(2, 3, 1, 2, 2.5), 2.5, 2, 3, 1, 2),
        Made("empty", () => empty([2, 3]).fill_(1), 1, 2, 3), Made("empty one", () => empty(3).fill_(1), 1, 3), Made("empty two", () => empty(2, 3).fill_(1), 1, 2, 3), Made("empty three", () => empty(2, 3, 4).fill_(1), 1, 2, 3, 4),
        Made("zeros_like", () => zeros_like(ones(2, 3)), 0, 2, 3), Made("ones_like", () => ones_like(zeros(2, 3), ScalarType.Int64), 1, 2, 3), Made("empty_like", () => empty_like(zeros(2, 3)).fill_(1), 1, 2, 3),
        Listed("arange", () => arange(5), 0, 1, 2, 3, 4),
        Listed("arange from", () => arange(2, 5), 2, 3, 4),
        Listed("arange step", () => arange(0, 1, 0.25, ScalarType.Float64), 0, 0.25, 0.5, 0.75),
        Listed("tensor double", () => tensor(new[] { 1.5, 2 }), 1.5, 2),
        Listed("tensor float", () => tensor(new[] { 1.5f, 2 }), 1.5, 2),
        Listed("tensor int", () => tensor(new[] { 1, -2 }), 1, -2),
        Listed("tensor long", () => tensor(new[] { 1L, -2 }), 1, -2),
        Listed("tensor bool", () => tensor(new[] { true, false }), 1, 0),
        Listed("tensor converted", () => tensor(new[] { 1.7, -2.2 }, dtype: ScalarType.Int32), 1, -2),
        Listed("tensor empty", () => tensor(Array.Empty<float>())),
        Single("tensor scalar double", () => tensor(0.1), 0.1), Single("tensor scalar float", () => tensor(0.5f), 0.5), Single("tensor scalar int", () => tensor(-3), -3),
        Single("tensor scalar long", () => tensor(1L << 40), 1L << 40), Single("tensor scalar bool", () => tensor(true), 1),
        Single("op_Implicit int", () => 3, 3), Single("op_Implicit long", () => 1L << 40, 1L << 40), Single("op_Implicit float", () => 0.5f, 0.5), Single("op_Implicit double", () => 0.1, 0.1),
        Single("op_Implicit bool", () => true, 1), Single("op_Implicit Scalar", () => (Scalar)0.1, 0.1),
        Listed("op_Implicit ints", () => new[] { 1, 2 }, 1, 2), Listed("op_Implicit longs", () => new[] { 1L, 2 }, 1, 2), Listed("op_Implicit floats", () => new[] { 1.5f }, 1.5),
        Listed("op_Implicit doubles", () => new[] { 0.1 }, 0.1), Listed("op_Implicit bools", () => new[] { true }, 1),
        Listed("op_Explicit", () => tensor(new[] { (double)tensor(0.1), (float)tensor(0.5), (int)tensor(3.7), (long)tensor(4), (bool)tensor(2) ? 1 : 0 }), 0.1, 0.5, 3, 4, 1),
    ];

    private static OpCase Made(string name, Func<Tensor> run, double value, params int[] shape) => Jumps(name, _ => run(), _ => Nd.Of(shape, _ => value)) with { AnyPrecision = false };

    private static OpCase Listed(string name, Func<Tensor> run, params double[] values) => Jumps(name, _ => run(), _ => new Nd(values, values.Length)) with { AnyPrecision = false };

    private static OpCase Single(string name, Func<Tensor> run, double value) => Jumps(name, _ => run(), _ => new Nd([value])) with { AnyPrecision = false };
}
