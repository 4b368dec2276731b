using System.Globalization;
using System.Text.Json.Nodes;
using Crossbench.Datasets;
using Crossbench.Options;

namespace Crossbench.Training;

/// <summary>
/// A further evaluation of a run: other data, other options of the same data (train clean, evaluate noisy), longer sequences, or the test split. It is made
/// whenever the run is evaluated.
/// </summary>
/// <param name="Name">Name in charts and tables, unique in the run.</param>
/// <param name="Dataset">What is evaluated on.</param>
/// <param name="ContextLength">Tokens in a sequence; the run's when absent.</param>
/// <param name="Split">The held-out part.</param>
/// <param name="Sequences">Number of sequences; the run's when absent.</param>
public sealed record EvaluationSpec(string Name, DatasetSpec Dataset, int? ContextLength, HeldOut Split, int? Sequences);

/// <summary>
/// The text and JSON forms of a run's further evaluations: <c>noisy_text(rate=0.1), (contextLength=512), (split=test)</c>. Options of the run's own dataset start
/// from the run's; an item without an id is that dataset. JSON: <c>[{ "id": …, "name": …, "contextLength": …, "split": …, "sequences": …, "options": { … } }]</c>.
/// </summary>
internal static class EvaluationList
{
    /// <summary>Path in a specification.</summary>
    public const string Path = "evaluations";

    private const string NameKey = "name";
    private const string ContextKey = "contextLength";
    private const string SplitKey = "split";
    private const string SequencesKey = "sequences";
    private const int LongestContext = 1 << 20;

    /// <summary>Reads the evaluations; all that is wrong is added to the problems.</summary>
    public static IReadOnlyList<EvaluationSpec> Read(string text, DatasetSpec own, List<SpecProblem> problems)
    {
        var (read, wrong) = (new List<EvaluationSpec>(), new List<string>());
        try
        {
            foreach (var (index, item) in SettingList.Read(text.Trim(), "Evaluation", NameKey, ContextKey, SplitKey, SequencesKey).Index())
            {
                if (Read(item, $"Evaluation {index + 1}", own, wrong) is { } evaluation)
                {
                    read.Add(evaluation);
                }
            }
        }
        catch (FormatException error)
        {
            wrong.Add(error.Message);
        }

        wrong.AddRange(read.Where(item => item.Name == Evaluated.OwnSet).Select(item => $"The name \"{item.Name}\" is that of the run's own evaluation; give another."));
        wrong.AddRange(read.GroupBy(item => item.Name).Where(group => group.Count() > 1).Select(group => $"Two evaluations are named \"{group.Key}\"; give each a name."));
        problems.AddRange(wrong.Select(Problem));
        return read;
    }

    /// <summary>A problem with the evaluations.</summary>
    public static SpecProblem Problem(string reason) => new(Path, reason, "Give datasets with commas between them, what differs in parentheses: noisy_text(rate=0.1; contextLength=256), (split=test).");

    /// <summary>An evaluation on data whose ids stand for something else than those that the run is trained on.</summary>
    public static SpecProblem OtherTokens(string name) => new(
        Path, $"{name}: its tokens are not those that the run is trained on, so its loss would mean nothing.", "Take data with the same words or the same tokenizer, or leave it out.");

    /// <summary>The text form, with what differs from the run's dataset or from the defaults.</summary>
    public static string Format(IReadOnlyList<EvaluationSpec> evaluations, DatasetSpec own) => string.Join(", ", evaluations.Select(item =>
    {
        var dataset = DatasetCatalog.Find(item.Dataset.Id)!;
        var (isOwn, usual) = (dataset.Id == own.Id, dataset.Id == own.Id ? own.Options : dataset.Defaults);
        List<(string Name, string Text)> settings = [];
        settings.AddRange(OptionSchema.For(usual.GetType()).Fields.Select(field => (field.Name, field.Format(item.Dataset.Options), field.Format(usual))).Where(field => field.Item2 != field.Item3).Select(field => (field.Name, field.Item2)));
        settings.AddRange(item.ContextLength is { } length ? [(ContextKey, $"{length}")] : []);
        settings.AddRange(item.Split == HeldOut.Validation ? [] : [(SplitKey, ChoiceNames.NameOf(item.Split))]);
        settings.AddRange(item.Sequences is { } sequences ? [(SequencesKey, $"{sequences}")] : []);
        var plain = new SettingItem(isOwn && settings.Count > 0 ? "" : dataset.Id, settings);
        return (NameOf(plain, dataset) == item.Name ? plain : plain with { Settings = [(NameKey, item.Name), .. settings] }).ToString();
    }));

