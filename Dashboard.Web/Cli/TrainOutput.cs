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

    public virtual void Dispose()
    {
    }

    /// <summary>The value of one metric of a measurement.</summary>
    protected static double Value(Measured measured, string metric) => measured.Points.First(point => point.Metric == metric).Value;
}
