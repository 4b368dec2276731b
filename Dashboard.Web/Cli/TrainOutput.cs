using Crossbench.Runs;
using Crossbench.Training;
using Spectre.Console;

namespace Crossbench.Web.Cli;

/// <summary>What <c>train</c> prints while it runs: JSON lines, plain lines, or a progress bar.</summary>
internal abstract class TrainOutput : ITrainingObserver, IDisposable
{
    /// <summary>The form that fits: JSON when asked for, a bar on a terminal, lines when piped.</summary>
    public static TrainOutput Create(bool json) =>
        json ? new JsonTrainOutput(Console.Out)
        : AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected ? new BarTrainOutput()
        : new PlainTrainOutput(Console.Out);

    public abstract void OnEvent(TrainingEvent trainingEvent);

    /// <summary>Prints how it ended.</summary>
    public abstract void End(RunRecord run);

    /// <summary>Tells that an architecture is not trained: it has completed a run of the same specification, or it cannot run.</summary>
    /// <param name="architecture">Its id.</param>
    /// <param name="completed">The run that has completed, or null.</param>
    /// <param name="problems">What keeps it from running.</param>
    public virtual void PassOver(string architecture, RunRecord? completed, IReadOnlyList<SpecProblem> problems)
    {
        foreach (var problem in problems)
        {
            Console.Error.WriteLine($"{architecture}: {problem}");
        }

        if (completed is not null)
        {
            Console.Error.WriteLine($"{architecture}: run {completed.Id} of the same specification has completed; --replace trains it again.");
        }
    }

    /// <summary>Tells that a run is gone because a new one has taken its place.</summary>
    public virtual void Replaced(RunRecord former, RunId by) => Console.Error.WriteLine($"Run {former.Id} is deleted; {by} has taken its place.");

    public virtual void Dispose()
    {
    }

    /// <summary>The value of one metric of a measurement.</summary>
    protected static double Value(Measured measured, string metric) => measured.Points.First(point => point.Metric == metric).Value;
}
