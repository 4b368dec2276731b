using System.CommandLine;
using Crossbench.Launching;
using Crossbench.Runs.Sqlite;
using Crossbench.Training;

namespace Crossbench.Web.Cli;

/// <summary><c>train</c>: one run in this process, in the same store as the runs of the page.</summary>
internal static class TrainCommand
{
    private static readonly SpecOptions Specification = new(withRun: true);
    private static readonly Option<bool> Json = new("--json") { Description = "One JSON object per line on standard output." };

    public static Command Create()
    {
        var command = new Command("train", "Trains one model in this terminal.") { Json };
        Specification.AddTo(command);
        command.SetAction((parsed, cancellation) => Task.Run(() => Run(parsed, cancellation), CancellationToken.None));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var reading = Specification.Read(parsed);
        if (reading.Problems.Count > 0)
        {
            return CommandLine.Refuse(reading.Problems);
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
}
