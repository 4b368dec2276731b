using System.Globalization;
using Crossbench.Datasets;
using Crossbench.Models;
using Crossbench.Options;
using Crossbench.Training;

namespace Crossbench.Web.Forms;

/// <summary>
/// What has been typed into the form of a new run: texts by path, only those that differ from the default. Each change is read as a whole, so that every
/// problem is known at once.
/// </summary>
internal sealed class SpecForm
{
    /// <summary>Path of the architecture's id.</summary>
    public const string ArchitectureId = "architecture.id";

    /// <summary>Path of the dataset's id.</summary>
    public const string DatasetId = "dataset.id";

    private const string DataPrefix = "dataset.";
    private readonly Dictionary<string, string> _texts = [];
    private readonly Func<IEnumerable<KeyValuePair<string, string>>, SpecReading> _read;
    private HashSet<(string Path, string Reason)> _quiet = [];
    private int _refused;

    /// <summary>A form with these settings, the rest at the defaults.</summary>
    /// <param name="settings">Texts by path.</param>
    /// <param name="read">How they are read and checked; as those of a run when absent.</param>
    public SpecForm(IEnumerable<KeyValuePair<string, string>> settings, Func<IEnumerable<KeyValuePair<string, string>>, SpecReading>? read = null)
    {
        _read = read ?? RunSpecReader.Read;
        foreach (var (path, text) in settings)
        {
            _texts[path] = text;
        }

        Fields = FieldsOf();
        if (Architecture.Presets.FirstOrDefault(item => item.Id == _texts.GetValueOrDefault(RunSpecFields.PresetPath)) is { } preset)
        {
            _texts.Remove(RunSpecFields.PresetPath);
            foreach (var (path, text) in preset.Settings)
            {
                _texts.TryAdd(path, text);
            }
        }

        foreach (var path in _texts.Keys.Where(path => _texts[path] == DefaultOf(path)).ToArray())
        {
            _texts.Remove(path);
        }

        Reading = _read(_texts);
    }

    /// <summary>The fields for the chosen architecture and dataset.</summary>
    public RunSpecFields Fields { get; private set; }

    /// <summary>The specification, and all that is wrong with it.</summary>
    public SpecReading Reading { get; private set; }

    /// <summary>What differs from the defaults, in a stable order; the form's state as an address keeps it.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Settings => [.. _texts.OrderBy(pair => pair.Key, StringComparer.Ordinal)];

    /// <summary>The chosen architecture.</summary>
    public Architecture Architecture => Fields.Architecture;

    /// <summary>The chosen dataset.</summary>
    public Dataset Dataset => Fields.Dataset;

    /// <summary>The text at a path: as typed, else the default.</summary>
    public string Text(string path) => _texts.GetValueOrDefault(path) ?? DefaultOf(path);

    /// <summary>True when the form has a field for a path; an address may name others.</summary>
    public bool IsKnown(string path) => path.Length == 0 || (Fields.Paths.Contains(path) && path != RunSpecFields.PresetPath);

    /// <summary>True when the text at a path differs from the default.</summary>
    public bool IsChanged(string path) => _texts.ContainsKey(path);

    /// <summary>True of an option of the dataset that changes nothing beside the values of the others, is as it was, and has nothing wrong: a form need not show it.</summary>
    public bool IsIdle(string path) => !IsChanged(path) && path.StartsWith(DataPrefix, StringComparison.Ordinal) && !Problems.Any(problem => problem.Path == path)
        && Dataset.IdleOptions(Reading.Spec.Dataset.Options).Contains(path[DataPrefix.Length..]);

    /// <summary>What is wrong, as far as it is shown.</summary>
    public IReadOnlyList<SpecProblem> Problems => [.. Reading.Problems.Where(problem => !IsQuiet(problem))];

    /// <summary>What is wrong and not shown yet: it only says that the form has not been filled in.</summary>
    public IReadOnlyList<SpecProblem> QuietProblems => [.. Reading.Problems.Where(IsQuiet)];

