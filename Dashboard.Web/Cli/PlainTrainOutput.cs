using System.Globalization;
using Crossbench.Runs;
using Crossbench.Training;

namespace Crossbench.Web.Cli;

/// <summary>A line for every event, for pipes and logs.</summary>
internal sealed class PlainTrainOutput(TextWriter writer) : TrainOutput
{
    private long _steps;

    public override void OnEvent(TrainingEvent trainingEvent)
    {
        switch (trainingEvent)
        {
            case Started started:
                _steps = started.Steps;
                Write($"{started.Parameters:N0} parameters, vocabulary {started.Vocabulary:N0}, chance {started.Chance:F4} nats; {started.Environment}");
                break;
            case Measured measured:
                Write($"step {measured.Step:N0} of {_steps:N0}  loss {Value(measured, TrainingMetrics.TrainLoss.Name):F4}  {Value(measured, TrainingMetrics.TokensPerSecond.Name):N0} tokens/s");
                break;
            case Evaluated evaluated:
                Write($"step {evaluated.Step:N0}  evaluation{NameOf(evaluated)} {evaluated.Loss:F4} [{evaluated.Low:F4}, {evaluated.High:F4}]");
                break;
            case CheckpointSaved saved:
                Write($"step {saved.Step:N0}  checkpoint {saved.Folder}");
                break;
            case Noted noted:
                Write($"step {noted.Step:N0}  {noted.Text}");
                break;
        }
    }

    public override void End(RunRecord run) => Write(Summary(run));

    /// <summary>Name of the set, where it is not the run's own.</summary>
    internal static string NameOf(Evaluated evaluated) => evaluated.Set == Evaluated.OwnSet ? "" : $" ({evaluated.Set})";

    /// <summary>How a run ended, in a line.</summary>
    internal static string Summary(RunRecord run) => string.Create(
        CultureInfo.InvariantCulture, $"{run.Status} at step {run.Step:N0}{(run.EvalLoss is { } loss ? $", evaluation loss {loss:F4}" : "")}. Run {run.Id}.{(run.Reason.Length > 0 ? $" {run.Reason}" : "")}");

    private void Write(FormattableString line) => Write(line.ToString(CultureInfo.InvariantCulture));

    private void Write(string line)
    {
        writer.WriteLine(line);
        writer.Flush();
    }
}
