namespace Crossbench.Web.Cli;

/// <summary>Exit codes of every command.</summary>
internal static class ExitCode
{
    public const int Completed = 0;
    public const int Fault = 1;
    public const int BadInput = 2;
    public const int Diverged = 3;
    public const int StoppedOrPaused = 4;
}
