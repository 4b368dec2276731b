using TorchSharp;
using static Crossbench.Tests.Torch.OpCase;
using static TorchSharp.torch;

namespace Crossbench.Tests.Torch;

/// <summary>Operations in place, each on a copy, so that gradients flow to the inputs.</summary>
internal static class InPlaceCases
{
    internal static OpCase[] All =>
    [
        Two("add_ tensor", (a, b) => a.add_(b), (a, b) => a + b),
        Two("add_ alpha", (a, b) => a.add_(b, -0.5), (a, b) => a - (0.5 * b)),
        One("add_ scalar", a => a.add_(1.5), a => a + 1.5),
        One("add_ scalar alpha", a => a.add_(1.5, 2), a => a + 3),
        Two("sub_ tensor", (a, b) => a.sub_(b), (a, b) => a - b),
        One("sub_ scalar", a => a.sub_(1.5), a => a - 1.5),
        Two("mul_ tensor", (a, b) => a.mul_(b), (a, b) => a * b),
        One("mul_ scalar", a => a.mul_(1.5), a => a * 1.5),
        Two("div_ tensor", (a, b) => a.div_(b), (a, b) => a / b),
        One("div_ scalar", a => a.div_(1.5), a => a / 1.5),
        One("div_ floor", a => a.div_(0.7, RoundingMode.floor), a => Math.Floor(a / 0.7)) with { Smooth = false },
        Two("div_ trunc", (a, b) => a.div_(b, RoundingMode.trunc), (a, b) => Math.Truncate(a / b)) with { Smooth = false },
        One("sqrt_", a => a.add_(4).sqrt_(), a => Math.Sqrt(a + 4)),
        One("fill_", a => a.fill_(3), _ => 3) with { Smooth = false },
        One("zero_", a => a.zero_(), _ => 0) with { Smooth = false },
        Two("copy_", (a, b) => a.copy_(b), (_, b) => b),
        Three("addcmul_", (a, b, c) => a.addcmul_(b, c, 0.5), (a, b, c) => a + (0.5 * b * c)),
        Three("addcdiv_", (a, b, c) => a.addcdiv_(b, c), (a, b, c) => a + (b / c)),
        Three("addcdiv_ value", (a, b, c) => a.addcdiv_(b, c, -2), (a, b, c) => a - (2 * b / c)),
        Three("lerp_", (a, b, c) => a.lerp_(b, c), (a, b, c) => a + (c * (b - a))),
        new("detach_", t => t[0] + t[0].clone().detach_().mul_(0), x => x[0], In(3, 4)),
    ];

    private static OpCase One(string name, Func<Tensor, Tensor> run, Func<double, double> slow) => new(name, t => run(t[0].clone()), x => x[0].Map(slow), In(3, 4));

    private static OpCase Two(string name, Func<Tensor, Tensor, Tensor> run, Func<double, double, double> slow)
        => new(name, t => run(t[0].clone(), t[1]), x => Nd.Zip(x[0], x[1], slow), In(3, 4), Other(3, 4));

    private static OpCase Three(string name, Func<Tensor, Tensor, Tensor, Tensor> run, Func<double, double, double, double> slow)
        => new(name, t => run(t[0].clone(), t[1], t[2]), x => Nd.Of([3, 4], i => slow(x[0][i], x[1][i], x[2][i])), In(3, 4), Other(3, 4), Positive(3, 4));
}
