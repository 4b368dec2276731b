using Crossbench.Models;
using Crossbench.Options;
using Crossbench.Training;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Pages;

/// <summary>One architecture: purpose, options, presets, counts, what it reports.</summary>
public sealed partial class ArchitectureDetails : ComponentBase
{
    private Architecture? _architecture;
    private ModelCost? _cost;
    private IReadOnlyList<OptionField> _options = [];

    /// <summary>Id of the architecture, from the address.</summary>
    [Parameter]
    public string Id { get; set; } = "";

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        _architecture = ModelZoo.Find(Id);
        _cost = _architecture is null ? null : ArchitectureList.CostOf(_architecture);
        _options = _architecture is null ? [] : OptionSchema.For(_architecture.Defaults.GetType()).Fields;
    }

    private string Default(OptionField field) => field.Format(_architecture!.Defaults) is { Length: > 0 } text ? text : "(empty)";

    private long ParametersOf(Preset preset)
    {
        var spec = RunSpecReader.ReadModel([new("architecture.id", _architecture!.Id), new(RunSpecFields.PresetPath, preset.Id)], ArchitectureList.Vocabulary).Spec;
        return _architecture.Cost(spec.Shape, SpecValidator.VocabularyOf(spec), spec.Architecture.Options).ParameterCount;
    }
}
