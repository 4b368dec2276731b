using TorchSharp;
using static Crossbench.Tests.Torch.OpCase;
using static TorchSharp.torch;

namespace Crossbench.Tests.Torch;

internal static class ReductionCases
{
    internal static OpCase[] All =>
    [
        OfAll("sum", t => t.sum(), v => v.Sum()),
        Line("sum dim", (t, k) => t.sum(1, k), v => v.Sum()),
        new("sum two", t => t[0].sum(0L, 2L), x => x[0].Reduce(2, false, v => v.Sum()).Reduce(0, false, v => v.Sum()), In(2, 3, 4)),
        new("sum three", t => t[0].sum(0L, 1L, 2L), x => x[0].ReduceAll(v => v.Sum()), In(2, 3, 4)),
        new("sum dims", t => t[0].sum([0, 1], keepdim: true), x => x[0].Reduce(1, true, v => v.Sum()).Reduce(0, true, v => v.Sum()), In(2, 3, 4)),
        Jumps("sum type", t => t[0].sum(ScalarType.Int64), x => x[0].ReduceAll(v => v.Sum()), Whole(5, 3, 4)),
        OfAll("mean", t => t.mean(), v => v.Average()),
        new("mean dims", t => t[0].mean([1, 2], keepdim: true), x => x[0].Reshape(2, 1, 12).Reduce(2, true, v => v.Average()), In(2, 3, 4)),
        OfAll("var", t => t.var(), v => Variance(v, 1)),
        OfAll("var biased", t => t.var(false), v => Variance(v, 0)),
        Line("var dim", (t, k) => t.var(1, true, k), v => Variance(v, 1)),
        new("var dims", t => t[0].var([1, 2], unbiased: false), x => x[0].Reshape(2, 12).Reduce(1, false, v => Variance(v, 0)), In(2, 3, 4)),
        OfAll("norm", t => t.norm(), v => Math.Sqrt(v.Sum(a => a * a))),
        OfAll("norm one", t => t.norm(1f), v => v.Sum(Math.Abs)),
        Line("norm dim", (t, k) => t.norm(1, k, 2), v => Math.Sqrt(v.Sum(a => a * a))),
        OfAll("max", t => t.max(), v => v.Max()),
        OfAll("min", t => t.min(), v => v.Min()),
        Line("max dim", (t, k) => t.max(1, k).values, v => v.Max()),
        Line("min dim", (t, k) => t.min(1, k).values, v => v.Min()),
        Jump("max index", (t, k) => t.max(1, k).indexes, v => Array.IndexOf(v, v.Max())),
        Jump("min index", (t, k) => t.min(1, k).indexes, v => Array.IndexOf(v, v.Min())),
        Jumps("argmax", t => t[0].argmax(), x => x[0].ReduceAll(v => Array.IndexOf(v, v.Max())), In(3, 4)),
        Jump("argmax dim", (t, k) => t.argmax(1, k), v => Array.IndexOf(v, v.Max())),
        Jumps("all", t => (t[0] > -3.0).all(), x => x[0].ReduceAll(v => ToDouble(v.All(a => a > -3))), In(3, 4)),
        Jump("all dim", (t, k) => (t > 0.0).all(1, k), v => ToDouble(v.All(a => a > 0))),
        Jumps("any", t => (t[0] > 1.9).any(), x => x[0].ReduceAll(v => ToDouble(v.Any(a => a > 1.9))), In(3, 4)),
        Jump("any dim", (t, k) => (t > 1.0).any(1, k), v => ToDouble(v.Any(a => a > 1))),
        Line("logsumexp", (t, k) => t.logsumexp(1, k), LogSumExp),
        new("cumsum", t => t[0].cumsum(1), x => x[0].Along(1, Cumulative), In(2, 3, 4)),
        new("softmax", t => t[0].softmax(-1), x => x[0].Along(-1, Softmax), In(2, 3, 4)),
        new("log_softmax", t => t[0].log_softmax(1), x => x[0].Along(1, LogSoftmax), In(2, 3, 4)),
        new("topk values", t => t[0].topk(2, 1).values, x => x[0].Along(1, v => [.. v.OrderDescending().Take(2)]), In(2, 5)),
        Jumps("topk indexes", t => t[0].topk(2, 1).indexes, x => x[0].Along(1, v => [.. v.OrderDescending().Take(2).Select(a => (double)Array.IndexOf(v, a))]), In(2, 5)),
        new("topk smallest", t => t[0].topk(2, 1, largest: false).values, x => x[0].Along(1, v => [.. v.Order().Take(2)]), In(2, 5)),
        Jumps("nonzero", t => t[0].nonzero(), Nonzero, Whole(2, 3, 4)),
        Jumps("where indices", t => stack(where(t[0] > 0), 1), Nonzero, Whole(2, 3, 4)),
    ];

    internal static double LogSumExp(double[] v) => v.Max() + Math.Log(v.Sum(a => Math.Exp(a - v.Max())));

    internal static double[] LogSoftmax(double[] v) => [.. v.Select(a => a - LogSumExp(v))];

    internal static double[] Softmax(double[] v) => [.. LogSoftmax(v).Select(Math.Exp)];

    internal static double Variance(double[] v, int correction) => v.Sum(a => Math.Pow(a - v.Average(), 2)) / (v.Length - correction);

    private static double[] Cumulative(double[] v) => [.. v.Select((_, i) => v.Take(i + 1).Sum())];

    private static OpCase OfAll(string name, Func<Tensor, Tensor> run, Func<double[], double> slow) => new(name, t => run(t[0]), x => x[0].ReduceAll(slow), In(2, 3, 4));

    /// <summary>Along the middle dimension, with and without keeping it.</summary>
    private static OpCase Line(string name, Func<Tensor, bool, Tensor> run, Func<double[], double> slow)
        => new(name, t => cat([run(t[0], true).flatten(), run(t[0], false).flatten()]), x => Twice(x[0].Reduce(1, false, slow)), In(2, 3, 4));

    private static OpCase Jump(string name, Func<Tensor, bool, Tensor> run, Func<double[], double> slow) => Line(name, run, slow) with { Smooth = false };

    private static Nd Twice(Nd a) => new([.. a.Data, .. a.Data], 2 * a.Data.Length);

    private static Nd Nonzero(Nd[] x)
    {
        var places = Enumerable.Range(0, 12).Where(i => x[0].Data[i] != 0).ToArray();
        return Nd.Of([places.Length, 2], i => i[1] == 0 ? places[i[0]] / 4 : places[i[0]] % 4);
    }
}
