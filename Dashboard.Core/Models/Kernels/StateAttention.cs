using static TorchSharp.torch;

namespace Crossbench.Models.Kernels;

/// <summary>Numbers added to attention scores of states, each broadcast to [Q, N]; absent for none. −∞ hides them.</summary>
/// <param name="All">Added for every state.</param>
/// <param name="Older">Added for states of earlier tokens than the query's.</param>
public sealed record StateScores(Tensor? All = null, Tensor? Older = null);

public sealed partial class KernelSet
{
    /// <summary>
    /// Queries whose scores are held at once. Blocks skip most of the masked half, so they are faster than one map from 128 tokens on, and an evaluation's
    /// memory grows with the length, not with its square.
    /// </summary>
    private const long StateQueryBlock = 64;

    /// <summary>
    /// Causal softmax attention over two entries a token, its state's and its own (s_0, h_0, s_1, h_1, …): a query sees both entries of its token and of all
    /// earlier ones, in one softmax. Queries stand at the end of the tokens; head h reads kv head ⌊h·KV/H⌋.
    /// </summary>
    /// <param name="query">[B, Q, H, E]</param>
    /// <param name="key">[B, 2N, KV, E], N ≥ Q.</param>
    /// <param name="value">[B, 2N, KV, Ev]</param>
    /// <param name="scores">Added to the scores of states.</param>
    /// <returns>[B, Q, H · Ev]</returns>
    public Tensor StateAttention(Tensor query, Tensor key, Tensor value, StateScores? scores = null)
    {
        var (queries, tokens) = (query.shape[1], key.shape[1] / 2);
        Count?.Add(2 * query.shape[0] * query.shape[2] * 2 * CausalPairs(queries, tokens) * (query.shape[3] + value.shape[3]));
        if (Choice == KernelChoice.Reference)
        {
            return StateAttentionReference(query, key, value, scores ?? new StateScores());
        }

        var (q, k, v) = (GroupedQueries(query, key.shape[2]), GroupedKeys(key), GroupedKeys(value));
        return InBlocks(query, value.shape[3], key.shape[2], (first, count) =>
        {
            var seen = tokens - queries + first + count;
            var mask = StateMask(count, seen, query, scores);                                           // [b, 2n]
            var rows = q.narrow(2, first, count);                                                       // [B·KV, G, b, E]
            var weights = (GroupedProduct(rows, k.narrow(1, 0, 2 * seen).transpose(1, 2)) + mask).softmax(-1);
            return GroupedProduct(weights, v.narrow(1, 0, 2 * seen));                                   // [B·KV, G, b, Ev]
        });
    }

    /// <summary>As <see cref="StateAttention"/>, but a query sees the state of its own token only, beside that and all earlier tokens.</summary>
    /// <param name="query">[B, Q, H, E]</param>
    /// <param name="key">[B, N, KV, E], N ≥ Q.</param>
    /// <param name="value">[B, N, KV, Ev]</param>
    /// <param name="stateKey">[B, Q, KV, E]</param>
    /// <param name="stateValue">[B, Q, KV, Ev]</param>
    /// <param name="scores">Added to the scores of states.</param>
    /// <returns>[B, Q, H · Ev]</returns>
    public Tensor OwnStateAttention(Tensor query, Tensor key, Tensor value, Tensor stateKey, Tensor stateValue, StateScores? scores = null)
    {
        var (queries, tokens) = (query.shape[1], key.shape[1]);
        Count?.Add(2 * query.shape[0] * query.shape[2] * (CausalPairs(queries, tokens) + queries) * (query.shape[3] + value.shape[3]));
        if (Choice == KernelChoice.Reference)
        {
            return OwnStateAttentionReference(query, key, value, stateKey, stateValue, scores ?? new StateScores());
        }

        var (q, k, v) = (GroupedQueries(query, key.shape[2]), GroupedKeys(key), GroupedKeys(value));
        var (ks, vs) = (GroupedKeys(stateKey).unsqueeze(1), GroupedKeys(stateValue).unsqueeze(1));      // [B·KV, 1, Q, E]
        return InBlocks(query, value.shape[3], key.shape[2], (first, count) =>
        {
            var seen = tokens - queries + first + count;
            var rows = q.narrow(2, first, count);                                                       // [B·KV, G, b, E]
            var own = (rows * ks.narrow(2, first, count)).sum(-1, keepdim: true);                       // [B·KV, G, b, 1]
            var ofTokens = GroupedProduct(rows, k.narrow(1, 0, seen).transpose(1, 2)) + CausalMask(count, seen, query);
            var weights = cat([scores?.All is null ? own : own + scores.All, ofTokens], -1).softmax(-1); // [B·KV, G, b, 1 + n]
            return (weights.narrow(3, 0, 1) * vs.narrow(2, first, count)) + GroupedProduct(weights.narrow(3, 1, seen), v.narrow(1, 0, seen));
        });
    }

