using Crossbench.Models.Architectures;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models.Parts;

/// <summary>Widths of latent attention.</summary>
/// <param name="QueryRank">r_q, of the latent of queries.</param>
/// <param name="KvRank">r_kv, of the latent of keys and values.</param>
/// <param name="Nope">n, of a head's part without positions.</param>
/// <param name="Rope">p, of the positional part.</param>
/// <param name="Value">v, of a head's values.</param>
internal sealed record LatentWidths(int QueryRank, int KvRank, int Nope, int Rope, int Value);

/// <summary>
/// Multi-head latent attention: c = RMS(W_DKV x) gives keys W_UK c and values W_UV c of all heads, and W_KR x one positional key for all of them; scores are
/// (q_n · k_n + ρ(q_r) · ρ(k_r))/√(n + p).
/// </summary>
internal sealed class LatentAttention : TokenMixer
{
    /// <summary>The ablation point of c.</summary>
    public const string Latent = "latent";

    /// <summary>The ablation point of the positional key.</summary>
    public const string PositionKey = "positionKey";

    [ComponentName(Name = "q_down")]
    private readonly Linear _queryDown;

    [ComponentName(Name = "q_norm")]
    private readonly RmsNorm _queryNorm;

    [ComponentName(Name = "q_up")]
    private readonly Linear _queryUp;

    [ComponentName(Name = "q_rope")]
    private readonly Linear _queryRope;

    [ComponentName(Name = "kv_down")]
    private readonly Linear _down;

    [ComponentName(Name = "kv_norm")]
    private readonly RmsNorm _norm;

    [ComponentName(Name = "k_up")]
    private readonly Linear _keyUp;

    [ComponentName(Name = "v_up")]
    private readonly Linear _valueUp;

    [ComponentName(Name = "k_rope")]
    private readonly Linear _keyRope;

    [ComponentName(Name = "o")]
    private readonly Linear _out;

    private readonly LatentWidths _widths;
    private readonly MhlaOptions _options;
    private readonly InterleavedRope? _rope;
    private readonly int _heads;
    private readonly double _scale;

    public LatentAttention(LayerContext layer, MhlaOptions options) : base("attn")
    {
        var (shape, epsilon) = (layer.Shape, layer.Backbone.NormEpsilon);
        (_options, _widths, _heads) = (options, options.On(shape), shape.Heads);
        _scale = 1 / Math.Sqrt(_widths.Nope + _widths.Rope);
        _rope = options.IsTurned(shape) ? new InterleavedRope(_widths.Rope, shape.RopeBase) : null;
        _queryDown = Linear(shape.Width, _widths.QueryRank, hasBias: false);
        _queryNorm = new RmsNorm(_widths.QueryRank, epsilon);
        _queryUp = Linear(_widths.QueryRank, _heads * _widths.Nope, hasBias: false);
        _queryRope = Linear(_widths.QueryRank, _heads * _widths.Rope, hasBias: false);
        _down = Linear(shape.Width, _widths.KvRank, hasBias: false);
        _norm = new RmsNorm(_widths.KvRank, epsilon);
        _keyUp = Linear(_widths.KvRank, _heads * _widths.Nope, hasBias: false);
        _valueUp = Linear(_widths.KvRank, _heads * _widths.Value, hasBias: false);
        _keyRope = Linear(shape.Width, _widths.Rope, hasBias: false);
        _out = Linear(_heads * _widths.Value, shape.Width, hasBias: false);
        RegisterComponents();
    }

    public override MixerState CreateState() => new LatentCache();

    public override Tensor forward(Tensor x, ForwardContext context)
    {
        var (query, latent, position) = Project(x, 0, context);
        return context.Drop("output", Output(Rebuilt(query, latent, position, context, isInspected: true), context), _options.OutputDropout);
    }

