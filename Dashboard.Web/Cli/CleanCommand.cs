using System.CommandLine;
using Crossbench.Runs;

namespace Crossbench.Web.Cli;

/// <summary><c>clean</c>: removes what nothing needs.</summary>
internal static class CleanCommand
{
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Lists what would be removed, and removes nothing." };
    private static readonly Option<bool> Json = RunActions.JsonOption();

    public static Command Create()
    {
        var command = new Command("clean", "Empties the trash, and removes what no run, dataset or process uses: checkpoints and logs of deleted runs, checkpoints and files that were never finished. Example: clean --dry-run.") { DryRun, Json };
        command.SetAction(parsed => Run(parsed));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var (folder, isDry) = (CommandLine.DataFolderOf(parsed), parsed.GetValue(DryRun));
        using var store = isDry ? StoreAccess.ToRead(parsed) : StoreAccess.ToWrite(parsed);
        var sizes = RunTrash.Find(store).ToDictionary(run => run.Id, run => RunFiles.Bytes(folder, run.Id) + store.SizeOf(run.Id).Bytes);
        var emptied = isDry ? new EmptiedTrash(RunTrash.Find(store), []) : RunTrash.Empty(store, folder, TimeProvider.System.GetUtcNow());
        var faults = emptied.Faults.Select(fault => fault.Reason).ToList();

        // Files that have just proved unremovable are told of once.
        var rest = Leftovers.Find(folder, store, TimeProvider.System).Where(item => !emptied.Faults.Any(fault => item.Path.Contains(fault.Run.Id.Value, StringComparison.Ordinal))).ToArray();
        var removed = isDry ? rest : [.. rest.Where(item => IsRemoved(item, faults))];
        Leftover[] found =
        [
            .. emptied.Gone.Select(run => new Leftover(folder.CheckpointsOf(run.Id.Value), $"deleted run {run.Id} ({run.Spec.Name}), until now in the trash", sizes.GetValueOrDefault(run.Id))),
            .. removed,
        ];
        Tell(parsed.GetValue(Json), isDry, found, faults);
        return faults.Count == 0 ? ExitCode.Completed : ExitCode.Fault;
    }

    private static bool IsRemoved(Leftover item, List<string> faults)
    {
        try
        {
            item.Delete();
            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            faults.Add($"{item.Path} cannot be removed: {fault.Message}");
            return false;
        }
    }

    private static void Tell(bool asJson, bool isDry, Leftover[] found, List<string> faults)
    {
        if (asJson)
        {
            RunJson.Print(new { removed = !isDry, bytes = found.Sum(item => item.Bytes), items = found.Select(item => new { path = item.Path, what = item.What, bytes = item.Bytes }), faults });
        }
        else
        {
            foreach (var item in found)
            {
                Console.Out.WriteLine($"{RunText.Plain(Format.Bytes(item.Bytes)),9}  {item.Path}  {item.What}");
            }

            Console.Out.WriteLine(found.Length == 0 && faults.Count == 0 ? "Nothing is left over." : $"{RunText.Plain(Format.Bytes(found.Sum(item => item.Bytes)))} in {Format.Plural(found.Length, "item")} {(isDry ? "would be removed" : "removed")}.");
        }

        faults.ForEach(Console.Error.WriteLine);
    }
}
