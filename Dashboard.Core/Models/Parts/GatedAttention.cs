using Crossbench.Models.Architectures;
using Crossbench.Models.Kernels;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Crossbench.Models.Parts;

/// <summary>Grouped-query attention whose tokens are scaled by gates and selected by them.</summary>
internal sealed class GatedAttention : GroupedQueryMixer
{
    /// <summary>The ablation point of the gates.</summary>
    public const string Gate = "gate";

    /// <summary>The ablation point of the selection.</summary>
    public const string Keep = "keep";

    /// <summary>Share of the threshold's past that each training pass keeps.</summary>
    private const double Memory = 0.99;

    [ComponentName(Name = "gate")]
    private readonly TokenGate _gate;

    // Moving sums of the quantiles of training batches and of their weights: their ratio is not drawn to 0 at the beginning.
    [ComponentName(Name = "threshold")]
    private readonly Tensor? _threshold;

    private readonly MigOptions _options;
    private readonly double _ratio;
    private readonly bool _selects;

    public GatedAttention(LayerContext layer, MigOptions options) : base(layer, options.Dropout)
    {
        _options = options;
        (_ratio, _selects) = (options.RatioOf(layer.Index), options.SelectsIn(layer.Index));
        _gate = new TokenGate(Shape.Width, options.GateDim, Shape.Heads);
        _threshold = _selects && options.TopkMode == TopkMode.CausalThreshold ? zeros(2).DetachFromDisposeScope() : null;
        RegisterComponents();
    }

    private bool GatesHeads => _options.GateOn == GatePlace.Heads;

    public override MixerState CreateState() => _selects && _options.TopkMode == TopkMode.Global
        ? throw new NotSupportedException("The selection global looks at the whole sequence, so there is no state to go on from. Compute the whole prefix anew, or choose a causal selection.")
        : new GatedCache();

    public override Tensor forward(Tensor x, ForwardContext context) => Mix(x, null, context);

    public override Tensor Continue(Tensor x, MixerState state, ForwardContext context) => Mix(x, (GatedCache)state, context);

    private Tensor Mix(Tensor x, GatedCache? cache, ForwardContext context)
    {
        var first = cache?.Count ?? 0;
        var gate = _gate.call(x, context);                                                        // [B, T, H or 1]
        var score = gate.detach().mean([-1]);                                                     // [B, T]
        var keep = Selected(score, first, cache, context);                                        // [B, T], [B, T, P] or none
        if (context.Training)
        {
            context.Auxiliary.Add(new AuxiliaryTerm(GateDiagnostics.Gate, _options.Lambda, _options.AuxWarmup), gate.mean());
        }

        GateDiagnostics.Write(context, score, keep);
        gate = context.Intervene(Gate, gate);
        var input = GatesHeads ? x : Scaled(x, gate);                                             // [B, T, d]
        if (keep is null)
        {
            return Dense(input, gate, null, cache, context);
        }

        var isPrefix = _options.TopkMode == TopkMode.Prefix;
        if (_options.DropMode == DropMode.ZeroInput)
        {
            return isPrefix ? Zeroed(input, gate, keep, cache, context) : Dense(input * keep.unsqueeze(-1), gate, keep, cache, context);
        }

        return isPrefix ? Masked(input, gate, keep, Own(keep), cache, context)
            : cache is null ? Gathered(input, gate, keep, context)
            : Masked(input, gate, cache.Kept(keep).unsqueeze(1), keep, cache, context);
    }

    /// <summary>1 where a token is kept; without gradient.</summary>
    private Tensor? Selected(Tensor score, long first, GatedCache? cache, ForwardContext context)
    {
        if (!_selects)
        {
            return null;
        }

        using var _ = no_grad();
        var scores = cache is not null && _options.TopkMode is TopkMode.CausalRank or TopkMode.Prefix ? cache!.Scores(score) : score; // [B, P]
        var keep = _options.TopkMode switch
        {
            TopkMode.Global => TokenSelection.Largest(scores, TokenSelection.CountFor(scores.shape[1], _ratio)),
            TopkMode.CausalRank => TokenSelection.CausalRank(scores, first, _ratio),
            TopkMode.Prefix => TokenSelection.Prefix(scores, first, _ratio),
            _ => score >= _threshold!.select(0, 0) / _threshold.select(0, 1).clamp(min: 1e-30.ToScalar()),
        };
        if (context.Training && _threshold is not null)
        {
            // After use, so that training is causal too.
            var quantile = score.view(-1).topk((int)TokenSelection.CountFor(score.numel(), _ratio)).values.min();
            _threshold.mul_(Memory).add_(stack([quantile, ones_like(quantile)]), 1 - Memory);
        }

        return context.Intervene(Keep, keep.to(score.dtype));
    }