    /// <summary>The masked scores of <see cref="StateAttention"/> before the softmax, for diagnostics; not counted.</summary>
    /// <inheritdoc cref="StateAttention" path="/param"/>
    /// <returns>[B, H, Q, 2N]; −∞ where a query does not see an entry.</returns>
    public Tensor StateAttentionLogits(Tensor query, Tensor key, StateScores? scores = null)
    {
        var (queries, entries) = (query.shape[1], key.shape[1]);
        var products = GroupedProduct(GroupedQueries(query, key.shape[2]), GroupedKeys(key).transpose(1, 2)) + StateMask(queries, entries / 2, query, scores);
        return products.view(query.shape[0], query.shape[2], queries, entries);
    }

    /// <summary>What is added to the scores of queries at the end of the tokens: −∞ for later ones.</summary>
    /// <returns>[Q, 2N], states at even places.</returns>
    private static Tensor StateMask(long queries, long tokens, Tensor like, StateScores? scores)
    {
        var causal = CausalMask(queries, tokens, like);
        var states = scores?.All is null ? causal : causal + scores.All;
        states = scores?.Older is null ? states : states + scores.Older.expand(queries, tokens).tril(tokens - queries - 1);
        return stack([states, causal], 2).view(queries, 2 * tokens);
    }

    /// <summary>Queries by kv head, divided by √E.</summary>
    /// <returns>[B·KV, G, Q, E]</returns>
    private static Tensor GroupedQueries(Tensor query, long groups)
    {
        var (batch, queries, heads, width) = (query.shape[0], query.shape[1], query.shape[2], query.shape[3]);
        return (query * (1 / Math.Sqrt(width))).view(batch, queries, groups, heads / groups, width).permute(0, 2, 3, 1, 4)
            .reshape(batch * groups, heads / groups, queries, width);
    }

    /// <summary>Keys or values by kv head.</summary>
    /// <returns>[B·KV, T, E]</returns>
    private static Tensor GroupedKeys(Tensor key) => key.permute(0, 2, 1, 3).reshape(key.shape[0] * key.shape[2], key.shape[1], key.shape[3]);

    /// <summary>One product for all heads that share keys.</summary>
    /// <param name="rows">[B·KV, G, b, k]</param>
    /// <param name="right">[B·KV, k, n]</param>
    /// <returns>[B·KV, G, b, n]</returns>
    private Tensor GroupedProduct(Tensor rows, Tensor right)
    {
        var (outer, perGroup, count) = (rows.shape[0], rows.shape[1], rows.shape[2]);
        return Rounded(rows.reshape(outer, perGroup * count, rows.shape[3]), right).view(outer, perGroup, count, right.shape[2]);
    }

    private static Tensor InBlocks(Tensor query, long width, long groups, Func<long, long, Tensor> block)
    {
        var (batch, queries, heads) = (query.shape[0], query.shape[1], query.shape[2]);
        var parts = new List<Tensor>();
        for (var first = 0L; first < queries; first += StateQueryBlock)
        {
            parts.Add(block(first, Math.Min(StateQueryBlock, queries - first)));
        }

        var mixed = parts.Count == 1 ? parts[0] : cat(parts, 2);                                        // [B·KV, G, Q, Ev]
        return mixed.view(batch, groups, heads / groups, queries, width).permute(0, 3, 1, 2, 4).reshape(batch, queries, heads * width);
    }
}
