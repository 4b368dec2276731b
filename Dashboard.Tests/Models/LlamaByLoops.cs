using Crossbench.Models;
using Crossbench.Models.Parts;
using Crossbench.Tests.Support;

namespace Crossbench.Tests.Models;

/// <summary>A Llama model once more, for one sequence, in loops over doubles, from the formulas alone. Models that add to it override how a layer mixes.</summary>
internal class LlamaByLoops(LanguageModel model, ModelShape shape, RopeScaling scaling = RopeScaling.None)
{
    private readonly Dictionary<string, double[]> _weights = model.named_parameters().ToDictionary(item => item.name, item => TinyModels.Values(item.parameter));

    protected ModelShape Shape => shape;

    /// <summary>Logits, row-major.</summary>
    public double[] Logits(long[] tokens)
    {
        var stream = tokens.Select(token => Weights("embed.weight")[(int)(token * shape.Width)..(int)((token + 1) * shape.Width)]).ToArray();
        Begin(stream);
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            var prefix = $"layers.{layer}.";
            stream = Add(stream, Mix(layer, [.. stream.Select(x => Norm(x, prefix + "norm1.weight"))]));
            stream = Add(stream, [.. stream.Select(x => FeedForward(Norm(x, prefix + "norm2.weight"), prefix + "mlp."))]);
        }

        var head = _weights.ContainsKey("lm_head.weight") ? "lm_head" : "embed";
        return [.. stream.SelectMany(x => Linear(Norm(x, "norm.weight"), head, TinyModels.Vocabulary))];
    }

    /// <summary>Looks at the embeddings before the first layer.</summary>
    protected virtual void Begin(double[][] embeddings)
    {
    }

    /// <summary>What a layer adds to the residual stream before its feed-forward network.</summary>
    protected virtual double[][] Mix(int layer, double[][] n)
    {
        var (keys, values) = KeysAndValues(layer, n);
        return [.. n.Select((x, t) => Attend(layer, x, t, keys[..(t + 1)], values[..(t + 1)], new double[t + 1]))];
    }

    /// <summary>Keys, turned to their positions, and values.</summary>
    protected (double[][] Keys, double[][] Values) KeysAndValues(int layer, double[][] n) => (
        [.. n.Select((x, t) => Rotate(Linear(x, $"layers.{layer}.attn.k", shape.KvWidth), t))],
        [.. n.Select(x => Linear(x, $"layers.{layer}.attn.v", shape.KvWidth))]);

    /// <summary>Softmax attention of one query over entries, with the output projection.</summary>
    protected double[] Attend(int layer, double[] x, int position, double[][] keys, double[][] values, double[] bias)
    {
        var width = shape.HeadWidth;
        var q = Rotate(Linear(x, $"layers.{layer}.attn.q", shape.Width), position);
        var mixed = new double[shape.Width];
        for (var h = 0; h < shape.Heads; h++)
        {
            var group = h * shape.KvHeads / shape.Heads;
            var scores = keys.Select((k, j) => bias[j] + (Enumerable.Range(0, width).Sum(c => q[(h * width) + c] * k[(group * width) + c]) / Math.Sqrt(width))).ToArray();
            var total = scores.Sum(Math.Exp);
            for (var c = 0; c < width; c++)
            {
                mixed[(h * width) + c] = scores.Select((score, j) => Math.Exp(score) / total * values[j][(group * width) + c]).Sum();
            }
        }

        return Linear(mixed, $"layers.{layer}.attn.o", shape.Width);
    }

    protected double[] Weights(string name) => _weights[name];

    protected double[] Norm(double[] x, string weight)
    {
        var scale = 1 / Math.Sqrt((x.Sum(value => value * value) / x.Length) + 1e-5);
        return [.. x.Select((value, i) => value * scale * Weights(weight)[i])];
    }

    protected double[] LayerNorm(double[] x, double[] weight, double[] bias)
    {
        var mean = x.Average();
        var variance = x.Sum(value => (value - mean) * (value - mean)) / x.Length;
        return [.. x.Select((value, i) => ((value - mean) / Math.Sqrt(variance + 1e-5) * weight[i]) + bias[i])];
    }

    protected double[] Linear(double[] x, string name, int size) => Linear(x, Weights(name + ".weight"), _weights.GetValueOrDefault(name + ".bias"), size);

    protected static double[] Linear(double[] x, double[] weight, double[]? bias, int size)
    {
        var result = new double[size];
        for (var o = 0; o < size; o++)
        {
            result[o] = bias?[o] ?? 0;
            for (var i = 0; i < x.Length; i++)
            {
                result[o] += weight[(o * x.Length) + i] * x[i];
            }
        }

        return result;
    }

    protected static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private double[] FeedForward(double[] x, string prefix)
    {
        var gate = Linear(x, prefix + "gate", shape.Ffn);
        var up = Linear(x, prefix + "up", shape.Ffn);
        return Linear([.. gate.Zip(up, (g, u) => g * Sigmoid(g) * u)], prefix + "down", shape.Width);
    }

    private double[] Rotate(double[] x, int position)
    {
        var half = shape.HeadWidth / 2;
        var turned = (double[])x.Clone();
        for (var start = 0; start < x.Length && shape.Positions == PositionEncoding.Rope; start += shape.HeadWidth)
        {
            for (var i = 0; i < half; i++)
            {
                var angle = position * Frequency(i);
                var (a, b) = (x[start + i], x[start + i + half]);
                turned[start + i] = (a * Math.Cos(angle)) - (b * Math.Sin(angle));
                turned[start + i + half] = (a * Math.Sin(angle)) + (b * Math.Cos(angle));
            }
        }

        return turned;
    }

    private double Frequency(int i)
    {
        var frequency = Math.Pow(shape.RopeBase, -2.0 * i / shape.HeadWidth);
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

    private static double[][] Add(double[][] a, double[][] b) => [.. a.Zip(b, (x, y) => x.Zip(y, (p, q) => p + q).ToArray())];
}
