using Crossbench.Metrics;

namespace Crossbench.Models;

/// <summary>A transformer variant: what it is, what can be set, what it costs, and how to build it. One file each, listed in <see cref="ModelZoo"/>.</summary>
public abstract class Architecture
{
    /// <summary>Stable kebab-case name, stored with every run.</summary>
    public abstract string Id { get; }

    /// <summary>Name for people.</summary>
    public abstract string Title { get; }

    /// <summary>One line on its purpose.</summary>
    public abstract string Summary { get; }

    /// <summary>Its options at their defaults.</summary>
    public abstract ArchitectureOptions Defaults { get; }

    /// <summary>The shape it opens on.</summary>
    public virtual ModelShape DefaultShape { get; } = new();

    /// <summary>What it reports while it trains, beside what every run reports.</summary>
    public virtual IReadOnlyList<MetricSpec> Diagnostics => [];

    /// <summary>What is wrong with these options on this shape, beyond the ranges of single options.</summary>
    public abstract IEnumerable<SpecProblem> Validate(ModelShape shape, ArchitectureOptions options);

    /// <summary>Parameters, operations and state, without building a tensor. Shape and options must be valid.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="vocabulary">Number of token ids, V.</param>
    /// <param name="options">Options of this architecture.</param>
    public abstract ModelCost Cost(ModelShape shape, int vocabulary, ArchitectureOptions options);

    /// <summary>Builds the model with its initial weights, in fp32 on the CPU.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="vocabulary">Number of token ids, V.</param>
    /// <param name="options">Options of this architecture.</param>
    /// <param name="random">Streams of the run; weights come from the stream <c>init</c>, keyed by parameter name.</param>
    public abstract LanguageModel CreateModel(ModelShape shape, int vocabulary, ArchitectureOptions options, RandomStreams random);
}
