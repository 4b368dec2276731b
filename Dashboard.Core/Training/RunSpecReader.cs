using System.Globalization;
using Crossbench.Datasets;
using Crossbench.Models;
using Crossbench.Options;

namespace Crossbench.Training;

/// <summary>A specification as read, and all that is wrong with it.</summary>
/// <param name="Spec">The specification; where a value could not be read it has the default, so that an estimate can still be shown.</param>
/// <param name="Problems">All problems; empty when the run can start.</param>
public sealed record SpecReading(RunSpec Spec, IReadOnlyList<SpecProblem> Problems)
{
    /// <summary>The specification, or all problems as an exception.</summary>
    /// <exception cref="SpecException">There are problems.</exception>
    public RunSpec OrThrow() => Problems.Count == 0 ? Spec : throw new SpecException(Problems);
}

/// <summary>
/// Reads a specification from (path, text) settings. The form, the command line, JSON and TOML all end here, so a value is parsed, checked and explained
/// in one way.
/// </summary>
public static class RunSpecReader
{
    private const string ArchitectureId = "architecture.id";
    private const string DatasetId = "dataset.id";

    /// <summary>Reads settings, later ones over earlier ones, and checks the result with <see cref="SpecValidator"/>.</summary>
    public static SpecReading Read(IEnumerable<KeyValuePair<string, string>> settings)
    {
        var (typed, problems) = ReadUnchecked(settings);
        var spec = typed with { Dataset = Anchored(typed.Dataset), Evaluations = [.. typed.Evaluations.Select(item => item with { Dataset = Anchored(item.Dataset) })] };
        return new SpecReading(spec, [.. problems, .. SpecValidator.Validate(spec).Where(problem => !IsMoot(problem, problems))]);
    }

    /// <summary>Reads settings of a model alone: data and training are not looked at, and the vocabulary is the given one unless set.</summary>
    public static SpecReading ReadModel(IEnumerable<KeyValuePair<string, string>> settings, int vocabulary)
    {
        var (typed, problems) = ReadUnchecked(settings);
        var spec = typed with { Shape = typed.Shape with { Vocabulary = typed.Shape.Vocabulary ?? vocabulary } };
        return new SpecReading(spec, [.. problems, .. SpecValidator.ValidateModel(spec).Where(problem => !IsMoot(problem, problems))]);
    }

    /// <summary>Reads settings of data alone: options of a dataset, context length and vocabulary. Others are problems, because they change nothing.</summary>
    public static SpecReading ReadData(IEnumerable<KeyValuePair<string, string>> settings)
    {
        var all = settings.ToArray();
        var (typed, problems) = ReadUnchecked(all);
        var spec = typed with { Dataset = Anchored(typed.Dataset) };
        var known = new RunSpecFields(ModelZoo.Find(spec.Architecture.Id)!, DatasetCatalog.Find(spec.Dataset.Id)!).Paths.ToHashSet();
        var idle = all.Select(pair => pair.Key).Where(path => known.Contains(path) && !IsOfData(path)).Distinct();
        problems = [.. problems, .. idle.Select(path => new SpecProblem(path, "It does not change the data.", "Leave it out; data depend on dataset options, shape.contextLength and shape.vocabulary."))];
        return new SpecReading(spec, [.. problems, .. SpecValidator.ValidateData(spec).Where(problem => !IsMoot(problem, problems))]);
    }

    /// <summary>Whether a setting decides what is predicted: losses of runs that differ in it do not compare.</summary>
    internal static bool IsOfData(string path) => path.StartsWith("dataset.", StringComparison.Ordinal) || path is "shape.contextLength" or "shape.vocabulary";

    private static DatasetSpec Anchored(DatasetSpec dataset) => dataset with { Options = DatasetCatalog.Find(dataset.Id)!.Anchor(dataset.Options) };

    /// <summary>Whether a problem may only come from a default that stands in for a value which could not be read.</summary>
    private static bool IsMoot(SpecProblem found, IReadOnlyList<SpecProblem> unreadable) => unreadable.Any(problem =>
        problem.Path == found.Path || (problem.Path.Length > 0 && found.Fixes.Any(fix => fix.Path == problem.Path)) || found.Path.Length == 0
        || IsOfUnknown(found.Path, problem.Path) || (problem.Path == DatasetId && (found.Path is "shape.vocabulary" or "shape.contextLength")));

