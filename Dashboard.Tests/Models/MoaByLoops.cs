using Crossbench.Models;
using Crossbench.Models.Architectures;
using Crossbench.Models.Parts;
using Crossbench.Tests.Support;
using Crossbench.Tests.Torch;

namespace Crossbench.Tests.Models;

/// <summary>The moa-metric model once more, for one sequence, evaluated in loops over doubles, from the formulas alone: distances are computed for each pair, and nothing is folded.</summary>
internal sealed class MoaByLoops(LanguageModel model, ModelShape shape, MoaMetricOptions options)
{
    private readonly Dictionary<string, double[]> _weights = model.named_parameters().ToDictionary(item => item.name, item => TinyModels.Values(item.parameter));

    private int HeadWidth => shape.Width / shape.Heads;

    public double[] Logits(long[] tokens)
    {
        var embedding = _weights["embed.weight"];
        var stream = tokens.Select(token => embedding[(int)(token * shape.Width)..(int)((token + 1) * shape.Width)]).ToArray();
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            stream = Block(stream, $"layers.{layer}.");
        }

        return stream.SelectMany(x => Linear(Norm(x, "norm"), _weights.ContainsKey("lm_head.weight") ? "lm_head" : "embed", 23)).ToArray();
    }

    private double[][] Block(double[][] x, string prefix)
    {
        var n = x.Select(row => Norm(row, prefix + "norm1")).ToArray();
        double[][][] branches =
        [
            SeparableConv(n, prefix + "conv.", options.ConvWidth),
            Attention(x, n, prefix + "mh.", shape.Heads),
            n.Select(row => Linear(Linear(row, prefix + "channel.up", options.ChannelWidth ?? shape.Width).Select(Gelu).ToArray(), prefix + "channel.down", shape.Width)).ToArray(),
            Attention(x, n, prefix + "mqa.", 1),
        ];
        var mixed = x.Select((row, t) =>
        {
            var shares = Shares(n[t], prefix);
            var gates = Linear(n[t], prefix + "gate", 4).Select(value => 2 * Sigmoid(value)).ToArray();
            return row.Select((value, c) => value + (_weights[prefix + "ls1"][c] * Enumerable.Range(0, 4).Sum(b => shares[b] * gates[b] * branches[b][t][c]))).ToArray();
        }).ToArray();
        var m = mixed.Select(row => Norm(row, prefix + "norm2")).ToArray();
        var convolved = SeparableConv(m, prefix + "ffn.conv.", options.FfnConvWidth);
        return mixed.Select((row, t) =>
        {
            var shares = Softmax(Linear(m[t], prefix + "ffn.router", 3));
            var gate = Linear(m[t], prefix + "ffn.mlp.gate", shape.Ffn);
            var swiGlu = Linear([.. Linear(m[t], prefix + "ffn.mlp.up", shape.Ffn).Select((value, i) => value * Silu(gate[i]))], prefix + "ffn.mlp.down", shape.Width);
            var low = Linear([.. Linear(m[t], prefix + "ffn.low.up", options.LowRank).Select(Silu)], prefix + "ffn.low.down", shape.Width);
            return row.Select((value, c) => value + (_weights[prefix + "ls2"][c] * ((shares[0] * swiGlu[c]) + (shares[1] * convolved[t][c]) + (shares[2] * low[c])))).ToArray();
        }).ToArray();
    }

    private double[] Shares(double[] n, string prefix)
    {
        var scores = Linear(n, prefix + "router", 4);
        if (options.RouterBias)
        {
            scores = [.. scores.Zip(Linear(n, prefix + "tilt", 4), (score, tilt) => score + (options.RouterBiasLimit * Math.Tanh(tilt)))];
        }

        var shares = Softmax(scores);
        var least = shares.OrderDescending().ElementAt(options.TopK == 0 ? 3 : options.TopK - 1);
        var kept = shares.Select(share => share >= least ? share : 0).ToArray();
        return [.. kept.Select(share => share / kept.Sum())];
    }

    private double[][] SeparableConv(double[][] x, string prefix, int taps)
    {
        var (weight, bias) = (_weights[prefix + "dw.weight"], _weights[prefix + "dw.bias"]);
        return [.. x.Select((_, t) =>
        {
            var y = (double[])bias.Clone();
            for (var back = 0; back < taps && back <= t; back++)
            {
                for (var c = 0; c < shape.Width; c++)
                {
                    y[c] += weight[(c * taps) + taps - 1 - back] * x[t - back][c];
                }
            }

            return Linear([.. y.Select(Silu)], prefix + "pw", shape.Width);
        })];
    }

    private double[][] Attention(double[][] x, double[][] n, string prefix, int groups)
    {
        var (length, width) = (n.Length, HeadWidth);
        var alpha = _weights[prefix + "alpha_raw"].Select(SoftPlus).ToArray();
        var q = n.Select((row, t) => Enumerable.Range(0, shape.Heads).Select(h => Turn(Head(row, prefix + "q", shape.Heads, h, groups), t, h % groups, prefix)).ToArray()).ToArray();
        var k = n.Select((row, t) => Enumerable.Range(0, groups).Select(g => Turn(Head(row, prefix + "k", groups, g, groups), t, g, prefix)).ToArray()).ToArray();
        var v = n.Select((row, t) => Linear(row, prefix + "v", groups * width)).ToArray();
        var outputs = new double[length][];
        for (var i = 0; i < length; i++)
        {
            var mixed = new double[shape.Width];
            for (var h = 0; h < shape.Heads; h++)
            {
                var g = groups == 1 ? 0 : h;
                var scores = Enumerable.Range(0, i + 1).Select(j => (-alpha[h] * Distance(q[i][h], k[j][g])) + Outside(k[j][g], h, i == j, prefix)).ToArray();
                var weights = Softmax(scores);
                for (var j = 0; j <= i; j++)
                {
                    for (var c = 0; c < width; c++)
                    {
                        mixed[(h * width) + c] += weights[j] * Energy(x, j, g, prefix) * v[j][(g * width) + c];
                    }
                }
            }

            var inner = options.ValueWidth ?? shape.Width / 2;
            var gate = Linear(mixed, prefix + "mix.gate", inner);
            outputs[i] = Linear([.. Linear(mixed, prefix + "mix.up", inner).Select((value, m) => value * Sigmoid(gate[m]))], prefix + "mix.down", shape.Width);
        }

        return outputs;
    }

    /// <summary>A head of a projection as the metric sees it: at length 1 for cosine, weighted for maha.</summary>
    private double[] Head(double[] row, string name, int heads, int head, int groups)
    {
        var part = Linear(row, name, heads * HeadWidth)[(head * HeadWidth)..((head + 1) * HeadWidth)];
        if (options.Metric == AttentionMetric.Cosine)
        {
            var length = Math.Sqrt(part.Sum(value => value * value) + 1e-12);
            return [.. part.Select(value => value / length)];
        }

        return options.Metric == AttentionMetric.L2
            ? part
            : [.. part.Select((value, c) => value * Math.Sqrt(SoftPlus(_weights[name[..^1] + "coordinates_raw"][(head % groups * HeadWidth) + c])))];
    }

    private double Distance(double[] q, double[] k) => options.Metric == AttentionMetric.Cosine
        ? Math.Sqrt(HeadWidth) * (1 - q.Zip(k, (a, b) => a * b).Sum())
        : q.Zip(k, (a, b) => (a - b) * (a - b)).Sum() / Math.Sqrt(HeadWidth);

    private double Outside(double[] k, int h, bool isSelf, string prefix)
    {
        if (options.BallPruning == BallPruning.Off)
        {
            return 0;
        }

        var distance = Math.Sqrt(k.Select((value, c) => value - _weights[prefix + "ball.origin"][(h * HeadWidth) + c]).Sum(value => value * value));
        var outside = distance - SoftPlus(_weights[prefix + "ball.radius_raw"][h]);
        return options.BallPruning == BallPruning.Soft ? -options.BallStrength * SoftPlus(outside / options.BallTemperature) : outside > 0 && !isSelf ? double.NegativeInfinity : 0;
    }

    private double[] Turn(double[] x, int t, int g, string prefix)
    {
        var turned = (double[])x.Clone();
        for (var i = 0; i < HeadWidth / 2 && shape.Positions == PositionEncoding.Rope; i++)
        {
            var phase = options.Phases == 0 ? 0 : options.PhaseScale * Math.Tanh(Waves(prefix + "rope.", (g * HeadWidth / 2) + i, t));
            var angle = (t / Math.Pow(shape.RopeBase, 2.0 * i / HeadWidth)) + phase;
            var (a, b) = (x[i], x[i + (HeadWidth / 2)]);
            turned[i] = (a * Math.Cos(angle)) - (b * Math.Sin(angle));
            turned[i + (HeadWidth / 2)] = (a * Math.Sin(angle)) + (b * Math.Cos(angle));
        }

        return turned;
    }

    private double Energy(double[][] x, int t, int g, string prefix)
    {
        var logit = _weights[prefix + "energy.offset"][g];
        logit += shape.Positions == PositionEncoding.None || options.Phases == 0 ? 0 : Waves(prefix + "energy.", g, t);
        if (options.Discrepancy && t > 0)
        {
            static double Length(IEnumerable<double> values) => Math.Sqrt(values.Sum(value => value * value));
            logit += _weights[prefix + "energy.kappa"][g] * Length(x[t].Zip(x[t - 1], (a, b) => a - b)) / (Length(x[t]) + Length(x[t - 1]));
        }

        return options.EnergyMin + ((options.EnergyMax - options.EnergyMin) * Sigmoid(logit));
    }

    /// <summary>Σ_m a_m sin ν_m t + b_m cos ν_m t</summary>
    private double Waves(string prefix, int row, int t) => Enumerable.Range(0, options.Phases).Sum(m =>
    {
        var period = 8 * Math.Pow(options.MaxPosition / 8.0, options.Phases == 1 ? 0 : m / (options.Phases - 1.0));
        var place = (row * options.Phases) + m;
        return (_weights[prefix + "sin"][place] * Math.Sin(2 * Math.PI / period * t)) + (_weights[prefix + "cos"][place] * Math.Cos(2 * Math.PI / period * t));
    });

    private double[] Norm(double[] x, string name)
    {
        var scale = 1 / Math.Sqrt(x.Average(value => value * value) + 1e-6);
        return [.. x.Select((value, i) => value * scale * _weights[name + ".weight"][i])];
    }

    private double[] Linear(double[] x, string name, int size)
    {
        var weight = _weights[name + ".weight"];
        var bias = _weights.GetValueOrDefault(name + ".bias");
        return [.. Enumerable.Range(0, size).Select(o => (bias?[o] ?? 0) + x.Select((value, i) => value * weight[(o * x.Length) + i]).Sum())];
    }

    private static double[] Softmax(double[] x)
    {
        var exponentials = x.Select(value => Math.Exp(value - x.Max())).ToArray();
        return [.. exponentials.Select(value => value / exponentials.Sum())];
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static double Silu(double x) => x * Sigmoid(x);

    private static double SoftPlus(double x) => Math.Log(1 + Math.Exp(x));

    private static double Gelu(double x) => x * (1 + FunctionalCases.Erf(x / Math.Sqrt(2))) / 2;
}
