using System.CommandLine;
using Crossbench.Reports.Import;
using Crossbench.Runs;
using Crossbench.Runs.Sqlite;

namespace Crossbench.Web.Cli;

/// <summary><c>import</c>: reports of TransBench or of this program, and lines of steps, as read-only runs.</summary>
internal static class ImportCommand
{
    private static readonly Argument<string[]> Paths = new("PATH") { Description = "Reports (.json), folders of reports, a manifest.json, or lines of steps (.jsonl).", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string?> Spec = new("--spec") { Description = "The specification of lines of steps, which hold none: its JSON, or a report of the run.", HelpName = "FILE" };
    private static readonly Option<bool> Json = new("--json") { Description = "What was imported, as JSON." };

    public static Command Create()
    {
        var command = new Command("import", "Brings runs from reports into the store, to look at and to compare with. Example: import reports/.") { Paths, Spec, Json };
        command.SetAction(parsed => Run(parsed));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var reading = ImportFiles.Read(parsed.GetValue(Paths)!, parsed.GetValue(Spec), TimeProvider.System.GetUtcNow());
        if (reading.Problems.Count > 0)
        {
            return CommandLine.Refuse(reading.Problems);
        }

        foreach (var sentence in reading.Skipped)
        {
            Console.Error.WriteLine(sentence);
        }

        using var store = StoreAccess.ToWrite(parsed);
        var done = reading.Items.Select(item => (Item: item, There: store.TryImport(item.Run))).ToArray();
        if (parsed.GetValue(Json))
        {
            RunJson.Print(done.Select(one => new
            {
                file = one.Item.File,
                id = (one.There ?? one.Item.Run.Run.Id).Value,
                name = one.Item.Run.Run.Spec.Name,
                isNew = one.There is null,
                isInTrash = IsInTrash(store, one.There),
                notes = NotesOf(one.Item.Run),
            }));
            return ExitCode.Completed;
        }

        foreach (var (item, there) in done)
        {
            Console.Out.WriteLine(there is not { } twin ? $"{item.Run.Run.Id}  {item.Run.Run.Spec.Name}  imported from {item.File}"
                : IsInTrash(store, twin) ? $"{twin}  {item.Run.Run.Spec.Name}  lies in the trash; {item.File} changes nothing. Take it back on the page (filter is:deleted), or empty the trash (clean) and import again."
                : $"{twin}  {item.Run.Run.Spec.Name}  is in the store already; {item.File} changes nothing.");
        }

        foreach (var note in done.Where(one => one.There is null).SelectMany(one => NotesOf(one.Item.Run)).CountBy(text => text))
        {
            Console.Error.WriteLine($"{note.Key}{(note.Value > 1 ? $" ({note.Value} runs)" : "")}");
        }

        return ExitCode.Completed;
    }

    /// <summary>Whether a run that is in the store is one of those that are hidden until they are taken back.</summary>
    private static bool IsInTrash(SqliteRunStore store, RunId? there) => there is { } id && store.Find(id) is null;

    /// <summary>What must be known about a run of another program; a report of ours tells its own story in its log.</summary>
    private static IEnumerable<string> NotesOf(ImportedRun run) => run.IsForeign ? run.Log.Skip(1).Select(line => line.Text) : [];
}
