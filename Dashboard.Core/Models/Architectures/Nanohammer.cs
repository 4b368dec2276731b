using System.ComponentModel.DataAnnotations;
using Crossbench.Metrics;
using Crossbench.Models.Parts;

namespace Crossbench.Models.Architectures;

/// <summary>Options of <see cref="Nanohammer"/>.</summary>
public sealed record NanohammerOptions : ArchitectureOptions
{
    /// <summary>Width of the state, ds, even; the model's width when absent (less one where that is odd).</summary>
    [Range(2, 65536)]
    [Display(Name = "State width", Description = "Width of the state that every layer reads; even. Left empty: the model's width.")]
    public int? StateWidth { get; init; }

    /// <summary>Heads of the state, Hs: divides its width into even parts.</summary>
    [Range(1, 1024)]
    [Display(Name = "State heads", Description = "Heads of the state, each with a cell of its own; divides its width into even parts. Left empty: as many as leave each head 32 wide or more.")]
    public int? StateHeads { get; init; }

    /// <summary>Inner width of a cell over the width of a state head.</summary>
    [Range(1, 64)]
    [Display(Name = "Cell width factor", Description = "Inner width of a state cell, as a multiple of the width of a state head.")]
    public int CellMult { get; init; } = 4;

    /// <summary>Initial step α of the state cells.</summary>
    [Range(-10.0, 10.0)]
    [Display(Name = "Cell step at start", Description = "Initial α, the learnt factor of what a cell adds to the state; 0 leaves the state as it was collected.")]
    public double StepInit { get; init; } = 0.1;

    /// <summary>Base of the frequencies at which the state turns.</summary>
    [Range(1.0, 1e9, MinimumIsExclusive = true)]
    [Display(Name = "Rotation base of the state", Description = "Base of the frequencies at which pairs of the state turn with the position.")]
    public double RotationBase { get; init; } = 1e4;

    /// <summary>Whether these frequencies are learnt.</summary>
    [Display(Name = "Learnt frequencies", Description = "Whether the frequencies of the state are parameters; they start at the same values.")]
    public bool LearnFrequencies { get; init; }

    /// <summary>How the state collects tokens.</summary>
    [Display(Name = "Accumulation", Description = "sum adds all tokens seen, ema lets old ones fade, mean divides by their number, none keeps the token alone, without history.")]
    public StateAccumulation Accumulate { get; init; }

    /// <summary>λ of the fading sum.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    [Display(Name = "Decay of ema", Description = "What is left of the state from one token to the next with accumulate ema; 1 is the sum.")]
    public double EmaDecay { get; init; } = 0.99;

    /// <summary>1 when a token reads the state of the tokens before it, 0 when the state counts the token itself.</summary>
    [Range(0, 1)]
    [Display(Name = "Shift of the state", Description = "1: a token reads the state of the tokens before it; 0: the state counts the token itself.")]
    public int StateShift { get; init; } = 1;

    /// <summary>Which state tokens a token attends to.</summary>
    [Display(Name = "Visible states", Description = "causal shows a token the states of all tokens up to it, self only its own, so that the cache does not double, none leaves Llama without states.")]
    public StateVisibility StateVisibility { get; init; }

    /// <summary>Whether state tokens go through the norm of the layer's input.</summary>
    [Display(Name = "Normed states", Description = "Whether state tokens go through the norm of the layer's input before keys and values are made from them.")]
    public bool StateNorm { get; init; } = true;

    /// <summary>Initial value of a learnt number in each layer that is added to the attention scores of states; no such number when absent.</summary>
    [Range(-100.0, 100.0)]
    [Display(Name = "Score bias of states", Description = "Initial value of a learnt number in each layer that is added to the scores of states: 0 changes nothing at first, -4 nearly hides them. Left empty: none.")]
    public double? StateScoreBias { get; init; }

    /// <summary>Whether only the parameters that Llama lacks are trained.</summary>
    [Display(Name = "Frozen base", Description = "Trains only what Llama lacks: state, cells, projections. Sensible on pretrained weights only.")]
    public bool FreezeBase { get; init; }

    /// <summary>How rotary frequencies of attention are changed.</summary>
    [Display(Name = "RoPE scaling", Description = "none, or llama3 for the long-context frequencies of Llama 3.2.")]
    public RopeScaling RopeScaling { get; init; }
}

/// <summary>Llama with a fixed-size state, a turning sum of all tokens seen, shown to attention as further tokens (NoesisLab's NanoHammer model card).</summary>
public sealed class Nanohammer : LlamaArchitecture<NanohammerOptions>
{
    private const int UsualHeadWidth = 32;

    /// <inheritdoc/>
    public override string Id => "nanohammer";

    /// <inheritdoc/>
    public override string Title => "NanoHammer: holographic causal state";

    /// <inheritdoc/>
    public override string Summary => "Llama whose tokens also attend to states: fixed-size sums of all tokens seen, turned by position and updated by each layer.";

    /// <inheritdoc/>
    public override ArchitectureFamily Family => ArchitectureFamily.Hybrid;

