using System.ComponentModel.DataAnnotations;
using Crossbench.Metrics;
using Crossbench.Models.Parts;

namespace Crossbench.Models.Architectures;

/// <summary>Options of <see cref="Gqa"/>.</summary>
public sealed record GqaOptions : ArchitectureOptions
{
    /// <summary>Share of attention weights dropped while training.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    [Display(Name = "Dropout", Description = "Share of attention weights dropped while training.")]
    public double Dropout { get; init; }
}

/// <summary>Grouped-query attention (Ainslie et al., 2023): dense causal softmax attention, the baseline.</summary>
public sealed class Gqa : MixerArchitecture<GqaOptions>
{
    /// <inheritdoc/>
    public override string Id => "gqa";

    /// <inheritdoc/>
    public override string Title => "Grouped-query attention";

    /// <inheritdoc/>
    public override string Summary => "Dense causal softmax attention whose query heads share key and value heads. The baseline.";

    /// <inheritdoc/>
    public override ArchitectureFamily Family => ArchitectureFamily.Attention;

    /// <inheritdoc/>
    public override IReadOnlyList<Equation> Equations { get; } = [.. SharedEquations.Attention, SharedEquations.Layer(@"\operatorname{GQA}")];

    /// <inheritdoc/>
    public override IReadOnlyList<Reading> Readings { get; } = [Papers.Gqa, Papers.Attention, Papers.Llama, Papers.Rope, Papers.SwiGlu];

    /// <inheritdoc/>
    public override IReadOnlyList<Preset> Presets { get; } = [Preset.TransBench()];

    /// <summary>Llama, which rotates positions and has no bias on the output head.</summary>
    public override (string ModelType, string Class)? PublishedAs(ModelShape shape, ArchitectureOptions options) =>
        shape.Positions == PositionEncoding.Rope && !BackboneOf(shape, options).HeadBias ? ("llama", "LlamaForCausalLM") : null;

    /// <inheritdoc/>
    public override TransBenchForm TransBench { get; } = new("gqa");

    /// <inheritdoc/>
    protected override IReadOnlyList<MetricSpec> Diagnostics(GqaOptions options) => [.. BlockDiagnostics.All, .. AttentionDiagnostics.All];

    /// <inheritdoc/>
    protected override IReadOnlyList<AblationPoint> AblationPoints(GqaOptions options) => [.. BlockDiagnostics.Points, .. AttentionDiagnostics.Points];

    /// <inheritdoc/>
    protected override TokenMixer CreateMixer(LayerContext layer, GqaOptions options) => new GroupedQueryAttention(layer, options.Dropout);

    /// <inheritdoc/>
    protected override IEnumerable<ParameterShape> MixerParameters(int layer, ModelShape shape, GqaOptions options) => GroupedQueryMixer.Parameters(shape);

    /// <inheritdoc/>
    protected override double MixerFlops(int layer, ModelShape shape, GqaOptions options) => GroupedQueryMixer.Flops(shape);

    /// <inheritdoc/>
    protected override long MixerStateBytes(int layer, ModelShape shape, GqaOptions options) => GroupedQueryMixer.StateBytes(shape);
}
