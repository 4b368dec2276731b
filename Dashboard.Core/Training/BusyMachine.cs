using System.Globalization;

namespace Crossbench.Training;

/// <summary>
/// Notices that other processes take the cores that a run computes on, so that its timings are not those of the machine alone. Over at least
/// <see cref="Window"/> seconds, others may use the cores that the run leaves free and <see cref="Slack"/> of a core beyond them; what a page that is looked
/// at takes is less. CPU time that a hypervisor gave to somebody else counts as others'.
/// </summary>
/// <param name="cores">Cores of the machine.</param>
/// <param name="threads">Compute threads of the run.</param>
internal sealed class BusyMachine(int cores, int threads)
{
    /// <summary>Seconds over which use is averaged.</summary>
    public const double Window = 5;

    /// <summary>Cores that others may take of the run's own.</summary>
    public const double Slack = 0.25;

    private MachineReading? _begun;

    /// <summary>Takes a reading; a sentence when a window has ended in which others took too much.</summary>
    public string? Look(MachineReading now)
    {
        if (now is not { BusySeconds: { } busy, TotalSeconds: { } total } || _begun is not { BusySeconds: { } busyThen, TotalSeconds: { } totalThen } then)
        {
            _begun ??= now;
            return null;
        }

        var seconds = (total - totalThen) / cores;
        if (seconds < Window)
        {
            return null;
        }

        _begun = now;
        var (own, others) = ((now.OwnSeconds - then.OwnSeconds) / seconds, Math.Max(0, busy - busyThen - (now.OwnSeconds - then.OwnSeconds)) / seconds);
        return others <= Math.Max(0, cores - threads) + Slack ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"The machine is busy: for {seconds:0} s other processes took {others:0.0} of {cores} cores, this run {own:0.0} with {threads} {(threads == 1 ? "thread" : "threads")}. Its timings are marked.");
    }
}