    /// <summary>Attention over all tokens. Those dropped have a zero input, and so a key and a value as the biases have it.</summary>
    private Tensor Dense(Tensor input, Tensor gate, Tensor? keep, GatedCache? cache, ForwardContext context)
    {
        var (query, key, value, _) = Projected(input, gate, cache, context);
        if (cache is null)
        {
            AttentionDiagnostics.Write(context, query, key);
            if (keep is not null)
            {
                GateDiagnostics.WriteDroppedMass(context, query, key, keep);
            }
        }

        return Output(context.Kernels.Attention(query, key, value, weights => Dropped(weights, context)), context);
    }

    /// <summary>Attention with a mask: kept keys and oneself are seen, and the output of dropped tokens is 0.</summary>
    /// <param name="input">[B, T, d]</param>
    /// <param name="gate">[B, T, H or 1]</param>
    /// <param name="seen">1 where a key is kept, [B, 1 or T, P].</param>
    /// <param name="own">1 where a token is kept, [B, T].</param>
    /// <param name="cache">Cache, while decoding.</param>
    /// <param name="context">Context of the pass.</param>
    private Tensor Masked(Tensor input, Tensor gate, Tensor seen, Tensor own, GatedCache? cache, ForwardContext context)
    {
        var (query, key, value, _) = Projected(input, gate, cache, context);
        var bias = Hiding(seen, query.shape[1]);
        if (cache is null)
        {
            AttentionDiagnostics.Write(context, query, key, bias: bias);
        }

        return Output(context.Kernels.Attention(query, key, value, weights => Dropped(weights, context), bias: bias), context) * own.unsqueeze(-1);
    }

    /// <summary>The same with all keys and queries that are dropped left out: kept tokens are gathered, those of shorter rows followed by others that none of them sees.</summary>
    private Tensor Gathered(Tensor input, Tensor gate, Tensor keep, ForwardContext context)
    {
        var (batch, length) = (keep.shape[0], keep.shape[1]);
        var kept = keep > 0;
        var longest = Math.Max(1, kept.sum(1).max().ToInt64());
        var order = ((kept.to(ScalarType.Int64) * length) - arange(length, dtype: ScalarType.Int64, device: keep.device)).topk((int)longest).indexes; // [B, n]
        var row = arange(batch, dtype: ScalarType.Int64, device: keep.device).unsqueeze(1);                  // [B, 1]
        var from = (order + (row * length)).view(-1);                                                        // [B · n]
        Tensor Rows(Tensor all) => all.reshape(batch * length, all.shape[2]).index_select(0, from).view(batch, longest, -1); // [B, n, ·]
        var (query, key, value) = Project(Rows(input), vectors => Rope is null ? vectors : Rope.Apply(vectors, order, length), context);
        if (GatesHeads)
        {
            var own = Rows(gate);
            (query, key, value) = (Gated(query, own), Gated(key, own), Gated(value, own));
        }

        var mixed = Output(context.Kernels.Attention(query, key, value, weights => Dropped(weights, context)), context);      // [B, n, d]
        AttentionDiagnostics.Write(context, () =>
        {
            var all = Projected(input, gate, null, context);
            return context.Kernels.AttentionLogits(all.Query, all.Key, bias: Hiding(keep.unsqueeze(1), length));
        });
        var to = ((kept.cumsum(1) - 1).clamp(min: 0.ToScalar()) + (row * longest)).view(-1);                 // [B · T]
        return mixed.view(batch * longest, -1).index_select(0, to).view(batch, length, -1) * keep.unsqueeze(-1);
    }

    /// <summary>
    /// Attention in which each query decides which tokens have a zero input: their keys and values are then those of the biases. For reference; all pairs of
    /// tokens are computed.
    /// </summary>
    private Tensor Zeroed(Tensor input, Tensor gate, Tensor keep, GatedCache? cache, ForwardContext context)
    {
        var kernels = context.Kernels;
        var (query, key, value, gates) = Projected(input, gate, cache, context);
        var first = key.shape[1] - query.shape[1];
        var own = Own(keep).unsqueeze(-1).unsqueeze(-1);                                                     // [B, Q, 1, 1]
        query = (query * own) + (OfZero(_q.bias, Shape.Heads, first, query, gate, isTurned: true) * (1 - own));
        var (zeroKey, zeroValue) = (OfZero(_k.bias, Shape.KvHeads, 0, key, gates, isTurned: true), OfZero(_v.bias, Shape.KvHeads, 0, value, gates, isTurned: false));
        var pairs = keep.unsqueeze(1);                                                                       // [B, 1, Q, P]
        var q = query.transpose(1, 2) / Math.Sqrt(Shape.HeadWidth);                                          // [B, H, Q, dh]
        var scores = (kernels.Product(q, ByHead(key).mT) * pairs) + (kernels.Product(q, ByHead(zeroKey).mT) * (1 - pairs)); // [B, H, Q, P]
        scores = scores + KernelSet.CausalMask(query.shape[1], key.shape[1], scores);
        var weights = Dropped(scores.softmax(-1), context);                                                  // [B, H, Q, P]
        if (cache is null)
        {
            AttentionDiagnostics.Write(context, () => scores);
        }

        var mixed = kernels.Product(weights * pairs, ByHead(value)) + kernels.Product(weights * (1 - pairs), ByHead(zeroValue));
        return Output(mixed.transpose(1, 2).reshape(query.shape[0], query.shape[1], -1), context);
    }

