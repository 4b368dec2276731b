using TorchSharp;
using TorchSharp.Modules;
using static Crossbench.Tests.Torch.ElementwiseCases;
using static Crossbench.Tests.Torch.OpCase;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Crossbench.Tests.Torch;

/// <summary>Activations, normalisations and padding of nn.functional, and the modules over them.</summary>
internal static class FunctionalCases
{
    internal static OpCase[] All =>
    [
        Unary("relu", t => F.relu(t), x => Math.Max(x, 0)),
        Unary("relu in place", t => F.relu(t.clone(), true), x => Math.Max(x, 0)),
        Unary("silu", t => F.silu(t), Silu),
        Unary("silu in place", t => F.silu(t.clone(), true), Silu),
        Unary("silu module", t => nn.SiLU().call(t), Silu),
        Unary("sigmoid functional", F.sigmoid, x => 1 / (1 + Math.Exp(-x))),
        Unary("sigmoid in place", t => F.sigmoid(t.clone(), true), x => 1 / (1 + Math.Exp(-x))),
        Unary("gelu", F.gelu, Gelu),
        Unary("gelu not in place", t => F.gelu(t, false), Gelu),
        Unary("gelu module", t => nn.GELU().call(t), Gelu),
        Unary("gelu tanh", t => F.gelu(t, GELU.Approximate.tanh), GeluTanh),
        Unary("softplus", t => F.softplus(t), x => Math.Log(1 + Math.Exp(x))),
        Unary("softplus beta", t => F.softplus(t, 2, 1), x => 2 * x > 1 ? x : Math.Log(1 + Math.Exp(2 * x)) / 2),
        new("softmax functional", t => F.softmax(t[0], 1), x => x[0].Along(1, ReductionCases.Softmax), In(3, 4)),
        new("log_softmax functional", t => F.log_softmax(t[0], 1), x => x[0].Along(1, ReductionCases.LogSoftmax), In(3, 4)),
        new("layer_norm", t => F.layer_norm(t[0], [4], t[1], t[2]), x => Nd.Zip(Nd.Zip(Normalised(x[0]), x[1], (a, w) => a * w), x[2], (a, b) => a + b), In(3, 4), Positive(4), Other(4)),
        new("layer_norm plain", t => F.layer_norm(t[0], [4]), x => Normalised(x[0]), In(3, 4)),
        new("layer_norm module", t => nn.LayerNorm(4, dtype: t[0].dtype).call(t[0]), x => Normalised(x[0]), In(3, 4)),
        new("normalize", t => F.normalize(t[0]), x => x[0].Along(1, v => [.. v.Select(a => a / Math.Sqrt(v.Sum(b => b * b)))]), In(3, 4)),
        new("normalize one", t => F.normalize(t[0], 1, 0), x => x[0].Along(0, v => [.. v.Select(a => a / v.Sum(Math.Abs))]), In(3, 4)),
        new("cosine_similarity", t => F.cosine_similarity(t[0], t[1]), Cosine, In(3, 4), Other(3, 4)),
        new("dropout off", t => F.dropout(t[0], 0.5, training: false), x => x[0], In(3, 4)),
        new("dropout zero", t => F.dropout(t[0], 0), x => x[0], In(3, 4)),
        new("dropout module off", t => Evaluated(nn.Dropout(0.9)).call(t[0]), x => x[0], In(3, 4)),
        new("pad", t => F.pad(t[0], [1, 2, 1, 0], PaddingModes.Constant, 7), x => Nd.Of([4, 7], i => i[0] < 1 || i[1] < 1 || i[1] > 4 ? 7 : x[0][i[0] - 1, i[1] - 1]), In(3, 4)),
        new("pad both", t => F.pad(t[0], 1), x => Nd.Of([3, 6], i => i[1] is 0 or 5 ? 0 : x[0][i[0], i[1] - 1]), In(3, 4)),
        new("pad reflect", t => F.pad(t[0], [2, 0], PaddingModes.Reflect), x => x[0].Take([3, 6], i => [i[0], Math.Abs(i[1] - 2)]), In(3, 4)),
        new("pad replicate", t => F.pad(t[0], [2, 0], PaddingModes.Replicate), x => x[0].Take([3, 6], i => [i[0], Math.Max(0, i[1] - 2)]), In(3, 4)),
        Jumps("one_hot", t => F.one_hot(Long(t[0]), 5), x => Nd.Of([3, 4, 5], i => ToDouble(x[0][i[0], i[1]] == i[2])), Whole(5, 3, 4)),
    ];

    internal static double Silu(double x) => x / (1 + Math.Exp(-x));

    internal static double Erf(double x)
    {
        // The series around 0, which converges for every x that the tests use.
        var (sum, term) = (x, x);
        for (var n = 1; n < 80; n++)
        {
            term *= -x * x / n;
            sum += term / ((2 * n) + 1);
        }

        return 2 / Math.Sqrt(Math.PI) * sum;
    }

    private static double Gelu(double x) => x * (1 + Erf(x / Math.Sqrt(2))) / 2;

    private static double GeluTanh(double x) => x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))) / 2;

    private static Nd Normalised(Nd x) => x.Along(-1, v => [.. v.Select(a => (a - v.Average()) / Math.Sqrt(ReductionCases.Variance(v, 0) + 1e-5))]);

    private static Nd Cosine(Nd[] x)
    {
        static double Length(Nd a, int row) => Math.Sqrt(Enumerable.Range(0, 4).Sum(c => a[row, c] * a[row, c]));
        return Nd.Of([3], i => Enumerable.Range(0, 4).Sum(c => x[0][i[0], c] * x[1][i[0], c]) / (Length(x[0], i[0]) * Length(x[1], i[0])));
    }

    private static Dropout Evaluated(Dropout module)
    {
        module.eval();
        return module;
    }
}
