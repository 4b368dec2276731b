using TorchSharp;
using static TorchSharp.torch;

namespace Crossbench.Models.Parts;

/// <summary>How far keys lie before queries, and scores that are looked up by it.</summary>
internal static class RelativePositions
{
    /// <summary>i − j for queries that stand at the end of the keys; negative for keys after the query.</summary>
    /// <returns>[Q, T] int64</returns>
    public static Tensor Distances(long queries, long keys, Device device) =>
        arange(keys - queries, keys, dtype: ScalarType.Int64, device: device).unsqueeze(1) - arange(keys, dtype: ScalarType.Int64, device: device);

    /// <summary>Scores from a table of distances.</summary>
    /// <param name="table">[H, n]: a score for each head and each distance 0 … n − 1.</param>
    /// <param name="queries">Queries, Q, at the end of the keys.</param>
    /// <param name="keys">Keys, T, at most n.</param>
    /// <returns>[1, H, Q, T]; keys after the query have the score of distance 0.</returns>
    public static Tensor Lookup(Tensor table, long queries, long keys)
    {
        ThrowIfBeyond(keys, table.shape[1]);
        var distances = Distances(queries, keys, table.device).clamp(min: 0.ToScalar()).view(-1);      // [Q · T]
        return table.index_select(1, distances).view(1, table.shape[0], queries, keys);     // [1, H, Q, T]
    }

    /// <summary>Refuses positions that a table of limited length does not have.</summary>
    public static void ThrowIfBeyond(long positions, long block)
    {
        if (positions > block)
        {
            throw new ArgumentException($"{positions} positions are more than the {block} that the model has learned positions for. Use a shorter sequence.", nameof(positions));
        }
    }
}
