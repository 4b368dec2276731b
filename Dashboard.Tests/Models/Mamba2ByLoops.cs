using Crossbench.Models;
using Crossbench.Models.Architectures;

namespace Crossbench.Tests.Models;

/// <summary>The mamba2 model for one sequence in loops over doubles, token by token, from the formulas alone.</summary>
internal sealed class Mamba2ByLoops(LanguageModel model, ModelShape shape, Mamba2Options options) : GqaByLoops(model, shape)
{
    protected override double[][] Mix(double[][] x, int layer)
    {
        var prefix = $"layers.{layer}.attn.";
        var inner = (int)(options.Expand * Shape.Width);
        var width = options.HeadDim ?? Shape.HeadWidth;
        var (heads, n, groups) = (inner / width, options.State, options.Groups);
        var convolved = inner + (2 * groups * n);
        var projected = x.Select(row => Linear(row, prefix + "in_proj", inner + convolved + heads)).ToArray();
        var (kernel, bias) = (Weight(prefix + "conv.weight"), Weight(prefix + "conv.bias"));
        var state = new double[heads, width, n];
        var outputs = new double[x.Length][];
        for (var t = 0; t < x.Length; t++)
        {
            var u = new double[convolved];
            for (var c = 0; c < convolved; c++)
            {
                u[c] = bias[c];
                for (var back = 0; back < options.ConvWidth && back <= t; back++)
                {
                    u[c] += kernel[(c * options.ConvWidth) + options.ConvWidth - 1 - back] * projected[t - back][inner + c];
                }

                u[c] = Silu(u[c]);
            }

            var y = new double[inner];
            for (var h = 0; h < heads; h++)
            {
                var raw = projected[t][inner + convolved + h] + Weight(prefix + "dt_bias")[h];
                var delta = Math.Clamp(raw > 30 ? raw + Math.Exp(-raw) : Math.Log(1 + Math.Exp(raw)), options.DtLimitMin, options.DtLimitMax ?? double.PositiveInfinity);
                var decay = Math.Exp(-delta * Math.Exp(Weight(prefix + "A_log")[h]));
                var b = inner + (h * groups / heads * n);
                for (var p = 0; p < width; p++)
                {
                    var value = u[(h * width) + p];
                    y[(h * width) + p] = Weight(prefix + "D")[h] * value;
                    for (var i = 0; i < n; i++)
                    {
                        state[h, p, i] = (decay * state[h, p, i]) + (delta * value * u[b + i]);
                        y[(h * width) + p] += state[h, p, i] * u[b + (groups * n) + i];
                    }
                }
            }

            outputs[t] = Linear(GatedNorm(y, projected[t], inner / groups, Weight(prefix + "norm.weight")), prefix + "out_proj", Shape.Width);
        }

        return outputs;
    }

    private double[] GatedNorm(double[] y, double[] z, int groupWidth, double[] weight)
    {
        var gated = y.Select((value, c) => value * Silu(z[c])).ToArray();
        return [.. gated.Select((value, c) =>
            value / Math.Sqrt(gated.Skip(c / groupWidth * groupWidth).Take(groupWidth).Average(item => item * item) + options.NormEpsilon) * weight[c])];
    }
}
