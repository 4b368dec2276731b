using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Crossbench.Datasets.Tokenizers;

namespace Crossbench.Bench;

/// <summary>
/// Times tokenizers on one core, in interleaved rounds: encoding and decoding the bundled stories and this repository's own sources, training and loading.
/// The peers of GPT-2's encoding are a plain implementation and the npm package that the ranks come from.
/// </summary>
internal static class TokenizerBench
{
    private const int TrainedVocabulary = 8192;

    public static int Run(string[] args)
    {
        var quick = args.Contains("--quick");
        var file = Array.IndexOf(args, "--file") is var at and >= 0 && at + 1 < args.Length ? args[at + 1] : null;
        var folder = Directory.CreateTempSubdirectory("crossbench-bench-");
        try
        {
            var results = Measure(folder.FullName, file, quick);
            if (args.Contains("--json"))
            {
                Console.WriteLine(JsonSerializer.Serialize(new { results }));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return 0;
    }

    private static List<object> Measure(string folder, string? file, bool quick)
    {
        var results = new List<object>();
        var stories = BenchTexts.Stories(quick ? 10 : 100);
        var repository = BenchTexts.Repository();
        var trained = Train(folder, [.. stories, .. repository], results);
        var texts = new[] { ("stories", stories[..(quick ? 2_000_000 : 8_000_000)]), ("repository", repository) };
        var (large, largeBytes) = BenchTexts.LargeTokenizer(folder);
        Load("a tokenizer.json as large as Llama 3's", large, largeBytes, results);
        Tokenizer[] tokenizers = [ByteTokenizer.Instance, Gpt2Tokenizer.Shared, TokenizerJson.Load(trained, "bpe"), TokenizerJson.Load(file ?? BenchTexts.AsLlama(folder, trained), "file")];
        foreach (var (name, text) in texts)
        {
            var rows = tokenizers.Select(tokenizer => new TokenizerRow(tokenizer.Id, () => Time(tokenizer, text))).ToList();
            rows.Add(new TokenizerRow("gpt2, plain", () => TimePlain(text[..Math.Min(text.Length, 1_000_000)])));
            if (NodePeer.Find() is { } peer)
            {
                rows.Add(new TokenizerRow("gpt2, gpt-tokenizer in node", () => peer.Time(Path.Combine(folder, name), text[..Math.Min(text.Length, 2_000_000)])));
            }

            for (var round = 0; round < (quick ? 3 : 7); round++)
            {
                rows.ForEach(row => row.Measure(warm: round > 0));
            }

            Print(name, rows, results);
        }

        return results;
    }

    /// <summary>Learns an encoding and writes it; returns its path.</summary>
    private static string Train(string folder, byte[] text, List<object> results)
    {
        var began = Stopwatch.GetTimestamp();
        var trainer = new BpeTrainer();
        foreach (var block in text.Chunk(1 << 20))
        {
            trainer.Add(block);
        }

        var counted = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var trained = trainer.Train(TrainedVocabulary);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var path = Path.Combine(folder, "trained.json");
        using (var stream = File.Create(path))
        {
            trained.Write(stream);
        }

        Say($"training {trained.VocabularySize:N0} tokens on {text.Length / 1e6:F0} MB of stories and sources: {seconds:F1} s, {counted:F1} s of it counting words");
        results.Add(new { task = "train", megabytes = Math.Round(text.Length / 1e6, 1), tokens = trained.VocabularySize, seconds = Math.Round(seconds, 2) });
        return path;
    }

    private static void Load(string name, string path, long bytes, List<object> results)
    {
        var times = Enumerable.Range(0, 5).Select(_ =>
        {
            var began = Stopwatch.GetTimestamp();
            TokenizerJson.Load(path);
            return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        }).ToList();
        Say($"loading {name} ({bytes / 1e6:F1} MB): {times[0]:F0} ms, later {times.Order().ElementAt(2):F0} ms");
        results.Add(new { task = "load", megabytes = Math.Round(bytes / 1e6, 1), first = Math.Round(times[0]), median = Math.Round(times.Order().ElementAt(2)) });
    }

    /// <summary>Encodes a text as the pipeline does, in blocks of a mebibyte, and decodes it; megabytes a second.</summary>
    private static (double Encode, double? Decode) Time(Tokenizer tokenizer, byte[] text)
    {
        var tokens = new List<int>(text.Length);
        var began = Stopwatch.GetTimestamp();
        for (int start = 0, end = 0; end < text.Length;)
        {
            end = Math.Min(text.Length, end + (1 << 20));
            start += tokenizer.Encode(text.AsSpan(start, end - start), end == text.Length, tokens);
        }

        var encode = Stopwatch.GetElapsedTime(began).TotalSeconds;
        int[] ids = [.. tokens];
        began = Stopwatch.GetTimestamp();
        var decoded = tokenizer.DecodeBytes(ids);
        var decode = Stopwatch.GetElapsedTime(began).TotalSeconds;
        return decoded.AsSpan().SequenceEqual(text) ? (text.Length / 1e6 / encode, text.Length / 1e6 / decode)
            : throw new InvalidOperationException($"{tokenizer.Id} decodes to another text.");
    }

    private static (double Encode, double? Decode) TimePlain(byte[] text)
    {
        var plain = PlainGpt2.Shared;
        var words = string.Concat(Encoding.UTF8.GetString(text).Where(character => !char.IsSurrogate(character)));
        var began = Stopwatch.GetTimestamp();
        var tokens = plain.Encode(words);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        return tokens.SequenceEqual(Gpt2Tokenizer.Shared.Encode(words)) ? (text.Length / 1e6 / seconds, null) : throw new InvalidOperationException("The plain implementation gives other tokens.");
    }

    private static void Print(string text, List<TokenizerRow> rows, List<object> results)
    {
        foreach (var row in rows)
        {
            Say($"{text}, {row.Name}: encode {row.Encode:F1} MB/s{(row.Decode is { } decode ? $", decode {decode:F1} MB/s" : $"; gpt2 is {rows[1].Encode / row.Encode:F1} times as fast")}");
            results.Add(new { task = "tokenize", text, tokenizer = row.Name, encode = Math.Round(row.Encode, 1), decode = row.Decode is { } rate ? Math.Round(rate, 1) : (double?)null });
        }

        if (rows.Count < 6)
        {
            Say($"{text}: no gpt-tokenizer, since node or the npm packages are missing");
        }
    }

    private static void Say(FormattableString line) => Console.Error.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
