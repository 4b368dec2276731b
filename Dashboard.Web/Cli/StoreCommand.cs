using System.CommandLine;
using static Crossbench.Web.Cli.TextSections;

namespace Crossbench.Web.Cli;

/// <summary><c>store</c>: care of the run store's file.</summary>
internal static class StoreCommand
{
    public static Command Create()
    {
        var command = new Command("store", "Cares for the run store: its size, whether it is sound, its slack, a copy of it.");
        command.Subcommands.Add(Size());
        command.Subcommands.Add(Check());
        command.Subcommands.Add(Compact());
        command.Subcommands.Add(Backup());
        return command;
    }

    private static Command Size()
    {
        var json = RunActions.JsonOption();
        var command = new Command("size", "Says how many runs and points there are and what they take. Example: store size --json.") { json };
        command.SetAction(parsed =>
        {
            using var store = StoreAccess.ToRead(parsed);
            var report = store.Report();
            var checkpoints = Crossbench.Runs.RunFiles.FolderBytes(CommandLine.DataFolderOf(parsed).Checkpoints);
            if (parsed.GetValue(json))
            {
                RunJson.Print(new { file = report.Path, bytes = report.Bytes, freeBytes = report.FreeBytes, runs = report.Runs, points = report.Points, checkpointBytes = checkpoints });
                return ExitCode.Completed;
            }

            Console.Out.WriteLine(report.Path);
            Console.Out.WriteLine(Invariant($"{report.Runs:N0} runs, {report.Points:N0} points, {Bytes(report.Bytes)}, of which {Bytes(report.FreeBytes)} can be compacted away; checkpoints take {Bytes(checkpoints)}."));
            return ExitCode.Completed;
        });
        return command;
    }

    private static Command Check()
    {
        var json = RunActions.JsonOption();
        var quick = new Option<bool>("--quick") { Description = "Leaves out whether indexes and tables agree; several times as fast." };
        var command = new Command("check", "Says whether the store is sound. Exit code 1 when it is not.") { quick, json };
        command.SetAction(parsed =>
        {
            using var store = StoreAccess.ToRead(parsed);
            var problems = store.Check(parsed.GetValue(quick));
            if (parsed.GetValue(json))
            {
                RunJson.Print(new { file = store.File, sound = problems.Count == 0, problems });
            }
            else
            {
                Console.Out.WriteLine(problems.Count == 0 ? $"{store.File} is sound." : $"{store.File} is damaged. Move it away and put back a copy (store backup makes one).");
                problems.ToList().ForEach(Console.Out.WriteLine);
            }

            return problems.Count == 0 ? ExitCode.Completed : ExitCode.Fault;
        });
        return command;
    }

    private static Command Compact()
    {
        var json = RunActions.JsonOption();
        var command = new Command("compact", "Gives back what deleted runs have left inside the file. Needs free disk of the store's size; nothing may run meanwhile.") { json };
        command.SetAction(parsed =>
        {
            using var store = StoreAccess.ToWrite(parsed);
            var before = store.Report().Bytes;
            store.Compact();
            var after = store.Report().Bytes;
            return Tell(parsed.GetValue(json), new { file = store.File, bytesBefore = before, bytesAfter = after }, $"{store.File}: {Bytes(before)} before, {Bytes(after)} after.");
        });
        return command;
    }

    private static Command Backup()
    {
        var json = RunActions.JsonOption();
        var file = new Argument<string>("FILE") { Description = "The copy; a file that is not there yet." };
        var command = new Command("backup", "Copies the store, as of one moment, into one file, while runs go on. To put it back, end everything and copy it to runs.db in the data folder. Example: store backup friday.db.") { file, json };
        command.SetAction(parsed =>
        {
            using var store = StoreAccess.ToRead(parsed);
            var path = store.Backup(parsed.GetValue(file)!);
            var bytes = new FileInfo(path).Length;
            return Tell(parsed.GetValue(json), new { file = path, bytes }, $"{path}: {Bytes(bytes)}.");
        });
        return command;
    }

    private static int Tell<T>(bool asJson, T json, string text)
    {
        if (asJson)
        {
            RunJson.Print(json);
        }
        else
        {
            Console.Out.WriteLine(text);
        }

        return ExitCode.Completed;
    }

    private static string Bytes(long bytes) => RunText.Plain(Format.Bytes(bytes));
}
