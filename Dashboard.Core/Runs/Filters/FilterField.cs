using Crossbench.Datasets;
using Crossbench.Models;

namespace Crossbench.Runs.Filters;

/// <summary>What stands after a field.</summary>
public enum FilterValueKind
{
    /// <summary>One of the known words.</summary>
    Choice,

    /// <summary>Any text.</summary>
    Text,

    /// <summary>A number, with k, M or G for large ones.</summary>
    Number,

    /// <summary>A share: 0.5 or 50%.</summary>
    Share,

    /// <summary>A time: 90s, 45min, 3h, 2d, 1w.</summary>
    Time,
}

/// <summary>A field of the filter language.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What stands after it.</param>
/// <param name="Help">What it asks for.</param>
/// <param name="Example">A term with it.</param>
public sealed record FilterField(string Name, FilterValueKind Kind, string Help, string Example)
{
    /// <summary>Other names for it.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>The known words of a choice.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>The text that it asks for, if any.</summary>
    public RunText? Text { get; init; }

    /// <summary>The number that it asks for, if any.</summary>
    public RunNumber? Number { get; init; }

    /// <summary>Whether it can be compared with <c>&lt;</c> and <c>&gt;</c>.</summary>
    public bool IsOrdered => Number is not null;
}

/// <summary>
/// The filter language. A filter is terms with spaces between; a run must match all of them. <c>or</c> between terms asks for either side and binds less than
/// the space; <c>-</c> or <c>not</c> before a term, and parentheses, mean what they say. A term is a word or "exact words", looked for in name,
/// architecture, dataset and tags in any case; or a field, an operator and a value: <c>:</c> and <c>=</c> ask for the value, <c>!=</c> for any other,
/// <c>&lt; &lt;= &gt; &gt;=</c> compare numbers; <c>2..3</c> is a range with both ends, <c>mig,gqa</c> either of the values. Values with spaces stand in quotes.
/// </summary>
public static class FilterFields
{
    /// <summary>Field of the status.</summary>
    public const string Status = "status";

    /// <summary>Field of the marks.</summary>
    public const string Is = "is";

    /// <summary>Every field, in the order of the help.</summary>
    public static IReadOnlyList<FilterField> All { get; } =
    [
        new("arch", FilterValueKind.Choice, "Architecture.", "arch:A,B") { Text = RunText.Architecture, Aliases = ["architecture"], Choices = [.. ModelZoo.All.Select(item => item.Id)] },
        new("dataset", FilterValueKind.Choice, "Dataset.", "dataset:text") { Text = RunText.Dataset, Aliases = ["data"], Choices = [.. DatasetCatalog.All.Select(item => item.Id)] },
        new(Status, FilterValueKind.Choice, "Status.", "status:failed,diverged") { Choices = [.. FilterWords.Statuses.Keys] },
        new(Is, FilterValueKind.Choice, "What it is beside its status. Archived and deleted runs are listed only when a filter asks for them.", "is:archived") { Choices = [.. FilterWords.Marks.Keys] },
        new("tag", FilterValueKind.Text, "A whole tag.", "tag:sweep") { Text = RunText.Tag, Aliases = ["tags"] },
        new("suite", FilterValueKind.Text, "Part of the name of its suite.", "suite:noise") { Text = RunText.Suite },
        new("name", FilterValueKind.Text, "Part of its name.", "name:\"first try\"") { Text = RunText.Name },
        new("id", FilterValueKind.Text, "Beginning of its id.", "id:00t3") { Text = RunText.Id },
        new("device", FilterValueKind.Text, "Device.", "device:cpu") { Text = RunText.Device },
        new("loss", FilterValueKind.Number, "Evaluation loss.", "loss<3") { Number = RunNumber.EvalLoss, Aliases = ["eval"] },
        new("train", FilterValueKind.Number, "Training loss.", "train<=2.5") { Number = RunNumber.TrainLoss },
        new("gap", FilterValueKind.Share, "Share of the way from chance to floor.", "gap>50%") { Number = RunNumber.Gap },
        new("progress", FilterValueKind.Share, "Share of the steps done.", "progress<100%") { Number = RunNumber.Progress },
        new("speed", FilterValueKind.Number, "Tokens per second.", "speed>2k") { Number = RunNumber.Speed },
        new("seed", FilterValueKind.Number, "Seed.", "seed:0..4") { Number = RunNumber.Seed },
        new("params", FilterValueKind.Number, "Parameters of the model.", "params>1M") { Number = RunNumber.Parameters, Aliases = ["parameters"] },
        new("lr", FilterValueKind.Number, "Learning rate.", "lr:3e-4") { Number = RunNumber.LearningRate, Aliases = ["learningrate"] },
        new("width", FilterValueKind.Number, "Width of the model.", "width>=256") { Number = RunNumber.Width },
        new("layers", FilterValueKind.Number, "Layers of the model.", "layers:8") { Number = RunNumber.Layers },
        new("batch", FilterValueKind.Number, "Sequences in a batch.", "batch:4") { Number = RunNumber.Batch },
        new("context", FilterValueKind.Number, "Context length.", "context:128") { Number = RunNumber.Context },
        new("step", FilterValueKind.Number, "Steps done.", "step>1k") { Number = RunNumber.Step },
        new("steps", FilterValueKind.Number, "Steps in all.", "steps:1000") { Number = RunNumber.Steps },
        new("priority", FilterValueKind.Number, "Rank in the queue.", "priority>0") { Number = RunNumber.Priority },
        new("age", FilterValueKind.Time, "Time since it last changed its state.", "age<2d") { Number = RunNumber.Age },
        new("time", FilterValueKind.Time, "Time that it has trained.", "time>3h") { Number = RunNumber.Time },
    ];

    /// <summary>The field of a name or alias in any case, or null.</summary>
    public static FilterField? Find(string name) =>
        All.FirstOrDefault(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase) || field.Aliases.Contains(name, StringComparer.OrdinalIgnoreCase));
}

/// <summary>The words of the language for statuses and marks.</summary>
internal static class FilterWords
{
    public static IReadOnlyDictionary<string, RunStatus> Statuses { get; } =
        Enum.GetValues<RunStatus>().ToDictionary(status => status.ToString().ToLowerInvariant(), status => status)
            .Append(KeyValuePair.Create("done", RunStatus.Completed)).ToDictionary(StringComparer.OrdinalIgnoreCase);

    public static IReadOnlyDictionary<string, RunMark> Marks { get; } = new Dictionary<string, RunMark>(StringComparer.OrdinalIgnoreCase)
    {
        ["archived"] = RunMark.Archived,
        ["deleted"] = RunMark.Deleted,
        ["live"] = RunMark.Live,
        ["imported"] = RunMark.Imported,
        ["not-learned"] = RunMark.NotLearned,
        ["sees-the-future"] = RunMark.SeesTheFuture,
        ["busy"] = RunMark.Busy,
    };
}
