using TorchSharp;
using static TorchSharp.torch;

namespace Crossbench.Tests.Torch;

/// <summary>A dense array of doubles with loops instead of operations: the independent form that tensors are compared with.</summary>
internal sealed class Nd(double[] data, params int[] shape)
{
    internal double[] Data { get; } = data;

    internal int[] Shape { get; } = shape;

    internal double this[params int[] index] => Data[Offset(Shape, index)];

    internal static Nd Of(int[] shape, Func<int[], double> value)
    {
        var count = shape.Aggregate(1, (n, s) => n * s);
        return new Nd([.. Enumerable.Range(0, count).Select(i => value(Index(shape, i)))], shape);
    }

    /// <summary>Fixed pseudo-random values in a range.</summary>
    internal static Nd Random(int seed, double low, double high, params int[] shape)
    {
        var random = new Random(seed);
        return Of(shape, _ => low + ((high - low) * random.NextDouble()));
    }

    internal static Nd Of(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        var values = tensor.detach().cpu().to_type(ScalarType.Float64).data<double>().ToArray();
        return new Nd(values, [.. tensor.shape.Select(s => (int)s)]);
    }

    /// <summary>Element by element with broadcasting from the right.</summary>
    internal static Nd Zip(Nd a, Nd b, Func<double, double, double> f)
    {
        var rank = Math.Max(a.Shape.Length, b.Shape.Length);
        var shape = Enumerable.Range(0, rank).Select(d => Math.Max(a.SizeAt(d, rank), b.SizeAt(d, rank))).ToArray();
        return Of(shape, i => f(a.Broadcast(i), b.Broadcast(i)));
    }

    internal Nd Map(Func<double, double> f) => new([.. Data.Select(f)], Shape);

    internal Nd Reshape(params int[] shape) => new(Data, shape);

    /// <summary>Replaces every line along a dimension by another one.</summary>
    internal Nd Along(int dim, Func<double[], double[]> f)
    {
        dim = dim < 0 ? dim + Shape.Length : dim;
        var lines = new Dictionary<string, double[]>();
        double[] Line(int[] index)
        {
            var key = string.Join(",", index.Select((v, d) => d == dim ? 0 : v));
            return lines.TryGetValue(key, out var known) ? known : lines[key] = f([.. Enumerable.Range(0, Shape[dim]).Select(k => this[With(index, dim, k)])]);
        }

        var first = Line(new int[Shape.Length]);
        return Of(With(Shape, dim, first.Length), i => Line(i)[i[dim]]);
    }

    internal Nd Reduce(int dim, bool keep, Func<double[], double> f)
    {
        var kept = Along(dim, line => [f(line)]);
        dim = dim < 0 ? dim + Shape.Length : dim;
        return keep ? kept : kept.Reshape([.. kept.Shape.Where((_, d) => d != dim)]);
    }

    internal Nd ReduceAll(Func<double[], double> f) => new([f(Data)]);

    /// <summary>An array whose elements are taken from this one's.</summary>
    internal Nd Take(int[] shape, Func<int[], int[]> source) => Of(shape, i => this[source(i)]);

    internal Tensor ToTensor(ScalarType type) => tensor(Data, dtype: type).reshape([.. Shape.Select(s => (long)s)]);

    internal static int[] With(int[] index, int dim, int value) => [.. index.Select((v, d) => d == dim ? value : v)];

    private static int Offset(int[] shape, int[] index) => shape.Select((s, d) => (s, d)).Aggregate(0, (sum, p) => (sum * p.s) + index[p.d]);

    private static int[] Index(int[] shape, int offset)
    {
        var index = new int[shape.Length];
        for (var d = shape.Length - 1; d >= 0; d--)
        {
            index[d] = offset % shape[d];
            offset /= shape[d];
        }

        return index;
    }

    private int SizeAt(int dim, int rank) => dim < rank - Shape.Length ? 1 : Shape[dim - rank + Shape.Length];

    private double Broadcast(int[] index) => this[[.. Shape.Select((s, d) => s == 1 ? 0 : index[d + index.Length - Shape.Length])]];
}
