using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Crossbench.Datasets.Tokenizers;

/// <summary>Reads the tokens of a <c>tokenizer.json</c>: vocabulary, merges, added tokens.</summary>
internal sealed class TokenizerJsonVocabulary
{
    private const int MostTokens = 1 << 20;
    private const int MostMerges = 1 << 22;
    private readonly Dictionary<string, int> _ids;

    private TokenizerJsonVocabulary(Dictionary<string, int> ids, IReadOnlyList<AddedToken> added, byte[][] tokens, JsonElement model)
    {
        _ids = ids;
        Added = added;
        Tokens = tokens;
        WholeWordsFirst = model.Flag("ignore_merges", "model", false);
        ByteTokens = [.. Enumerable.Range(0, 256).Select(value => ids.GetValueOrDefault(ByteLevelAlphabet.Letter((byte)value).ToString(), -1))];
        CheckBytes();
        Merges = ReadMerges(model.Required("merges", "model", JsonValueKind.Array));
    }

    /// <summary>The bytes of each token, by id.</summary>
    public byte[][] Tokens { get; }

    /// <summary>The token of each byte; negative for bytes that UTF-8 never has and the file does not either.</summary>
    public int[] ByteTokens { get; }

    /// <summary>Which tokens join.</summary>
    public MergeTable Merges { get; }

    /// <summary>The added tokens, by id.</summary>
    public IReadOnlyList<AddedToken> Added { get; }

    /// <summary>Whether a word that is a token becomes it without any merging.</summary>
    public bool WholeWordsFirst { get; }

    public static TokenizerJsonVocabulary Read(JsonElement root)
    {
        var model = root.Required("model", "", JsonValueKind.Object);
        CheckModel(model);
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var token in model.Required("vocab", "model", JsonValueKind.Object).EnumerateObject())
        {
            if (token.Value.ValueKind is not JsonValueKind.Number || !token.Value.TryGetInt32(out var id) || id < 0)
            {
                throw TokenizerFileFault.Damaged($"model.vocab gives \"{token.Name}\" {token.Value.GetRawText()}, not an id from 0 on");
            }

            if (!ids.TryAdd(token.Name, id))
            {
                throw TokenizerFileFault.Damaged($"model.vocab has \"{token.Name}\" twice");
            }
        }