    /// <summary>
    /// Keys and values are rebuilt from the cached latents while those are few; when there are more than r_kv of them, the projections are absorbed into
    /// queries and outputs instead, which costs less for each cached token.
    /// </summary>
    /// <inheritdoc/>
    public override Tensor Continue(Tensor x, MixerState state, ForwardContext context)
    {
        var cache = (LatentCache)state;
        var (query, latent, position) = Project(x, cache.Count, context);
        cache.Append(latent, position);
        return Output(cache.Count > _widths.KvRank
            ? Absorbed(query, cache.Latents, cache.Positions, context)
            : Rebuilt(query, cache.Latents, cache.Positions, context, isInspected: false), context);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _rope?.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Queries with their positional part, latents of keys and values, and positional keys.</summary>
    /// <returns>[B, T, H, n] and [B, T, H, p]; [B, T, r_kv]; [B, T, p]</returns>
    private ((Tensor Nope, Tensor Rope) Query, Tensor Latent, Tensor Position) Project(Tensor x, long firstPosition, ForwardContext context)
    {
        var kernels = context.Kernels;
        var queries = _queryNorm.call(kernels.Linear(x, _queryDown.weight!), context);                                        // [B, T, r_q]
        var nope = Heads(kernels.Linear(queries, _queryUp.weight!), _widths.Nope);                                            // [B, T, H, n]
        var rope = Heads(kernels.Linear(queries, _queryRope.weight!), _widths.Rope);                                          // [B, T, H, p]
        var latent = context.Intervene(Latent, _norm.call(kernels.Linear(x, _down.weight!), context));                        // [B, T, r_kv]
        var position = context.Intervene(PositionKey, kernels.Linear(x, _keyRope.weight!));                                   // [B, T, p]
        return _rope is null
            ? ((nope, rope), latent, position)
            : ((nope, _rope.Apply(rope, firstPosition)), latent, _rope.Apply(position.unsqueeze(2), firstPosition).squeeze(2));
    }

    /// <summary>Attention with keys and values of every head.</summary>
    /// <returns>[B, Q, H · v]</returns>
    private Tensor Rebuilt((Tensor Nope, Tensor Rope) query, Tensor latents, Tensor positions, ForwardContext context, bool isInspected)
    {
        var (batch, length) = (latents.shape[0], latents.shape[1]);
        var nope = Heads(context.Kernels.Linear(latents, _keyUp.weight!), _widths.Nope);                                     // [B, T, H, n]
        var value = Heads(context.Kernels.Linear(latents, _valueUp.weight!), _widths.Value);                                 // [B, T, H, v]
        var q = cat([query.Nope, query.Rope], -1);                                                                           // [B, Q, H, n + p]
        var k = cat([nope, positions.unsqueeze(2).expand(batch, length, _heads, _widths.Rope)], -1);                         // [B, T, H, n + p]
        if (isInspected)
        {
            AttentionDiagnostics.Write(context, q, k);
            LatentDiagnostics.Write(context, latents, (query.Nope, nope), (query.Rope, positions.unsqueeze(2)));
        }

        return context.Kernels.Attention(q, k, value, weights => context.Drop("weights", weights, _options.Dropout));
    }

    /// <summary>Attention of H queries W_UKᵀ q_n to the latents themselves, as one head of keys and values; W_UV is applied to what they mix.</summary>
    /// <returns>[B, Q, H · v]</returns>
    private Tensor Absorbed((Tensor Nope, Tensor Rope) query, Tensor latents, Tensor positions, ForwardContext context)
    {
        var (batch, count) = (query.Nope.shape[0], query.Nope.shape[1]);
        var ups = _keyUp.weight!.view(_heads, _widths.Nope, _widths.KvRank);                                                 // [H, n, r_kv]
        var absorbed = ByToken(context.Kernels.Product(ByHead(query.Nope), ups), batch);                                     // [B, Q, H, r_kv]
        var q = cat([absorbed, query.Rope], -1);                                                                             // [B, Q, H, r_kv + p]
        var k = cat([latents, positions], -1).unsqueeze(2);                                                                  // [B, T, 1, r_kv + p]
        var mixed = context.Kernels.Attention(q, k, latents.unsqueeze(2), scale: _scale);                                    // [B, Q, H · r_kv]
        var downs = _valueUp.weight!.view(_heads, _widths.Value, _widths.KvRank).transpose(1, 2);                            // [H, r_kv, v]
        return ByToken(context.Kernels.Product(ByHead(Heads(mixed, _widths.KvRank)), downs), batch).reshape(batch, count, -1);
    }

    private Tensor Output(Tensor mixed, ForwardContext context) =>
        context.Kernels.Linear(context.Intervene(AttentionDiagnostics.Heads, mixed), _out.weight!); // [B, Q, d]

    private Tensor Heads(Tensor x, int width) => x.view(x.shape[0], x.shape[1], _heads, width); // [B, T, H, ·]

    private Tensor ByHead(Tensor x) => x.permute(2, 0, 1, 3).reshape(_heads, -1, x.shape[3]); // [H, B · T, ·]

    private Tensor ByToken(Tensor x, long batch) => x.view(_heads, batch, -1, x.shape[2]).permute(1, 2, 0, 3); // [B, T, H, ·]
}

/// <summary>Latents and positional keys of all tokens seen: grows by r_kv + p numbers a token.</summary>
internal sealed class LatentCache : MixerState
{
    private Tensor? _latents;
    private Tensor? _positions;

    /// <summary>Tokens seen.</summary>
    public long Count => _latents?.shape[1] ?? 0;

    /// <summary>[B, T, r_kv]</summary>
    public Tensor Latents => _latents!;

    /// <summary>[B, T, p]</summary>
    public Tensor Positions => _positions!;

    public override long Bytes => _latents is null ? 0 : (_latents.numel() + _positions!.numel()) * _latents.ElementSize;

    /// <summary>Adds those of further tokens; the cache owns the result.</summary>
    public void Append(Tensor latents, Tensor positions)
    {
        Append(ref _latents, latents);
        Append(ref _positions, positions);
    }

    protected override void Dispose(bool disposing)
    {
        _latents?.Dispose();
        _positions?.Dispose();
    }
}
