using Crossbench.Runs;

namespace Crossbench.Web.Live;

/// <summary>Tells components that something of a run, or of any run, has changed. Carries no payload: they read again.</summary>
internal interface IRunChanges
{
    /// <summary>Calls back after each change, the first at once, then at most 5 times a second, until the result is disposed of.</summary>
    IDisposable Subscribe(RunId? run, Func<CancellationToken, Task> onChanged);
}
