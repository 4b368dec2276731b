using static TorchSharp.torch;

namespace Crossbench.Models.Kernels;

/// <summary>What a linear recurrence gives.</summary>
/// <param name="Output">Outputs, [B, T, H, V].</param>
/// <param name="State">State after the last token, [B, H, K, V].</param>
/// <param name="Entering">States before the first token of each chunk, [B, n, H, K, V].</param>
public sealed record Recurrence(Tensor Output, Tensor State, Tensor Entering);

public sealed partial class KernelSet
{
    /// <summary>
    /// Linear recurrence with one decay a head: S_t = e^{λ_t} S_{t−1} + k_tᵀ v_t, o_t = q_t S_t (retention, Sun et al., 2023; state space duality, Dao and
    /// Gu, 2024). Computed in chunks: within one, outputs are masked products weighted by e^{c_i − c_j}, c the running sum of λ; between them, states are passed
    /// on. No exponent is above 0, so that nothing overflows however strong the decay. What a chunk lacks is filled with steps that change nothing.
    /// </summary>
    /// <param name="query">[B, T, G, K], G divides H: head h reads group ⌊h·G/H⌋.</param>
    /// <param name="key">[B, T, G, K]</param>
    /// <param name="value">[B, T, H, V]</param>
    /// <param name="logDecay">λ ≤ 0 and finite, [B, T, H]; the first dimension may be 1.</param>
    /// <param name="chunk">Tokens in a chunk, 1 or more; changes the cost and, but for rounding, not the result.</param>
    /// <param name="state">State before the first token, [B, H, K, V]; zeros when absent.</param>
    public Recurrence ScalarRecurrence(Tensor query, Tensor key, Tensor value, Tensor logDecay, int chunk, Tensor? state = null)
    {
        var (length, heads) = (value.shape[1], value.shape[2]);
        var size = Math.Min(chunk, length);
        var (q, k, v) = (Chunks(query, size), Chunks(key, size), Chunks(value, size));               // [B, n, G, C, K], [B, n, H, C, V]
        var sum = Chunks(logDecay.unsqueeze(-1), size).cumsum(3);                                    // [B, n, H, C, 1]
        var last = sum.narrow(3, size - 1, 1);                                                       // [B, n, H, 1, 1]
        var between = (sum - sum.transpose(-1, -2) + CausalMask(size, size, sum)).exp();             // [B, n, H, C, C]
        var within = Product(ByHead(Product(q, k.transpose(-1, -2)), between), v);                   // [B, n, H, C, V]
        var added = Product(ByHead(k, (last - sum).exp()).transpose(-1, -2), v);                     // [B, n, H, K, V]
        var (entering, final) = PassOn(added, last.exp(), state);                                    // [B, n, H, K, V], [B, H, K, V]
        var carried = Product(ByHead(q, sum.exp()), entering);                                       // [B, n, H, C, V]
        return new Recurrence(Joined(within + carried, length), final, entering);
    }

    /// <summary>Operations per token of <see cref="ScalarRecurrence"/> on sequences of a length.</summary>
    /// <param name="length">T.</param>
    /// <param name="chunk">Tokens in a chunk.</param>
    /// <param name="keys">G · K, width of all keys.</param>
    /// <param name="values">H · V, width of all values.</param>
    /// <param name="keyWidth">K.</param>
    internal static double ScalarRecurrenceFlops(int length, int chunk, double keys, double values, double keyWidth)
    {
        double size = Math.Min(chunk, length);
        return Math.Ceiling(length / size) * size / length * ((2 * size * (keys + values)) + (4 * keyWidth * values));
    }

    /// <summary>Chunks of a sequence, filled with zeros at the end.</summary>
    /// <param name="x">[B, T, heads, width]</param>
    /// <param name="size">C.</param>
    /// <returns>[B, n, heads, C, width], contiguous.</returns>
    private static Tensor Chunks(Tensor x, long size)
    {
        var count = (x.shape[1] + size - 1) / size;
        var missing = (count * size) - x.shape[1];
        var filled = missing == 0 ? x : nn.functional.pad(x, [0, 0, 0, 0, 0, missing]);
        return filled.reshape(x.shape[0], count, size, x.shape[2], x.shape[3]).transpose(2, 3).contiguous();
    }

    /// <summary>The sequence that chunks make up.</summary>
    /// <param name="x">[B, n, H, C, V]</param>
    /// <param name="length">T.</param>
    /// <returns>[B, T, H, V]</returns>
    private static Tensor Joined(Tensor x, long length) =>
        x.transpose(2, 3).reshape(x.shape[0], x.shape[1] * x.shape[3], x.shape[2], x.shape[4]).narrow(1, 0, length);

    /// <summary>Values of groups times factors of their heads.</summary>
    /// <param name="grouped">[B, n, G, C, width]</param>
    /// <param name="factor">[B, n, H, C, width or 1]</param>
    /// <returns>[B, n, H, C, width]</returns>
    private static Tensor ByHead(Tensor grouped, Tensor factor)
    {
        var (groups, heads) = (grouped.shape[2], factor.shape[2]);
        if (groups == heads)
        {
            return grouped * factor;
        }

        var split = factor.view(factor.shape[0], factor.shape[1], groups, heads / groups, factor.shape[3], factor.shape[4]);
        return (grouped.unsqueeze(3) * split).view(grouped.shape[0], grouped.shape[1], heads, grouped.shape[3], grouped.shape[4]);
    }

    /// <summary>Passes states from chunk to chunk.</summary>
    /// <param name="added">What each chunk adds, [B, n, H, K, V].</param>
    /// <param name="kept">What it keeps of the state before, [B, n, H, K or 1, 1].</param>
    /// <param name="state">State before the first chunk, [B, H, K, V], or zeros.</param>
    /// <returns>States before each chunk, [B, n, H, K, V], and after the last, [B, H, K, V].</returns>
    private static (Tensor Entering, Tensor Final) PassOn(Tensor added, Tensor kept, Tensor? state)
    {
        var (gains, factors) = (added.unbind(1), kept.unbind(1));
        var entering = new Tensor[gains.Length];
        for (var i = 0; i < gains.Length; i++)
        {
            entering[i] = state ?? zeros_like(gains[i]);
            state = state is null ? gains[i] : gains[i].addcmul(state, factors[i], 1);
        }

        return (stack(entering, 1), state!);
    }
}
