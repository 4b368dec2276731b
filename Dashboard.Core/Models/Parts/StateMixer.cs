using Crossbench.Models.Kernels;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Crossbench.Models.Parts;

/// <summary>
/// Grouped-query attention of tokens over tokens and states: keys and values come from both, queries from tokens only, and the state of a token stands at the
/// token's position. Without states it is plain grouped-query attention.
/// </summary>
internal sealed class StateMixer : GroupedQueryMixer
{
    private readonly StateVisibility _visibility;

    public StateMixer(LayerContext layer, StateVisibility visibility) : base(layer, dropout: 0)
    {
        _visibility = visibility;
        RegisterComponents();
    }

    /// <summary>Forward operations per token at the average causal context.</summary>
    public static double Flops(ModelShape shape, StateVisibility visibility)
    {
        var ofStates = 4.0 * shape.Width * shape.KvWidth;
        return Flops(shape) + (visibility == StateVisibility.Causal ? ofStates + (2.0 * (shape.ContextLength + 1) * shape.Width) : ofStates + (4.0 * shape.Width));
    }

    /// <summary>Bytes of keys and values per sequence at full context: two entries a token where earlier states are seen.</summary>
    public static long StateBytes(ModelShape shape, StateVisibility visibility) => (visibility == StateVisibility.Causal ? 2 : 1) * StateBytes(shape);

    public override MixerState CreateState() => new KvCache();

    public override Tensor forward(Tensor x, ForwardContext context) => Attend(x, context);

    public override Tensor Continue(Tensor x, MixerState state, ForwardContext context) => Attend(x, (KvCache)state, context);

    /// <summary>Attention over tokens and states.</summary>
    /// <param name="x">Normed tokens, [B, T, d].</param>
    /// <param name="states">State tokens, [B, T, d].</param>
    /// <param name="scores">Added to the scores of states.</param>
    /// <param name="cache">Keys and values of earlier tokens, updated; null for sequences from their beginning.</param>
    /// <param name="context">Context of the pass.</param>
    /// <returns>[B, T, d]</returns>
    public Tensor Attend(Tensor x, Tensor states, StateScores? scores, KvCache? cache, ForwardContext context) => _visibility == StateVisibility.Causal
        ? AttendAll(x, states, scores, cache, context)
        : AttendOwn(x, states, scores, cache, context);

    private Tensor AttendAll(Tensor x, Tensor states, StateScores? scores, KvCache? cache, ForwardContext context)
    {
        var (batch, length) = (x.shape[0], x.shape[1]);
        var first = (cache?.Count ?? 0) / 2;
        var both = stack([states, x], 2);                                                               // [B, T, 2, d]
        var query = Heads(_q, x, first, Shape.Heads, isTurned: true, context);                          // [B, T, H, dh]
        var key = Heads(_k, both, first, 2 * Shape.KvHeads, isTurned: true, context).view(batch, 2 * length, Shape.KvHeads, Shape.HeadWidth);
        var value = Heads(_v, both, first, 2 * Shape.KvHeads, isTurned: false, context).view(batch, 2 * length, Shape.KvHeads, Shape.HeadWidth);
        if (cache is not null)
        {
            cache.Append(key, value);
            (key, value) = (cache.Keys, cache.Values);
        }

        if (AttentionDiagnostics.AreTaken(context))
        {
            HolographicDiagnostics.WriteAttention(context, query, key, scores, isOwnOnly: false);
        }

        return Output(context.Kernels.StateAttention(query, key, value, scores), context);
    }

    private Tensor AttendOwn(Tensor x, Tensor states, StateScores? scores, KvCache? cache, ForwardContext context)
    {
        var first = cache?.Count ?? 0;
        var (query, key, value) = Project(x, first, context);
        var stateKey = Heads(_k, states, first, Shape.KvHeads, isTurned: true, context);                // [B, T, KV, dh]
        var stateValue = Heads(_v, states, first, Shape.KvHeads, isTurned: false, context);
        if (cache is not null)
        {
            cache.Append(key, value);
            (key, value) = (cache.Keys, cache.Values);
        }

        if (AttentionDiagnostics.AreTaken(context))
        {
            HolographicDiagnostics.WriteAttention(context, query, KernelSet.Interleaved(stateKey, key), scores, isOwnOnly: true);
        }

        return Output(context.Kernels.OwnStateAttention(query, key, value, stateKey, stateValue, scores), context);
    }

    /// <summary>A projection by head; a token and its state, where both are given, turn alike.</summary>
    /// <param name="projection">Queries, keys or values.</param>
    /// <param name="x">[B, T, d] or [B, T, 2, d]</param>
    /// <param name="first">Position of the first token.</param>
    /// <param name="heads">Heads of all that stands at one position.</param>
    /// <param name="isTurned">Whether positions apply.</param>
    /// <param name="context">Context of the pass.</param>
    /// <returns>[B, T, heads, dh]</returns>
    private Tensor Heads(Linear projection, Tensor x, long first, int heads, bool isTurned, ForwardContext context)
    {
        var projected = context.Kernels.Linear(x, projection.weight, projection.bias).view(x.shape[0], x.shape[1], heads, Shape.HeadWidth);
        return isTurned && Rope is not null ? Rope.Apply(projected, first) : projected;
    }
}
