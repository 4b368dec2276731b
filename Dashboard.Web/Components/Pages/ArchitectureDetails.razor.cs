using Crossbench.Models;
using Crossbench.Options;
using Crossbench.Training;
using Crossbench.Web.Components.Architectures;
using Crossbench.Web.Components.Forms;
using Crossbench.Web.Forms;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Pages;

/// <summary>One architecture: purpose, equations, parameters at a size of choice, options, presets, what it reports, what to read.</summary>
public sealed partial class ArchitectureDetails : ComponentBase
{
    private const string VocabularyPath = "shape.vocabulary";
    private Architecture? _architecture;
    private SpecForm? _form;
    private SizedModel? _model;
    private IReadOnlyList<OptionField> _options = [];
    private HashSet<string> _counted = [];
    private string? _written;
    private bool _isOutdated;

    /// <summary>Id of the architecture, from the address.</summary>
    [Parameter]
    public string Id { get; set; } = "";

    [Inject]
    private NavigationManager Addresses { get; set; } = null!;

    /// <summary>The fields that change the count, and those with something to say.</summary>
    private IEnumerable<SpecField> ShownFields
    {
        get
        {
            var form = _form!;
            return form.Fields.Sections.Where(section => section.Prefix is "shape" or "architecture").OrderByDescending(section => section.Prefix).SelectMany(section => section.Fields)
                .Where(option => _counted.Contains(option.Path) || form.IsChanged(option.Path) || form.ProblemsAt(option.Path).Count > 0);
        }
    }

    private IReadOnlyList<SpecProblem> Unplaced => [.. _form!.Problems.Where(problem => !ShownFields.Any(option => option.Path == problem.Path))];

    private IReadOnlyList<KeyValuePair<string, string>> Settings => [.. _form!.Settings.Where(pair => pair.Key != SpecForm.ArchitectureId)];

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        if (Addresses.Uri == _written && _architecture?.Id == Id)
        {
            return;
        }

        (_written, _architecture, _model) = (Addresses.Uri, ModelZoo.Find(Id), null);
        if (_architecture is null)
        {
            return;
        }

        var address = AddressSettings.Of(new Uri(Addresses.Uri).Query);
        _options = OptionSchema.For(_architecture.Defaults.GetType()).Fields;
        _form = FormOf(address.Settings);
        _form.Refuse(address.Problems);
        Count();
        FindCounted();
    }

    private SpecForm FormOf(IEnumerable<KeyValuePair<string, string>> settings) => new([.. settings.Where(pair => pair.Key != SpecForm.ArchitectureId), new(SpecForm.ArchitectureId, Id)], Read);

    /// <summary>Reads settings of a model; others are problems, because they change nothing here.</summary>
    private static SpecReading Read(IEnumerable<KeyValuePair<string, string>> settings)
    {
        var all = settings.ToArray();
        var reading = RunSpecReader.ReadModel(all, ArchitectureList.Vocabulary);
        var idle = all.Select(pair => pair.Key).Where(path => !IsOfModel(path) && reading.Problems.All(problem => problem.Path != path));
        return reading with { Problems = [.. reading.Problems, .. idle.Select(path => new SpecProblem(path, "It does not change the model.", "Leave it out; a model depends on its options and on the shape."))] };
    }

    private static bool IsOfModel(string path) =>
        path.StartsWith("shape.", StringComparison.Ordinal) || path.StartsWith("architecture.", StringComparison.Ordinal);

    /// <summary>Counts at the size that the form gives; while that is not usable, what was counted last stays, or else the defaults are.</summary>
    private void Count()
    {
        _isOutdated = _form!.Reading.Problems.Any(problem => IsOfModel(problem.Path));
        if (!_isOutdated)
        {
            _model = SizedModel.Of(_form.Reading.Spec);
        }
        else
        {
            _model ??= SizedModel.Of(FormOf([]).Reading.Spec);
        }
    }

    private void FindCounted()
    {
        var (shape, options) = (_model!.Spec.Shape, _model.Spec.Architecture.Options);
        _counted =
        [
            VocabularyPath,
            .. CountedOptions.OfShape(_architecture!, shape, options).Select(name => "shape." + name),
            .. CountedOptions.Of(_architecture!, shape, options).Select(name => "architecture." + name),
        ];
    }

    private void Set((string Path, string? Text) change)
    {
        _form!.Set(change.Path, change.Text);
        Count();
    }

    private void Apply(SpecFix fix)
    {
        Set((fix.Path, fix.Value));
        Keep();
    }

    private void Remove(string path)
    {
        _form!.Clear(path);
        Count();
        Keep();
    }

    // The address holds what was typed, so that a reload or a lost connection loses nothing.
    private void Keep()
    {
        FindCounted();
        _written = Addresses.ToAbsoluteUri(Urls.Architecture(Id, Settings)).AbsoluteUri;
        Addresses.NavigateTo(_written, replace: true);
    }

    private string Default(OptionField field) => field.Format(_architecture!.Defaults) is { Length: > 0 } text ? text : "(empty)";

    private long ParametersOf(Preset preset) => SizedModel.Of(FormOf(preset.Settings).Reading.Spec).Cost.ParameterCount;

    private string PresetHref(Preset preset) => Urls.Architecture(Id, preset.Settings);

    /// <summary>A model and what it costs.</summary>
    private sealed record SizedModel(RunSpec Spec, ModelCost Cost, ParameterFormula Formula)
    {
        public static SizedModel Of(RunSpec spec)
        {
            var cost = ModelZoo.Find(spec.Architecture.Id)!.Cost(spec.Shape, SpecValidator.VocabularyOf(spec), spec.Architecture.Options);
            return new SizedModel(spec, cost, ParameterFormula.Of(cost.Parameters, spec.Shape));
        }
    }
}
