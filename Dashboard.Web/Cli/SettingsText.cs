using System.Text.Json.Nodes;
using Crossbench.Datasets;
using Crossbench.Models;
using Crossbench.Options;
using Crossbench.Training;
using static Crossbench.Web.Cli.TextSections;

namespace Crossbench.Web.Cli;

/// <summary>Every path that <c>--set</c> takes, with the values of a specification.</summary>
internal static class SettingsText
{
    /// <summary>For people: a heading for each part of the specification.</summary>
    public static void Write(TextWriter writer, RunSpec spec)
    {
        TextSections.Write(writer, "Run",
        [
            ("name", "Name in lists and charts."),
            ("seed", Invariant($"{spec.Seed} [≥ 0]  Seed of all random streams.")),
            ("tags", "Words with commas between them, to find the run by."),
            ("notes", "Anything worth keeping."),
            (RunSpecFields.PresetPath, "A published size or mode of the architecture; other settings go over it."),
            (RunSpecFields.EvaluationsPath, "Further evaluations: noisy_text(rate=0.1), (contextLength=512), (split=test)."),
            (RunSpecFields.ForkPath, "RUN@STEP: begins from a checkpoint of another run."),
            ("architecture.id", $"{spec.Architecture.Id} [{string.Join(", ", ModelZoo.All.Select(item => item.Id))}]"),
            ("dataset.id", $"{spec.Dataset.Id} [{string.Join(", ", DatasetCatalog.All.Select(item => item.Id))}]"),
        ]);
        foreach (var (prefix, title, values) in Parts(spec))
        {
            TextSections.Write(writer, title, [.. OptionSchema.For(values.GetType()).Fields.Select(field => Option(prefix, field, values))]);
        }
    }

    /// <summary>For programs: a list of options under each first part of a path.</summary>
    public static JsonObject ToJson(RunSpec spec) => new(
    [
        new("architectures", new JsonArray([.. ModelZoo.All.Select(item => (JsonNode)item.Id)])),
        new("datasets", new JsonArray([.. DatasetCatalog.All.Select(item => (JsonNode)item.Id)])),
        .. Parts(spec).Select(part => KeyValuePair.Create(part.Prefix, (JsonNode?)OptionJson.Of(part.Values))),
    ]);

    private static IEnumerable<(string Prefix, string Title, object Values)> Parts(RunSpec spec) =>
    [
        ("architecture", $"Architecture {spec.Architecture.Id}", spec.Architecture.Options),
        ("shape", "Shape", spec.Shape),
        ("dataset", $"Dataset {spec.Dataset.Id}", spec.Dataset.Options),
        ("training", "Training", spec.Training),
    ];
}
