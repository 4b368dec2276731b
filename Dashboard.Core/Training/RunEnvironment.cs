using System.Reflection;
using System.Runtime.InteropServices;

namespace Crossbench.Training;

/// <summary>Where a worker trained: what a comparison of speeds has to know.</summary>
/// <param name="Processor">Model of the CPU.</param>
/// <param name="Cores">Logical cores.</param>
/// <param name="MemoryBytes">Memory that the process may use.</param>
/// <param name="Device">Device of the run: <c>cpu</c>, <c>cuda:0</c>.</param>
/// <param name="Threads">Compute threads.</param>
/// <param name="Backend">Version of libtorch.</param>
/// <param name="Build">How that libtorch was built, in its own words; empty when the binding does not tell.</param>
/// <param name="Version">Version of this program, with the commit it was built from.</param>
/// <param name="System">Operating system.</param>
/// <param name="Runtime">Version of .NET.</param>
public sealed record RunEnvironment(
    string Processor, int Cores, long MemoryBytes, string Device, int Threads, string Backend, string Build, string Version, string System, string Runtime)
{
    /// <summary>This machine and program; the backend must be there.</summary>
    public static RunEnvironment Here(TrainingOptions options) => new(
        ProcessorModel(), Environment.ProcessorCount, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, ComputeDevice.Canonical(options.Device), options.ThreadCount,
        TrainingBackend.Version, TrainingBackend.Build, ProgramVersion, RuntimeInformation.OSDescription, RuntimeInformation.FrameworkDescription);

    /// <summary>Version of this program, with the commit it was built from.</summary>
    public static string ProgramVersion { get; } =
        typeof(RunEnvironment).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? typeof(RunEnvironment).Assembly.GetName().Version!.ToString();

    /// <summary>Model of the CPU, as the system names it.</summary>
    public static string ProcessorModel()
    {
        const string Information = "/proc/cpuinfo";
        var line = File.Exists(Information) ? File.ReadLines(Information).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line is null ? $"{RuntimeInformation.ProcessArchitecture}" : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
