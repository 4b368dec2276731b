using System.CommandLine;
using Crossbench.Runs;

namespace Crossbench.Web.Cli;

/// <summary>What became of a run that a command was to change.</summary>
/// <param name="Run">The run before.</param>
/// <param name="IsDone">Whether it was done.</param>
/// <param name="Message">What became of it, or why not and what to do.</param>
internal sealed record RunAction(RunRecord Run, bool IsDone, string Message)
{
    /// <summary>Whether it was none of the user's mistakes that it was not done.</summary>
    public bool IsFault { get; init; }
}

/// <summary>Prints what a command did with each run.</summary>
internal static class RunActions
{
    public static Option<bool> JsonOption() => new("--json") { Description = "JSON on standard output." };

    /// <summary>Prints all and gives the exit code: 0 when everything was done.</summary>
    public static int Print(IReadOnlyList<RunAction> actions, IRunStore store, bool json)
    {
        if (json)
        {
            RunJson.Print(new
            {
                results = actions.Select(action => new
                {
                    id = action.Run.Id.Value, name = action.Run.Spec.Name, done = action.IsDone, status = store.Find(action.Run.Id)?.Status.ToString().ToLowerInvariant(), message = action.Message,
                }),
            });
        }

        foreach (var action in actions)
        {
            // What could not be done is for people in either form.
            if (!json || !action.IsDone)
            {
                (action.IsDone ? Console.Out : Console.Error).WriteLine($"{action.Run.Id} ({action.Run.Spec.Name}): {action.Message}");
            }
        }

        return actions.All(action => action.IsDone) ? ExitCode.Completed : actions.Any(action => action.IsFault) ? ExitCode.Fault : ExitCode.BadInput;
    }
}
