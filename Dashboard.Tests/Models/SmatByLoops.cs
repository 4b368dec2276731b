using Crossbench.Models;
using Crossbench.Models.Architectures;
using Crossbench.Tests.Support;
using Crossbench.Tests.Torch;

namespace Crossbench.Tests.Models;

/// <summary>The smat model once more, for one sequence, in loops over doubles, from the formulas alone: the similarity matrix is written out, centrality is the mean of its rows, and the gate is applied to the weights.</summary>
internal sealed class SmatByLoops(LanguageModel model, ModelShape shape, SmatOptions options)
{
    private readonly Dictionary<string, double[]> _weights = model.named_parameters().ToDictionary(item => item.name, item => TinyModels.Values(item.parameter));

    private int HeadWidth => shape.Width / shape.Heads;

    public double[] Logits(long[] tokens)
    {
        var embedding = _weights["embed.weight"];
        var stream = tokens.Select(token => embedding[(int)(token * shape.Width)..(int)((token + 1) * shape.Width)]).ToArray();
        if (options.Position == SmatPosition.LearnedAbsolute)
        {
            stream = stream.Select((x, t) => x.Select((value, c) => value + _weights["positions.weight"][(t * shape.Width) + c]).ToArray()).ToArray();
        }

        for (var layer = 0; layer < shape.Layers; layer++)
        {
            var prefix = $"layers.{layer}.";
            stream = Add(stream, Attention(stream.Select(x => Norm(x, prefix + "norm1")).ToArray(), prefix + "attn."));
            stream = Add(stream, stream.Select(x => FeedForward(Norm(x, prefix + "norm2"), prefix + "mlp.")).ToArray());
        }

        var head = _weights.ContainsKey("lm_head.weight") ? "lm_head" : "embed";
        return stream.SelectMany(x => Linear(Norm(x, "norm"), head, 23)).ToArray();
    }

    /// <summary>S_ij = ŝ_i · ŝ_j</summary>
    public static double[][] Similarity(double[][] directions)
    {
        var units = directions.Select(s => s.Select(value => value / Math.Max(Math.Sqrt(s.Sum(v => v * v)), 1e-6)).ToArray()).ToArray();
        return units.Select(a => units.Select(b => a.Zip(b, (x, y) => x * y).Sum()).ToArray()).ToArray();
    }

    private double[][] Attention(double[][] h, string prefix)
    {
        var (length, width) = (h.Length, HeadWidth);
        var q = h.Select((row, t) => Rotate(Linear(row, prefix + "q", shape.Width), t)).ToArray();
        var k = h.Select((row, t) => Rotate(Linear(row, prefix + "k", shape.KvWidth), t)).ToArray();
        var v = h.Select(row => Linear(row, prefix + "v", shape.KvWidth)).ToArray();
        var similarity = _weights.ContainsKey(prefix + "semantic.weight")
            ? Similarity(h.Select(row => Linear(row, prefix + "semantic", options.SemanticWidth ?? shape.Width / 2)).ToArray())
            : null;
        var lambda = similarity is null ? 0 : Math.Log(1 + Math.Exp(_weights[prefix + "lambda_raw"][0]));
        var gates = Enumerable.Range(0, length).Select(j => Gate(h, j, similarity, prefix)).ToArray();
        var outputs = new double[length][];
        for (var i = 0; i < length; i++)
        {
            var mixed = new double[shape.Width];
            for (var head = 0; head < shape.Heads; head++)
            {
                var group = head * shape.KvHeads / shape.Heads;
                var weights = new double[i + 1];
                for (var j = 0; j <= i; j++)
                {
                    var dot = Enumerable.Range(0, width).Sum(c => q[i][(head * width) + c] * k[j][(group * width) + c]);
                    weights[j] = Math.Exp((dot / Math.Sqrt(width)) + (lambda * (similarity?[i][j] ?? 0)) + Position(head, i - j, prefix));
                }

                var total = weights.Sum();
                for (var j = 0; j <= i; j++)
                {
                    for (var c = 0; c < width; c++)
                    {
                        mixed[(head * width) + c] += weights[j] / total * gates[j] * v[j][(group * width) + c];
                    }
                }
            }

            outputs[i] = Linear(mixed, prefix + "o", shape.Width);
        }

        return outputs;
    }

    private double Gate(double[][] h, int j, double[][]? similarity, string prefix)
    {
        if (!_weights.TryGetValue(prefix + "gate.weight", out var weight))
        {
            return 1;
        }

        var logit = h[j].Zip(weight, (x, w) => x * w).Sum() + _weights[prefix + "beta"][0];
        if (similarity is not null)
        {
            var divisor = options.CentralityNorm switch { SmatCentralityNorm.Prefix => j + 1, SmatCentralityNorm.Block => options.Block, _ => h.Length };
            logit += _weights[prefix + "mu"][0] * similarity[j][..(j + 1)].Sum() / divisor;
        }

        return 1 / (1 + Math.Exp(-logit));
    }

    private double Position(int head, int distance, string prefix) => options.Position switch
    {
        SmatPosition.Alibi => -distance / Math.Pow(2, 8.0 * (head + 1) / shape.Heads),
        SmatPosition.RelTable => _weights[prefix + "positions"][(head * options.Block) + distance],
        _ => 0,
    };

    private double[] Rotate(double[] x, int position)
    {
        var turned = (double[])x.Clone();
        for (var start = 0; options.Position == SmatPosition.Rope && start < x.Length; start += HeadWidth)
        {
            for (var i = 0; i < HeadWidth / 2; i++)
            {
                var angle = position / Math.Pow(10000, 2.0 * i / HeadWidth);
                var (a, b) = (x[start + i], x[start + i + (HeadWidth / 2)]);
                turned[start + i] = (a * Math.Cos(angle)) - (b * Math.Sin(angle));
                turned[start + i + (HeadWidth / 2)] = (a * Math.Sin(angle)) + (b * Math.Cos(angle));
            }
        }

        return turned;
    }

    private double[] FeedForward(double[] x, string prefix) =>
        Linear([.. Linear(x, prefix + "up", shape.Ffn).Select(value => value * (1 + FunctionalCases.Erf(value / Math.Sqrt(2))) / 2)], prefix + "down", shape.Width);

    private double[] Norm(double[] x, string name)
    {
        var mean = x.Average();
        var scale = 1 / Math.Sqrt(x.Average(value => (value - mean) * (value - mean)) + 1e-5);
        return [.. x.Select((value, i) => ((value - mean) * scale * _weights[name + ".weight"][i]) + _weights[name + ".bias"][i])];
    }

    private double[] Linear(double[] x, string name, int size)
    {
        var weight = _weights[name + ".weight"];
        var bias = _weights.GetValueOrDefault(name + ".bias");
        return [.. Enumerable.Range(0, size).Select(o => (bias?[o] ?? 0) + x.Select((value, i) => value * weight[(o * x.Length) + i]).Sum())];
    }

    private static double[][] Add(double[][] a, double[][] b) => [.. a.Zip(b, (x, y) => x.Zip(y, (p, q) => p + q).ToArray())];
}
