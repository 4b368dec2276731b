using Crossbench.Metrics;

namespace Crossbench.Models;

/// <summary>An architecture with options of its own type and blocks of its own form.</summary>
/// <typeparam name="TOptions">The options record.</typeparam>
public abstract class Architecture<TOptions> : Architecture
    where TOptions : ArchitectureOptions, new()
{
    /// <inheritdoc/>
    public sealed override ArchitectureOptions Defaults { get; } = new TOptions();

    /// <inheritdoc/>
    public sealed override IReadOnlyList<MetricSpec> Diagnostics(ArchitectureOptions options) => Diagnostics((TOptions)options);

    /// <inheritdoc/>
    public sealed override IReadOnlyList<AblationPoint> AblationPoints(ArchitectureOptions options) => AblationPoints((TOptions)options);

    /// <inheritdoc/>
    public sealed override bool IsCausal(ArchitectureOptions options) => IsCausal((TOptions)options);

    /// <inheritdoc/>
    public sealed override IEnumerable<SpecProblem> Validate(ModelShape shape, ArchitectureOptions options) => Validate(shape, (TOptions)options);

    /// <inheritdoc cref="Architecture.Diagnostics"/>
    protected virtual IReadOnlyList<MetricSpec> Diagnostics(TOptions options) => BlockDiagnostics.All;

    /// <inheritdoc cref="Architecture.AblationPoints"/>
    protected virtual IReadOnlyList<AblationPoint> AblationPoints(TOptions options) => BlockDiagnostics.Points;

    /// <inheritdoc cref="Architecture.IsCausal"/>
    protected virtual bool IsCausal(TOptions options) => true;

    /// <inheritdoc cref="Architecture.Validate"/>
    protected virtual IEnumerable<SpecProblem> Validate(ModelShape shape, TOptions options) => [];

    /// <inheritdoc cref="Architecture.CreateBlock"/>
    protected abstract Block CreateBlock(LayerContext layer, TOptions options);

    /// <inheritdoc cref="Architecture.BlockParameters"/>
    protected abstract IEnumerable<ParameterShape> BlockParameters(int layer, ModelShape shape, TOptions options);

    /// <inheritdoc cref="Architecture.BlockFlops"/>
    protected abstract double BlockFlops(int layer, ModelShape shape, TOptions options);

    /// <inheritdoc cref="Architecture.BlockStateBytes"/>
    protected abstract long BlockStateBytes(int layer, ModelShape shape, TOptions options);

    /// <inheritdoc/>
    protected internal sealed override Block CreateBlock(LayerContext layer, ArchitectureOptions options) => CreateBlock(layer, (TOptions)options);

    /// <inheritdoc/>
    protected internal sealed override IEnumerable<ParameterShape> BlockParameters(int layer, ModelShape shape, ArchitectureOptions options) =>
        BlockParameters(layer, shape, (TOptions)options);

    /// <inheritdoc/>
    protected internal sealed override double BlockFlops(int layer, ModelShape shape, ArchitectureOptions options) => BlockFlops(layer, shape, (TOptions)options);

    /// <inheritdoc/>
    protected internal sealed override long BlockStateBytes(int layer, ModelShape shape, ArchitectureOptions options) => BlockStateBytes(layer, shape, (TOptions)options);
}
