using System.ComponentModel.DataAnnotations;
using Crossbench.Metrics;
using Crossbench.Models.Parts;

namespace Crossbench.Models.Architectures;

/// <summary>Options of the convolutions that TransBench trained where it could not run the real layers.</summary>
public abstract record ConvStubOptions : ArchitectureOptions
{
    /// <summary>Taps of the convolution, k.</summary>
    [Range(1, 64)]
    [Display(Name = "Convolution taps", Description = "Tokens that a layer's convolution sees, the token itself included: nothing farther back in one layer.", Prompt = "tokens")]
    public int ConvWidth { get; init; }

    /// <summary>Whether the convolutions start alike in all layers, as in TransBench, which copies one mixer.</summary>
    [Display(Name = "Same start in all layers", Description = "Convolutions start alike in all layers, as in TransBench; else each layer draws its own.")]
    public bool CloneInit { get; init; }
}

/// <summary>Options of <see cref="Mamba2Stub"/>.</summary>
public sealed record Mamba2StubOptions : ConvStubOptions
{
    /// <summary>7 taps.</summary>
    public Mamba2StubOptions() => ConvWidth = 7;
}

/// <summary>Options of <see cref="Rwkv6Stub"/>.</summary>
public sealed record Rwkv6StubOptions : ConvStubOptions
{
    /// <summary>3 taps.</summary>
    public Rwkv6StubOptions() => ConvWidth = 3;
}

/// <summary>Options of <see cref="RetNetStub"/>.</summary>
public sealed record RetNetStubOptions : ConvStubOptions
{
    /// <summary>5 taps.</summary>
    public RetNetStubOptions() => ConvWidth = 5;
}

/// <summary>
/// A gated convolution that TransBench trained under the name of a recurrent layer: its published parameter counts match these and not the layers they are
/// named after. Kept to reproduce its table; what it measures says nothing about those layers.
/// </summary>
/// <typeparam name="TOptions">The options record.</typeparam>
public abstract class ConvStub<TOptions> : MixerArchitecture<TOptions>
    where TOptions : ConvStubOptions, new()
{
    /// <inheritdoc/>
    public override bool HasKvHeads => false;

    /// <inheritdoc/>
    public override ArchitectureFamily Family => ArchitectureFamily.Convolution;

    private protected const string Part = "Gated convolution";

    /// <inheritdoc/>
    public override IReadOnlyList<Reading> Readings { get; } =
        [Papers.TransBench with { For = "The table in which this stands under the name of a recurrent layer, and the code that replaces the layer where it cannot run." }];

    private protected static Equation Convolution { get; } = new(
        "Convolution", @"\operatorname{conv}_k(v)_t = \sum_{s=0}^{k-1} w_s \odot v_{t-s} + b_c, \qquad \text{tokens seen over } L \text{ layers} = 1 + L\,(k - 1)",
        ("w_s", "a weight for each channel, [d]"), ("k", "taps: nothing farther back is seen in one layer"));

    /// <inheritdoc/>
    public override IReadOnlyList<Preset> Presets { get; } = [Preset.TransBench(("architecture.cloneInit", "true"))];

    /// <inheritdoc/>
    protected override IReadOnlyList<MetricSpec> Diagnostics(TOptions options) => [.. BlockDiagnostics.All, ConvStubMixer.GateMetric];

    /// <inheritdoc/>
    protected override IReadOnlyList<AblationPoint> AblationPoints(TOptions options) => [.. BlockDiagnostics.Points, .. ConvStubMixer.Points(options)];

    /// <summary>A linear layer's parameters, its bias with <see cref="ModelShape.Bias"/>.</summary>
    private protected static IEnumerable<ParameterShape> LinearParameters(string name, ModelShape shape, Extent size) => shape.Bias
        ? [new(name + ".weight", [size, shape.Extents.Width], Part), new(name + ".bias", [size], Part)]
        : [new(name + ".weight", [size, shape.Extents.Width], Part)];
}