    /// <summary>Whether the settings can be used as far as reading them tells; what only using them has shown may have been mended since.</summary>
    public bool CanBeTried => Reading.Problems.Count == _refused;

    /// <summary>What is wrong at a path, as far as it is shown.</summary>
    public IReadOnlyList<SpecProblem> ProblemsAt(string path) => [.. Problems.Where(problem => problem.Path == path)];

    /// <summary>Name of the field at a path, for people.</summary>
    public string LabelOf(string path) => Fields.Find(path)?.Field.Label ?? path switch
    {
        "seed" => "Seed",
        ArchitectureId => "Architecture",
        DatasetId => "Dataset",
        "" => "Specification",
        _ => path,
    };

    /// <summary>What an empty field stands for now, where it may be left empty.</summary>
    public string? Placeholder(string path)
    {
        var spec = Reading.Spec;
        return path switch
        {
            "name" => spec.Name,
            "shape.vocabulary" => SpecValidator.VocabularyOf(spec).ToString(CultureInfo.InvariantCulture),
            "training.warmup" => spec.Training.WarmupSteps.ToString(CultureInfo.InvariantCulture),
            "training.threads" => spec.Training.ThreadCount.ToString(CultureInfo.InvariantCulture),
            _ => null,
        };
    }

    /// <summary>Sets the text at a path. Another architecture or dataset drops the options that only the former one had.</summary>
    public void Set(string path, string? text)
    {
        var value = text ?? "";
        if (value == DefaultOf(path))
        {
            _texts.Remove(path);
        }
        else
        {
            _texts[path] = value;
        }

        if (path is ArchitectureId or DatasetId)
        {
            DropUnknown();
        }

        Fields = FieldsOf();
        _quiet.RemoveWhere(problem => problem.Path == path);
        (Reading, _refused) = (_read(_texts), 0);
    }

    /// <summary>Takes back what was set at a path.</summary>
    public void Clear(string path) => Set(path, DefaultOf(path));

    /// <summary>Adds problems that only using the settings has shown; they stay until something is changed, or tried again.</summary>
    public void Refuse(IReadOnlyList<SpecProblem> problems) =>
        (Reading, _refused) = (Reading with { Problems = [.. Reading.Problems, .. problems] }, _refused + problems.Count);

    /// <summary>Does not show, for now, what is wrong with a form that nobody has filled in: at a field that is untouched, until it is set.</summary>
    public void KeepQuietOfEmptyFields() => _quiet =
    [
        .. _read(_texts.Where(pair => pair.Key is ArchitectureId or DatasetId)).Problems
            .Where(problem => !_texts.ContainsKey(problem.Path)).Select(problem => (problem.Path, problem.Reason)),
    ];

    /// <summary>Sets all that a preset names; what else was typed stays.</summary>
    public void Set(Preset preset)
    {
        foreach (var (path, text) in preset.Settings)
        {
            _texts[path] = text;
            if (text == DefaultOf(path))
            {
                _texts.Remove(path);
            }
        }

        (Reading, _refused) = (_read(_texts), 0);
    }

    private bool IsQuiet(SpecProblem problem) => _quiet.Contains((problem.Path, problem.Reason));

    private string DefaultOf(string path) => path switch
    {
        ArchitectureId => ModelZoo.All[0].Id,
        DatasetId => DatasetCatalog.All[0].Id,
        "seed" => "0",
        _ => Fields.Find(path)?.Default ?? "",
    };

    private void DropUnknown()
    {
        var fields = FieldsOf();
        foreach (var path in _texts.Keys.Where(path => !fields.Paths.Contains(path)).ToArray())
        {
            _texts.Remove(path);
        }
    }

    private RunSpecFields FieldsOf() => new(
        ModelZoo.Find(_texts.GetValueOrDefault(ArchitectureId, "")) ?? ModelZoo.All[0],
        DatasetCatalog.Find(_texts.GetValueOrDefault(DatasetId, "")) ?? DatasetCatalog.All[0]);
}
