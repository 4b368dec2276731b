using Crossbench.Models;
using Crossbench.Models.Architectures;

namespace Crossbench.Tests.Models;

/// <summary>The mig model once more, for one sequence, in loops over doubles: every pair of tokens is looked at by itself, in every mode.</summary>
internal sealed class MigByLoops(LanguageModel model, ModelShape shape, MigOptions options) : GqaByLoops(model, shape)
{
    private const double Margin = 1e-6;

    /// <summary>Whether dropped tokens are taken together as one key, which is right without positions only.</summary>
    public bool IsCollapsed { get; init; }

    /// <summary>Gates of each token, layer by layer.</summary>
    public List<double[][]> Gates { get; } = [];

    /// <summary>Which tokens count as kept for which query, layer by layer.</summary>
    public List<bool[][]> Kept { get; } = [];

    /// <summary>Share of attention that each query gives to dropped tokens, layer by layer, averaged over heads.</summary>
    public List<double[]> DroppedMass { get; } = [];

    protected override double[][] Mix(double[][] x, int layer)
    {
        var prefix = $"layers.{layer}.attn.";
        var gates = x.Select(row => Gate(row, prefix)).ToArray();
        var kept = Selection([.. gates.Select(gate => gate.Average())], layer);
        Gates.Add(gates);
        Kept.Add(kept);
        DroppedMass.Add(new double[x.Length]);
        return [.. Enumerable.Range(0, x.Length).Select(i => Output(x, gates, kept[i], i, prefix))];
    }

    private double[] Output(double[][] x, double[][] gates, bool[] kept, int i, string prefix)
    {
        var width = Shape.HeadWidth;
        if (options.DropMode == DropMode.SkipKv && !kept[i])
        {
            return new double[Shape.Width];
        }

        var mixed = new double[Shape.Width];
        var dropped = Enumerable.Range(0, i + 1).Count(j => !kept[j]);
        for (var h = 0; h < Shape.Heads; h++)
        {
            var query = Head(Input(x[i], gates[i], kept[i]), gates[i], "q", prefix, h, h, i);
            var items = new List<(double Score, double[] Value, bool IsDropped)>();
            for (var j = 0; j <= i; j++)
            {
                if (!kept[j] && (IsCollapsed || (options.DropMode == DropMode.SkipKv && j != i)))
                {
                    continue;
                }

                var input = Input(x[j], gates[j], kept[j]);
                var group = h * Shape.KvHeads / Shape.Heads;
                items.Add((Dot(query, Head(input, gates[j], "k", prefix, h, group, j)) / Math.Sqrt(width), Head(input, gates[j], "v", prefix, h, group, -1), !kept[j]));
            }

            if (IsCollapsed && dropped > 0)
            {
                var group = h * Shape.KvHeads / Shape.Heads;
                var (key, value) = (Weight(prefix + "k.bias")[(group * width)..((group + 1) * width)], Weight(prefix + "v.bias")[(group * width)..((group + 1) * width)]);
                items.Add(((Dot(query, key) / Math.Sqrt(width)) + Math.Log(dropped), value, true));
            }

            var total = items.Sum(item => Math.Exp(item.Score));
            foreach (var (score, value, isDropped) in items)
            {
                var weight = Math.Exp(score) / total;
                DroppedMass[^1][i] += isDropped ? weight / Shape.Heads : 0;
                for (var c = 0; c < width; c++)
                {
                    mixed[(h * width) + c] += weight * value[c];
                }
            }
        }

        return Linear(mixed, prefix + "o", Shape.Width);
    }

    /// <summary>Query, key or value of one head: of kv head <paramref name="source"/>, scaled for query head <paramref name="head"/>.</summary>
    private double[] Head(double[] input, double[] gate, string name, string prefix, int head, int source, int position)
    {
        var width = Shape.HeadWidth;
        var all = Linear(input, prefix + name, name == "q" ? Shape.Width : Shape.KvWidth);
        var turned = position < 0 ? all : Rotate(all, position, width);
        var factor = options.GateOn == GatePlace.Heads ? gate[options.GateDim == 0 ? 0 : head] : 1;
        return [.. turned[(source * width)..((source + 1) * width)].Select(value => value * factor)];
    }

    private double[] Input(double[] x, double[] gate, bool isKept) =>
    [
        .. x.Select((value, c) => (options.DropMode == DropMode.ZeroInput && !isKept ? 0 : 1)
            * (options.GateOn == GatePlace.Slices ? gate[options.GateDim == 0 ? 0 : c / Shape.HeadWidth] : 1) * value),
    ];

    private double[] Gate(double[] x, string prefix) => options.GateDim == 0
        ? [Sigmoid(Linear(x, prefix + "gate.w", 1)[0])]
        : [.. Linear([.. Linear(x, prefix + "gate.w1", options.GateDim).Select(Silu)], prefix + "gate.w2", Shape.Heads).Select(Sigmoid)];

    private bool[][] Selection(double[] scores, int layer)
    {
        var ratio = layer < options.LayerKeepRatios.Count ? options.LayerKeepRatios[layer] : options.KeepRatio;
        var all = Enumerable.Range(0, scores.Length).ToArray();
        int Limit(int seen) => Math.Max(1, (int)(ratio * seen));
        switch (ratio < 1 ? options.TopkMode : TopkMode.None)
        {
            case TopkMode.Global:
                var best = all.OrderByDescending(j => Math.Floor((scores[j] * (1 << 20)) + 0.5)).ThenBy(j => j).Take(Limit(scores.Length)).ToHashSet();
                return [.. all.Select(_ => all.Select(best.Contains).ToArray())];
            case TopkMode.CausalRank:
                var onArrival = all.Select(j => 1 + all.Count(u => u < j && scores[u] >= scores[j] - Margin) <= Limit(j + 1)).ToArray();
                return [.. all.Select(_ => onArrival)];
            case TopkMode.Prefix:
                int Rank(int i, int j) => 1 + all.Count(u => u <= i && (u < j ? scores[u] >= scores[j] - Margin : u > j && scores[u] > scores[j] + Margin));
                return [.. all.Select(i => all.Select(j => j <= i && Rank(i, j) <= Limit(i + 1)).ToArray())];
            case TopkMode.CausalThreshold:
                var held = Support.TinyModels.Values(Model.get_buffer($"layers.{layer}.attn.threshold")!);
                return [.. all.Select(_ => all.Select(j => scores[j] >= held[0] / held[1]).ToArray())];
            default:
                return [.. all.Select(_ => all.Select(_ => true).ToArray())];
        }
    }
}
