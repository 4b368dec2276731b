using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Crossbench.Datasets;
using Crossbench.Datasets.Sources;

namespace Crossbench.Bench;

/// <summary>
/// Opens a long text of bytes: the first time, when it is tokenized, and again, when it is only checked; and how much memory that takes. Its peer is to read the
/// same file once with nothing done to it.
/// </summary>
internal static class DataBench
{
    private const int ContextLength = 128;

    public static int Run(string[] args)
    {
        var megabytes = args.Contains("--quick") ? 100 : 1000;
        var root = Directory.CreateTempSubdirectory("crossbench-bench-").FullName;
        try
        {
            var (folder, options) = (new DataFolder(Path.Combine(root, "data")), new TextOptions { Path = Path.Combine(root, "text.txt") });
            Write(options.Path, megabytes * 1_000_000L);
            var first = Time(() => Open(folder, options));
            var again = Enumerable.Range(0, 5).Select(_ => (Open: Time(() => Open(folder, options)), Read: Time(() => Read(options.Path)))).ToArray();
            var (open, read) = (Median(again.Select(item => item.Open)), Median(again.Select(item => item.Read)));
            var memory = Process.GetCurrentProcess().PeakWorkingSet64 / 1e6;
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{megabytes} MB of bytes: first {first:0.00} s, again {open:0.000} s, {open / read:0.0} times reading the file ({read:0.000} s); peak memory {memory:0} MB"));
            if (args.Contains("--json"))
            {
                Console.WriteLine(JsonSerializer.Serialize(new { results = new[] { new { megabytes, first = Math.Round(first, 3), again = Math.Round(open, 4), ratio = Math.Round(open / read, 2), peakMegabytes = Math.Round(memory) } } }));
            }

            return 0;
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    /// <summary>Made-up words of one to nine letters, in lines.</summary>
    private static void Write(string path, long bytes)
    {
        var random = new RandomStreams(0).Stream("words");
        var block = new byte[1 << 20];
        for (var i = 0; i < block.Length; i++)
        {
            block[i] = random.NextInt32(6) switch { 0 => (byte)' ', _ when i % 97 == 96 => (byte)'\n', _ => (byte)('a' + random.NextInt32(26)) };
        }

        using var stream = File.Create(path);
        while (stream.Length < bytes)
        {
            stream.Write(block);
        }
    }

    private static void Open(DataFolder folder, TextOptions options)
    {
        using var stream = new Text().Open(folder, options, ContextLength, 256);
        stream.TrainingBatch(64, new RandomStreams(1).Stream(RandomStreams.Data));
    }

    private static void Read(string path)
    {
        using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        var buffer = new byte[1 << 20];
        for (long offset = 0; RandomAccess.Read(file, buffer, offset) is var count and > 0; offset += count)
        {
        }
    }

    private static double Time(Action action)
    {
        var started = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(2);
}