    /// <inheritdoc/>
    public override IReadOnlyList<Equation> Equations { get; } =
    [
        new(
            "State of all tokens seen", @"S_t^0 = \sum_{l \le t} R(l)\, W_{in}\, e_l",
            ("e_l", "embedding of token l, [d]"), ("S_t^0", "[d_s]; with accumulate ema, mean or none it fades, is averaged, or is the token alone"),
            ("R(l)", @"turns pair k of neighbouring entries by l · base^(−2k/d_s)")),
        new(
            "Cell of a layer", @"S_t^{\ell+1} = S_t^\ell + \alpha \odot \operatorname{LN}_{post}\Big(W_2 \operatorname{SiLU}\big(W_1 \operatorname{LN}_{pre}(S_t^\ell) + b_1\big) + b_2\Big)",
            (@"\alpha", "a learnt number for each state head, at the start 0.1"), (@"W_1,\; W_2", "of each state head: [c·w, w] and [w, c·w]; norms too go over one head")),
        new("State token", @"s_t = W_p\, R(-t)\, S_{t-1}^{\ell+1}", ("s_t", "[d]; nothing before the first token; with stateShift 0 its own state is read"), ("W_p", "[d, d_s]")),
        new(
            "Attention over tokens and states", @"y_i = W_o \Big[ \sum_{j \le i} P_{ij}\, v(n_j) + P'_{ij}\, v(n'_j) \Big]_h, \qquad [\,P_i,\, P'_i\,] = \operatorname*{softmax}_{j \le i} \frac{q(n_i) \cdot [\,k(n_j),\, k(n'_j)\,]}{\sqrt{d_h}}",
            (@"n_j,\; n'_j", "RMSNorm of token and of state token, by the same weights"), (@"q,\; k,\; v", "projections of grouped-query attention, turned by position j for both"),
            ("P'", "weights of states: of all tokens up to i, with stateVisibility self only of i; with a score bias it is added to their scores")),
        SharedEquations.Layer(@"\operatorname{Attention}"),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Reading> Readings { get; } =
    [
        new("NanoHammer-1.5B-Instruct, model card", "NoesisLab", null, "The state and what reads it; what the card leaves open is an option here.", "https://huggingface.co/NoesisLab/NanoHammer-1.5B-Instruct"),
        Papers.Llama,
    ];

    /// <inheritdoc/>
    public override ModelShape DefaultShape { get; } = new() { Bias = false };

    /// <inheritdoc/>
    public override IReadOnlyList<Preset> Presets { get; } =
    [
        Preset.Of(
            "llama-3.2-1b",
            "On Llama-3.2-1B, 1.52 billion parameters",
            [
                ("shape.layers", "16"), ("shape.width", "2048"), ("shape.heads", "32"), ("shape.kvHeads", "8"), ("shape.ffn", "8192"), ("shape.contextLength", "8192"),
                ("shape.vocabulary", "128256"), ("shape.positions", "rope"), ("shape.ropeBase", "500000"), ("shape.bias", "false"), ("shape.tiedHead", "false"),
                ("architecture.stateWidth", "512"), ("architecture.stateHeads", "16"), ("architecture.ropeScaling", "llama3"),
            ]),
    ];

    /// <inheritdoc/>
    protected override IReadOnlyList<MetricSpec> Diagnostics(NanohammerOptions options) =>
        [.. BlockDiagnostics.All, .. HasStates(options) ? HolographicDiagnostics.All(Of(DefaultShape, options)) : AttentionDiagnostics.All];

    /// <inheritdoc/>
    protected override IReadOnlyList<AblationPoint> AblationPoints(NanohammerOptions options)
    {
        var states = Of(DefaultShape, options);
        IEnumerable<AblationPoint> added = HasStates(options) ? [.. TokenToState.Points(states), .. HolographicBlock.Points(states)] : [];
        return [.. BlockDiagnostics.Points, .. AttentionDiagnostics.Points, .. added];
    }

    /// <inheritdoc/>
    protected override RopeScaling ScalingOf(NanohammerOptions options) => options.RopeScaling;

    /// <inheritdoc/>
    protected override IEnumerable<SpecProblem> Validate(ModelShape shape, NanohammerOptions options) =>
        [.. Widths(Of(shape, options), options), .. WithoutStates(options), .. Frozen(options), .. options.RopeScaling.Problems(shape)];

    /// <inheritdoc/>
    protected internal override bool IsTrained(string name, ArchitectureOptions options) =>
        !((NanohammerOptions)options).FreezeBase || name.StartsWith(TokenToState.ModuleName, StringComparison.Ordinal) || name.Contains(".state_", StringComparison.Ordinal);

    /// <inheritdoc/>
    protected internal override Prelude? CreatePrelude(ModelShape shape, ArchitectureOptions options) =>
        HasStates((NanohammerOptions)options) ? new TokenToState(Of(shape, (NanohammerOptions)options)) : null;

    /// <inheritdoc/>
    protected internal override IEnumerable<ParameterShape> PreludeParameters(ModelShape shape, ArchitectureOptions options) =>
        HasStates((NanohammerOptions)options) ? TokenToState.Parameters(Of(shape, (NanohammerOptions)options)) : [];

    /// <inheritdoc/>
    protected internal override double PreludeFlops(ModelShape shape, ArchitectureOptions options) =>
        HasStates((NanohammerOptions)options) ? 2.0 * shape.Width * Of(shape, (NanohammerOptions)options).StateWidth : 0;

    /// <inheritdoc/>
    protected internal override long PreludeStateBytes(ModelShape shape, ArchitectureOptions options) =>
        HasStates((NanohammerOptions)options) ? TokenToState.StateBytes(Of(shape, (NanohammerOptions)options)) : 0;

    /// <inheritdoc/>
    protected override Block CreateBlock(LayerContext layer, NanohammerOptions options) => HasStates(options)
        ? new HolographicBlock(layer, Of(layer.Shape, options))
        : new PreNormBlock(layer, new GroupedQueryAttention(layer, dropout: 0));

    /// <inheritdoc/>
    protected override IEnumerable<ParameterShape> AddedParameters(int layer, ModelShape shape, NanohammerOptions options) =>
        HasStates(options) ? HolographicBlock.Parameters(Of(shape, options)) : [];

    /// <inheritdoc/>
    protected override double BlockFlops(int layer, ModelShape shape, NanohammerOptions options) => HasStates(options)
        ? HolographicBlock.Flops(shape, Of(shape, options))
        : GroupedQueryMixer.Flops(shape) + SwiGlu.Flops(shape);

    /// <inheritdoc/>
    protected override long BlockStateBytes(int layer, ModelShape shape, NanohammerOptions options) =>
        HasStates(options) ? HolographicBlock.StateBytes(shape, Of(shape, options)) : GroupedQueryMixer.StateBytes(shape);

    private static bool HasStates(NanohammerOptions options) => options.StateVisibility != StateVisibility.None;

    private static HolographicShape Of(ModelShape shape, NanohammerOptions options)
    {
        var width = options.StateWidth ?? (shape.Width - (shape.Width % 2));
        return new HolographicShape
        {
            Width = shape.Width,
            StateWidth = width,
            StateHeads = options.StateHeads ?? HeadsOf(width, Math.Max(1, width / UsualHeadWidth)),
            CellMult = options.CellMult,
            StepInit = options.StepInit,
            RotationBase = options.RotationBase,
            LearnsFrequencies = options.LearnFrequencies,
            Accumulation = options.Accumulate,
            Decay = options.EmaDecay,
            Shift = options.StateShift,
            Visibility = options.StateVisibility,
            IsNormed = options.StateNorm,
            ScoreBias = options.StateScoreBias,
        };
    }

    /// <summary>The largest number of heads, up to a most, that cuts a width into even parts; 1 when none does.</summary>
    private static int HeadsOf(int width, int most) =>
        Enumerable.Range(1, most).LastOrDefault(heads => width % heads == 0 && width / heads % 2 == 0, 1);

    private static IEnumerable<SpecProblem> Widths(HolographicShape states, NanohammerOptions options)
    {
        if (states.StateWidth % 2 != 0)
        {
            yield return new SpecProblem("architecture.stateWidth", $"A state width of {states.StateWidth} is odd, and its entries turn in pairs.", "Use an even width.")
            {
                Fixes = [new SpecFix("architecture.stateWidth", $"{states.StateWidth + 1}")],
            };
        }
        else if (options.StateHeads is { } heads && (states.StateWidth % heads != 0 || states.HeadWidth % 2 != 0))
        {
            var near = HeadsOf(states.StateWidth, Math.Min(heads, states.StateWidth));
            yield return new SpecProblem("architecture.stateHeads", $"A state of width {states.StateWidth} cannot be cut into {heads} heads of even width.", $"Use {near}, or leave it empty.")
            {
                Fixes = [new SpecFix("architecture.stateHeads", $"{near}")],
            };
        }
    }

    private static IEnumerable<SpecProblem> WithoutStates(NanohammerOptions options)
    {
        const string Remedy = "Show states (causal or self), or leave it at its default.";
        if (!HasStates(options) && options.StateScoreBias is { } bias)
        {
            yield return new SpecProblem("architecture.stateScoreBias", $"A score bias of {bias} has no effect: no states are visible.", Remedy);
        }

        if (!HasStates(options) && options.LearnFrequencies)
        {
            yield return new SpecProblem("architecture.learnFrequencies", "Learnt frequencies have no effect: no states are visible.", Remedy);
        }
    }

    private static IEnumerable<SpecProblem> Frozen(NanohammerOptions options)
    {
        if (options.FreezeBase)
        {
            yield return new SpecProblem("architecture.freezeBase", "The base cannot be frozen without trained weights: drawn ones would never learn, and training does not start from a weight file yet.", "Set it to false.")
            {
                Fixes = [new SpecFix("architecture.freezeBase", "false")],
            };
        }
    }
}
