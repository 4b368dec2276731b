using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Crossbench.Metrics;

namespace Crossbench.Models.Architectures;

/// <summary>Options of <see cref="Stack"/>.</summary>
public sealed record StackOptions : ArchitectureOptions
{
    /// <summary>The blocks, from the first layer on; repeated until all layers have one.</summary>
    [Display(Name = "Blocks of the layers", Description = "Architectures whose blocks follow each other, with their options: mig(keepRatio=0.5), sil, asr. Repeated over the layers; the default list is cut where there are fewer.")]
    public BlockList Blocks { get; init; } = Usual;

    internal static BlockList Usual { get; } = BlockList.Of("mig, sil, asr");
}

/// <summary>
/// Layers of different architectures in one model: layer ℓ is block ℓ modulo the number of blocks. A block brings its norms, its mixer and its feed-forward
/// network; embedding, final norm and head are those of the shape.
/// </summary>
public sealed class Stack : Architecture<StackOptions>
{
    /// <inheritdoc/>
    public override string Id => "stack";

    /// <inheritdoc/>
    public override string Title => "Stack of different blocks";

    /// <inheritdoc/>
    public override string Summary => "Blocks of other architectures in one model, one after the other, so that their mechanisms can be combined.";

    /// <inheritdoc/>
    public override ArchitectureFamily Family => ArchitectureFamily.Hybrid;

    /// <inheritdoc/>
    public override IReadOnlyList<Equation> Equations { get; } =
    [
        new("Embedding", @"x^0 = E[\mathrm{tokens}]", ("E", "token embedding, [V, d]"), ("x", "residual stream, [T, d]")),
        new(
            "Layers", @"x^{\ell+1} = \operatorname{Block}_{\ell \bmod n}(x^\ell), \qquad \ell = 0 \ldots L-1",
            (@"\operatorname{Block}_b", "block b of the list of n, with its own norms and feed-forward network; its equations stand on the page of its architecture")),
        new("Head", @"\mathrm{logits} = W \operatorname{RMSNorm}(x^L) + b", ("W", "[V, d], the embedding itself where the head is tied"), ("b", "where the shape has biases and the head is not tied")),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Reading> Readings { get; } = [Papers.TransBench with { For = "The card of the blocks that it opens on; read of others on their pages." }];

    /// <inheritdoc/>
    protected override IReadOnlyList<MetricSpec> Diagnostics(StackOptions options) =>
        [.. options.Blocks.Blocks.SelectMany(block => block.Architecture.Diagnostics(block.Options)).DistinctBy(metric => metric.Name)];

    /// <inheritdoc/>
    protected override IReadOnlyList<AblationPoint> AblationPoints(StackOptions options) =>
        [.. options.Blocks.Blocks.SelectMany(block => block.Architecture.AblationPoints(block.Options)).DistinctBy(point => point.Component)];

    /// <inheritdoc/>
    protected override bool IsCausal(StackOptions options) => options.Blocks.Blocks.All(block => block.Architecture.IsCausal(block.Options));

    /// <inheritdoc/>
    public override bool IsIncremental(ArchitectureOptions options) => ((StackOptions)options).Blocks.Blocks.All(block => block.Architecture.IsIncremental(block.Options));

    /// <inheritdoc/>
    protected override IEnumerable<SpecProblem> Validate(ModelShape shape, StackOptions options)
    {
        const string Path = "architecture.blocks";
        var blocks = options.Blocks.Blocks;
        if (blocks.Count > shape.Layers && !options.Blocks.Equals(StackOptions.Usual))
        {
            yield return new SpecProblem(Path, $"{blocks.Count} blocks are more than the {shape.Layers} layers.", $"Set the layers to {blocks.Count}, or name fewer blocks.")
            {
                Fixes = [new SpecFix("shape.layers", $"{blocks.Count}")],
            };
        }

        foreach (var (block, i) in blocks.Select((block, i) => (block, i + 1)))
        {
            if (block.Architecture is Stack)
            {
                yield return new SpecProblem(Path, $"Block {i} is a stack itself.", "Name the blocks of the inner stack here.");
                continue;
            }

            if (block.Architecture.PreludeParameters(shape, block.Options).Any())
            {
                yield return new SpecProblem(Path, $"Block {i}, {block.Architecture.Id}, needs parameters before the first layer, which a stack does not have.", "Use another block, or options without them.");
            }

            foreach (var problem in block.Architecture.Validate(shape, block.Options))
            {
                yield return new SpecProblem(Path, $"Block {i}, {block.Architecture.Id}: {problem.Reason}", problem.Remedy);
            }
        }
    }

    /// <inheritdoc/>
    protected override Block CreateBlock(LayerContext layer, StackOptions options)
    {
        var block = At(layer.Index, options);
        var own = layer with
        {
            Backbone = block.Architecture.BackboneOf(layer.Shape, block.Options),
            Rope = block.Architecture.CreateRope(layer.Shape, block.Options),
        };
        return block.Architecture.CreateBlock(own, block.Options);
    }

    /// <inheritdoc/>
    protected override IEnumerable<ParameterShape> BlockParameters(int layer, ModelShape shape, StackOptions options) =>
        At(layer, options).Architecture.BlockParameters(layer, shape, At(layer, options).Options);

    /// <inheritdoc/>
    protected override double BlockFlops(int layer, ModelShape shape, StackOptions options) => At(layer, options).Architecture.BlockFlops(layer, shape, At(layer, options).Options);

    /// <inheritdoc/>
    protected internal override double BlockTrainingOnlyFlops(int layer, ModelShape shape, ArchitectureOptions options) =>
        At(layer, (StackOptions)options).Architecture.BlockTrainingOnlyFlops(layer, shape, At(layer, (StackOptions)options).Options);

    /// <inheritdoc/>
    protected override long BlockStateBytes(int layer, ModelShape shape, StackOptions options) =>
        At(layer, options).Architecture.BlockStateBytes(layer, shape, At(layer, options).Options);

    /// <inheritdoc/>
    protected internal override bool IsTrained(string name, ArchitectureOptions options)
    {
        if (!name.StartsWith("layers.", StringComparison.Ordinal))
        {
            return true;
        }

        var block = At(int.Parse(name.Split('.')[1], CultureInfo.InvariantCulture), (StackOptions)options);
        return block.Architecture.IsTrained(name, block.Options);
    }

    private static BlockChoice At(int layer, StackOptions options) => options.Blocks.Blocks[layer % options.Blocks.Blocks.Count];
}
