using Crossbench.Models;
using Crossbench.Models.Architectures;
using Crossbench.Models.Parts;

namespace Crossbench.Tests.Models;

/// <summary>The nanohammer model once more, in loops over doubles, from the formulas alone.</summary>
/// <param name="model">The model.</param>
/// <param name="shape">Its shape.</param>
/// <param name="options">Its options, with widths given.</param>
/// <param name="isRelative">Whether state tokens come from distances alone, which is the same when cells do nothing.</param>
internal sealed class NanohammerByLoops(LanguageModel model, ModelShape shape, NanohammerOptions options, bool isRelative = false)
    : LlamaByLoops(model, shape, options.RopeScaling)
{
    private readonly int _width = options.StateWidth!.Value;
    private readonly int _heads = options.StateHeads!.Value;
    private double[][] _projected = [];
    private double[][] _state = [];

    protected override double[][] Begin(double[][] embeddings)
    {
        if (options.StateVisibility != StateVisibility.None)
        {
            _projected = [.. embeddings.Select(e => Linear(e, "token_to_state", _width))];
            _state = [.. _projected.Select((_, t) => Collect(t))];
        }

        return embeddings;
    }

    protected override double[][] Mix(double[][] n, int layer)
    {
        if (options.StateVisibility == StateVisibility.None)
        {
            return base.Mix(n, layer);
        }

        var prefix = $"layers.{layer}.";
        _state = [.. _state.Select(state => Updated(prefix + "state_cell.", state))];
        var tokens = n.Select((_, t) => Linear(isRelative ? Relative(t) : Read(t), prefix + "state_proj", Shape.Width));
        double[][] states = [.. tokens.Select(s => options.StateNorm ? Norm(s, prefix + "norm1") : s)];
        var (keys, values) = KeysAndValues(layer, n);
        var (stateKeys, stateValues) = KeysAndValues(layer, states);
        var bias = options.StateScoreBias is null ? 0 : Weight(prefix + "state_score_bias")[0];
        return [.. n.Select((x, t) =>
        {
            var first = options.StateVisibility == StateVisibility.Self ? t : 0;
            var added = Enumerable.Range(first, t + 1 - first).Select(_ => bias).Concat(new double[t + 1]).ToArray();
            return Attend(layer, x, t, [.. stateKeys[first..(t + 1)], .. keys[..(t + 1)]], [.. stateValues[first..(t + 1)], .. values[..(t + 1)]], added);
        })];
    }

    private double[] Collect(int t)
    {
        var sum = new double[_width];
        for (var l = options.Accumulate == StateAccumulation.None ? t : 0; l <= t; l++)
        {
            var weight = options.Accumulate switch
            {
                StateAccumulation.Ema => Math.Pow(options.EmaDecay, t - l),
                StateAccumulation.Mean => 1.0 / (t + 1),
                _ => 1,
            };
            sum = [.. sum.Zip(Turn(_projected[l], l), (total, x) => total + (weight * x))];
        }

        return sum;
    }

    private double[] Read(int t) => t < options.StateShift ? new double[_width] : Turn(_state[t - options.StateShift], -t);

    private double[] Relative(int t) => Enumerable.Range(0, t + 1 - options.StateShift)
        .Aggregate(new double[_width], (sum, l) => [.. sum.Zip(Turn(_projected[l], l - t), (total, x) => total + x)]);

    private double[] Turn(double[] x, double position)
    {
        var turned = new double[_width];
        for (var k = 0; k < _width / 2; k++)
        {
            var angle = position * (options.LearnFrequencies ? Math.Exp(Weight("token_to_state.log_frequencies")[k]) : Math.Pow(options.RotationBase, -2.0 * k / _width));
            turned[2 * k] = (x[2 * k] * Math.Cos(angle)) - (x[(2 * k) + 1] * Math.Sin(angle));
            turned[(2 * k) + 1] = (x[2 * k] * Math.Sin(angle)) + (x[(2 * k) + 1] * Math.Cos(angle));
        }

        return turned;
    }

    private double[] Updated(string prefix, double[] state)
    {
        var width = _width / _heads;
        var inner = options.CellMult * width;
        double[] Part(string name, int head, int size) => Weight(prefix + name)[(head * size)..((head + 1) * size)];
        return [.. Enumerable.Range(0, _heads).SelectMany(h =>
        {
            var s = state[(h * width)..((h + 1) * width)];
            var normed = LayerNorm(s, Part("ln_pre.weight", h, width), Part("ln_pre.bias", h, width));
            var hidden = Linear(normed, Part("w1", h, inner * width), Part("b1", h, inner), inner).Select(Silu).ToArray();
            var outer = Linear(hidden, Part("w2", h, inner * width), Part("b2", h, width), width);
            var update = LayerNorm(outer, Part("ln_post.weight", h, width), Part("ln_post.bias", h, width));
            return s.Zip(update, (x, y) => x + (Weight(prefix + "step")[h] * y));
        })];
    }
}
