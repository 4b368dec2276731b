using System.Globalization;
using System.Text.Json;
using Crossbench.Models;
using static TorchSharp.torch;

namespace Crossbench.Bench;

/// <summary>
/// What a training step of each architecture costs, as a multiple of the first of the list at the same shape, in interleaved rounds; with <c>--scaling</c>,
/// time per token at a context of 2048 as a multiple of that at 256.
/// </summary>
internal static class ArchitectureBench
{
    private const int Vocabulary = 256;
    private const int BatchSize = 4;
    private static readonly (int Short, int Long) Contexts = (256, 2048);

    public static int Run(string[] args)
    {
        set_num_threads(int.Parse(Value(args, "--threads") ?? "1", CultureInfo.InvariantCulture));
        var named = args.Where(arg => ModelZoo.Find(arg) is not null).ToHashSet();
        var chosen = ModelZoo.All.Where(item => named.Count == 0 || named.Contains(item.Id)).ToArray();
        var rows = args.Contains("--scaling") ? chosen.Select(Scaling).ToArray() : [.. chosen.Select(Relative)];
        if (args.Contains("--json"))
        {
            Console.WriteLine(JsonSerializer.Serialize(new { results = rows }));
        }

        return 0;
    }

    private static Row Relative(Architecture architecture)
    {
        var baseline = ModelZoo.All[0];
        using var ours = new TimedSteps(architecture, architecture.DefaultShape, Vocabulary, BatchSize);
        using var other = new TimedSteps(baseline, baseline.DefaultShape, Vocabulary, BatchSize);
        var (our, their) = Interleave(ours, 4, other, 4);
        return Print(new Row(architecture.Id, Size(architecture.DefaultShape), Math.Round(our, 2), Math.Round(their, 2), Math.Round(our / their, 2)), baseline.Id);
    }

    private static Row Scaling(Architecture architecture)
    {
        var shape = architecture.DefaultShape with { Layers = 2 };
        using var longer = new TimedSteps(architecture, shape with { ContextLength = Contexts.Long }, Vocabulary, 1);
        using var shorter = new TimedSteps(architecture, shape with { ContextLength = Contexts.Short }, Vocabulary, 1);
        var (our, their) = Interleave(longer, 2, shorter, 8);
        var perToken = (our / Contexts.Long, their / Contexts.Short);
        return Print(
            new Row(architecture.Id, Size(shape), Math.Round(perToken.Item1 * 1000, 2), Math.Round(perToken.Item2 * 1000, 2), Math.Round(perToken.Item1 / perToken.Item2, 2)),
            $"T{Contexts.Short} (µs a token)");
    }

    private static (double Ours, double Others) Interleave(TimedSteps ours, int steps, TimedSteps other, int otherSteps)
    {
        var (ourTimes, otherTimes) = (new List<double>(), new List<double>());
        ours.Run(2);
        other.Run(3);
        for (var round = 0; round < 6; round++)
        {
            ourTimes.AddRange(ours.Run(steps));
            otherTimes.AddRange(other.Run(otherSteps));
        }

        return (TimedSteps.Median(ourTimes), TimedSteps.Median(otherTimes));
    }

    private static string Size(ModelShape shape) =>
        $"d{shape.Width} L{shape.Layers} H{shape.Heads} KV{shape.KvHeads} f{shape.Ffn} T{shape.ContextLength} B{BatchSize} V{Vocabulary}";

    private static Row Print(Row row, string other)
    {
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row.Architecture,-14} {row.Ours,8:F1}   {other} {row.Baseline,8:F1}   ratio {row.Ratio:F2}"));
        return row;
    }

    private static string? Value(string[] args, string name) => Array.IndexOf(args, name) is var i and >= 0 && i + 1 < args.Length ? args[i + 1] : null;

    private sealed record Row(string Architecture, string Size, double Ours, double Baseline, double Ratio);
}
