using Crossbench.Models;
using Crossbench.Models.Parts;

namespace Crossbench.Tests.Models;

/// <summary>A Llama model once more, for one sequence, in loops over doubles, from the formulas alone. Models that add to it override how a layer mixes.</summary>
internal class LlamaByLoops(LanguageModel model, ModelShape shape, RopeScaling scaling = RopeScaling.None) : PreNormByLoops(model, shape)
{
    protected override double[][] Mix(double[][] n, int layer)
    {
        var (keys, values) = KeysAndValues(layer, n);
        return [.. n.Select((x, t) => Attend(layer, x, t, keys[..(t + 1)], values[..(t + 1)], new double[t + 1]))];
    }

    /// <summary>Keys, turned to their positions, and values.</summary>
    protected (double[][] Keys, double[][] Values) KeysAndValues(int layer, double[][] n) => (
        [.. n.Select((x, t) => Rotate(Linear(x, $"layers.{layer}.attn.k", Shape.KvWidth), t))],
        [.. n.Select(x => Linear(x, $"layers.{layer}.attn.v", Shape.KvWidth))]);

    /// <summary>Softmax attention of one query over entries, with the output projection.</summary>
    protected double[] Attend(int layer, double[] x, int position, double[][] keys, double[][] values, double[] bias)
    {
        var width = Shape.HeadWidth;
        var q = Rotate(Linear(x, $"layers.{layer}.attn.q", Shape.Width), position);
        var mixed = new double[Shape.Width];
        for (var h = 0; h < Shape.Heads; h++)
        {
            var group = h * Shape.KvHeads / Shape.Heads;
            var scores = keys.Select((k, j) => bias[j] + (Enumerable.Range(0, width).Sum(c => q[(h * width) + c] * k[(group * width) + c]) / Math.Sqrt(width))).ToArray();
            var total = scores.Sum(Math.Exp);
            for (var c = 0; c < width; c++)
            {
                mixed[(h * width) + c] = scores.Select((score, j) => Math.Exp(score) / total * values[j][(group * width) + c]).Sum();
            }
        }

        return Linear(mixed, $"layers.{layer}.attn.o", Shape.Width);
    }

    protected override double[] Norm(double[] x, string name) => RmsNorm(x, name, 1e-5);

    private double[] Rotate(double[] x, int position) =>
        Shape.Positions == PositionEncoding.Rope ? Turned(x, Shape.HeadWidth, i => position * Frequency(i)) : x;

    private double Frequency(int i)
    {
        var frequency = Math.Pow(Shape.RopeBase, -2.0 * i / Shape.HeadWidth);
        var wavelength = 2 * Math.PI / frequency;
        if (scaling == RopeScaling.None || wavelength < 8192 / 4.0)
        {
            return frequency;
        }

        if (wavelength > 8192)
        {
            return frequency / 32;
        }

        var smooth = ((8192 / wavelength) - 1) / (4 - 1);
        return ((1 - smooth) * frequency / 32) + (smooth * frequency);
    }
}
