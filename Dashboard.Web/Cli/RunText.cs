using System.Globalization;
using Crossbench.Datasets;
using Crossbench.Runs;
using static Crossbench.Web.Cli.TextSections;

namespace Crossbench.Web.Cli;

/// <summary>Runs for people to read.</summary>
internal static class RunText
{
    /// <summary>A line for each run, under headings.</summary>
    public static void WriteList(TextWriter writer, IReadOnlyList<RunRecord> runs)
    {
        if (runs.Count == 0)
        {
            Console.Error.WriteLine("No run is like that.");
            return;
        }

        string[] heads = ["id", "status", "name", "architecture", "dataset", "seed", "step", "loss", "eval"];
        string[][] rows = [.. runs.Select(run => (string[])
        [
            run.Id.Value, Word(run), run.Spec.Name, run.Spec.Architecture.Id, run.Spec.Dataset.Id, Invariant($"{run.Spec.Seed}"), Invariant($"{run.Step:N0}/{run.Spec.Training.Steps:N0}"), Loss(run.TrainLoss), Loss(run.EvalLoss),
        ])];
        int[] widths = [.. heads.Select((head, column) => Math.Max(head.Length, rows.Max(row => row[column].Length)))];
        foreach (var row in rows.Prepend(heads))
        {
            writer.WriteLine(string.Join("  ", row.Select((text, column) => column is >= 5 and <= 8 ? text.PadLeft(widths[column]) : text.PadRight(widths[column]))).TrimEnd());
        }
    }

    /// <summary>One run.</summary>
    public static void Write(TextWriter writer, RunRecord run, IRunStore store, DataFolder folder)
    {
        var (size, fileBytes) = (store.SizeOf(run.Id), RunFiles.Bytes(folder, run.Id));
        writer.WriteLine($"{run.Spec.Name} ({run.Id}): {Word(run)}{(run.Reason.Length > 0 ? $". {run.Reason}" : "")}");
        writer.WriteLine();
        TextSections.Write(writer, "Run",
        [
            ("architecture", run.Spec.Architecture.Id), ("dataset", run.Spec.Dataset.Id), ("seed", Invariant($"{run.Spec.Seed}")), ("tags", string.Join(", ", run.Spec.Tags)), ("notes", run.Spec.Notes),
            ("step", Invariant($"{run.Step:N0} of {run.Spec.Training.Steps:N0}")), ("loss", Loss(run.TrainLoss)), ("evaluation", Invariant($"{Loss(run.EvalLoss)} [{Loss(run.EvalLow)}, {Loss(run.EvalHigh)}]")),
            ("chance, floor", $"{Loss(run.Chance)}, {Loss(run.Floor)}"), ("priority", Invariant($"{run.Priority}")),
            ("size", $"{Plain(Format.Bytes(size.Bytes))} in the store ({size.Points.ToString("N0", CultureInfo.InvariantCulture)} points), {Plain(Format.Bytes(fileBytes))} in files"),
        ]);
        TextSections.Write(writer, "History", [.. store.History(run.Id).Select(change => (Time(change.At), Invariant($"{change.To} at step {change.Step:N0}{(change.Reason.Length > 0 ? $": {change.Reason}" : "")}")))]);
        TextSections.Write(writer, "Checkpoints", [.. store.Checkpoints(run.Id).Select(checkpoint => (checkpoint, Path: RunFiles.CheckpointOf(folder, run.Id, checkpoint.Step)))
            .Select(item => (Invariant($"step {item.checkpoint.Step:N0}"), $"{Plain(Format.Bytes(item.checkpoint.Bytes))}  {item.Path}{(Directory.Exists(item.Path) ? "" : "  (gone)")}"))]);
        TextSections.Write(writer, "Log", [.. store.ReadLog(run.Id, 0).TakeLast(20).Select(line => (Time(line.At), $"{(line.IsWarning ? "! " : "")}{line.Text}"))]);
    }

    /// <summary>A size or number without the spaces that only pages can show.</summary>
    public static string Plain(string text) => text.Replace('\u00a0', ' ');

    private static string Word(RunRecord run) => run.Status.ToString().ToLowerInvariant() + (run.ArchivedAt is null ? "" : ", archived");

    private static string Loss(double? loss) => loss?.ToString("F4", CultureInfo.InvariantCulture) ?? "-";

    private static string Time(DateTimeOffset time) => time.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
