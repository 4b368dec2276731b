using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Crossbench.Training;

/// <summary>What a GPU does; a number is absent when the driver does not tell it.</summary>
/// <param name="Use">Share of time in which something ran on it.</param>
/// <param name="Memory">Memory in use by all processes, MiB.</param>
/// <param name="Power">Power draw, W.</param>
internal sealed record GpuReading(double? Use, double? Memory, double? Power);

/// <summary>Asks nvidia-smi about one GPU every two seconds, beside the training thread. Without it there is nothing to tell.</summary>
internal sealed class GpuProbe : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private readonly CancellationTokenSource _over = new();
    private readonly Task _asking;
    private GpuReading? _latest;

    /// <summary>Begins to ask.</summary>
    public GpuProbe(int index, TimeProvider time) => _asking = Task.Run(() => AskAsync(index, time, _over.Token));

    /// <summary>The latest reading that was not taken yet.</summary>
    public GpuReading? Take() => Interlocked.Exchange(ref _latest, null);

    /// <inheritdoc/>
    public void Dispose()
    {
        _over.Cancel();
        _asking.ContinueWith(_ => _over.Dispose(), TaskScheduler.Default);
    }

    /// <summary>Reads a line of <c>--format=csv,noheader,nounits</c>: use in percent, memory in MiB, power in W, or words where the driver does not know.</summary>
    internal static GpuReading? Parse(string line)
    {
        var fields = line.Split(',', StringSplitOptions.TrimEntries);
        return fields.Length != 3 ? null : new GpuReading(Number(fields[0]) / 100, Number(fields[1]), Number(fields[2]));
    }

    private static double? Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    private async Task AskAsync(int index, TimeProvider time, CancellationToken over)
    {
        try
        {
            using var timer = new PeriodicTimer(Interval, time);
            do
            {
                if (await AskOnceAsync(index, over) is { } line)
                {
                    Volatile.Write(ref _latest, Parse(line));
                }
            }
            while (await timer.WaitForNextTickAsync(over));
        }
        catch (Win32Exception)
        {
            // There is no nvidia-smi here.
        }
        catch (OperationCanceledException)
        {
            // The run has ended.
        }
    }

    private static async Task<string?> AskOnceAsync(int index, CancellationToken over)
    {
        string[] arguments = ["--query-gpu=utilization.gpu,memory.used,power.draw", "--format=csv,noheader,nounits", string.Create(CultureInfo.InvariantCulture, $"--id={index}")];
        using var process = Process.Start(new ProcessStartInfo("nvidia-smi", arguments) { RedirectStandardOutput = true, RedirectStandardError = true });
        if (process is null)
        {
            return null;
        }

        try
        {
            var text = await process.StandardOutput.ReadToEndAsync(over);
            await process.WaitForExitAsync(over);
            return process.ExitCode == 0 ? text.Split('\n')[0] : null;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }
}
