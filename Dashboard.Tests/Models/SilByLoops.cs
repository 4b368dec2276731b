using Crossbench.Models;
using Crossbench.Models.Architectures;

namespace Crossbench.Tests.Models;

/// <summary>The sil model once more, for one sequence, in loops over doubles: attention by loops, and the rules beside it.</summary>
internal sealed class SilByLoops(LanguageModel model, ModelShape shape, SilOptions options) : GqaByLoops(model, shape)
{
    /// <summary>Gumbel noise of a layer, [T][R] row-major; none when absent.</summary>
    public Func<int, double[]>? Noise { get; init; }

    public double Temperature { get; init; } = 1;

    public bool IsHard { get; init; } = true;

    /// <summary>Rule of each token of the last layer.</summary>
    public List<int> Picks { get; private set; } = [];

    /// <summary>log π of each token, layer by layer.</summary>
    public List<double[][]> LogRules { get; } = [];

    protected override double[][] Mix(double[][] x, int layer)
    {
        var prefix = $"layers.{layer}.attn.";
        var noise = Noise?.Invoke(layer);
        var attended = Attention(x, prefix);
        Picks = [];
        LogRules.Add([.. x.Select(row => LogSoftmax(Linear(row, prefix + "rule_in", options.Rules), Temperature))]);
        return [.. x.Select((row, t) =>
        {
            var logits = Linear(row, prefix + "rule_in", options.Rules);
            var perturbed = logits.Select((value, r) => value + (noise?[(t * options.Rules) + r] ?? 0)).ToArray();
            var best = Array.IndexOf(perturbed, perturbed.Max());
            Picks.Add(best);
            var choice = IsHard ? [.. perturbed.Select((_, r) => r == best ? 1.0 : 0)] : LogSoftmax(perturbed, Temperature).Select(Math.Exp).ToArray();
            var vector = LayerNorm(Linear(choice, prefix + "rule_out", Shape.Width), prefix + "rule_norm");
            var gate = Sigmoid(Linear(row, prefix + "rule_gate", 1)[0]);
            return attended[t].Zip(vector, (a, u) => a + (gate * u)).ToArray();
        })];
    }

    private static double[] LogSoftmax(double[] logits, double temperature)
    {
        var scaled = logits.Select(value => value / temperature).ToArray();
        var total = scaled.Sum(value => Math.Exp(value - scaled.Max()));
        return [.. scaled.Select(value => value - scaled.Max() - Math.Log(total))];
    }
}
