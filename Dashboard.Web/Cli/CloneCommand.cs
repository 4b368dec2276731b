using System.CommandLine;

namespace Crossbench.Web.Cli;

/// <summary><c>clone</c>: a new queued run of the same specification, with changes.</summary>
internal static class CloneCommand
{
    private static readonly Argument<string> Id = RunNames.One();
    private static readonly SpecOptions Changes = new(withRun: true);
    private static readonly Option<bool> Json = RunActions.JsonOption();

    public static Command Create()
    {
        var command = new Command("clone", "Queues a new run of the same specification, with changes. Examples: clone my-run --seed 1; clone 00t3a --set training.learningRate=3e-4 --name slower.") { Id, Json };
        Changes.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            var (settings, problems) = Changes.ReadSettings(parsed);
            if (problems.Count > 0)
            {
                return CommandLine.Refuse(problems);
            }

            using var store = StoreAccess.ToWrite(parsed);
            var run = RunNames.Find(store, parsed.GetValue(Id)!);
            var control = new ControlCommand(parsed, store);
            var clone = store.Find(await control.Launcher.CloneAsync(run.Id, settings))!;
            if (parsed.GetValue(Json))
            {
                RunJson.Print(RunJson.Of(clone));
            }
            else
            {
                Console.Out.WriteLine($"{clone.Id} ({clone.Spec.Name}): queued.{control.QueueNote}");
            }

            return ExitCode.Completed;
        });
        return command;
    }
}