    /// <summary>Queries of the input, keys, values and gates of all tokens; with gates on heads, each head is scaled by its own.</summary>
    private (Tensor Query, Tensor Key, Tensor Value, Tensor Gates) Projected(Tensor input, Tensor gate, GatedCache? cache, ForwardContext context)
    {
        var (query, key, value) = Project(input, cache?.Count ?? 0, context);
        var gates = cache is not null && GatesHeads ? cache.Gates(gate) : gate; // [B, P, H or 1]
        if (cache is not null)
        {
            cache.Append(key, value);
            (key, value) = (cache.Keys, cache.Values);
        }

        return GatesHeads ? (Gated(query, gate), Gated(key, gates), Gated(value, gates), gates) : (query, key, value, gates);
    }

    /// <summary>Queries, keys or values of a zero input: the bias, at each position.</summary>
    /// <returns>[1 or B, n, heads, dh]</returns>
    private Tensor OfZero(Tensor? bias, int heads, long first, Tensor like, Tensor gates, bool isTurned)
    {
        var vectors = (bias ?? zeros(heads * Shape.HeadWidth, like.dtype, like.device)).view(1, 1, heads, Shape.HeadWidth).expand(1, like.shape[1], heads, Shape.HeadWidth);
        var turned = isTurned ? Turn(vectors, first) : vectors;
        return GatesHeads ? Gated(turned, gates) : turned;
    }

    /// <summary>The input, a slice of channels for each gate.</summary>
    /// <returns>[B, T, d]</returns>
    private static Tensor Scaled(Tensor x, Tensor gate) => (x.view(x.shape[0], x.shape[1], gate.shape[2], -1) * gate.unsqueeze(-1)).view(x.shape);

    /// <summary>Vectors of heads, each scaled by its gate; those of kv heads are repeated for the query heads that read them.</summary>
    /// <returns>[B, T, H, dh]; as many heads as there were with a single gate.</returns>
    private Tensor Gated(Tensor vectors, Tensor gate) => (gate.shape[2] == 1 ? vectors : Repeated(vectors)) * gate.unsqueeze(-1);

    /// <summary>Vectors of kv heads for each query head.</summary>
    /// <returns>[B, T, H, dh]</returns>
    private Tensor Repeated(Tensor vectors)
    {
        var (batch, length, heads, width) = (vectors.shape[0], vectors.shape[1], vectors.shape[2], vectors.shape[3]);
        var perGroup = Shape.Heads / heads;
        return vectors.unsqueeze(3).expand(batch, length, heads, perGroup, width).reshape(batch, length, Shape.Heads, width);
    }

    private Tensor ByHead(Tensor vectors) => Repeated(vectors).transpose(1, 2); // [B, H, T, dh]

    /// <summary>0 where a key is kept or is oneself, −∞ elsewhere.</summary>
    /// <param name="seen">1 where a key is kept, [B, 1 or Q, P].</param>
    /// <param name="queries">Q; they stand at the end of the keys.</param>
    /// <returns>[B, 1, Q, P]</returns>
    private static Tensor Hiding(Tensor seen, long queries)
    {
        var keys = seen.shape[2];
        var hidden = ((seen > 0) | Self(queries, keys, ScalarType.Bool, seen.device)).logical_not();      // [B, Q, P]
        return zeros([seen.shape[0], queries, keys], seen.dtype, seen.device).masked_fill(hidden, double.NegativeInfinity).unsqueeze(1);
    }

    /// <summary>What each query decides about itself.</summary>
    /// <param name="keep">[B, Q, P]</param>
    /// <returns>[B, Q]</returns>
    private static Tensor Own(Tensor keep) => (keep * Self(keep.shape[1], keep.shape[2], keep.dtype, keep.device)).sum(-1);

    /// <summary>1 where the key is the query's own.</summary>
    /// <returns>[Q, P]</returns>
    private static Tensor Self(long queries, long keys, ScalarType type, Device device) => ones([queries, keys], type, device).triu(keys - queries).tril(keys - queries);
}
