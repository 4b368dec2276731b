using Crossbench.Runs;
using Crossbench.Web.Components.Controls;

namespace Crossbench.Web.Components.RunTable;

/// <summary>A column of the list of runs.</summary>
/// <param name="Key">Its name in the address.</param>
/// <param name="Title">Its head.</param>
/// <param name="Width">Its width in pixels; 0 takes what is left.</param>
/// <param name="Order">The order that its head sorts by.</param>
/// <param name="Help">What it shows.</param>
public sealed record RunColumn(string Key, string Title, int Width, RunOrder? Order, string Help)
{
    /// <summary>Whether its values stand right.</summary>
    public bool IsNumber { get; init; }

    /// <summary>Whether it is there unless somebody chose otherwise.</summary>
    public bool IsUsual { get; init; }

    /// <summary>Whether it is always there.</summary>
    public bool IsFixed { get; init; }

    /// <summary>Whether it goes first where the page is narrow.</summary>
    public bool GoesFirst { get; init; }

    /// <summary>Class of its cells.</summary>
    public string Css { get; init; } = "";

    /// <summary>Its value as text; null where <see cref="RunTableRow"/> draws it.</summary>
    public Func<RunRow, string>? Text { get; init; }

    /// <summary>Class of its head.</summary>
    public string? HeadCss => (IsNumber, GoesFirst) switch
    {
        (true, true) => "n hide-m",
        (true, false) => "n",
        (false, true) => "hide-m",
        _ => null,
    };

    /// <summary>Class of its cells with what follows from the rest.</summary>
    public string? CellCss => $"{HeadCss} {Css}".Trim() is { Length: > 0 } css ? css : null;
}

/// <summary>The columns, in their order.</summary>
public static class RunColumns
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<RunColumn> All { get; } =
    [
        new("status", "Status", 108, RunOrder.Status, "Where the run is in its life") { IsUsual = true, IsFixed = true, Css = "m-s" },
        new("name", "Name", 0, RunOrder.Name, "Name of the run") { IsUsual = true, IsFixed = true, Css = "m-n ell" },
        new("arch", "Architecture", 114, RunOrder.Architecture, "Architecture") { IsUsual = true, Css = "m-a" },
        new("dataset", "Dataset", 140, RunOrder.Dataset, "Dataset") { IsUsual = true, Css = "ds", Text = row => row.Run.Spec.Dataset.Id },
        new("seed", "Seed", 46, RunOrder.Seed, "Seed of all random streams") { IsUsual = true, IsNumber = true, GoesFirst = true, Text = row => Format.Count(row.Run.Spec.Seed) },
        new("progress", "Progress", 104, RunOrder.Progress, "Share of the steps done, or the place in the queue") { IsUsual = true, Css = "m-p" },
        new("train", "Train loss", 78, RunOrder.TrainLoss, "Latest training loss, nats per token") { IsUsual = true, IsNumber = true, GoesFirst = true, Text = row => Format.Loss(row.Run.TrainLoss) },
        new("loss", "Eval loss", 82, RunOrder.EvalLoss, "Latest evaluation loss, nats per token") { IsUsual = true, IsNumber = true, Css = "m-l", Text = row => Format.Loss(row.Run.EvalLoss) },
        new("gap", "Chance to floor", 112, RunOrder.Gap, "Share of the distance from chance to floor") { IsUsual = true },
        new("curve", "Eval curve", 112, null, "Evaluation loss over training; dashed: chance") { IsUsual = true },
        new("speed", "Tokens/s", 74, RunOrder.Speed, "Latest tokens per second") { IsUsual = true, IsNumber = true, GoesFirst = true, Text = row => row.Run.TokensPerSecond is { } speed ? Format.Count((long)Math.Round(speed)) : Format.Unknown },
        new("params", "Parameters", 92, RunOrder.Parameters, "Parameters of the model") { IsNumber = true, Text = row => Format.Count(row.Run.Parameters) },
        new("lr", "Learning rate", 92, RunOrder.LearningRate, "Learning rate at its highest") { IsNumber = true, Text = row => Format.Typed(row.Run.Spec.Training.LearningRate) },
        new("width", "Width", 62, RunOrder.Width, "Width of the model") { IsNumber = true, Text = row => Format.Count(row.Run.Spec.Shape.Width) },
        new("layers", "Layers", 62, RunOrder.Layers, "Layers of the model") { IsNumber = true, Text = row => Format.Count(row.Run.Spec.Shape.Layers) },
        new("context", "Context", 68, RunOrder.Context, "Context length in tokens") { IsNumber = true, Text = row => Format.Count(row.Run.Spec.Shape.ContextLength) },
        new("batch", "Batch", 58, RunOrder.Batch, "Sequences in a batch") { IsNumber = true, Text = row => Format.Count(row.Run.Spec.Training.BatchSize) },
        new("steps", "Steps", 72, RunOrder.Steps, "Steps in all") { IsNumber = true, Text = row => Format.Count(row.Run.Spec.Training.Steps) },
        new("time", "Trained", 96, RunOrder.Time, "Time that it has trained, pauses left out") { IsNumber = true, Text = row => Format.Duration(row.Run.Elapsed) },
        new("priority", "Priority", 66, RunOrder.Priority, "Rank in the queue: higher ones begin first") { IsNumber = true, Text = row => Format.Count(row.Run.Priority) },
        new("device", "Device", 70, RunOrder.Device, "Device that it is to train on") { Text = row => row.Run.Spec.Training.Device },
        new("suite", "Suite", 130, RunOrder.Suite, "Suite that it belongs to") { Text = row => row.Run.Suite?.Name ?? "" },
        new("tags", "Tags", 130, null, "Its tags") { Text = row => string.Join(", ", row.Run.Spec.Tags) },
        new("age", "Age", 82, RunOrder.Age, "Time since it last changed its state") { IsUsual = true, IsNumber = true, Css = "age", Text = row => Format.Age(row.Age) },
    ];

    /// <summary>Width of the usual columns: what fits on a page.</summary>
    public static int UsualWidth { get; } = All.Where(column => column.IsUsual).Sum(column => column.Width);

    /// <summary>The columns of an address; the usual ones without it. Names that mean nothing are passed over.</summary>
    public static IReadOnlyList<RunColumn> Of(string? keys)
    {
        if (keys is null)
        {
            return [.. All.Where(column => column.IsUsual)];
        }

        var chosen = keys.Split(',');
        return [.. All.Where(column => column.IsFixed || chosen.Contains(column.Key))];
    }

    /// <summary>How an address names columns; null for the usual ones.</summary>
    public static string? Name(IEnumerable<RunColumn> columns)
    {
        var chosen = columns.ToArray();
        return chosen.SequenceEqual(Of(null)) ? null : string.Join(',', chosen.Where(column => !column.IsFixed).Select(column => column.Key).DefaultIfEmpty("none"));
    }
}
