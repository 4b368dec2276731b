using TorchSharp;
using static Crossbench.Tests.Torch.OpCase;
using static TorchSharp.torch;

namespace Crossbench.Tests.Torch;

/// <summary>Reading and writing parts of a tensor: C# ranges, index tensors, masks, gather and scatter.</summary>
internal static class IndexCases
{
    private static readonly int[] Rows = [2, 0, 2];
    private static readonly int[] Columns = [1, 3, 0];

    internal static OpCase[] All =>
    [
        new("narrow", t => t[0].narrow(1, 1, 2), x => x[0].Take([3, 2], i => [i[0], i[1] + 1]), In(3, 4)),
        new("slice", t => t[0].slice(1, 0, 4, 2), x => x[0].Take([3, 2], i => [i[0], i[1] * 2]), In(3, 4)),
        new("select", t => t[0].select(1, -1), x => x[0].Take([3], i => [i[0], 3]), In(3, 4)),
        new("index_select", t => t[0].index_select(0, tensor(Rows)), x => x[0].Take([3, 4], i => [Rows[i[0]], i[1]]), In(3, 4)),
        new("index tensors", t => t[0].index(tensor(Rows).to_type(ScalarType.Int64), tensor(Columns).to_type(ScalarType.Int64)), x => x[0].Take([3], i => [Rows[i[0]], Columns[i[0]]]), In(3, 4)),
        new("index places", t => t[0].index(TensorIndex.Slice(1), TensorIndex.None, TensorIndex.Single(2)), x => x[0].Take([2, 1], i => [i[0] + 1, 2]), In(3, 4)),
        new("get_Item range", t => t[0][1..3, ..^1], x => x[0].Take([2, 3], i => [i[0] + 1, i[1]]), In(3, 4)),
        new("get_Item from end", t => t[0][TensorIndex.Ellipsis, ^2], x => x[0].Take([3], i => [i[0], 2]), In(3, 4)),
        new("get_Item step", t => t[0][TensorIndex.Colon, TensorIndex.Slice(null, null, 3)], x => x[0].Take([3, 2], i => [i[0], i[1] * 3]), In(3, 4)),
        new("get_Item pair", t => t[0][(1, null), 0], x => x[0].Take([2], i => [i[0] + 1, 0]), In(3, 4)),
        new("get_Item one", t => t[0][1], x => x[0].Take([4], i => [1, i[0]]), In(3, 4)),
        new("get_Item two", t => t[0][1, 2], x => x[0].Take([], _ => [1, 2]), In(3, 4)),
        new("get_Item three", t => t[0][1, 2, 3], x => x[0].Take([], _ => [1, 2, 3]), In(2, 3, 4)),
        new("get_Item four", t => t[0][1, 0, 2, 3], x => x[0].Take([], _ => [1, 0, 2, 3]), In(2, 1, 3, 4)),
        new("get_Item mask", t => t[0][t[0] > -9], x => x[0].Reshape(12), In(3, 4)),
        new("get_Item tensor", t => t[0][tensor(Rows).to_type(ScalarType.Int64)], x => x[0].Take([3, 4], i => [Rows[i[0]], i[1]]), In(3, 4)),
        Put("set_Item places", (a, v) => a[1..3, 0] = v, (i, _) => i[0] > 0 && i[1] == 0),
        Put("set_Item one", (a, v) => a[1] = v, (i, _) => i[0] == 1),
        Put("set_Item two", (a, v) => a[1, 3] = v, (i, _) => i[0] == 1 && i[1] == 3),
        Put("set_Item mask", (a, v) => a[a > 0] = v, (_, old) => old > 0),
        new("set_Item three", t => Set(t[0].clone(), (a, v) => a[1, 0, 2] = v, t[1]), x => Nd.Of([2, 1, 3], i => i[0] == 1 && i[2] == 2 ? x[1].Data[0] : x[0][i]), In(2, 1, 3), Other()),
        new("set_Item four", t => Set(t[0].clone(), (a, v) => a[1, 0, 2, 0] = v, t[1]), x => Nd.Of([2, 1, 3, 1], i => i[0] == 1 && i[2] == 2 ? x[1].Data[0] : x[0][i]), In(2, 1, 3, 1), Other()),
        new("gather", t => t[0].gather(1, Places), x => x[0].Take([3, 2], i => [i[0], (i[0] + i[1]) % 4]), In(3, 4)),
        new("scatter", t => t[0].scatter(1, Places, t[1]), x => Scattered(x, (_, v) => v), In(3, 4), Other(3, 2)),
        new("scatter_", t => t[0].clone().scatter_(1, Places, t[1]), x => Scattered(x, (_, v) => v), In(3, 4), Other(3, 2)),
        new("scatter_add_", t => t[0].clone().scatter_add_(1, Places, t[1]), x => Scattered(x, (old, v) => old + v), In(3, 4), Other(3, 2)),
        new("index_add_", t => t[0].clone().index_add_(0, tensor(Rows), t[1], 0.5), Added, In(3, 4), Other(3, 4)),
        new("masked_fill", t => t[0].masked_fill(Even, 7), x => Nd.Of([3, 4], i => (i[0] + i[1]) % 2 == 0 ? 7 : x[0][i]), In(3, 4)),
        new("masked_fill_", t => t[0].clone().masked_fill_(Even, double.NegativeInfinity).clamp(-9.0, 9.0), x => Nd.Of([3, 4], i => (i[0] + i[1]) % 2 == 0 ? -9 : x[0][i]), In(3, 4)),
    ];

    /// <summary>Row i of the places that gather and scatter use: i and i+1, wrapped at 4.</summary>
    private static Tensor Places => (arange(3).unsqueeze(1) + arange(2)) % 4L;

    private static Tensor Even => (arange(3).unsqueeze(1) + arange(4)) % 2L == 0;

    private static Tensor Set(Tensor target, Action<Tensor, Tensor> put, Tensor value)
    {
        put(target, value);
        return target;
    }

    /// <summary>Writes one value to the places that the slow form names.</summary>
    private static OpCase Put(string name, Action<Tensor, Tensor> put, Func<int[], double, bool> written)
        => new(name, t => Set(t[0].clone(), put, t[1]), x => Nd.Of([3, 4], i => written(i, x[0][i]) ? x[1].Data[0] : x[0][i]), In(3, 4), Other());

    private static Nd Scattered(Nd[] x, Func<double, double, double> combine) => Nd.Of([3, 4], i =>
    {
        var column = (i[1] - i[0] + 4) % 4;
        return column < 2 ? combine(x[0][i], x[1][i[0], column]) : x[0][i];
    });

    private static Nd Added(Nd[] x) => Nd.Of([3, 4], i => x[0][i] + (0.5 * Enumerable.Range(0, 3).Where(r => Rows[r] == i[0]).Sum(r => x[1][r, i[1]])));
}
