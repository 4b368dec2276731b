using Crossbench.Models;
using Crossbench.Models.Architectures;
using Crossbench.Models.Parts;

namespace Crossbench.Tests.Models;

/// <summary>The asterisk model once more, in loops over doubles, from the formulas alone.</summary>
internal sealed class AsteriskByLoops(LanguageModel model, ModelShape shape, AsteriskOptions options) : LlamaByLoops(model, shape, options.RopeScaling)
{
    /// <summary>Where repeated steps of one token by itself end.</summary>
    public double[] FixedPoint(string prefix, double[] start) =>
        Enumerable.Range(0, 400).Aggregate(start, (h, _) => Step(prefix, h, new double[h.Length]));

    protected override double[][] Mix(double[][] n, int layer)
    {
        var attended = base.Mix(n, layer);
        if (options.HybridLayers.Count > 0 && !options.HybridLayers.Contains(layer))
        {
            return attended;
        }

        var prefix = $"layers.{layer}.";
        var refined = Refine(prefix + "aspp.", n);
        return [.. refined.Zip(attended, (p, q) =>
        {
            var gate = Linear([.. p, .. q], prefix + "fusion_gate", Shape.Width).Select(Sigmoid).ToArray();
            return gate.Select((g, i) => (g * p[i]) + ((1 - g) * q[i])).ToArray();
        })];
    }

    private double[][] Refine(string prefix, double[][] n)
    {
        var isProjected = options.AsppHidden != 0;
        var a = options.AsppHidden switch { null => Math.Max(8, Shape.Width / 2), 0 => Shape.Width, { } width => width };
        var h = isProjected ? n.Select(x => Linear(x, prefix + "down", a)).ToArray() : n;
        var count = Math.Max(1, Sigmoid(Weight(prefix + "k_logit")[0]) * options.KMax);
        count = options.KMode == AsteriskSteps.Int ? Math.Floor(count) : count;
        for (var s = 1; s - 1 < count; s++)
        {
            var share = Math.Clamp(count - (s - 1), 0, 1);
            var stepped = h.Select((x, t) => Step(prefix, x, t == 0 ? new double[a] : h[t - 1])).ToArray();
            h = [.. h.Zip(stepped, (before, after) => before.Zip(after, (x, y) => x + (share * (y - x))).ToArray())];
        }

        return isProjected ? [.. h.Select(x => Linear(x, prefix + "up", Shape.Width))] : h;
    }

    private double[] Step(string prefix, double[] h, double[] previous)
    {
        var seen = options.Graph == AsteriskGraph.Chain ? h.Concat(h.Zip(previous, (x, y) => x + y)).ToArray() : h;
        var inner = Linear(seen, prefix + "phi.w1", h.Length * options.PhiMult).Select(Activate).ToArray();
        var phi = Linear(inner, prefix + "phi.w2", h.Length);
        var moved = h.Select((x, i) => x + (Weight(prefix + "residual_scale")[0] * phi[i])).ToArray();
        return LayerNorm(moved, prefix + "ln");
    }

    private double Activate(double x) => options.PhiAct switch
    {
        Activation.Gelu => Gelu(x),
        Activation.Silu => Silu(x),
        Activation.Tanh => Math.Tanh(x),
        _ => Math.Max(x, 0),
    };
}
