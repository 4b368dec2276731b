using System.Globalization;
using System.Text.Json;
using Crossbench.Models;
using Crossbench.Models.Architectures;
using static TorchSharp.torch;

namespace Crossbench.Bench;

/// <summary>Times training steps of gqa against the same model in PyTorch eager, in interleaved rounds, and prints the ratio of medians.</summary>
internal static class TrainBench
{
    private const int BatchSize = 4;
    private static readonly ModelShape Shape = new() { Bias = false, ContextLength = 128 };

    public static int Run(string[] args)
    {
        var json = args.Contains("--json");
        var rounds = args.Contains("--quick") ? 5 : 15;
        var threads = int.Parse(Value(args, "--threads") ?? "1", CultureInfo.InvariantCulture);
        var vocabulary = int.Parse(Value(args, "--vocabulary") ?? "8192", CultureInfo.InvariantCulture);
        using var peer = Peer.Start(threads, Shape with { Vocabulary = vocabulary }, BatchSize);
        set_num_threads(threads);
        using var ours = new TimedSteps(new Gqa(), Shape, vocabulary, BatchSize);
        var (ourTimes, peerTimes) = (new List<double>(), new List<double>());
        ours.Run(5);
        peer.Run(5);
        for (var round = 0; round < rounds; round++)
        {
            ourTimes.AddRange(ours.Run(8));
            peerTimes.AddRange(peer.Run(8));
        }

        var (our, their) = (TimedSteps.Median(ourTimes), TimedSteps.Median(peerTimes));
        var size = $"d{Shape.Width} L{Shape.Layers} H{Shape.Heads} KV{Shape.KvHeads} f{Shape.Ffn} T{Shape.ContextLength} B{BatchSize} V{vocabulary}";
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"gqa {size}, fp32, {threads} threads: ours {our:F1} ms, PyTorch eager {their:F1} ms, ratio {their / our:F2}"));
        if (json)
        {
            var results = new[] { new { architecture = "gqa", size, precision = "fp32", threads, ours = Math.Round(our, 2), peer = Math.Round(their, 2), ratio = Math.Round(their / our, 3) } };
            Console.WriteLine(JsonSerializer.Serialize(new { results }));
        }

        return 0;
    }

    private static string? Value(string[] args, string name) => Array.IndexOf(args, name) is var i and >= 0 && i + 1 < args.Length ? args[i + 1] : null;
}
