using System.Globalization;
using Crossbench.Runs;
using Crossbench.Training;
using Spectre.Console;

namespace Crossbench.Web.Cli;

/// <summary>A progress bar on a terminal, with notable events above it.</summary>
internal sealed class BarTrainOutput : TrainOutput
{
    private readonly StatusLine _status = new();

    public override void OnEvent(TrainingEvent trainingEvent)
    {
        switch (trainingEvent)
        {
            case Started started:
                _status.Line(Text($"{started.Parameters:N0} parameters, vocabulary {started.Vocabulary:N0}, chance {started.Chance:F4} nats; {started.Environment}"));
                _status.Begin(started.Step, started.Steps);
                break;
            case Measured measured:
                _status.Show(measured.Step, Text($"loss {Value(measured, TrainingMetrics.TrainLoss.Name):F4}"), Value(measured, TrainingMetrics.TokensPerSecond.Name));
                break;
            case Evaluated evaluated:
                _status.Line(Text($"step {evaluated.Step:N0}  evaluation{PlainTrainOutput.NameOf(evaluated)} {evaluated.Loss:F4} [{evaluated.Low:F4}, {evaluated.High:F4}]"));
                break;
            case Noted { IsWarning: true } noted:
                _status.Line(Text($"step {noted.Step:N0}  {noted.Text}"));
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

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>The bar: one line rewritten in place, at most ten times a second.</summary>
    private sealed class StatusLine
    {
        private const int Width = 32;
        private readonly TimeProvider _time = TimeProvider.System;
        private long _first;
        private long _steps;
        private long _began;
        private long _shown;
        private bool _open;

        public void Begin(long first, long steps) => (_first, _steps, _began, _open) = (first, steps, _time.GetTimestamp(), true);

        public void Line(string text)
        {
            Erase();
            AnsiConsole.WriteLine(text);
        }

        public void Show(long step, string loss, double rate)
        {
            if (step < _steps && _shown != 0 && _time.GetElapsedTime(_shown).TotalMilliseconds < 100)
            {
                return;
            }

            _shown = _time.GetTimestamp();
            var done = (int)(Width * step / Math.Max(1, _steps));
            var left = step > _first ? _time.GetElapsedTime(_began) / (step - _first) * (_steps - step) : TimeSpan.Zero;
            Erase();
            AnsiConsole.Markup(Text($"[green]{new string('━', done)}[/][grey]{new string('━', Width - done)}[/] {step:N0} of {_steps:N0}  {loss}  {rate:N0} tokens/s  {left:hh\\:mm\\:ss} left"));
        }

        public void End()
        {
            if (_open)
            {
                Erase();
                _open = false;
            }
        }

        private static void Erase() => AnsiConsole.Write(new ControlCode("\r\u001b[2K"));
    }
}
