using System.ComponentModel;
using System.Diagnostics;
using Crossbench.Datasets;
using Crossbench.Runs;

namespace Crossbench.Launching;

/// <summary>A worker that this process need not have started, known by the process id in the run's row.</summary>
public static class LivingWorker
{
    /// <summary>The worker of a run in words, with its process where it has said which one it is.</summary>
    public static string Name(RunRecord run) => run.ProcessId is { } id ? $"worker (process {id})" : "worker";

    /// <summary>Ends the worker of a running run at once. The held lock says that the process id is that of a living worker, and not of a later process.</summary>
    /// <returns>False when there is none: it has ended, or has not yet said which process it is.</returns>
    /// <exception cref="SpecException">The system does not allow it.</exception>
    internal static bool Kill(DataFolder folder, RunRecord run)
    {
        if (run.ProcessId is not { } id || !RunLock.IsHeld(folder, run.Id))
        {
            return false;
        }

        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
            return true;
        }
        catch (Exception ended) when (ended is ArgumentException or InvalidOperationException)
        {
            return false;
        }
        catch (Win32Exception denied)
        {
            throw new SpecException(new SpecProblem("", $"The worker of run {run.Id} (process {id}) cannot be killed: {denied.Message.TrimEnd('.')}.", "Kill it as the user that started it."));
        }
    }
}
