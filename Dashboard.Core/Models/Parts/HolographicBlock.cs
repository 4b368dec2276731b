using Crossbench.Models.Kernels;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models.Parts;

/// <summary>
/// A Llama layer that updates the holographic state and attends to it: Ŝ = cell(S), s_t = W_p R(−t) Ŝ_{t−1}; keys and values come from RMSNorm(s) and
/// RMSNorm(x), queries from RMSNorm(x). The hidden stream never enters the state, and what attention would return for state tokens is not computed.
/// </summary>
internal sealed class HolographicBlock : Block
{
    private const string State = "state";
    private const string Visibility = "stateVisibility";
    private const string OlderVisibility = "olderStateVisibility";
    private const string ScoreBiasName = "state_score_bias";
    private readonly HolographicShape _shape;

    [ComponentName(Name = ScoreBiasName)]
    private readonly Parameter? _scoreBias;

    [ComponentName(Name = "norm1")]
    private readonly RmsNorm _norm1;

    [ComponentName(Name = "attn")]
    private readonly StateMixer _attention;

    [ComponentName(Name = StateCell.ModuleName)]
    private readonly StateCell _cell;

    [ComponentName(Name = "state_proj")]
    private readonly Linear _projection;

    [ComponentName(Name = "norm2")]
    private readonly RmsNorm _norm2;

    [ComponentName(Name = "mlp")]
    private readonly SwiGlu _mlp;

    public HolographicBlock(LayerContext layer, HolographicShape shape) : base("block")
    {
        _shape = shape;
        _scoreBias = shape.ScoreBias is null ? null : new Parameter(zeros(Array.Empty<long>()));
        _norm1 = new RmsNorm(shape.Width, layer.Backbone.NormEpsilon);
        _attention = new StateMixer(layer, shape.Visibility);
        _cell = new StateCell(shape);
        _projection = Linear(shape.StateWidth, shape.Width, hasBias: false);
        _norm2 = new RmsNorm(shape.Width, layer.Backbone.NormEpsilon);
        _mlp = new SwiGlu(shape.Width, layer.Shape.Ffn);
        RegisterComponents();
    }

    /// <summary>Parameters that it has beside Llama's, with names relative to the layer.</summary>
    public static IEnumerable<ParameterShape> Parameters(HolographicShape shape) =>
    [
        .. shape.ScoreBias is { } bias ? [new(ScoreBiasName, [], "State cells") { Initial = new Initial.Constant(bias) }] : Array.Empty<ParameterShape>(),
        .. StateCell.Parameters(shape),
        new("state_proj.weight", [shape.WidthExtent, shape.StateExtent], "State projections"),
    ];

    /// <summary>Where it can be intervened on.</summary>
    public static IReadOnlyList<AblationPoint> Points(HolographicShape shape) =>
    [
        new(State, "The updated state that a layer's state tokens are made from; the layers after it keep theirs.") { Weights = ["state_proj.weight"] },
        StateCell.Point,
        new(Visibility, "Factor of the attention odds of states; 0 hides them, which leaves Llama."),
        .. shape.Visibility == StateVisibility.Self ? Array.Empty<AblationPoint>() : [new(OlderVisibility, "Factor of the attention odds of earlier tokens' states; 0 leaves each token its own.")],
    ];

    /// <summary>Forward operations per token at the average causal context.</summary>
    public static double Flops(ModelShape model, HolographicShape shape) =>
        StateMixer.Flops(model, shape.Visibility) + SwiGlu.Flops(model) + StateCell.Flops(shape) + (2.0 * shape.StateWidth * shape.Width);

    /// <summary>Bytes (fp32) that decoding keeps: keys and values, and the last token's state where the next token reads it.</summary>
    public static long StateBytes(ModelShape model, HolographicShape shape) =>
        StateMixer.StateBytes(model, shape.Visibility) + ((long)shape.Shift * shape.StateWidth * sizeof(float));

    /// <inheritdoc/>
    public override MixerState CreateState() => new HolographicState();

    /// <inheritdoc/>
    public override Tensor forward(Tensor x, ForwardContext context) => Compute(x, null, context);

    /// <inheritdoc/>
    public override Tensor Continue(Tensor x, MixerState state, ForwardContext context) => Compute(x, (HolographicState)state, context);

    private Tensor Compute(Tensor x, HolographicState? held, ForwardContext context)
    {
        var states = StateTokens(held, context);
        var attended = _attention.Attend(_norm1.call(x, context), _shape.IsNormed ? _norm1.call(states, context) : states, Scores(context), held?.Cache, context);
        x += Mixed(attended, context);
        return x + Fed(_mlp.call(_norm2.call(x, context), context), context);
    }

    /// <summary>Updates the state that the pass carries, and makes the tokens of this layer from it.</summary>
    /// <returns>[B, T, d]</returns>
    private Tensor StateTokens(HolographicState? held, ForwardContext context)
    {
        var before = context.Carried(TokenToState.State);                                          // [B, T, ds]
        var after = _cell.call(before, context);
        context.Carry(TokenToState.State, after);
        HolographicDiagnostics.WriteUpdate(context, _cell, before, after);
        var read = context.Intervene(State, after);
        if (_shape.Shift == 1)
        {
            var last = held?.Last ?? zeros_like(read.narrow(1, 0, 1));                             // before the first token there is nothing
            var shifted = cat([last, read.narrow(1, 0, read.shape[1] - 1)], 1);
            held?.Keep(read.narrow(1, read.shape[1] - 1, 1));
            read = shifted;
        }

        var turnedBack = TokenToState.Turn(read, context.Carried(TokenToState.Cosines), -context.Carried(TokenToState.Sines));
        return context.Kernels.Linear(turnedBack, _projection.weight);
    }

    /// <summary>What is added to the scores of states: the learnt bias, and the logarithm of an ablation's factors.</summary>
    private StateScores? Scores(ForwardContext context)
    {
        if (_scoreBias is not null)
        {
            HolographicDiagnostics.WriteBias(context, _scoreBias);
        }

        var all = _scoreBias?.view(1, 1);
        if (context.Ablations is null)
        {
            return all is null ? null : new StateScores(all);
        }

        var one = ones([1, 1], dtype: _projection.weight.dtype, device: _projection.weight.device);
        var visibility = context.Intervene(Visibility, one).log();
        var older = _shape.Visibility == StateVisibility.Causal ? context.Intervene(OlderVisibility, one).log() : null;
        return new StateScores(all is null ? visibility : all + visibility, older);
    }
}

/// <summary>Keys and values of one layer, and its state after the last token.</summary>
internal sealed class HolographicState : MixerState
{
    private Tensor? _last;

    public KvCache Cache { get; } = new();

    /// <summary>[B, 1, ds], or null before the first token.</summary>
    public Tensor? Last => _last;

    public override long Bytes => Cache.Bytes + (_last is null ? 0 : _last.numel() * _last.ElementSize);

    public void Keep(Tensor last) => Replace(ref _last, last.clone());

    protected override void Dispose(bool disposing)
    {
        Cache.Dispose();
        _last?.Dispose();
    }
}
