using System.CommandLine;
using Crossbench.Runs;

namespace Crossbench.Web.Cli;

/// <summary><c>runs show</c>: everything about one run but its curves.</summary>
internal static class RunsShowCommand
{
    private static readonly Argument<string> Id = RunNames.One();
    private static readonly Option<bool> Json = new("--json") { Description = "JSON on standard output." };

    public static Command Create()
    {
        var command = new Command("show", "Shows one run: state, history, checkpoints, log. Examples: runs show 00t3; runs show my-run --json.") { Id, Json };
        command.SetAction(parsed =>
        {
            using var store = StoreAccess.ToRead(parsed);
            var run = RunNames.Find(store, parsed.GetValue(Id)!);
            var folder = CommandLine.DataFolderOf(parsed);
            if (parsed.GetValue(Json))
            {
                RunJson.Print(RunJson.Of(run, store, folder));
            }
            else
            {
                RunText.Write(Console.Out, run, store, folder);
            }

            return ExitCode.Completed;
        });
        return command;
    }
}
