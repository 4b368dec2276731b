using System.Text.RegularExpressions;

namespace Crossbench.Reports;

/// <summary>Where a run was trained, as far as the store knows it; what it does not know is null.</summary>
public sealed partial record RunEnvironment
{
    /// <summary>Device, threads and libraries in words.</summary>
    public string? Words { get; init; }

    /// <summary>Name of the machine.</summary>
    public string? Host { get; init; }

    /// <summary>Operating system.</summary>
    public string? OperatingSystem { get; init; }

    /// <summary>Version of libtorch.</summary>
    public string? Torch { get; init; }

    /// <summary>Version of CUDA.</summary>
    public string? Cuda { get; init; }

    /// <summary>Name of the graphics processor.</summary>
    public string? Gpu { get; init; }

    /// <summary>Name of the processor.</summary>
    public string? Cpu { get; init; }

    /// <summary>Number of processor cores.</summary>
    public double? Cores { get; init; }

    /// <summary>Memory of the machine, gigabytes.</summary>
    public double? MemoryGigabytes { get; init; }

    /// <summary>Version of the code: a commit.</summary>
    public string? CodeVersion { get; init; }

    /// <summary>The environment of a run: what the line says with which training last began.</summary>
    public static RunEnvironment Of(RunResult result)
    {
        var words = result.Log.Select(line => Beginning().Match(line.Text)).LastOrDefault(match => match.Success)?.Groups[1].Value;
        return new RunEnvironment
        {
            Words = words,
            Torch = words is not null && Library().Match(words) is { Success: true } found ? found.Groups[1].Value : null,
        };
    }

    [GeneratedRegex(@"^Training (?:begins|goes on) at step \d+ of \d+\. (.+)$")]
    private static partial Regex Beginning();

    [GeneratedRegex(@"libtorch (\S+?)[,.]?(?:\s|$)")]
    private static partial Regex Library();
}
