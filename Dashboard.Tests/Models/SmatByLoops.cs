using Crossbench.Models;
using Crossbench.Models.Architectures;

namespace Crossbench.Tests.Models;

/// <summary>The smat model once more, for one sequence, in loops over doubles, from the formulas alone: the similarity matrix is written out, centrality is the mean of its rows, and the gate is applied to the weights.</summary>
internal sealed class SmatByLoops(LanguageModel model, ModelShape shape, SmatOptions options) : PreNormByLoops(model, shape)
{
    private int HeadWidth => Shape.HeadWidth;

    /// <summary>S_ij = ŝ_i · ŝ_j</summary>
    public static double[][] Similarity(double[][] directions)
    {
        var units = directions.Select(s => s.Select(value => value / Math.Max(Math.Sqrt(s.Sum(v => v * v)), 1e-6)).ToArray()).ToArray();
        return units.Select(a => units.Select(b => a.Zip(b, (x, y) => x * y).Sum()).ToArray()).ToArray();
    }

    protected override double[][] Begin(double[][] embeddings) => options.Position == SmatPosition.LearnedAbsolute
        ? [.. embeddings.Select((x, t) => x.Select((value, c) => value + Weight("positions.weight")[(t * Shape.Width) + c]).ToArray())]
        : embeddings;

    protected override double[] Norm(double[] x, string name) => LayerNorm(x, name);

    protected override double[] FeedForward(double[] x, string prefix) => Linear([.. Linear(x, prefix + "up", Shape.Ffn).Select(Gelu)], prefix + "down", Shape.Width);

    protected override double[][] Mix(double[][] h, int layer)
    {
        var prefix = $"layers.{layer}.attn.";
        var (length, width) = (h.Length, HeadWidth);
        var q = h.Select((row, t) => Rotate(Linear(row, prefix + "q", Shape.Width), t)).ToArray();
        var k = h.Select((row, t) => Rotate(Linear(row, prefix + "k", Shape.KvWidth), t)).ToArray();
        var v = h.Select(row => Linear(row, prefix + "v", Shape.KvWidth)).ToArray();
        var similarity = Has(prefix + "semantic.weight")
            ? Similarity(h.Select(row => Linear(row, prefix + "semantic", options.SemanticWidth ?? Shape.Width / 2)).ToArray())
            : null;
        var lambda = similarity is null ? 0 : Math.Log(1 + Math.Exp(Weight(prefix + "lambda_raw")[0]));
        var gates = Enumerable.Range(0, length).Select(j => Gate(h, j, similarity, prefix)).ToArray();
        var outputs = new double[length][];
        for (var i = 0; i < length; i++)
        {
            var mixed = new double[Shape.Width];
            for (var head = 0; head < Shape.Heads; head++)
            {
                var group = head * Shape.KvHeads / Shape.Heads;
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

            outputs[i] = Linear(mixed, prefix + "o", Shape.Width);
        }

        return outputs;
    }

    private double Gate(double[][] h, int j, double[][]? similarity, string prefix)
    {
        if (!Has(prefix + "gate.weight"))
        {
            return 1;
        }

        var logit = Dot(h[j], Weight(prefix + "gate.weight")) + Weight(prefix + "beta")[0];
        if (similarity is not null)
        {
            var divisor = options.CentralityNorm switch { SmatCentralityNorm.Prefix => j + 1, SmatCentralityNorm.Block => options.Block, _ => h.Length };
            logit += Weight(prefix + "mu")[0] * similarity[j][..(j + 1)].Sum() / divisor;
        }

        return Sigmoid(logit);
    }

    private double Position(int head, int distance, string prefix) => options.Position switch
    {
        SmatPosition.Alibi => -distance / Math.Pow(2, 8.0 * (head + 1) / Shape.Heads),
        SmatPosition.RelTable => Weight(prefix + "positions")[(head * options.Block) + distance],
        _ => 0,
    };

    private double[] Rotate(double[] x, int position) =>
        options.Position == SmatPosition.Rope ? Turned(x, HeadWidth, i => position / Math.Pow(10000, 2.0 * i / HeadWidth)) : x;
}
