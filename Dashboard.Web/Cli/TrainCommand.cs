using System.CommandLine;
using Crossbench.Launching;
using Crossbench.Runs.Sqlite;
using Crossbench.Training;

namespace Crossbench.Web.Cli;

/// <summary><c>train</c>: one run in this process, in the same store as the runs of the page.</summary>
internal static class TrainCommand
{
    private static readonly Option<string?> Architecture = new("--architecture") { Description = "Same as --set architecture.id=ID.", HelpName = "ID" };
    private static readonly Option<string?> Dataset = new("--dataset") { Description = "Same as --set dataset.id=ID.", HelpName = "ID" };
    private static readonly Option<string[]> Set = new("--set") { Description = "Sets any field of the specification: shape.heads=8. May be repeated.", HelpName = "PATH=VALUE", DefaultValueFactory = _ => [] };
    private static readonly Option<string?> Seed = new("--seed") { Description = "Seed of all random streams.", HelpName = "N" };
    private static readonly Option<string?> Name = new("--name") { Description = "Name of the run.", HelpName = "NAME" };
    private static readonly Option<bool> Json = new("--json") { Description = "One JSON object per line on standard output." };

    public static Command Create()
    {
        var command = new Command("train", "Trains one model in this terminal.") { Architecture, Dataset, Set, Seed, Name, Json };
        command.SetAction((parsed, cancellation) => Task.Run(() => Run(parsed, cancellation), CancellationToken.None));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var (settings, problems) = Settings(parsed);
        var reading = RunSpecReader.Read(settings);
        if (problems.Count + reading.Problems.Count > 0)
        {
            return CommandLine.Refuse(problems.Concat(reading.Problems));
        }

        TrainingBackend.Ensure();
        if (TrainingBackend.DeviceProblem(reading.Spec.Training.Device) is { } absent)
        {
            return CommandLine.Refuse([absent]);
        }

        var folder = CommandLine.DataFolderOf(parsed);
        using var store = SqliteRunStore.Open(folder, TimeProvider.System);
        using var output = TrainOutput.Create(parsed.GetValue(Json));
        var control = new TrainingControl();
        using var interrupted = cancellation.Register(() => control.Ask(TrainingRequest.Stop));
        var foreground = new ForegroundRun(store, folder, new DeviceSlots(), TimeProvider.System, Console.Error);
        var end = foreground.Run(reading.Spec, control, WorkerCommand.Trainer(folder), output);
        output.End(store.Find(end.Id)!);
        return end.ExitCode;
    }

    /// <summary>The settings of all options, in the order of precedence: --set last.</summary>
    private static (List<KeyValuePair<string, string>> Settings, List<SpecProblem> Problems) Settings(ParseResult parsed)
    {
        var settings = new List<KeyValuePair<string, string>>();
        var problems = new List<SpecProblem>();
        foreach (var (option, path) in new[] { (Architecture, "architecture.id"), (Dataset, "dataset.id"), (Seed, "seed"), (Name, "name") })
        {
            if (parsed.GetValue(option) is { } value)
            {
                settings.Add(new(path, value));
            }
        }

        foreach (var pair in parsed.GetValue(Set) ?? [])
        {
            var split = pair.IndexOf('=', StringComparison.Ordinal);
            if (split <= 0)
            {
                problems.Add(new SpecProblem("--set", $"\"{pair}\" has no value.", "Write PATH=VALUE, as in shape.heads=8."));
                continue;
            }

            settings.Add(new(pair[..split], pair[(split + 1)..]));
        }

        return (settings, problems);
    }
}
