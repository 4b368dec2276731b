using System.CommandLine;
using Crossbench.Datasets;
using Crossbench.Launching;
using Crossbench.Runs;
using Crossbench.Training;

namespace Crossbench.Web.Cli;

/// <summary><c>worker</c>: trains one queued run; the queue starts it.</summary>
internal static class WorkerCommand
{
    private static readonly Argument<string> Run = new("run") { Description = "Id of the run." };

    public static Command Create()
    {
        var command = new Command("worker", "Trains one queued run (started by the queue).") { Run };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            var folder = CommandLine.DataFolderOf(parsed);
            var id = RunId.TryParse(parsed.GetValue(Run), null, out var known)
                ? known
                : throw new SpecException(new SpecProblem("", $"\"{parsed.GetValue(Run)}\" is not the id of a run.", "The queue starts workers; there is no need to."));
            return new WorkerMain(folder, new DeviceSlots(), Trainer(folder), TimeProvider.System, Console.Error).Run(id);
        });
        return command;
    }

    /// <summary>The trainer over a data folder; a run's checkpoints have a folder of their own.</summary>
    public static TrainRun Trainer(DataFolder folder) => (run, observer, control) =>
        new Trainer(folder, TimeProvider.System).Run(run.Spec, folder.CheckpointsOf(run.Id.Value), observer, control);
}
