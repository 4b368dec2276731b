using Spectre.Console;

namespace Crossbench.Web.Cli;

/// <summary>A bar with words beside it: one line of a terminal, rewritten in place, at most ten times a second.</summary>
internal sealed class ProgressLine
{
    private const int Width = 32;
    private readonly TimeProvider _time = TimeProvider.System;
    private long _shown;
    private bool _isOpen;

    /// <summary>Prints a line above the bar.</summary>
    public static void Line(string text)
    {
        Clear();
        AnsiConsole.WriteLine(text);
    }

    /// <summary>Shows the bar; the last one is always shown.</summary>
    public void Show(double share, string words)
    {
        if (share < 1 && _shown != 0 && _time.GetElapsedTime(_shown).TotalMilliseconds < 100)
        {
            return;
        }

        (_shown, _isOpen) = (_time.GetTimestamp(), true);
        var done = Math.Clamp((int)(Width * share), 0, Width);
        Clear();
        AnsiConsole.Markup($"[green]{new string('━', done)}[/][grey]{new string('━', Width - done)}[/] {words.EscapeMarkup()}");
    }

    /// <summary>Takes the bar away.</summary>
    public void End()
    {
        if (_isOpen)
        {
            Clear();
            _isOpen = false;
        }
    }

    private static void Clear() => AnsiConsole.Write(new ControlCode("\r\u001b[2K"));
}
