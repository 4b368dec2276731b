using Crossbench.Metrics;
using Crossbench.Models.Architectures;
using Crossbench.Models.Kernels;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models.Parts;

/// <summary>Sizes of a <see cref="TimeMixer"/>.</summary>
/// <param name="Width">d.</param>
/// <param name="Heads">H.</param>
/// <param name="Keys">dk, width of all keys.</param>
/// <param name="Values">dv, width of all values.</param>
/// <param name="MixRank">r.</param>
/// <param name="DecayRank">rg.</param>
internal sealed record TimeMixShape(int Width, int Heads, int Keys, int Values, int MixRank, int DecayRank)
{
    public static TimeMixShape Of(ModelShape shape, Rwkv6Options options)
    {
        var quarter = Math.Max(1, shape.Width / 4);
        return new TimeMixShape(
            shape.Width, shape.Heads, Expansion.Of(options.ExpandKey, shape), Expansion.Of(options.ExpandValue, shape), options.MixRank ?? quarter, options.DecayRank ?? quarter);
    }
}

/// <summary>Logarithm of the decay, λ = −exp(W₂ tanh(W₁ x) + b) ≤ 0: [..., d] → [..., dk].</summary>
internal sealed class DataDecay : Module<Tensor, ForwardContext, Tensor>
{
    [ComponentName(Name = "w1")]
    private readonly Linear _w1;

    [ComponentName(Name = "w2")]
    private readonly Linear _w2;

    public DataDecay(TimeMixShape sizes) : base("decay")
    {
        _w1 = Linear(sizes.Width, sizes.DecayRank, hasBias: false);
        _w2 = Linear(sizes.DecayRank, sizes.Keys);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x, ForwardContext context) =>
        -context.Kernels.Linear(context.Kernels.Linear(x, _w1.weight!).tanh(), _w2.weight!, _w2.bias).exp();
}

/// <summary>
/// The mixer of RWKV-6: o_t = r_t (S_{t−1} + diag(u) k_tᵀ v_t), S_t = diag(e^{λ_t}) S_{t−1} + k_tᵀ v_t in each head, where r, k, v, g and λ come from blends
/// with the token before; then a norm of each head, the gate SiLU(g) and the output projection.
/// </summary>
internal sealed class TimeMixer : TokenMixer
{
    private const string Decay = "decay";
    private const string Bonus = "bonus";
    private const string Shift = "shift";
    private const string Gate = "gate";
    private const string HalfLife = "halfLife";
    private const string BonusShare = "bonusShare";
    private const string GateMean = "gateMean";

    private readonly TimeMixShape _sizes;
    private readonly Rwkv6Options _options;

    [ComponentName(Name = "u")]
    private readonly Parameter _bonus;

    [ComponentName(Name = "mix")]
    private readonly TokenShiftMix _mix;

    [ComponentName(Name = "r")]
    private readonly Linear _r;

    [ComponentName(Name = "k")]
    private readonly Linear _k;

    [ComponentName(Name = "v")]
    private readonly Linear _v;

    [ComponentName(Name = "g")]
    private readonly Linear _g;

    [ComponentName(Name = "decay")]
    private readonly DataDecay _decay;

    [ComponentName(Name = "norm")]
    private readonly GroupNorm _norm;

    [ComponentName(Name = "o")]
    private readonly Linear _o;

    public TimeMixer(TimeMixShape sizes, Rwkv6Options options) : base("attn")
    {
        (_sizes, _options) = (sizes, options);
        _bonus = new Parameter(zeros(sizes.Heads, sizes.Keys / sizes.Heads));
        _mix = new TokenShiftMix(sizes.Width, sizes.MixRank);
        _r = Linear(sizes.Width, sizes.Keys, hasBias: false);
        _k = Linear(sizes.Width, sizes.Keys, hasBias: false);
        _v = Linear(sizes.Width, sizes.Values, hasBias: false);
        _g = Linear(sizes.Width, sizes.Values, hasBias: false);
        _decay = new DataDecay(sizes);
        _norm = new GroupNorm(sizes.Values, sizes.Heads, options.NormEpsilon);
        _o = Linear(sizes.Values, sizes.Width, hasBias: false);
        RegisterComponents();
    }

