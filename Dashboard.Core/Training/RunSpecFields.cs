using Crossbench.Datasets;
using Crossbench.Models;
using Crossbench.Options;

namespace Crossbench.Training;

/// <summary>One settable path of a run specification.</summary>
/// <param name="Path">Path as in <c>--set</c>: <c>shape.heads</c>, <c>dataset.path</c>, <c>seed</c>.</param>
/// <param name="Field">The option there.</param>
/// <param name="Default">Its default, as text.</param>
public sealed record SpecField(string Path, OptionField Field, string Default);

/// <summary>A group of fields that a form shows under one heading.</summary>
/// <param name="Prefix">First part of the paths: <c>architecture</c>, <c>dataset</c>, <c>shape</c>, <c>training</c>.</param>
/// <param name="Title">Heading.</param>
/// <param name="Fields">The fields, in order.</param>
public sealed record SpecSection(string Prefix, string Title, IReadOnlyList<SpecField> Fields);

/// <summary>All settable paths of a specification, for one choice of architecture and dataset.</summary>
public sealed class RunSpecFields
{
    private readonly Dictionary<string, SpecField> _byPath;

    /// <summary>The fields for an architecture and a dataset.</summary>
    public RunSpecFields(Architecture architecture, Dataset dataset)
    {
        Architecture = architecture;
        Dataset = dataset;
        Sections =
        [
            Section("architecture", $"{architecture.Id} options", architecture.Defaults),
            Section("shape", "Shape", architecture.DefaultShape),
            Section("dataset", $"{dataset.Id} options", dataset.Defaults),
            Section("training", "Training", new TrainingOptions()),
        ];
        _byPath = Sections.SelectMany(section => section.Fields).ToDictionary(field => field.Path);
    }

    /// <summary>Paths that are not options of a record: the ids and what names a run.</summary>
    public static IReadOnlyList<string> TopLevel { get; } = ["name", "seed", "tags", "notes", EvaluationList.Path, ForkOrigin.Path, "architecture.id", "dataset.id", PresetPath];

    /// <summary>Path of a preset's id: stands for the preset's settings, under those given beside it.</summary>
    public const string PresetPath = "preset";

    /// <summary>Path of further evaluations.</summary>
    public const string EvaluationsPath = EvaluationList.Path;

    /// <summary>Path of the checkpoint that a run begins from.</summary>
    public const string ForkPath = ForkOrigin.Path;

    /// <summary>The architecture.</summary>
    public Architecture Architecture { get; }

    /// <summary>The dataset.</summary>
    public Dataset Dataset { get; }

    /// <summary>The fields by section; a section without options is empty.</summary>
    public IReadOnlyList<SpecSection> Sections { get; }

    /// <summary>All paths.</summary>
    public IEnumerable<string> Paths => TopLevel.Concat(_byPath.Keys);

    /// <summary>The field at a path, or null.</summary>
    public SpecField? Find(string path) => _byPath.GetValueOrDefault(path);

    private static SpecSection Section(string prefix, string title, object defaults) => new(
        prefix,
        title,
        [.. OptionSchema.For(defaults.GetType()).Fields.Select(field => new SpecField($"{prefix}.{field.Name}", field, field.Format(defaults)))]);
}
