using TorchSharp;
using static Crossbench.Tests.Torch.OpCase;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Crossbench.Tests.Torch;

internal static class LossCases
{
    private static readonly int[] Classes = [1, 4, 0, 4];
    private static readonly double[] ClassWeights = [0.5, 1, 2, 1.5, 0.25];

    internal static OpCase[] All =>
    [
        new("cross_entropy", t => F.cross_entropy(t[0], Target), x => Mean(Losses(x[0])), In(4, 5)),
        new("cross_entropy sum", t => F.cross_entropy(t[0], Target, reduction: Reduction.Sum), x => new Nd([Losses(x[0]).Data.Sum()]), In(4, 5)),
        new("cross_entropy none", t => F.cross_entropy(t[0], Target, reduction: Reduction.None), x => Losses(x[0]), In(4, 5)),
        new("cross_entropy ignore", t => F.cross_entropy(t[0], Target, ignore_index: 4), x => new Nd([(Losses(x[0])[0] + Losses(x[0])[2]) / 2]), In(4, 5)),
        new("cross_entropy weight", t => F.cross_entropy(t[0], Target, Weights(t[0])), Weighted, In(4, 5)),
        new("cross_entropy smoothing", t => F.cross_entropy(t[0], Target, label_smoothing: 0.2), x => new Nd([Smoothed(x[0])]), In(4, 5)),
        new("nll_loss", t => F.nll_loss(t[0].log_softmax(1), Target), x => Mean(Losses(x[0])), In(4, 5)),
        new("nll_loss none", t => F.nll_loss(t[0].log_softmax(1), Target, reduction: Reduction.None), x => Losses(x[0]), In(4, 5)),
        new("mse_loss", t => F.mse_loss(t[0], t[1]), x => Mean(Nd.Zip(x[0], x[1], (a, b) => (a - b) * (a - b))), In(3, 4), Other(3, 4)),
        new("mse_loss sum", t => F.mse_loss(t[0], t[1], Reduction.Sum), x => new Nd([Nd.Zip(x[0], x[1], (a, b) => (a - b) * (a - b)).Data.Sum()]), In(3, 4), Other(3, 4)),
        new("kl_div", t => F.kl_div(t[0], t[1]), x => Mean(Nd.Zip(x[0], x[1], (a, b) => Math.Exp(b) * (b - a))), In(3, 4), Other(3, 4)),
        new("kl_div probabilities", t => F.kl_div(t[0], t[1], log_target: false, Reduction.Sum), x => new Nd([Nd.Zip(x[0], x[1], (a, b) => b * (Math.Log(b) - a)).Data.Sum()]), In(3, 4), Positive(3, 4)),
        new("binary_cross_entropy_with_logits", t => F.binary_cross_entropy_with_logits(t[0], t[1]), x => Mean(Binary(x)), In(3, 4), Positive(3, 4).Map(v => v / 2)),
        Jumps("binary_cross_entropy_with_logits weights", t => F.binary_cross_entropy_with_logits(t[0], t[1], t[2].detach(), Reduction.Sum), x => new Nd([Nd.Zip(Binary(x), x[2], (l, w) => l * w).Data.Sum()]), In(3, 4), Positive(3, 4).Map(v => v / 2), Positive(4)),
    ];

    private static Tensor Target => Long(tensor(Classes));

    private static Tensor Weights(Tensor like) => tensor(ClassWeights, dtype: like.dtype);

    private static Nd Mean(Nd losses) => losses.ReduceAll(v => v.Average());

    private static Nd Losses(Nd logits)
    {
        var logs = logits.Along(1, ReductionCases.LogSoftmax);
        return Nd.Of([4], i => -logs[i[0], Classes[i[0]]]);
    }

    private static Nd Weighted(Nd[] x)
    {
        var weights = Classes.Select(c => ClassWeights[c]).ToArray();
        return new Nd([Losses(x[0]).Data.Zip(weights, (l, w) => l * w).Sum() / weights.Sum()]);
    }

    private static double Smoothed(Nd logits)
    {
        var all = -logits.Along(1, ReductionCases.LogSoftmax).Data.Average();
        return (0.8 * Losses(logits).Data.Average()) + (0.2 * all);
    }

    private static Nd Binary(Nd[] x)
        => Nd.Zip(x[0], x[1], (logit, p) => -(p * Math.Log(1 / (1 + Math.Exp(-logit)))) - ((1 - p) * Math.Log(1 - (1 / (1 + Math.Exp(-logit))))));
}