        var added = TokenizerJsonAdded.Read(root, ids);
        return new TokenizerJsonVocabulary(ids, added, ById(ids, added), model);
    }

    private static void CheckModel(JsonElement model)
    {
        var type = model.Optional("type") is null && model.Optional("merges") is not null ? "BPE" : model.Text("type", "model");
        if (type != "BPE")
        {
            throw new TokenizerFileFault($"the model \"{type}\" is not supported", "Supported is byte-level BPE, as GPT-2, Llama 3, Qwen2 and SmolLM2 have it.");
        }

        if (model.Flag("byte_fallback", "model", false))
        {
            throw new TokenizerFileFault("model.byte_fallback is true, so it is not byte-level", "Supported is byte-level BPE, as GPT-2, Llama 3, Qwen2 and SmolLM2 have it.");
        }

        foreach (var name in new[] { "continuing_subword_prefix", "end_of_word_suffix" })
        {
            if (model.Optional(name) is not null && model.Text(name, "model") is { Length: > 0 } value)
            {
                throw new TokenizerFileFault($"model.{name} is \"{value}\"", "Supported are tokens without prefix and suffix.");
            }
        }

        if (model.Optional("dropout") is { } dropout && (dropout.ValueKind is not JsonValueKind.Number || dropout.GetDouble() != 0))
        {
            throw new TokenizerFileFault($"model.dropout is {dropout.GetRawText()}, so a text would have other tokens each time", "Set it to null.");
        }
    }

    /// <summary>The bytes of each token, with an id for every one from 0 on.</summary>
    private static byte[][] ById(Dictionary<string, int> ids, IReadOnlyList<AddedToken> added)
    {
        var names = ids.Select(token => (token.Value, token.Key)).Concat(added.Where(token => !ids.ContainsKey(token.Content)).Select(token => (token.Id, token.Content))).ToList();
        if (names.Count > MostTokens)
        {
            throw TooMany(names.Count, MostTokens, "tokens");
        }

        var byId = new string?[names.Count];
        var outside = int.MaxValue;
        foreach (var (id, name) in names)
        {
            if (id >= byId.Length)
            {
                outside = Math.Min(outside, id);
            }
            else if (byId[id] is { } other)
            {
                throw TokenizerFileFault.Damaged($"\"{other}\" and \"{name}\" have the same id {id}");
            }
            else
            {
                byId[id] = name;
            }
        }

        if (Array.IndexOf(byId, null) is >= 0 and var gap)
        {
            throw TokenizerFileFault.Damaged($"no token has the id {gap}, but one has {outside}");
        }

        var literal = added.ToDictionary(token => token.Id, token => token.Content);
        return [.. byId.Select((name, id) => literal.TryGetValue(id, out var content) ? Encoding.UTF8.GetBytes(content) : ByteLevelAlphabet.Read(name!))];
    }

    /// <summary>Every byte that occurs in UTF-8 must be a token; those that never do may be missing.</summary>
    private void CheckBytes()
    {
        for (var value = 0; value < 256; value++)
        {
            if (ByteTokens[value] < 0 && value is not (0xC0 or 0xC1 or >= 0xF5))
            {
                throw TokenizerFileFault.Damaged($"no token stands for the byte 0x{value:X2}, which byte-level BPE writes \"{ByteLevelAlphabet.Letter((byte)value)}\"");
            }
        }
    }

    private MergeTable ReadMerges(JsonElement merges)
    {
        var lookup = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
        var special = Added.Where(token => token.Special).Select(token => token.Id).ToHashSet();
        var count = merges.GetArrayLength();
        if (count > MostMerges)
        {
            throw TooMany(count, MostMerges, "merges");
        }

        var table = new MergeTable(count);
        var joined = new List<char>();
        foreach (var (rank, merge) in merges.EnumerateArray().Index())
        {
            var (left, right) = Pair(merge, rank);
            joined.Clear();
            joined.AddRange(left);
            joined.AddRange(right);
            var whole = Id(CollectionsMarshal.AsSpan(joined), lookup, rank);
            if (special.Contains(whole))
            {
                throw TokenizerFileFault.Damaged($"merge {rank + 1} makes the special token \"{left}{right}\"");
            }

            if (!table.TryAdd(Id(left, lookup, rank), Id(right, lookup, rank), rank, whole))
            {
                throw TokenizerFileFault.Damaged($"merge {rank + 1} (\"{left}\" and \"{right}\") is there twice");
            }
        }

        return table;
    }

    private static TokenizerFileFault TooMany(int count, int most, string what) =>
        new(string.Create(CultureInfo.InvariantCulture, $"it has {count:N0} {what}, more than the {most:N0} that are supported"), "Use a smaller tokenizer.");

    private static int Id(ReadOnlySpan<char> token, Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> ids, int rank) =>
        ids.TryGetValue(token, out var id) ? id : throw TokenizerFileFault.Damaged($"merge {rank + 1} names \"{token}\", which is not in model.vocab");

    /// <summary>The two tokens of a merge: <c>"a b"</c> or <c>["a", "b"]</c>.</summary>
    private static (string Left, string Right) Pair(JsonElement merge, int rank)
    {
        if (merge.ValueKind is JsonValueKind.String && merge.GetString()!.Split(' ') is [{ Length: > 0 } left, { Length: > 0 } right])
        {
            return (left, right);
        }

        return merge.ValueKind is JsonValueKind.Array && merge.GetArrayLength() == 2 && merge[0].ValueKind is JsonValueKind.String && merge[1].ValueKind is JsonValueKind.String
            ? (merge[0].GetString()!, merge[1].GetString()!)
            : throw TokenizerFileFault.Damaged($"merge {rank + 1} is {merge.GetRawText()}, not two tokens");
    }
}
