using Crossbench.Models;
using Crossbench.Models.Kernels;
using Crossbench.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Crossbench.Tests.Models;

/// <summary>One mode of one architecture that the contract tests go over. Each architecture's test file names its own; <see cref="ModelCases"/> lists them.</summary>
/// <param name="Name">Name in test output: <c>mig, global</c>.</param>
/// <param name="Architecture">The architecture.</param>
/// <param name="Options">Its options.</param>
public sealed record ModelCase(string Name, Architecture Architecture, ArchitectureOptions Options)
{
    /// <summary>The shape: tiny, unless heads need more.</summary>
    public ModelShape Shape { get; init; } = TinyModels.Shape;

    /// <summary>Parts of names of parameters that get no gradient in this mode, or one that is exactly zero, with a reason in the test file.</summary>
    public IReadOnlyList<string> WithoutGradient { get; init; } = [];

    /// <summary>Whether the loss is smooth in the parameters, so that finite differences mean something; not with hard choices.</summary>
    public bool IsSmooth { get; init; } = true;

    /// <summary>Diagnostics that this mode does not write although the architecture declares them.</summary>
    public IReadOnlyList<string> NotWritten { get; init; } = [];

    /// <summary>Ablation points without effect in this mode.</summary>
    public IReadOnlyList<string> WithoutEffect { get; init; } = [];

    /// <summary>Tensors of the decoding state may be larger than the formula says by this factor (blocks allocated ahead).</summary>
    public double StateSlack { get; init; } = 1;

    /// <summary>Whether parts of the mode drop numbers while training.</summary>
    public bool Drops { get; init; }

    /// <summary>Numbers that decoding keeps for each sequence in each layer, where they do not grow in number with the sequence; null where they do.</summary>
    public int? StateNumbers { get; init; }

    /// <summary>How far counted operations may be from the formula, relative to it; more where they depend on the data, with a reason in the test file.</summary>
    public double FlopTolerance { get; init; } = 0.01;

    /// <summary>Learning rate with which one batch is learnt by heart within 300 steps.</summary>
    public double OverfitLearningRate { get; init; } = 5e-3;

    /// <summary>Builds the model with vectors moved off 0 and 1.</summary>
    public LanguageModel Create(ModelShape? shape = null, ScalarType type = ScalarType.Float64, long seed = 1) =>
        TinyModels.Create(Architecture, Options, shape ?? Shape, type, seed);

    /// <summary>What the model costs.</summary>
    public ModelCost Cost(ModelShape? shape = null) => Architecture.Cost(shape ?? Shape, TinyModels.Vocabulary, Options);

    /// <summary>A training context with the noise and the dropout masks of a step, in the middle of training.</summary>
    public static ForwardContext Training(DiagnosticsWriter? writer = null, long step = 7) => new(new KernelSet(), training: true)
    {
        Progress = 0.5,
        Noise = new NoiseSource(new RandomStreams(3), RandomStreams.Noise, step),
        Masks = new NoiseSource(new RandomStreams(3), RandomStreams.Dropout, step),
        Diagnostics = writer,
    };

    /// <summary>Loss of a training pass: cross-entropy and auxiliary losses at full weight.</summary>
    public static Tensor TrainingLoss(LanguageModel model, Tensor tokens, Tensor targets)
    {
        var context = Training();
        var loss = model.Loss(tokens, targets, context);
        return context.Auxiliary.Means.Aggregate(loss, (sum, item) => sum + (item.Raw * Math.Max(item.Term.Weight, 0.1)));
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