/// <summary>A gated convolution, y = W_out(σ(u) ⊙ conv(v)) with [u, v] = W_in x.</summary>
/// <typeparam name="TOptions">The options record.</typeparam>
public abstract class GatedConvStub<TOptions> : ConvStub<TOptions>
    where TOptions : ConvStubOptions, new()
{
    /// <inheritdoc/>
    public override IReadOnlyList<Equation> Equations { get; } =
    [
        new("Projection", @"[\,u,\, v\,] = W_{in}\, x + b_{in}", ("x", "normed input, [T, d]"), (@"u,\; v", "[T, d] each"), ("b", "biases, where the shape has them")),
        Convolution,
        new("Output", @"y = W_{out} \big(\sigma(u) \odot \operatorname{conv}_k(v)\big) + b_{out}", ("y", "[T, d]")),
        SharedEquations.Layer(@"\operatorname{Mixer}"),
    ];

    /// <inheritdoc/>
    protected override TokenMixer CreateMixer(LayerContext layer, TOptions options) => new GatedConvMixer(layer.Shape, options.ConvWidth);

    /// <inheritdoc/>
    protected override IEnumerable<ParameterShape> MixerParameters(int layer, ModelShape shape, TOptions options) =>
    [
        .. LinearParameters("in", shape, 2 * shape.Extents.Width),
        .. CausalConv.Parameters("conv", shape.Extents.Width, Extent.Of("k", "convolution taps", options.ConvWidth), Part, options.CloneInit),
        .. LinearParameters("out", shape, shape.Extents.Width),
    ];

    /// <inheritdoc/>
    protected override double MixerFlops(int layer, ModelShape shape, TOptions options) =>
        (6.0 * shape.Width * shape.Width) + CausalConv.Flops(shape.Width, options.ConvWidth);

    /// <inheritdoc/>
    protected override long MixerStateBytes(int layer, ModelShape shape, TOptions options) => CausalConv.StateBytes(shape.Width, options.ConvWidth);
}

/// <summary>What TransBench trained as Mamba-2: a gated convolution of 7 taps.</summary>
public sealed class Mamba2Stub : GatedConvStub<Mamba2StubOptions>
{
    /// <inheritdoc/>
    public override string Id => "mamba2-stub";

    /// <inheritdoc/>
    public override string Title => "TransBench's stand-in for Mamba-2";

    /// <inheritdoc/>
    public override string Summary => "Gated convolution of 7 taps that TransBench's table calls Mamba2. No memory beyond its taps.";

    /// <inheritdoc/>
    public override TransBenchForm TransBench { get; } = new("mamba2") { IsStandIn = true };
}

/// <summary>What TransBench trained as RetNet: a gated convolution of 5 taps.</summary>
public sealed class RetNetStub : GatedConvStub<RetNetStubOptions>
{
    /// <inheritdoc/>
    public override string Id => "retnet-stub";

    /// <inheritdoc/>
    public override string Title => "TransBench's stand-in for RetNet";

    /// <inheritdoc/>
    public override string Summary => "Gated convolution of 5 taps that TransBench's table calls RetNet. No memory beyond its taps.";

    /// <inheritdoc/>
    public override TransBenchForm TransBench { get; } = new("retnet", "msr", "retention") { IsStandIn = true };
}

/// <summary>What TransBench trained as RWKV-6: a gated blend with the token before, and a convolution of 3 taps.</summary>
public sealed class Rwkv6Stub : ConvStub<Rwkv6StubOptions>
{
    /// <inheritdoc/>
    public override string Id => "rwkv6-stub";

    /// <inheritdoc/>
    public override string Title => "TransBench's stand-in for RWKV-6";

    /// <inheritdoc/>
    public override string Summary => "Gated blend with the token before and a convolution of 3 taps that TransBench's table calls RWKV6.";

    /// <inheritdoc/>
    public override IReadOnlyList<Equation> Equations { get; } =
    [
        new(
            "Blend with the token before", @"g_t = \sigma(W_g x_t + b_g), \qquad m_t = g_t \odot x_t + (1 - g_t) \odot x_{t-1}",
            ("x_t", "normed token t, [d]; nothing before the first"), (@"g_t,\; m_t", "[d]"), ("b", "biases, where the shape has them")),
        Convolution,
        new("Output", @"y = W_{out} \operatorname{conv}_k(m) + b_{out}", ("y", "[T, d]")),
        SharedEquations.Layer(@"\operatorname{Mixer}"),
    ];

    /// <inheritdoc/>
    public override TransBenchForm TransBench { get; } = new("rwkv6") { IsStandIn = true };

    /// <inheritdoc/>
    protected override TokenMixer CreateMixer(LayerContext layer, Rwkv6StubOptions options) => new BlendConvMixer(layer.Shape, options.ConvWidth);

    /// <inheritdoc/>
    protected override IEnumerable<ParameterShape> MixerParameters(int layer, ModelShape shape, Rwkv6StubOptions options) =>
    [
        .. LinearParameters("gate", shape, shape.Extents.Width),
        .. CausalConv.Parameters("conv", shape.Extents.Width, Extent.Of("k", "convolution taps", options.ConvWidth), Part, options.CloneInit),
        .. LinearParameters("out", shape, shape.Extents.Width),
    ];

    /// <inheritdoc/>
    protected override double MixerFlops(int layer, ModelShape shape, Rwkv6StubOptions options) =>
        (4.0 * shape.Width * shape.Width) + CausalConv.Flops(shape.Width, options.ConvWidth);

    /// <inheritdoc/>
    protected override long MixerStateBytes(int layer, ModelShape shape, Rwkv6StubOptions options) =>
        (shape.Width * sizeof(float)) + CausalConv.StateBytes(shape.Width, options.ConvWidth);
}
