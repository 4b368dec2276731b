using System.CommandLine;
using Crossbench.Datasets;
using Crossbench.Launching;
using Crossbench.Runs;
using Crossbench.Runs.Sqlite;
using Crossbench.Training;

namespace Crossbench.Web.Cli;

/// <summary><c>train</c>: one run in this process, or one of every architecture, in the same store as the runs of the page.</summary>
internal static class TrainCommand
{
    private static readonly SpecOptions Specification = new(withRun: true, withAll: true);
    private static readonly Option<bool> Json = new("--json") { Description = "One JSON object per line on standard output." };
    private static readonly Option<bool> Replace = new("--replace")
    {
        Description = "Deletes earlier completed runs of the same specification once the new one has completed. With --architecture all, which else passes over what has completed, it trains all again.",
    };

    private static readonly Option<bool> Settings = new("--settings") { Description = "Prints every PATH that --set takes, with its value, range and help, and trains nothing." };

    public static Command Create()
    {
        var command = new Command("train", "Trains one model in this terminal, or with --architecture all one of each that can run with the settings. Example: train --architecture mig --dataset sparse_signal --set training.steps=500. What can be set: train --settings.") { Json, Replace, Settings };
        Specification.AddTo(command);
        command.SetAction((parsed, cancellation) => Task.Run(() => Run(parsed, cancellation), CancellationToken.None));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var all = Specification.ReadEach(parsed);
        var readings = all ?? [Specification.Read(parsed)];
        if (readings.All(reading => reading.Problems.Count > 0))
        {
            return CommandLine.Refuse(readings.SelectMany(reading => reading.Problems).DistinctBy(problem => problem.ToString()));
        }

        if (parsed.GetValue(Settings))
        {
            return Tell(readings.First(reading => reading.Problems.Count == 0).Spec, parsed.GetValue(Json));
        }

        TrainingBackend.Ensure();
        if (readings.Select(reading => TrainingBackend.DeviceProblem(reading.Spec.Training.Device)).FirstOrDefault(problem => problem is not null) is { } absent)
        {
            return CommandLine.Refuse([absent]);
        }

        var folder = CommandLine.DataFolderOf(parsed);
        using var store = SqliteRunStore.Open(folder, TimeProvider.System);
        using var output = TrainOutput.Create(parsed.GetValue(Json));
        var replace = parsed.GetValue(Replace);
        return all is null ? Train(readings[0].Spec).ExitCode : new TrainAll(store, folder, output, Train).Run(readings, replace, cancellation);

        RunEnd Train(RunSpec spec)
        {
            var control = new TrainingControl();
            using var interrupted = cancellation.Register(() => control.Ask(TrainingRequest.Stop));
            var former = replace ? TrainAll.Completed(store, folder, spec) : [];
            var end = new ForegroundRun(store, folder, new DeviceSlots(), TimeProvider.System, Console.Error).Run(spec, control, WorkerCommand.Trainer(folder), output);
            output.End(store.Find(end.Id)!);
            DeleteAll(end.Status == RunStatus.Completed ? former : [], end.Id, store, folder, output);
            return end;
        }
    }

    private static int Tell(RunSpec spec, bool asJson)
    {
        if (asJson)
        {
            Console.Out.WriteLine(SettingsText.ToJson(spec).ToJsonString());
        }
        else
        {
            SettingsText.Write(Console.Out, spec);
        }

        return ExitCode.Completed;
    }

    private static void DeleteAll(IReadOnlyList<RunRecord> former, RunId by, SqliteRunStore store, DataFolder folder, TrainOutput output)
    {
        var launcher = new RunLauncher(store, folder);
        foreach (var run in former)
        {
            if (launcher.DeleteAsync(run.Id).GetAwaiter().GetResult())
            {
                output.Replaced(run, by);
            }
        }
    }
}
