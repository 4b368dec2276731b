using Crossbench.Models;
using Crossbench.Models.Architectures;
using Crossbench.Models.Parts;

namespace Crossbench.Tests.Models;

/// <summary>The moa-metric model once more, for one sequence, evaluated in loops over doubles, from the formulas alone: distances are computed for each pair, and nothing is folded.</summary>
internal sealed class MoaByLoops(LanguageModel model, ModelShape shape, MoaMetricOptions options) : SequenceByLoops(model, shape)
{
    private int HeadWidth => Shape.HeadWidth;

    protected override double[][] Layer(double[][] x, int layer)
    {
        var prefix = $"layers.{layer}.";
        var n = x.Select(row => Norm(row, prefix + "norm1")).ToArray();
        double[][][] branches =
        [
            SeparableConv(n, prefix + "conv.", options.ConvWidth),
            Attention(x, n, prefix + "mh.", Shape.Heads),
            n.Select(row => Linear(Linear(row, prefix + "channel.up", options.ChannelWidth ?? Shape.Width).Select(Gelu).ToArray(), prefix + "channel.down", Shape.Width)).ToArray(),
            Attention(x, n, prefix + "mqa.", 1),
        ];
        var mixed = x.Select((row, t) =>
        {
            var shares = Shares(n[t], prefix);
            var gates = Linear(n[t], prefix + "gate", 4).Select(value => 2 * Sigmoid(value)).ToArray();
            return row.Select((value, c) => value + (Weight(prefix + "ls1")[c] * Enumerable.Range(0, 4).Sum(b => shares[b] * gates[b] * branches[b][t][c]))).ToArray();
        }).ToArray();
        var m = mixed.Select(row => Norm(row, prefix + "norm2")).ToArray();
        var convolved = SeparableConv(m, prefix + "ffn.conv.", options.FfnConvWidth);
        return mixed.Select((row, t) =>
        {
            var shares = Softmax(Linear(m[t], prefix + "ffn.router", 3));
            var swiGlu = SwiGlu(m[t], prefix + "ffn.mlp.");
            var low = Linear([.. Linear(m[t], prefix + "ffn.low.up", options.LowRank).Select(Silu)], prefix + "ffn.low.down", Shape.Width);
            return row.Select((value, c) => value + (Weight(prefix + "ls2")[c] * ((shares[0] * swiGlu[c]) + (shares[1] * convolved[t][c]) + (shares[2] * low[c])))).ToArray();
        }).ToArray();
    }

    protected override double[] Norm(double[] x, string name) => RmsNorm(x, name, 1e-6);

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
        var (weight, bias) = (Weight(prefix + "dw.weight"), Weight(prefix + "dw.bias"));
        return [.. x.Select((_, t) =>
        {
            var y = (double[])bias.Clone();
            for (var back = 0; back < taps && back <= t; back++)
            {
                for (var c = 0; c < Shape.Width; c++)
                {
                    y[c] += weight[(c * taps) + taps - 1 - back] * x[t - back][c];
                }
            }

            return Linear([.. y.Select(Silu)], prefix + "pw", Shape.Width);
        })];
    }

    private double[][] Attention(double[][] x, double[][] n, string prefix, int groups)
    {
        var (length, width) = (n.Length, HeadWidth);
        var alpha = Weight(prefix + "alpha_raw").Select(SoftPlus).ToArray();
        var q = n.Select((row, t) => Enumerable.Range(0, Shape.Heads).Select(h => Turn(Head(row, prefix + "q", Shape.Heads, h, groups), t, h % groups, prefix)).ToArray()).ToArray();
        var k = n.Select((row, t) => Enumerable.Range(0, groups).Select(g => Turn(Head(row, prefix + "k", groups, g, groups), t, g, prefix)).ToArray()).ToArray();
        var v = n.Select((row, t) => Linear(row, prefix + "v", groups * width)).ToArray();
        var outputs = new double[length][];
        for (var i = 0; i < length; i++)
        {
            var mixed = new double[Shape.Width];
            for (var h = 0; h < Shape.Heads; h++)
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

            var inner = options.ValueWidth ?? Shape.Width / 2;
            var gate = Linear(mixed, prefix + "mix.gate", inner);
            outputs[i] = Linear([.. Linear(mixed, prefix + "mix.up", inner).Select((value, m) => value * Sigmoid(gate[m]))], prefix + "mix.down", Shape.Width);
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
            : [.. part.Select((value, c) => value * Math.Sqrt(SoftPlus(Weight(name[..^1] + "coordinates_raw")[(head % groups * HeadWidth) + c])))];
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

        var distance = Math.Sqrt(k.Select((value, c) => value - Weight(prefix + "ball.origin")[(h * HeadWidth) + c]).Sum(value => value * value));
        var outside = distance - SoftPlus(Weight(prefix + "ball.radius_raw")[h]);
        return options.BallPruning == BallPruning.Soft ? -options.BallStrength * SoftPlus(outside / options.BallTemperature) : outside > 0 && !isSelf ? double.NegativeInfinity : 0;
    }

    private double[] Turn(double[] x, int t, int g, string prefix) => Shape.Positions == PositionEncoding.None ? x : Turned(x, HeadWidth, i =>
    {
        var phase = options.Phases == 0 ? 0 : options.PhaseScale * Math.Tanh(Waves(prefix + "rope.", (g * HeadWidth / 2) + i, t));
        return (t / Math.Pow(Shape.RopeBase, 2.0 * i / HeadWidth)) + phase;
    });

    private double Energy(double[][] x, int t, int g, string prefix)
    {
        var logit = Weight(prefix + "energy.offset")[g];
        logit += Shape.Positions == PositionEncoding.None || options.Phases == 0 ? 0 : Waves(prefix + "energy.", g, t);
        if (options.Discrepancy && t > 0)
        {
            static double Length(IEnumerable<double> values) => Math.Sqrt(values.Sum(value => value * value));
            logit += Weight(prefix + "energy.kappa")[g] * Length(x[t].Zip(x[t - 1], (a, b) => a - b)) / (Length(x[t]) + Length(x[t - 1]));
        }

        return options.EnergyMin + ((options.EnergyMax - options.EnergyMin) * Sigmoid(logit));
    }

    /// <summary>Σ_m a_m sin ν_m t + b_m cos ν_m t</summary>
    private double Waves(string prefix, int row, int t) => Enumerable.Range(0, options.Phases).Sum(m =>
    {
        var period = 8 * Math.Pow(options.MaxPosition / 8.0, options.Phases == 1 ? 0 : m / (options.Phases - 1.0));
        var place = (row * options.Phases) + m;
        return (Weight(prefix + "sin")[place] * Math.Sin(2 * Math.PI / period * t)) + (Weight(prefix + "cos")[place] * Math.Cos(2 * Math.PI / period * t));
    });

    private static double[] Softmax(double[] x)
    {
        var exponentials = x.Select(value => Math.Exp(value - x.Max())).ToArray();
        return [.. exponentials.Select(value => value / exponentials.Sum())];
    }

    private static double SoftPlus(double x) => Math.Log(1 + Math.Exp(x));
}
