using System.Globalization;

namespace Crossbench.Training;

/// <summary>Counters of the machine and of this process, at one moment.</summary>
/// <param name="OwnSeconds">CPU time of this process, all threads.</param>
/// <param name="BusySeconds">CPU time of everything on the machine, what a hypervisor took among it; absent where the system does not tell.</param>
/// <param name="TotalSeconds">The same with idle time: cores times time.</param>
/// <param name="ResidentBytes">Resident memory of this process.</param>
/// <param name="PeakBytes">Its largest so far, as the system counts; absent where it does not tell.</param>
internal readonly record struct MachineReading(double OwnSeconds, double? BusySeconds, double? TotalSeconds, long ResidentBytes, long? PeakBytes);

/// <summary>Where readings come from.</summary>
internal interface IMachineSource
{
    /// <summary>Cores of the machine.</summary>
    int Cores { get; }

    /// <summary>Reads the counters.</summary>
    MachineReading Read();

    /// <summary>Lets the peak of memory count from now on; false where the system does not.</summary>
    bool ResetPeak();
}

/// <summary>This machine: from <c>/proc</c> on Linux; elsewhere what .NET knows of the process alone.</summary>
internal sealed class ThisMachine : IMachineSource
{
    /// <summary>Ticks a second in /proc/stat, the same on every Linux that .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>Fields of the line "cpu" that are busy: user, nice, system, interrupts and stolen. Idle and waiting for disks are the rest; guests are in user.</summary>
    private static readonly int[] Busy = [1, 2, 3, 6, 7, 8];

    private static readonly int[] Idle = [4, 5];

    /// <inheritdoc/>
    public int Cores { get; } = OperatingSystem.IsLinux() ? Math.Max(1, CpuLines().Count - 1) : Environment.ProcessorCount;

    /// <inheritdoc/>
    public MachineReading Read()
    {
        var own = Environment.CpuUsage.TotalTime.TotalSeconds;
        if (!OperatingSystem.IsLinux())
        {
            return new MachineReading(own, null, null, Environment.WorkingSet, null);
        }

        var (busy, total) = ParseCpu(CpuLines()[0]);
        var (resident, peak) = ParseStatus(File.ReadLines("/proc/self/status"));
        return new MachineReading(own, busy, total, resident ?? Environment.WorkingSet, peak);
    }

    /// <inheritdoc/>
    public bool ResetPeak()
    {
        try
        {
            // 5 sets the peak of resident memory to what is resident now (proc_pid_clear_refs(5)).
            File.WriteAllText("/proc/self/clear_refs", "5");
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Busy and all seconds of the line "cpu" of /proc/stat.</summary>
    internal static (double Busy, double Total) ParseCpu(string line)
    {
        var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        double Sum(int[] places) => places.Where(place => place < fields.Length).Sum(place => long.Parse(fields[place], CultureInfo.InvariantCulture)) / TicksPerSecond;
        var busy = Sum(Busy);
        return (busy, busy + Sum(Idle));
    }

    /// <summary>Resident memory and its peak from /proc/self/status.</summary>
    internal static (long? Resident, long? Peak) ParseStatus(IEnumerable<string> lines)
    {
        long? resident = null, peak = null;
        foreach (var line in lines)
        {
            if (line.StartsWith("VmRSS:", StringComparison.Ordinal))
            {
                resident = Kibibytes(line);
            }
            else if (line.StartsWith("VmHWM:", StringComparison.Ordinal))
            {
                peak = Kibibytes(line);
            }
        }

        return (resident, peak);
    }

    private static long Kibibytes(string line) => 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);

    private static List<string> CpuLines() => [.. File.ReadLines("/proc/stat").TakeWhile(line => line.StartsWith("cpu", StringComparison.Ordinal))];
}
