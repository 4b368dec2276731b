using System.Globalization;
using Crossbench.Runs;
using Crossbench.Training;
using Spectre.Console;

namespace Crossbench.Web.Cli;

/// <summary>A progress bar on a terminal, with notable events above it.</summary>
internal sealed class BarTrainOutput : TrainOutput
{
    private readonly ProgressLine _status = new();
    private readonly TimeProvider _time = TimeProvider.System;
    private long _first;
    private long _steps;
    private long _began;

    public override void OnEvent(TrainingEvent trainingEvent)
    {
        switch (trainingEvent)
        {
            case Started started:
                ProgressLine.Line(Text($"{started.Parameters:N0} parameters, vocabulary {started.Vocabulary:N0}, chance {started.Chance:F4} nats; {started.Environment}"));
                (_first, _steps, _began) = (started.Step, started.Steps, _time.GetTimestamp());
                break;
            case Measured measured:
                Show(measured.Step, Value(measured, TrainingMetrics.TrainLoss.Name), Value(measured, TrainingMetrics.TokensPerSecond.Name));
                break;
            case Evaluated evaluated:
                ProgressLine.Line(Text($"step {evaluated.Step:N0}  evaluation{PlainTrainOutput.NameOf(evaluated)} {evaluated.Loss:F4} [{evaluated.Low:F4}, {evaluated.High:F4}]"));
                break;
            case Noted { IsWarning: true } noted:
                ProgressLine.Line(Text($"step {noted.Step:N0}  {noted.Text}"));
                break;
        }
    }

    public override void End(RunRecord run)
    {
        _status.End();
        AnsiConsole.WriteLine(PlainTrainOutput.Summary(run));
    }

    public override void Dispose()
    {
        _status.End();
        base.Dispose();
    }

    private void Show(long step, double loss, double rate)
    {
        var left = step > _first ? _time.GetElapsedTime(_began) / (step - _first) * (_steps - step) : TimeSpan.Zero;
        _status.Show((double)step / Math.Max(1, _steps), Text($"{step:N0} of {_steps:N0}  loss {loss:F4}  {rate:N0} tokens/s  {left:hh\\:mm\\:ss} left"));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