    /// <summary>Whether a path is of the options of an architecture or dataset that is not known: nobody can judge those.</summary>
    private static bool IsOfUnknown(string path, string unreadable) =>
        unreadable is ArchitectureId or DatasetId && path.StartsWith(unreadable[..^2], StringComparison.Ordinal);

    /// <summary>Reads settings without looking at how they fit together or at files: what a stored specification needs.</summary>
    internal static SpecReading ReadUnchecked(IEnumerable<KeyValuePair<string, string>> settings)
    {
        var values = new Dictionary<string, string>();
        foreach (var (path, text) in settings)
        {
            values[path] = text;
        }

        var problems = new List<SpecProblem>();
        var architecture = Pick(values, ArchitectureId, ModelZoo.All, item => item.Id, problems);
        var dataset = Pick(values, DatasetId, DatasetCatalog.All, item => item.Id, problems);
        DropOptionsOfUnknown(values, problems);
        foreach (var (path, text) in PresetOf(values, architecture, problems))
        {
            values.TryAdd(path, text);
        }

        var fields = new RunSpecFields(architecture, dataset);
        var draft = new Draft(architecture.Defaults, architecture.DefaultShape, dataset.Defaults, new TrainingOptions());
        foreach (var (path, text) in values.Where(pair => !RunSpecFields.TopLevel.Contains(pair.Key)))
        {
            draft = Apply(draft, fields, path, text, problems);
        }

        var spec = new RunSpec
        {
            Name = Name(values, architecture, dataset),
            Seed = Seed(values, problems),
            Tags = values.GetValueOrDefault("tags", "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            Notes = values.GetValueOrDefault("notes", ""),
            Architecture = new ArchitectureSpec(architecture.Id, draft.Architecture),
            Dataset = new DatasetSpec(dataset.Id, draft.Dataset),
            Evaluations = EvaluationList.Read(values.GetValueOrDefault(EvaluationList.Path, ""), new DatasetSpec(dataset.Id, draft.Dataset), problems),
            From = ForkOrigin.Read(values.GetValueOrDefault(ForkOrigin.Path, ""), problems),
            Shape = draft.Shape,
            Training = draft.Training,
        };
        return new SpecReading(spec, problems);
    }

    private static void DropOptionsOfUnknown(Dictionary<string, string> values, List<SpecProblem> problems)
    {
        var unknown = problems.ConvertAll(problem => problem.Path);
        foreach (var path in values.Keys.Where(path => unknown.Exists(id => IsOfUnknown(path, id))).ToArray())
        {
            values.Remove(path);
        }

        if (unknown.Contains(ArchitectureId))
        {
            values.Remove(RunSpecFields.PresetPath);
        }

        if (unknown.Contains(DatasetId))
        {
            values.Remove(EvaluationList.Path);
        }
    }

    private static IReadOnlyList<KeyValuePair<string, string>> PresetOf(Dictionary<string, string> values, Architecture architecture, List<SpecProblem> problems)
    {
        if (!values.TryGetValue(RunSpecFields.PresetPath, out var wanted) || wanted.Trim().Length == 0)
        {
            return [];
        }

        if (architecture.Presets.FirstOrDefault(preset => preset.Id == wanted.Trim()) is { } found)
        {
            return found.Settings;
        }

        var known = architecture.Presets.Select(preset => preset.Id).ToArray();
        var others = ModelZoo.All.Where(item => item.Presets.Any(preset => preset.Id == wanted.Trim())).Select(item => item.Id).ToArray();
        var remedy = others.Length > 0 ? $"It belongs to {string.Join(", ", others)}."
            : known.Length > 0 ? $"{architecture.Id} has {string.Join(", ", known)}." : $"{architecture.Id} has no presets.";
        problems.Add(new SpecProblem(RunSpecFields.PresetPath, $"\"{wanted}\" is no preset of {architecture.Id}.", remedy)
        {
            Fixes = NearestWord.To(wanted, known) is { } near ? [new SpecFix(RunSpecFields.PresetPath, near)] : [],
        });
        return [];
    }

    private static string Name(Dictionary<string, string> values, Architecture architecture, Dataset dataset)
    {
        var name = values.GetValueOrDefault("name", "").Trim();
        return name.Length > 0 ? name : $"{architecture.Id}-{dataset.Id}".Replace('_', '-');
    }

    private static long Seed(Dictionary<string, string> values, List<SpecProblem> problems)
    {
        var text = values.GetValueOrDefault("seed", "0").Trim();
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seed))
        {
            return seed;
        }

