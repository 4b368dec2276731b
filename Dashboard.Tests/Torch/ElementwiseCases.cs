using TorchSharp;
using static Crossbench.Tests.Torch.OpCase;
using static TorchSharp.torch;

namespace Crossbench.Tests.Torch;

internal static class ElementwiseCases
{
    private static readonly Nd Special = new([1, double.NaN, double.PositiveInfinity, -2, double.NegativeInfinity, 0], 6);

    internal static OpCase[] All =>
    [
        Unary("abs", t => t.abs(), Math.Abs),
        Unary("cos", t => t.cos(), Math.Cos),
        Unary("exp", t => t.exp(), Math.Exp),
        Unary("exp static", torch.exp, Math.Exp),
        Unary("neg", t => t.neg(), x => -x),
        Unary("sigmoid", t => t.sigmoid(), x => 1 / (1 + Math.Exp(-x))),
        Unary("sin", t => t.sin(), Math.Sin),
        Unary("square", t => t.square(), x => x * x),
        Unary("tanh", t => t.tanh(), Math.Tanh),
        Jumps("floor", t => t[0].floor(), x => x[0].Map(Math.Floor), In(3, 4)),
        OfPositive("log", t => t.log(), Math.Log),
        OfPositive("log static", torch.log, Math.Log),
        OfPositive("rsqrt", t => t.rsqrt(), x => 1 / Math.Sqrt(x)),
        OfPositive("rsqrt static", torch.rsqrt, x => 1 / Math.Sqrt(x)),
        OfPositive("sqrt", t => t.sqrt(), Math.Sqrt),
        OfPositive("sqrt static", torch.sqrt, Math.Sqrt),
        Jumps("isnan", t => t[0].isnan(), x => x[0].Map(v => ToDouble(double.IsNaN(v))), Special),
        Jumps("isfinite", t => t[0].isfinite(), x => x[0].Map(v => ToDouble(double.IsFinite(v))), Special),
        Jumps("isfinite static", t => torch.isfinite(t[0]), x => x[0].Map(v => ToDouble(double.IsFinite(v))), Special),
        Jumps("logical_not", t => t[0].logical_not(), x => x[0].Map(v => ToDouble(v == 0)), Whole(2, 3, 4)),
        Binary("add tensor", (a, b) => a.add(b), (a, b) => a + b),
        Binary("add tensor alpha", (a, b) => a.add(b, 0.5), (a, b) => a + (0.5 * b)),
        Unary("add scalar", a => a.add(1.5), a => a + 1.5),
        Unary("add scalar alpha", a => a.add(1.5, 2), a => a + 3),
        Binary("sub tensor", (a, b) => a.sub(b), (a, b) => a - b),
        Unary("sub scalar", a => a.sub(0.25), a => a - 0.25),
        Binary("mul tensor", (a, b) => a.mul(b), (a, b) => a * b),
        Unary("mul scalar", a => a.mul(-3), a => a * -3),
        Binary("div tensor", (a, b) => a.div(b), (a, b) => a / b),
        Unary("div scalar", a => a.div(4), a => a / 4),
        Jumping("div floor", (a, b) => a.div(b, RoundingMode.floor), (a, b) => Math.Floor(a / b)),
        Jumping("div trunc", (a, b) => a.div(b, RoundingMode.trunc), (a, b) => Math.Truncate(a / b)),
        Jumps("div scalar floor", t => t[0].div(0.7, RoundingMode.floor), x => x[0].Map(v => Math.Floor(v / 0.7)), In(3, 4)),
        Jumping("remainder tensor", (a, b) => a.remainder(b), (a, b) => a - (b * Math.Floor(a / b))),
        Jumps("remainder scalar", t => t[0].remainder(0.7), x => x[0].Map(v => v - (0.7 * Math.Floor(v / 0.7))), In(3, 4)),
        new("pow tensor", t => t[0].pow(t[1]), x => Nd.Zip(x[0], x[1], Math.Pow), Positive(3, 4), Other(4)),
        Unary("pow scalar", a => a.pow(3), a => a * a * a),
        Binary("maximum", torch.maximum, Math.Max),
        Binary("minimum", torch.minimum, Math.Min),
        Binary("max other", (a, b) => a.max(b), Math.Max),
        Binary("min other", (a, b) => a.min(b), Math.Min),
        new("addcmul", t => t[0].addcmul(t[1], t[2], 0.5), x => Nd.Zip(x[0], Nd.Zip(x[1], x[2], (b, c) => b * c), (a, p) => a + (0.5 * p)), In(3, 4), Other(3, 4), Positive(4)),
        Unary("clamp scalars", t => t.clamp(-1.0, 1.5), x => Math.Clamp(x, -1, 1.5)),
        Unary("clamp minimum", t => t.clamp(min: (-0.5).ToScalar()), x => Math.Max(x, -0.5)),
        Unary("clamp maximum", t => t.clamp(max: 0.5.ToScalar()), x => Math.Min(x, 0.5)),
        new("clamp tensors", t => t[0].clamp(t[1], t[2]), x => Nd.Zip(Nd.Zip(x[0], x[1], Math.Max), x[2], Math.Min), In(3, 4), Other(4), Positive(4).Map(v => v + 2)),
        Jumping("logical_and", (a, b) => (a > 0).logical_and(b > 0), (a, b) => ToDouble(a > 0 && b > 0)),
        Jumping("logical_or", (a, b) => (a > 0).logical_or(b > 0), (a, b) => ToDouble(a > 0 || b > 0)),
        Binary("where condition", (a, b) => a.where(a < b, b), Math.Min),
        Binary("where static", (a, b) => torch.where(a > b, a, b), Math.Max),
    ];

    internal static OpCase Unary(string name, Func<Tensor, Tensor> run, Func<double, double> slow) => new(name, t => run(t[0]), x => x[0].Map(slow), In(3, 4));

    internal static OpCase Binary(string name, Func<Tensor, Tensor, Tensor> run, Func<double, double, double> slow)
        => new(name, t => run(t[0], t[1]), x => Nd.Zip(x[0], x[1], slow), In(2, 3, 1), Other(3, 4));

    private static OpCase OfPositive(string name, Func<Tensor, Tensor> run, Func<double, double> slow) => new(name, t => run(t[0]), x => x[0].Map(slow), Positive(3, 4));

    private static OpCase Jumping(string name, Func<Tensor, Tensor, Tensor> run, Func<double, double, double> slow) => Binary(name, run, slow) with { Smooth = false };

}
