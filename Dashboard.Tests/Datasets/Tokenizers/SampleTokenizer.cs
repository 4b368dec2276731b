using System.Text;
using System.Text.Json.Nodes;
using Crossbench.Datasets.Sources;
using Crossbench.Datasets.Tokenizers;
using Crossbench.Tests.Support;

namespace Crossbench.Tests.Datasets.Tokenizers;

/// <summary>Small tokenizer.json files in the forms of known models. Their merges were learnt from some stories and a few words in other scripts.</summary>
internal static class SampleTokenizer
{
    public const string Gpt2 = """{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true}""";
    public const string SmolLm2 = """{"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":true},{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}]}""";
    public const string DigitRuns = """{"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":false},{"type":"ByteLevel","add_prefix_space":false,"use_regex":true}]}""";
    public const string Whole = """{"type":"ByteLevel","add_prefix_space":false,"use_regex":false}""";
    public static readonly string Llama3 = Split(@"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+");
    public static readonly string Qwen2 = Split(@"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+");

    private static readonly Lazy<(List<(int Left, int Right)> Merges, List<byte[]> Tokens)> Learnt = new(() => SlowBpeTrainer.Train(
        SlowGpt2.Words(string.Concat(Enumerable.Range(0, 6).Select(i => StoryBook.Tell(3, i))) + "Ωμέγα ωμέγα déjà déjà 日本語 日本 한국어 한국 …… \r\n\r\n \n\n 12 12 123 123 …!? …!?\n\n").Select(Encoding.UTF8.GetBytes),
        656));

    /// <summary>A file with so many merges, without special tokens.</summary>
    /// <param name="preTokenizer">Its pre-tokenizer.</param>
    /// <param name="pairs">Whether merges are lists of two, as newer files have them.</param>
    public static JsonObject Create(string preTokenizer, bool pairs = false)
    {
        var names = Learnt.Value.Tokens.Select(bytes => string.Concat(bytes.Select(SlowTokenizer.Letter))).ToList();
        var merges = Learnt.Value.Merges.Select(merge => pairs
            ? (JsonNode)new JsonArray(names[merge.Left], names[merge.Right])
            : JsonValue.Create($"{names[merge.Left]} {names[merge.Right]}"));

        return new JsonObject
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = new JsonArray(),
            ["normalizer"] = null,
            ["pre_tokenizer"] = JsonNode.Parse(preTokenizer),
            ["post_processor"] = null,
            ["decoder"] = JsonNode.Parse("""{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true}"""),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["dropout"] = null,
                ["unk_token"] = null,
                ["byte_fallback"] = false,
                ["ignore_merges"] = false,
                ["vocab"] = new JsonObject(names.Select((name, id) => KeyValuePair.Create(name, (JsonNode?)JsonValue.Create(id)))),
                ["merges"] = new JsonArray([.. merges]),
            },
        };
    }

    /// <summary>Adds a token with the next free id.</summary>
    public static JsonObject WithToken(this JsonObject file, string content, bool special = true, string? flag = null)
    {
        var added = file["added_tokens"]!.AsArray();
        var token = new JsonObject { ["id"] = file["model"]!["vocab"]!.AsObject().Count + added.Count, ["content"] = content, ["special"] = special, ["normalized"] = false };
        if (flag is not null)
        {
            token[flag] = true;
        }

        added.Add(token);
        return file;
    }

    /// <summary>Makes words tokens that no merge makes, and lets words that are tokens become them.</summary>
    public static JsonObject WithWholeWords(this JsonObject file, params string[] words)
    {
        file["model"]!["ignore_merges"] = true;
        var vocabulary = file["model"]!["vocab"]!.AsObject();
        foreach (var word in words.Where(word => !vocabulary.ContainsKey(word)))
        {
            vocabulary[word] = vocabulary.Count;
        }

        return file;
    }

    public static Tokenizer Load(this JsonObject file, TempFolder folder) => TokenizerJson.Load(folder.Write("tokenizer.json", file.ToJsonString()));

    private static string Split(string pattern) =>
        $$"""{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"{{pattern}}"},"behavior":"Isolated","invert":false},{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false}]}""";
}
