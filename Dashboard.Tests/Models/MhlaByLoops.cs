using Crossbench.Models;
using Crossbench.Models.Architectures;

namespace Crossbench.Tests.Models;

/// <summary>The mhla model once more, for one sequence, in loops over doubles.</summary>
internal sealed class MhlaByLoops(LanguageModel model, ModelShape shape, MhlaOptions options) : GqaByLoops(model, shape)
{
    /// <summary>Whether the positional part of the scores is left out.</summary>
    public bool IsWithoutPositionalPart { get; init; }

    /// <summary>Both parts of each score that is seen, before scaling: [layer][head].</summary>
    public List<List<(double Content, double Position)>[]> Scores { get; } = [];

    /// <summary>Latents of each token, layer by layer.</summary>
    public List<double[][]> Latents { get; } = [];

    protected override double[][] Mix(double[][] x, int layer)
    {
        var prefix = $"layers.{layer}.attn.";
        var (heads, d) = (Shape.Heads, Shape.Width);
        var n = options.NopeWidth ?? Math.Max(d / heads, 64);
        var p = options.RopeWidth ?? Math.Max(d / (2 * heads), 32);
        var v = options.ValueWidth ?? (d / heads);
        var queries = x.Select(row => Norm(Linear(row, prefix + "q_down", options.QueryRank ?? (d / 2)), prefix + "q_norm")).ToArray();
        var latents = x.Select(row => Norm(Linear(row, prefix + "kv_down", options.KvRank ?? (d / 4)), prefix + "kv_norm")).ToArray();
        var positions = x.Select((row, t) => Turn(Linear(row, prefix + "k_rope", p), t)).ToArray();
        var scores = Enumerable.Range(0, heads).Select(_ => new List<(double, double)>()).ToArray();
        Latents.Add(latents);
        Scores.Add(scores);
        return [.. x.Select((_, i) =>
        {
            var mixed = new double[heads * v];
            for (var h = 0; h < heads; h++)
            {
                var content = Part(Linear(queries[i], prefix + "q_up", heads * n), h, n);
                var position = Turn(Part(Linear(queries[i], prefix + "q_rope", heads * p), h, p), i);
                var weights = new double[i + 1];
                for (var j = 0; j <= i; j++)
                {
                    var (ofContent, ofPosition) = (Dot(content, Part(Linear(latents[j], prefix + "k_up", heads * n), h, n)), Dot(position, positions[j]));
                    scores[h].Add((ofContent, ofPosition));
                    weights[j] = Math.Exp((ofContent + (IsWithoutPositionalPart ? 0 : ofPosition)) / Math.Sqrt(n + p));
                }

                for (var j = 0; j <= i; j++)
                {
                    var value = Part(Linear(latents[j], prefix + "v_up", heads * v), h, v);
                    for (var c = 0; c < v; c++)
                    {
                        mixed[(h * v) + c] += weights[j] / weights.Sum() * value[c];
                    }
                }
            }

            return Linear(mixed, prefix + "o", d);
        })];
    }

    private double[] Turn(double[] x, int position)
    {
        if (Shape.Positions == PositionEncoding.None || options.RopeMode == LatentRope.None)
        {
            return x;
        }

        var turned = new double[x.Length];
        for (var i = 0; i < x.Length; i += 2)
        {
            var angle = position / Math.Pow(Shape.RopeBase, (double)i / x.Length);
            turned[i] = (x[i] * Math.Cos(angle)) - (x[i + 1] * Math.Sin(angle));
            turned[i + 1] = (x[i] * Math.Sin(angle)) + (x[i + 1] * Math.Cos(angle));
        }

        return turned;
    }

    private static double[] Part(double[] x, int head, int width) => x[(head * width)..((head + 1) * width)];
}
