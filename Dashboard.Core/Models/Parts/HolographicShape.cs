namespace Crossbench.Models.Parts;

/// <summary>How a state collects the tokens seen.</summary>
public enum StateAccumulation
{
    /// <summary>S_t = Σ R(l) W e_l over l ≤ t.</summary>
    Sum,

    /// <summary>S_t = Σ λ^(t−l) R(l) W e_l.</summary>
    Ema,

    /// <summary>The sum over t + 1.</summary>
    Mean,

    /// <summary>S_t = R(t) W e_t: no history.</summary>
    None,
}

/// <summary>Which state tokens a token attends to.</summary>
public enum StateVisibility
{
    /// <summary>Its own and those of all earlier tokens.</summary>
    Causal,

    /// <summary>Only its own.</summary>
    Self,

    /// <summary>None: the model is Llama.</summary>
    None,
}

/// <summary>What holographic states are built from.</summary>
internal sealed record HolographicShape
{
    /// <summary>Width of the residual stream, d.</summary>
    public required int Width { get; init; }

    /// <summary>Width of the state, ds: ds/2 pairs that turn.</summary>
    public required int StateWidth { get; init; }

    /// <summary>Heads of the state, Hs, each with a cell of its own.</summary>
    public required int StateHeads { get; init; }

    /// <summary>Inner width of a cell over its outer width.</summary>
    public required int CellMult { get; init; }

    /// <summary>Initial step α of a cell.</summary>
    public required double StepInit { get; init; }

    /// <summary>Base of the frequencies θ_k = base^(−2k/ds).</summary>
    public required double RotationBase { get; init; }

    /// <summary>Whether the frequencies are learnt.</summary>
    public required bool LearnsFrequencies { get; init; }

    /// <summary>How tokens are collected.</summary>
    public required StateAccumulation Accumulation { get; init; }

    /// <summary>λ of <see cref="StateAccumulation.Ema"/>.</summary>
    public required double Decay { get; init; }

    /// <summary>1 when a token reads the state before it, 0 when its state counts itself.</summary>
    public required int Shift { get; init; }

    /// <summary>Which state tokens are attended to; not <see cref="StateVisibility.None"/>.</summary>
    public required StateVisibility Visibility { get; init; }

    /// <summary>Whether state tokens go through the norm of the layer's input.</summary>
    public required bool IsNormed { get; init; }

    /// <summary>Initial value of what is added to the scores of states, or null for no such parameter.</summary>
    public required double? ScoreBias { get; init; }

    /// <summary>Width of a state head, w.</summary>
    public int HeadWidth => StateWidth / StateHeads;

    /// <summary>d with its letter.</summary>
    public Extent WidthExtent => Extent.Of("d", "width", Width);

    /// <summary>d_s.</summary>
    public Extent StateExtent => Extent.Of("d_s", "state width", StateWidth);

    /// <summary>H_s.</summary>
    public Extent HeadsExtent => Extent.Of("H_s", "state heads", StateHeads);

    /// <summary>w.</summary>
    public Extent HeadExtent => Extent.Of("w", "width of a state head, d_s/H_s", HeadWidth);
}