    /// <summary>The JSON form, with every option.</summary>
    public static JsonArray ToJson(IReadOnlyList<EvaluationSpec> evaluations, Func<object, JsonObject> options) => new([.. evaluations.Select(item => new JsonObject
    {
        ["id"] = item.Dataset.Id,
        [NameKey] = item.Name,
        [ContextKey] = item.ContextLength,
        [SplitKey] = ChoiceNames.NameOf(item.Split),
        [SequencesKey] = item.Sequences,
        ["options"] = options(item.Dataset.Options),
    })]);

    private static EvaluationSpec? Read(SettingItem item, string place, DatasetSpec own, List<string> wrong)
    {
        if (DatasetCatalog.Find(item.Id.Length == 0 ? own.Id : item.Id) is not { } dataset)
        {
            var nearest = NearestWord.To(item.Id, DatasetCatalog.All.Select(known => known.Id));
            wrong.Add($"{place}: \"{item.Id}\" is no dataset{(nearest is null ? "." : $"; did you mean {nearest}?")}");
            return null;
        }

        var (before, options, schema) = (wrong.Count, dataset.Id == own.Id ? own.Options : dataset.Defaults, OptionSchema.For(dataset.Defaults.GetType()));
        var result = new EvaluationSpec("", own, null, HeldOut.Validation, null);
        foreach (var (name, text) in item.Settings)
        {
            if (Setting(result, name, text, place, wrong) is { } set)
            {
                result = set;
            }
            else if (schema.Find(name) is not { } field)
            {
                var nearest = NearestWord.To(name, schema.Fields.Select(known => known.Name));
                wrong.Add($"{place}: {dataset.Id} has no option \"{name}\"{(nearest is null ? "." : $"; did you mean {nearest}?")}");
            }
            else if (field.TryParse(name, text, out var value) is { } problem)
            {
                wrong.Add($"{place}, {name}: {problem.Reason} {problem.Remedy}");
            }
            else
            {
                options = schema.With(options, field, value);
            }
        }

        var spec = new DatasetSpec(dataset.Id, options);
        return wrong.Count > before ? null : result with { Dataset = spec, Name = result.Name.Length > 0 ? result.Name : NameOf(item, dataset) };
    }

    /// <summary>The evaluation with one of its own settings; null when the setting is an option of the dataset.</summary>
    private static EvaluationSpec? Setting(EvaluationSpec result, string name, string text, string place, List<string> wrong)
    {
        switch (name)
        {
            case NameKey:
                return result with { Name = text.Trim() };
            case SplitKey when ChoiceNames.Parse(typeof(HeldOut), text) is HeldOut split:
                return result with { Split = split };
            case SplitKey:
                wrong.Add($"{place}, split: \"{text}\" is no held-out split. Give validation or test.");
                return result;
            case ContextKey or SequencesKey when text.Length == 0:
                return result;
            case ContextKey or SequencesKey:
                if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1 || number > LongestContext)
                {
                    wrong.Add($"{place}, {name}: \"{text}\" is outside the range. Give a whole number, 1 to {LongestContext:N0}.");
                    return result;
                }

                return name == ContextKey ? result with { ContextLength = number } : result with { Sequences = number };
            default:
                return null;
        }
    }

    /// <summary>What is written in a list, without parentheses: "noisy_text rate=0.1".</summary>
    private static string NameOf(SettingItem item, Dataset dataset) =>
        item.Settings.Count == 0 ? dataset.Id : $"{(item.Id.Length == 0 ? "" : item.Id + " ")}{string.Join(' ', item.Settings.Where(setting => setting.Name != NameKey).Select(setting => $"{setting.Name}={setting.Text}"))}".Trim();
}
