using Crossbench.Models.Kernels;
using static TorchSharp.torch;

namespace Crossbench.Models;

/// <summary>What a forward pass carries beside its input. One context serves one pass at a time.</summary>
/// <param name="kernels">The kernels to compute with.</param>
/// <param name="training">Whether dropout, auxiliary losses and training-only noise apply.</param>
public sealed class ForwardContext(KernelSet kernels, bool training)
{
    private readonly Dictionary<string, Tensor> _carried = [];

    /// <summary>The kernels to compute with.</summary>
    public KernelSet Kernels { get; } = kernels;

    /// <summary>Whether dropout, auxiliary losses and training-only noise apply.</summary>
    public bool Training { get; } = training;

    /// <summary>Share of training done, in [0, 1], for temperatures and other schedules; 1 for a finished model.</summary>
    public double Progress { get; init; } = 1;

    /// <summary>Noise that belongs to architectures.</summary>
    public NoiseSource Noise { get; init; } = new(new RandomStreams(0), RandomStreams.Eval, 0);

    /// <summary>Masks of dropout: those of the run and of the step, whatever else the process draws.</summary>
    public NoiseSource Masks { get; init; } = new(new RandomStreams(0), RandomStreams.Dropout, 0);

    /// <summary>Takes what mixers tell about themselves; null when nobody asks.</summary>
    public DiagnosticsWriter? Diagnostics { get; init; }

    /// <summary>Interventions on components; null for none.</summary>
    public AblationPlan? Ablations { get; init; }

    /// <summary>Auxiliary losses of the pass; empty unless training.</summary>
    public AuxiliaryLosses Auxiliary { get; } = new();

    /// <summary>0-based layer that is being computed; -1 before the first.</summary>
    public int Layer { get; private set; } = -1;

    /// <summary>The value of a component, or what the ablation plan puts in its place.</summary>
    /// <param name="component">Name of an <see cref="AblationPoint"/> that the architecture declares.</param>
    /// <param name="value">[B, T, ...]</param>
    /// <returns>Shaped like the value.</returns>
    public Tensor Intervene(string component, Tensor value) => Ablations is null ? value : Ablations.Apply(component, Layer, value);

    /// <summary>Dropout (Srivastava et al., 2014): while training, a share of the numbers becomes 0 and the others grow by 1 / (1 − share).</summary>
    /// <param name="name">Where in the layer; places of one name in one layer drop alike.</param>
    /// <param name="value">What is dropped from.</param>
    /// <param name="share">Share dropped, in [0, 1).</param>
    /// <param name="mask">Shape of the mask, which is broadcast to the value; the value's own when absent.</param>
    /// <returns>Shaped like the value.</returns>
    public Tensor Drop(string name, Tensor value, double share, params long[] mask) =>
        Training && share > 0 ? value * Masks.Mask(name, Layer, 1 - share, value, mask.Length == 0 ? value.shape : mask) : value;

    /// <summary>Leaves a tensor for later layers of the same pass.</summary>
    public void Carry(string name, Tensor value) => _carried[name] = value;

    /// <summary>What an earlier layer, or the prelude, left in this pass.</summary>
    public Tensor Carried(string name) => _carried[name];

    /// <summary>Begins a pass: forgets what the one before left.</summary>
    internal void Begin()
    {
        _carried.Clear();
        Auxiliary.Clear();
        Enter(-1);
    }

    /// <summary>Goes on to a layer.</summary>
    internal void Enter(int layer)
    {
        Layer = layer;
        Diagnostics?.Enter(layer);
    }
}
