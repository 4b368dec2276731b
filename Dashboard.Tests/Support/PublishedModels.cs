using Crossbench.Models;
using Crossbench.Training;

namespace Crossbench.Tests.Support;

/// <summary>Sizes that were published for architectures.</summary>
internal static class PublishedModels
{
    /// <summary>TransBench's models, at which it counted parameters; their vocabulary has <see cref="TransBenchVocabulary"/> entries.</summary>
    public static ModelShape TransBench { get; } = new() { Layers = 6, Width = 256, Heads = 8, KvHeads = 4, Ffn = 512, ContextLength = 256, Positions = PositionEncoding.None };

    /// <summary>Entries of TransBench's vocabulary.</summary>
    public const int TransBenchVocabulary = 4096;

    /// <summary>Parameters of an architecture at TransBench's size.</summary>
    public static long CountAtTransBench(Architecture architecture, ArchitectureOptions options) =>
        architecture.Cost(TransBench, TransBenchVocabulary, options).ParameterCount;

    /// <summary>The run that an architecture's preset describes.</summary>
    /// <param name="architecture">The architecture.</param>
    /// <param name="preset">Id of the preset; the only one when absent.</param>
    public static RunSpec Preset(Architecture architecture, string? preset = null) =>
        RunSpecReader.Read([new("architecture.id", architecture.Id), .. architecture.Presets.Single(item => preset is null || item.Id == preset).Settings]).OrThrow();
}
