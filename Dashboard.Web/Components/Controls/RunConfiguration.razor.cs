using System.Globalization;
using Crossbench.Datasets;
using Crossbench.Models;
using Crossbench.Options;
using Crossbench.Runs;
using Crossbench.Training;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Controls;

/// <summary>Every option of a run; those that differ from the default are marked.</summary>
public sealed partial class RunConfiguration : ComponentBase
{
    // What a reader looks for first, default or not.
    private static readonly string[] MainNames = ["layers", "width", "heads", "kvHeads", "ffn", "contextLength", "steps", "batchSize", "learningRate", "precision"];
    private IReadOnlyList<Value> _values = [];
    private RunSpec? _spec;

    /// <summary>The run.</summary>
    [Parameter, EditorRequired]
    public RunRecord Run { get; set; } = null!;

    [Inject]
    private DataFolder Folder { get; set; } = null!;

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        if (ReferenceEquals(_spec, Run.Spec))
        {
            return;
        }

        _spec = Run.Spec;
        var architecture = ModelZoo.Find(_spec.Architecture.Id);
        var dataset = DatasetCatalog.Find(_spec.Dataset.Id);
        _values =
        [
            .. Of(_spec.Architecture.Options, architecture?.Defaults, true),
            .. Of(_spec.Shape, architecture?.DefaultShape, false),
            new Value("Dataset", _spec.Dataset.Id, false, true),
            .. Of(_spec.Dataset.Options, dataset?.Defaults, true, dataset?.IdleOptions(_spec.Dataset.Options)),
            .. Of(_spec.Training, new TrainingOptions(), false),
        ];
    }

    // Options that change nothing beside the others' values stand with those at their defaults.
    private static IEnumerable<Value> Of(object options, object? defaults, bool isMain, IReadOnlyCollection<string>? idle = null) => OptionSchema.For(options.GetType()).Fields.Select(field => new Value(
        field.Label,
        Shown(field, options),
        defaults is not null && field.Format(options) != field.Format(defaults),
        (isMain && idle?.Contains(field.Name) != true) || MainNames.Contains(field.Name)));

    private static string Shown(OptionField field, object options) => field.Get(options) switch
    {
        null => "by itself",
        bool flag => flag ? "yes" : "no",
        int number => Format.Count(number),
        long number => Format.Count(number),
        double number => Format.Typed(number),
        _ => field.Format(options) is { Length: > 0 } text ? text : Format.Unknown,
    };

    private sealed record Value(string Label, string Text, bool IsChanged, bool IsMain);
}
