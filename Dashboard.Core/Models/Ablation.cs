using static TorchSharp.torch;

namespace Crossbench.Models;

/// <summary>A component of an architecture whose value can be replaced while evaluating.</summary>
/// <param name="Component">Its name: <c>gate</c>.</param>
/// <param name="Help">What it carries, and what replacing it tells.</param>
public sealed record AblationPoint(string Component, string Help)
{
    /// <summary>Parameters that produce it, relative to their layer (<c>attn.s.weight</c>), for interventions that re-draw weights.</summary>
    public IReadOnlyList<string> Weights { get; init; } = [];
}

/// <summary>What is put in the place of a component's value X, [B, T, ...].</summary>
public abstract record Intervention
{
    /// <summary>c · X: 0 removes it, other factors give a dose-response curve.</summary>
    /// <param name="Factor">c.</param>
    public sealed record Scale(double Factor) : Intervention;

    /// <summary>The same number everywhere: 1 opens a multiplicative gate.</summary>
    /// <param name="Value">The number.</param>
    public sealed record Fill(double Value) : Intervention;

    /// <summary>Calibrated constants, one each layer, broadcast to the value's shape; taken from other batches than those evaluated.</summary>
    /// <param name="Layers">A tensor for each layer.</param>
    public sealed record Constant(IReadOnlyDictionary<int, Tensor> Layers) : Intervention;

    /// <summary>The value of another sequence at the same position: keeps marginals and causality.</summary>
    public sealed record ShuffleBatch : Intervention;

    /// <summary>Values in another order of positions; not causal, for diagnosis only.</summary>
    public sealed record ShuffleTime : Intervention;

    /// <summary>The value at the first position, for all.</summary>
    public sealed record FreezeFirst : Intervention;
}

/// <summary>One replacement.</summary>
/// <param name="Component">Name of an <see cref="AblationPoint"/>.</param>
/// <param name="Intervention">What takes its place.</param>
/// <param name="Layers">0-based layers; all when absent.</param>
public sealed record Ablation(string Component, Intervention Intervention, IReadOnlySet<int>? Layers = null);

/// <summary>The replacements of one evaluation. Weights stay as they are.</summary>
/// <param name="ablations">The replacements.</param>
/// <param name="random">Streams for those that shuffle.</param>
public sealed class AblationPlan(IReadOnlyList<Ablation> ablations, RandomStreams random)
{
    private readonly HashSet<string> _asked = [];

    /// <summary>Components that passes with this plan asked for so far.</summary>
    public IReadOnlySet<string> Asked => _asked;

    internal Tensor Apply(string component, int layer, Tensor value)
    {
        _asked.Add(component);
        return ablations.Where(item => item.Component == component && item.Layers?.Contains(layer) != false)
            .Aggregate(value, (current, item) => Replace(item, layer, current));
    }

    private Tensor Replace(Ablation ablation, int layer, Tensor value) => ablation.Intervention switch
    {
        Intervention.Scale scale => value * scale.Factor,
        Intervention.Fill fill => full_like(value, fill.Value),
        Intervention.Constant constant => constant.Layers[layer].to(value.dtype, value.device).expand(value.shape),
        Intervention.ShuffleBatch => value.index_select(0, Permutation(ablation.Component, layer, value.shape[0], value.device)),
        Intervention.ShuffleTime => value.index_select(1, Permutation(ablation.Component, layer, value.shape[1], value.device)),
        Intervention.FreezeFirst => value.narrow(1, 0, 1).expand(value.shape),
        _ => throw new ArgumentException($"{ablation.Intervention} is not an intervention on values.", nameof(ablation)),
    };

    private static Tensor full_like(Tensor value, double number) => full(value.shape, number, dtype: value.dtype, device: value.device);

    private Tensor Permutation(string component, int layer, long count, Device device)
    {
        var draws = random.Stream($"ablation/{layer}/{component}");
        var order = Enumerable.Range(0, (int)count).Select(i => (long)i).ToArray();
        for (var i = order.Length - 1; i > 0; i--)
        {
            var j = draws.NextInt32(i); // Sattolo's cycle: no place keeps its own value
            (order[i], order[j]) = (order[j], order[i]);
        }

        return tensor(order).to(device);
    }
}
