using System.Text.RegularExpressions;

namespace Crossbench.Reports;

/// <summary>Where a run was trained, as far as the store knows it; what it does not know is null.</summary>
public sealed partial record MachineFacts
{
    private const double Gibibyte = 1L << 30;

    /// <summary>Device, threads and libraries in words.</summary>
    public string? Words { get; init; }

    /// <summary>Operating system.</summary>
    public string? OperatingSystem { get; init; }

    /// <summary>Version of libtorch.</summary>
    public string? Torch { get; init; }

    /// <summary>Name of the processor.</summary>
    public string? Processor { get; init; }

    /// <summary>Number of processor cores.</summary>
    public double? Cores { get; init; }

    /// <summary>Memory that the worker could use, in units of 2^30 bytes.</summary>
    public double? Memory { get; init; }

    /// <summary>The commit that the program was built from.</summary>
    public string? Commit { get; init; }

    /// <summary>The machine of a run: that of the last worker; of runs before there was a record of it, what their log says.</summary>
    public static MachineFacts Of(RunResult result)
    {
        var words = result.Log.Select(line => Beginning().Match(line.Text)).LastOrDefault(match => match.Success)?.Groups[1].Value;
        if (result.Environments.Count == 0)
        {
            return new MachineFacts { Words = words, Torch = words is not null && Library().Match(words) is { Success: true } found ? found.Groups[1].Value : null };
        }

        var here = result.Environments[^1].Environment;
        var build = here.Version.IndexOf('+', StringComparison.Ordinal);
        return new MachineFacts
        {
            Words = words ?? $"{here.Device}, {here.Backend}",
            OperatingSystem = here.System,
            Torch = Library().Match(here.Backend) is { Success: true } library ? library.Groups[1].Value : here.Backend,
            Processor = here.Processor,
            Cores = here.Cores,
            Memory = here.MemoryBytes / Gibibyte,
            Commit = build < 0 ? null : here.Version[(build + 1)..],
        };
    }

    [GeneratedRegex(@"^Training (?:begins|goes on) at step \d+ of \d+\. (.+)$")]
    private static partial Regex Beginning();

    [GeneratedRegex(@"libtorch (\S+?)[,.]?(?:\s|$)")]
    private static partial Regex Library();
}