        problems.Add(new SpecProblem("seed", $"\"{text}\" is not a seed.", "Give a whole number, 0 or more."));
        return 0;
    }

    private static T Pick<T>(Dictionary<string, string> values, string path, IReadOnlyList<T> all, Func<T, string> id, List<SpecProblem> problems)
    {
        if (!values.TryGetValue(path, out var wanted))
        {
            return all[0];
        }

        if (all.FirstOrDefault(item => id(item) == wanted) is { } found)
        {
            return found;
        }

        var nearest = NearestWord.To(wanted, all.Select(id));
        problems.Add(new SpecProblem(path, $"\"{wanted}\" is not known.", $"{(nearest is null ? "" : $"Did you mean {nearest}? ")}Give one of {string.Join(", ", all.Select(id))}.")
        {
            Fixes = nearest is null ? [] : [new SpecFix(path, nearest)],
        });
        return all[0];
    }

    private static Draft Apply(Draft draft, RunSpecFields fields, string path, string text, List<SpecProblem> problems)
    {
        if (fields.Find(path) is not { } known)
        {
            problems.Add(UnknownPath(fields, path));
            return draft;
        }

        if (known.Field.TryParse(path, text, out var value) is { } problem)
        {
            problems.Add(problem);
            return draft;
        }

        return draft.With(path[..path.IndexOf('.', StringComparison.Ordinal)], known.Field, value);
    }

    private static SpecProblem UnknownPath(RunSpecFields fields, string path)
    {
        // Within a section only the last part is compared: a long prefix would make everything near.
        var section = fields.Sections.FirstOrDefault(section => path.StartsWith(section.Prefix + ".", StringComparison.Ordinal));
        var nearest = section is null ? NearestWord.To(path, fields.Paths) ?? InNearestSection(fields, path)
            : NearestWord.To(path[(section.Prefix.Length + 1)..], section.Fields.Select(field => field.Field.Name)) is { } name ? $"{section.Prefix}.{name}" : null;
        var remedy = nearest is not null ? $"Did you mean {nearest}?"
            : section is not null ? $"Known there: {string.Join(", ", section.Fields.Select(field => field.Path))}."
            : "Paths begin with architecture, dataset, shape or training, or are name, seed, tags, notes, evaluations, from.";
        return new SpecProblem(path, "There is no such option.", remedy);
    }

    /// <summary>The path with the section that its first word most likely meant.</summary>
    private static string? InNearestSection(RunSpecFields fields, string path)
    {
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        return NearestWord.To(dot < 0 ? path : path[..dot], fields.Sections.Select(section => section.Prefix)) is not { } near || near == path ? null
            : dot >= 0 ? near + path[dot..]
            : fields.Paths.Contains(near + ".id") ? near + ".id" : near;
    }

    private sealed record Draft(ArchitectureOptions Architecture, ModelShape Shape, DatasetOptions Dataset, TrainingOptions Training)
    {
        public Draft With(string section, OptionField field, object? value) => section switch
        {
            "architecture" => this with { Architecture = Set(Architecture, field, value) },
            "shape" => this with { Shape = Set(Shape, field, value) },
            "dataset" => this with { Dataset = Set(Dataset, field, value) },
            _ => this with { Training = Set(Training, field, value) },
        };

        private static T Set<T>(T record, OptionField field, object? value) where T : class => OptionSchema.For(record.GetType()).With(record, field, value);
    }
}
