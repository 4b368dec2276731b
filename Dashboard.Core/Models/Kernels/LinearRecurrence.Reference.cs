using static TorchSharp.torch;

namespace Crossbench.Models.Kernels;

public sealed partial class KernelSet
{
    /// <summary>The recurrence of <see cref="ScalarRecurrence"/>, token by token.</summary>
    internal static Recurrence ScalarRecurrenceReference(Tensor query, Tensor key, Tensor value, Tensor logDecay, Tensor? state = null)
    {
        var perGroup = value.shape[2] / query.shape[2];
        var outputs = new List<Tensor>();
        var current = state ?? zeros([value.shape[0], value.shape[2], query.shape[3], value.shape[3]], value.dtype, value.device); // [B, H, K, V]
        var first = current;
        for (var t = 0; t < value.shape[1]; t++)
        {
            var (q, k) = (EachHead(query.select(1, t), perGroup), EachHead(key.select(1, t), perGroup));                            // [B, H, K]
            var decay = logDecay.select(1, t).exp().unsqueeze(-1).unsqueeze(-1);                                                    // [B, H, 1, 1]
            current = (decay * current) + (k.unsqueeze(-1) * value.select(1, t).unsqueeze(-2));
            outputs.Add((q.unsqueeze(-1) * current).sum(-2));                                                                       // [B, H, V]
        }

        return new Recurrence(stack(outputs, 1), current, first.unsqueeze(1));
    }

    /// <summary>The recurrence of <see cref="VectorRecurrence"/>, token by token.</summary>
    internal static Recurrence VectorRecurrenceReference(Tensor query, Tensor key, Tensor value, Tensor logDecay, Tensor bonus, Tensor? state = null)
    {
        var outputs = new List<Tensor>();
        var current = state ?? zeros([value.shape[0], value.shape[2], query.shape[3], value.shape[3]], value.dtype, value.device); // [B, H, K, V]
        var first = current;
        for (var t = 0; t < value.shape[1]; t++)
        {
            var v = value.select(1, t);                                                                                             // [B, H, V]
            outputs.Add((query.select(1, t).unsqueeze(-1) * current).sum(-2) + (bonus.select(1, t).unsqueeze(-1) * v));
            current = (logDecay.select(1, t).exp().unsqueeze(-1) * current) + (key.select(1, t).unsqueeze(-1) * v.unsqueeze(-2));
        }

        return new Recurrence(stack(outputs, 1), current, first.unsqueeze(1));
    }

    /// <summary>[B, G, K] → [B, H, K]: each group once for each of its heads.</summary>
    private static Tensor EachHead(Tensor grouped, long perGroup) =>
        grouped.unsqueeze(2).expand(-1, -1, perGroup, -1).reshape(grouped.shape[0], -1, grouped.shape[2]);
}
