using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics.X86;
using System.Text.Json;
using Crossbench.Models;

namespace Crossbench.Bench;

/// <summary>The PyTorch peer: a process that waits while it is not asked.</summary>
internal sealed class Peer : IDisposable
{
    private readonly Process _process;

    private Peer(Process process) => _process = process;

    /// <summary>Starts it with the environment that is fastest for it: the right BLAS kernel, huge pages, one pool of threads.</summary>
    public static Peer Start(int threads, ModelShape shape, int batchSize)
    {
        var start = new ProcessStartInfo("/usr/bin/python3", [Path.Combine(AppContext.BaseDirectory, "peer.py")]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["OMP_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);
        start.Environment["OPENBLAS_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);
        start.Environment["GLIBC_TUNABLES"] = "glibc.malloc.hugetlb=1";
        if (Avx512F.IsSupported)
        {
            start.Environment["OPENBLAS_CORETYPE"] = "SkylakeX";
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException("/usr/bin/python3 did not start.");
        var sizes = new { threads, shape.Layers, shape.Width, shape.Heads, shape.KvHeads, shape.Ffn, shape.ContextLength, shape.Vocabulary, batchSize };
        process.StandardInput.WriteLine(JsonSerializer.Serialize(sizes, JsonSerializerOptions.Web));
        return new Peer(process);
    }

    /// <summary>Trains some steps; their times in milliseconds.</summary>
    public IEnumerable<double> Run(int steps)
    {
        _process.StandardInput.WriteLine(steps);
        var line = _process.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException("The PyTorch peer ended. It needs Debian's python3-torch: apt-get install python3-torch.");
        return [.. line.Split(' ').Select(time => double.Parse(time, CultureInfo.InvariantCulture))];
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
