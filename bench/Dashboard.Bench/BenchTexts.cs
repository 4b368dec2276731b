using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using Crossbench.Datasets.Sources;
using Crossbench.Datasets.Tokenizers;

namespace Crossbench.Bench;

/// <summary>Texts and files to measure tokenizers on.</summary>
internal static class BenchTexts
{
    private const string LlamaPattern =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>The folder of the repository.</summary>
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", ".."));

    /// <summary>So many megabytes of the bundled stories.</summary>
    public static byte[] Stories(int megabytes)
    {
        using var text = new MemoryStream();
        for (var index = 0; text.Length < megabytes * 1_000_000; index++)
        {
            text.Write(Encoding.UTF8.GetBytes(StoryBook.Tell(1, index) + "\n"));
        }

        return text.ToArray();
    }

    /// <summary>The Markdown and C# of this repository.</summary>
    public static byte[] Repository()
    {
        var files = new[] { "*.md", "*.cs" }.SelectMany(pattern => Directory.EnumerateFiles(Root, pattern, SearchOption.AllDirectories))
            .Where(path => !Path.GetRelativePath(Root, path).Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin" or "node_modules" or "artifacts"))
            .Order(StringComparer.Ordinal);
        return [.. files.SelectMany(File.ReadAllBytes)];
    }

    /// <summary>A trained encoding in the form of Llama 3's file: its pattern, merges as pairs, whole words first.</summary>
    public static string AsLlama(string folder, string trained)
    {
        var file = JsonNode.Parse(File.ReadAllText(trained))!;
        file["pre_tokenizer"] = Splits();
        file["model"]!["ignore_merges"] = true;
        file["model"]!["merges"] = new JsonArray([.. file["model"]!["merges"]!.AsArray().Select(merge => (JsonNode)new JsonArray([.. ((string)merge!).Split(' ').Select(part => (JsonNode)part)]))]);
        var path = Path.Combine(folder, "llama.json");
        File.WriteAllText(path, file.ToJsonString());
        return path;
    }

    /// <summary>A file with as many tokens and merges as Llama 3's: all words of one to three out of 50 letters, each made in every way.</summary>
    public static (string Path, long Bytes) LargeTokenizer(string folder)
    {
        var letters = Enumerable.Range(0, 256).Select(value => ByteLevelAlphabet.Letter((byte)value).ToString()).ToList();
        var some = letters[150..200];
        var twos = some.SelectMany(first => some.Select(second => (first, second))).ToList();
        var threes = twos.SelectMany(two => some.Select(third => (two.first, two.second, third))).ToList();
        var names = letters.Concat(twos.Select(two => two.first + two.second)).Concat(threes.Select(three => three.first + three.second + three.third));
        var merges = twos.Concat(threes.SelectMany(three => new[] { (three.first + three.second, three.third), (three.first, three.second + three.third) }));
        var file = new JsonObject
        {
            ["version"] = "1.0",
            ["pre_tokenizer"] = Splits(),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["vocab"] = new JsonObject(names.Select((name, id) => KeyValuePair.Create(name, (JsonNode?)id))),
                ["merges"] = new JsonArray([.. merges.Select(merge => (JsonNode)new JsonArray(merge.Item1, merge.Item2))]),
            },
        };
        var path = Path.Combine(folder, "large.json");
        File.WriteAllText(path, file.ToJsonString());
        return (path, new FileInfo(path).Length);
    }

    private static JsonObject Splits() => new()
    {
        ["type"] = "Sequence",
        ["pretokenizers"] = new JsonArray(
            new JsonObject { ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = LlamaPattern }, ["behavior"] = "Isolated", ["invert"] = false },
            new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = false }),
    };

    private static string Here([CallerFilePath] string path = "") => path;
}
