using Crossbench.Models;
using Crossbench.Models.Architectures;

namespace Crossbench.Tests.Models;

/// <summary>The rwkv6 model for one sequence in loops over doubles, token by token, from the formulas alone.</summary>
internal sealed class Rwkv6ByLoops(LanguageModel model, ModelShape shape, Rwkv6Options options) : GqaByLoops(model, shape)
{
    protected override double[][] Mix(double[][] x, int layer)
    {
        var prefix = $"layers.{layer}.attn.";
        var (d, heads) = (Shape.Width, Shape.Heads);
        int keys = (int)(options.ExpandKey * d), values = (int)(options.ExpandValue * d);
        var state = new double[keys, values / heads];
        var outputs = new double[x.Length][];
        for (var t = 0; t < x.Length; t++)
        {
            var blends = Blends(x[t], t == 0 ? new double[d] : x[t - 1], prefix);
            var (r, k) = (Linear(blends[0], prefix + "r", keys), Linear(blends[2], prefix + "k", keys));
            var (v, g) = (Linear(blends[3], prefix + "v", values), Linear(blends[4], prefix + "g", values));
            var rank = options.DecayRank ?? d / 4;
            var decay = Linear([.. Linear(blends[1], prefix + "decay.w1", rank).Select(Math.Tanh)], prefix + "decay.w2", keys);
            var o = new double[values];
            for (var h = 0; h < heads; h++)
            {
                for (var c = h * keys / heads; c < (h + 1) * keys / heads; c++)
                {
                    for (var i = 0; i < values / heads; i++)
                    {
                        var write = k[c] * v[(h * values / heads) + i];
                        o[(h * values / heads) + i] += r[c] * (state[c, i] + (Weight(prefix + "u")[c] * write));
                        state[c, i] = (Math.Exp(-Math.Exp(decay[c])) * state[c, i]) + write;
                    }
                }
            }

            var normed = Normed(o, values / heads, prefix + "norm");
            outputs[t] = Linear([.. normed.Zip(g, (value, gate) => value * Silu(gate))], prefix + "o", d);
        }

        return outputs;
    }

    /// <summary>In the order r, w, k, v, g.</summary>
    private double[][] Blends(double[] x, double[] before, string prefix)
    {
        var (d, rank) = (Shape.Width, options.MixRank ?? Shape.Width / 4);
        var shift = before.Zip(x, (b, now) => b - now).ToArray();
        var a = Linear([.. x.Select((value, i) => value + (shift[i] * Weight(prefix + "mix.x")[i]))], prefix + "mix.w1", 5 * rank).Select(Math.Tanh).ToArray();
        return [.. Enumerable.Range(0, 5).Select(n => x.Select((value, i) =>
        {
            var share = Weight(prefix + "mix.base")[(n * d) + i];
            for (var c = 0; c < rank; c++)
            {
                share += Weight(prefix + "mix.w2.weight")[(i * 5 * rank) + (n * rank) + c] * a[(n * rank) + c];
            }

            return value + (shift[i] * share);
        }).ToArray())];
    }

    private double[] Normed(double[] o, int width, string name) => [.. o.Select((value, c) =>
    {
        var head = o.Skip(c / width * width).Take(width).ToArray();
        var mean = head.Average();
        return ((value - mean) / Math.Sqrt(head.Average(item => (item - mean) * (item - mean)) + options.NormEpsilon) * Weight(name + ".weight")[c]) + Weight(name + ".bias")[c];
    })];
}