    public static IReadOnlyList<MetricSpec> Metrics { get; } =
    [
        .. TokenMetrics.Of(Decay, "Decay", "e^λ of each token, mean over channels: what it leaves of the state.", MetricKind.State),
        StateDiagnostics.Head(HalfLife, "Half-life", "tokens", "ln 2 over the mean of −λ of each key channel: after how many tokens half is forgotten.", MetricRange.NotNegative) with { Axis = VectorAxis.Counted("channel") },
        StateDiagnostics.Head(TokenShiftMix.MixMeans, "Blend with the token before", "", "Mean share of the token before in r, w, k, v and g.", MetricRange.Share) with { Scope = MetricScope.Layer, Axis = VectorAxis.Named("input", "r", "w", "k", "v", "g") },
        new(BonusShare, "Share of the bonus", "", "Norm of what tokens read of themselves over that of all that the heads read.") { Scope = MetricScope.Layer, Kind = MetricKind.State },
        new(GateMean, "Gate", "", "Mean of SiLU(g), which the heads' outputs are multiplied with.") { Scope = MetricScope.Layer, Kind = MetricKind.Gate },
    ];

    public static IReadOnlyList<AblationPoint> Points { get; } =
    [
        new(Decay, "Logarithm of the decay of each channel: factor 0 keeps everything, a constant takes the dependence on data away.") { Weights = ["attn.decay.w1.weight", "attn.decay.w2.weight"] },
        new(Bonus, "Weight with which a token reads itself, r·(u ⊙ k).") { Weights = ["attn.u"] },
        new(Shift, "Difference of the token before from the token: 0 takes the token shift away."),
        new(Gate, "SiLU(g), which the heads' outputs are multiplied with.") { Weights = ["attn.g.weight"] },
    ];

    public override MixerState CreateState() => new RecurrentState(new TokenWindow(1));

    public override Tensor forward(Tensor x, ForwardContext context) => Mix(x, TokenWindow.Before(x, 1), null, context);

    public override Tensor Continue(Tensor x, MixerState state, ForwardContext context)
    {
        var own = (RecurrentState)state;
        return Mix(x, own.Window.Extend(x), own, context);
    }

    /// <param name="x">[B, T, d]</param>
    /// <param name="extended">The token before x, and x: [B, 1 + T, d]</param>
    /// <param name="state">State of decoding, if that is what happens.</param>
    /// <param name="context">Context of the pass.</param>
    private Tensor Mix(Tensor x, Tensor extended, RecurrentState? state, ForwardContext context)
    {
        var kernels = context.Kernels;
        var shift = context.Intervene(Shift, extended.narrow(1, 0, x.shape[1]) - x);                  // [B, T, d]
        var blends = _mix.Blend(x, shift, context);                                                    // [B, T, d] each
        var query = Split(kernels.Linear(blends[0], _r.weight!));                                     // [B, T, H, K]
        var decay = context.Intervene(Decay, Split(_decay.call(blends[1], context)));                 // [B, T, H, K]
        var key = Split(kernels.Linear(blends[2], _k.weight!));                                       // [B, T, H, K]
        var value = Split(kernels.Linear(blends[3], _v.weight!));                                     // [B, T, H, V]
        var gate = context.Intervene(Gate, functional.silu(kernels.Linear(blends[4], _g.weight!)));   // [B, T, dv]
        var bonus = context.Intervene(Bonus, (query * _bonus * key).sum(-1));                         // [B, T, H]
        var recurrence = kernels.VectorRecurrence(query, key, value, decay, bonus, _options.Chunk, _options.SubChunk, state?.Held);
        state?.Advance(recurrence.State, x.shape[1]);
        Write(context, recurrence, decay, bonus, value, gate);
        var normed = _norm.call(recurrence.Output.reshape(gate.shape), context);                      // [B, T, dv]
        return kernels.Linear(normed * gate, _o.weight!);                                             // [B, T, d]
    }

    private Tensor Split(Tensor x) => x.view(x.shape[0], x.shape[1], _sizes.Heads, -1);

    private static void Write(ForwardContext context, Recurrence recurrence, Tensor decay, Tensor bonus, Tensor value, Tensor gate)
    {
        if (context.Diagnostics is not { } writer)
        {
            return;
        }

        using var scope = NewDisposeScope();
        using var _ = no_grad();
        StateDiagnostics.Write(context, recurrence);
        writer.Tokens(Decay, decay.exp().mean([2, 3]));
        writer.Scalar(BonusShare, (bonus.unsqueeze(-1) * value).norm() / recurrence.Output.norm());
        writer.Scalar(GateMean, gate.mean());
        if (writer.Takes(HalfLife))
        {
            writer.Vector(HalfLife, (-Math.Log(2) / decay.mean([0, 1])).flatten());
        }
    }
}
