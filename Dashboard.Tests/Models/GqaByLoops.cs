using Crossbench.Models;
using Crossbench.Tests.Support;

namespace Crossbench.Tests.Models;

/// <summary>The gqa model once more, for one sequence, in loops over doubles, from the formulas alone. Models that differ in the mixer override it.</summary>
internal class GqaByLoops(LanguageModel model, ModelShape shape)
{
    private readonly Dictionary<string, double[]> _weights = model.named_parameters().ToDictionary(item => item.name, item => TinyModels.Values(item.parameter));

    public double[] Logits(long[] tokens)
    {
        var stream = tokens.Select(token => _weights["embed.weight"][(int)(token * shape.Width)..(int)((token + 1) * shape.Width)]).ToArray();
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            var prefix = $"layers.{layer}.";
            stream = Add(stream, Mix(stream.Select(x => Norm(x, prefix + "norm1")).ToArray(), layer));
            stream = Add(stream, stream.Select(x => FeedForward(Norm(x, prefix + "norm2"), prefix + "mlp.")).ToArray());
        }

        var head = _weights.ContainsKey("lm_head.weight") ? "lm_head" : "embed";
        return stream.SelectMany(x => Linear(Norm(x, "norm"), head, 23)).ToArray();
    }

    /// <summary>The mixer of a layer: [T][d] to [T][d].</summary>
    protected virtual double[][] Mix(double[][] x, int layer) => Attention(x, $"layers.{layer}.attn.");

    protected double[] Weight(string name) => _weights[name];

    protected double[][] Attention(double[][] x, string prefix)
    {
        var width = shape.Width / shape.Heads;
        var q = x.Select((row, t) => Rotate(Linear(row, prefix + "q", shape.Width), t, width)).ToArray();
        var k = x.Select((row, t) => Rotate(Linear(row, prefix + "k", shape.KvHeads * width), t, width)).ToArray();
        var v = x.Select(row => Linear(row, prefix + "v", shape.KvHeads * width)).ToArray();
        var outputs = new double[x.Length][];
        for (var i = 0; i < x.Length; i++)
        {
            var mixed = new double[shape.Width];
            for (var h = 0; h < shape.Heads; h++)
            {
                var group = h * shape.KvHeads / shape.Heads;
                var weights = new double[i + 1];
                for (var j = 0; j <= i; j++)
                {
                    var dot = 0.0;
                    for (var c = 0; c < width; c++)
                    {
                        dot += q[i][(h * width) + c] * k[j][(group * width) + c];
                    }

                    weights[j] = Math.Exp(dot / Math.Sqrt(width));
                }

                var total = weights.Sum();
                for (var j = 0; j <= i; j++)
                {
                    for (var c = 0; c < width; c++)
                    {
                        mixed[(h * width) + c] += weights[j] / total * v[j][(group * width) + c];
                    }
                }
            }

            outputs[i] = Linear(mixed, prefix + "o", shape.Width);
        }

        return outputs;
    }

    protected double[] Rotate(double[] x, int position, int width)
    {
        if (shape.Positions == PositionEncoding.None)
        {
            return x;
        }

        var turned = new double[x.Length];
        for (var start = 0; start < x.Length; start += width)
        {
            for (var i = 0; i < width / 2; i++)
            {
                var angle = position / Math.Pow(10000, 2.0 * i / width);
                var (a, b) = (x[start + i], x[start + i + (width / 2)]);
                turned[start + i] = (a * Math.Cos(angle)) - (b * Math.Sin(angle));
                turned[start + i + (width / 2)] = (a * Math.Sin(angle)) + (b * Math.Cos(angle));
            }
        }

        return turned;
    }

    private double[] FeedForward(double[] x, string prefix)
    {
        var gate = Linear(x, prefix + "gate", shape.Ffn);
        var up = Linear(x, prefix + "up", shape.Ffn);
        return Linear([.. gate.Zip(up, (g, u) => g / (1 + Math.Exp(-g)) * u)], prefix + "down", shape.Width);
    }

    protected double[] Norm(double[] x, string name)
    {
        var scale = 1 / Math.Sqrt((x.Sum(value => value * value) / x.Length) + 1e-6);
        return [.. x.Select((value, i) => value * scale * _weights[name + ".weight"][i])];
    }

    protected double[] Linear(double[] x, string name, int size)
    {
        var weight = _weights[name + ".weight"];
        var bias = _weights.GetValueOrDefault(name + ".bias");
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

    private static double[][] Add(double[][] a, double[][] b) => [.. a.Zip(b, (x, y) => x.Zip(y, (p, q) => p + q).ToArray())];
}
