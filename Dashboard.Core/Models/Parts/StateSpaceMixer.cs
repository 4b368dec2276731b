using Crossbench.Models.Architectures;
using Crossbench.Models.Kernels;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models.Parts;

/// <summary>Sizes of a <see cref="StateSpaceMixer"/>.</summary>
/// <param name="Inner">D_i, width of x, z and y.</param>
/// <param name="Heads">H' = D_i / P.</param>
/// <param name="Groups">G.</param>
/// <param name="State">N.</param>
internal sealed record StateSpaceShape(int Inner, int Heads, int Groups, int State)
{
    /// <summary>Width of x, B and C together, which the convolution sees.</summary>
    public int Convolved => Inner + (2 * Groups * State);

    /// <summary>Width of all that the input projection gives: z, x, B, C and δ.</summary>
    public int Projected => Inner + Convolved + Heads;

    public static StateSpaceShape Of(ModelShape shape, Mamba2Options options)
    {
        var inner = Expansion.Of(options.Expand, shape);
        return new StateSpaceShape(inner, inner / (options.HeadDim ?? shape.HeadWidth), options.Groups, options.State);
    }
}

/// <summary>
/// The mixer of Mamba-2: h_t = e^{Δ_t A} h_{t−1} + Δ_t x_t B_tᵀ, y_t = h_t C_t + D x_t, where x, B, C come from a short convolution and Δ = softplus(δ + bias);
/// then a norm of y ⊙ SiLU(z) and the output projection. Head h uses B and C of group ⌊h·G/H'⌋.
/// </summary>
internal sealed class StateSpaceMixer : TokenMixer
{
    private const string Delta = "delta";
    private const string Decay = "decay";
    private const string Write = "b";
    private const string Read = "c";
    private const string Earlier = "convEarlier";
    private const string Skip = "skip";
    private const string Gate = "gate";

    // From here on softplus is the identity to the last bit of fp64.
    private const double SoftplusThreshold = 40;

    private readonly StateSpaceShape _sizes;
    private readonly Mamba2Options _options;

    [ComponentName(Name = "dt_bias")]
    private readonly Parameter _stepBias;

    [ComponentName(Name = "A_log")]
    private readonly Parameter _logRate;

    [ComponentName(Name = "D")]
    private readonly Parameter _skip;

    [ComponentName(Name = "in_proj")]
    private readonly Linear _in;

    [ComponentName(Name = "conv")]
    private readonly CausalConv _conv;

    [ComponentName(Name = "norm")]
    private readonly RmsNorm _norm;

    [ComponentName(Name = "out_proj")]
    private readonly Linear _out;

    public StateSpaceMixer(StateSpaceShape sizes, int width, Mamba2Options options) : base("attn")
    {
        (_sizes, _options) = (sizes, options);
        _stepBias = new Parameter(zeros(sizes.Heads));
        _logRate = new Parameter(zeros(sizes.Heads));
        _skip = new Parameter(ones(sizes.Heads));
        _in = Linear(width, sizes.Projected, hasBias: false);
        _conv = new CausalConv(sizes.Convolved, options.ConvWidth, Earlier);
        _norm = new RmsNorm(sizes.Inner, options.NormEpsilon, sizes.Groups);
        _out = Linear(sizes.Inner, width, hasBias: false);
        RegisterComponents();
    }

    public static IReadOnlyList<AblationPoint> Points(Mamba2Options options) =>
    [
        new(Delta, "Step Δ of each token and head: a constant in its place removes the selectivity."),
        new(Decay, "Logarithm of the decay, Δ·A: factor 0 keeps everything, larger factors shorten the memory."),
        new(Write, "B, which says where in the state a token writes."),
        new(Read, "C, which says where in the state a token reads."),
        .. options.ConvWidth == 1 ? Array.Empty<AblationPoint>() :
            [new AblationPoint(Earlier, "What earlier tokens contribute to the convolution: without it each token passes alone.") { Weights = ["attn.conv.weight"] }],
        new(Skip, "D·x, which passes by the state."),
        new(Gate, "SiLU(z), which outputs are multiplied with."),
    ];

    public override MixerState CreateState() => new RecurrentState(_conv.CreateWindow());

    public override Tensor forward(Tensor x, ForwardContext context) => Mix(x, null, context);

    public override Tensor Continue(Tensor x, MixerState state, ForwardContext context) => Mix(x, (RecurrentState)state, context);

    private Tensor Mix(Tensor x, RecurrentState? state, ForwardContext context)
    {
        var (batch, length) = (x.shape[0], x.shape[1]);
        var kernels = context.Kernels;
        var projected = kernels.Linear(x, _in.weight!).split([_sizes.Inner, _sizes.Convolved, _sizes.Heads], 2);
        var convolved = functional.silu(state is null ? _conv.call(projected[1], context) : _conv.Continue(projected[1], state.Window, context));
        var keyWidth = _sizes.Groups * _sizes.State;
        var parts = convolved.split([_sizes.Inner, keyWidth, keyWidth], 2);
        var inner = parts[0].reshape(batch, length, _sizes.Heads, -1);                                                 // [B, T, H', P]
        var write = context.Intervene(Write, parts[1].reshape(batch, length, _sizes.Groups, -1));                      // [B, T, G, N]
        var read = context.Intervene(Read, parts[2].reshape(batch, length, _sizes.Groups, -1));                        // [B, T, G, N]
        var delta = context.Intervene(Delta, Step(projected[2]));                                                      // [B, T, H']
        var decay = context.Intervene(Decay, delta * -_logRate.exp());                                                 // [B, T, H']
        var recurrence = kernels.ScalarRecurrence(read, write, inner * delta.unsqueeze(-1), decay, _options.Chunk, state?.Held);
        state?.Advance(recurrence.State, length);
        var skipped = context.Intervene(Skip, inner * _skip.unsqueeze(-1));                                            // [B, T, H', P]
        var output = recurrence.Output + skipped;                                                                      // [B, T, H', P]
        var gate = context.Intervene(Gate, functional.silu(projected[0]));                                             // [B, T, D_i]
        StateSpaceDiagnostics.Write(context, recurrence, delta, decay, skipped, output, gate);
        return kernels.Linear(_norm.call(output.reshape(batch, length, _sizes.Inner) * gate, context), _out.weight!);  // [B, T, d]
    }

    /// <summary>Δ = softplus(δ + bias), clamped to its limits.</summary>
    private Tensor Step(Tensor raw)
    {
        var step = functional.softplus(raw + _stepBias, 1, SoftplusThreshold);
        return _options is { DtLimitMin: 0, DtLimitMax: null } ? step : step.clamp(_options.DtLimitMin.ToScalar(), _options.DtLimitMax?.ToScalar());
    }
}
