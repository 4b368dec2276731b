using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Crossbench.Tests.Datasets.Tokenizers;

/// <summary>
/// Encodes by a tokenizer.json as its parts are defined, without regard to time and without the code under test: regular expressions on a shadow of the text
/// (a UTF-16 unit of the same class for each code point), then pair by pair. Added tokens and normalisation are left to the caller.
/// </summary>
internal sealed partial class SlowTokenizer
{
    private readonly Dictionary<string, int> _vocabulary;
    private readonly Dictionary<(string Left, string Right), int> _ranks;
    private readonly bool _wholeFirst;
    private readonly List<Func<string, IEnumerable<string>>> _splits;

    public SlowTokenizer(JsonObject file)
    {
        var model = file["model"]!;
        _vocabulary = model["vocab"]!.AsObject().ToDictionary(token => token.Key, token => (int)token.Value!);
        _ranks = model["merges"]!.AsArray().Select(merge => merge is JsonArray pair ? [(string)pair[0]!, (string)pair[1]!] : ((string)merge!).Split(' '))
            .Select((pair, rank) => (pair, rank)).ToDictionary(merge => (merge.pair[0], merge.pair[1]), merge => merge.rank);
        _wholeFirst = (bool)model["ignore_merges"]!;
        _splits = [.. Parts(file["pre_tokenizer"]!).Select(Split)];
    }

    public List<int> Encode(string text)
    {
        IEnumerable<string> pieces = text.Length == 0 ? [] : [text];
        foreach (var split in _splits)
        {
            pieces = pieces.SelectMany(split).ToList();
        }

        return [.. pieces.SelectMany(Merge)];
    }

    /// <summary>The letter that stands for a byte: itself if it is a visible Latin-1 character, otherwise the next from U+0100 on.</summary>
    public static string Letter(byte value)
    {
        var visible = Enumerable.Range(0, 256).Where(b => b is >= 0x21 and <= 0x7E or >= 0xA1 and <= 0xFF and not 0xAD).ToHashSet();
        return visible.Contains(value) ? ((char)value).ToString() : ((char)(0x100 + Enumerable.Range(0, value).Count(b => !visible.Contains(b)))).ToString();
    }

    private static readonly string[] Letters = [.. Enumerable.Range(0, 256).Select(b => Letter((byte)b))];

    private IEnumerable<int> Merge(string piece)
    {
        var parts = Encoding.UTF8.GetBytes(piece).Select(b => Letters[b]).ToList();
        if (_wholeFirst && _vocabulary.TryGetValue(string.Concat(parts), out var whole))
        {
            return [whole];
        }

        while (true)
        {
            var best = Enumerable.Range(0, parts.Count - 1)
                .Select(i => (Rank: _ranks.GetValueOrDefault((parts[i], parts[i + 1]), int.MaxValue), Index: i))
                .DefaultIfEmpty((Rank: int.MaxValue, Index: 0))
                .Min();
            if (best.Rank == int.MaxValue)
            {
                return parts.Select(part => _vocabulary[part]);
            }

            parts[best.Index] += parts[best.Index + 1];
            parts.RemoveAt(best.Index + 1);
        }
    }

    private static IEnumerable<JsonNode> Parts(JsonNode split) => (string)split["type"]! == "Sequence" ? split["pretokenizers"]!.AsArray().SelectMany(part => Parts(part!)) : [split];

    private static Func<string, IEnumerable<string>> Split(JsonNode part) => (string)part["type"]! switch
    {
        "Digits" when (bool)part["individual_digits"]! => text => By(IndividualDigits(), text),
        "Digits" => text => By(DigitRuns(), text),
        "Split" when ((string)part["pattern"]!["Regex"]!).Contains("{1,3}", StringComparison.Ordinal) => text => By(Llama3(), text),
        "Split" => text => By(Qwen2(), text),
        _ => (bool?)part["use_regex"] ?? true ? text => SlowGpt2.Words(text) : text => [text],
    };

    private static IEnumerable<string> By(Regex pattern, string text)
    {
        var runes = text.EnumerateRunes().ToList();
        var shadow = new string([.. runes.Select(Shadow)]);
        var matches = pattern.Matches(shadow);
        Assert(matches.Sum(match => match.Length) == shadow.Length);
        return matches.Select(match => string.Concat(runes.Skip(match.Index).Take(match.Length)));
    }

    private static void Assert(bool holds) => Xunit.Assert.True(holds, "The pattern left a part of the text out.");

    private static char Shadow(Rune rune) => rune.IsAscii || rune.Value == 0x17F ? (char)rune.Value :
        Rune.IsWhiteSpace(rune) ? '\u3000' :
        Rune.IsLetter(rune) ? 'é' :
        Rune.IsNumber(rune) ? '²' : '€';

    [GeneratedRegex(@"\p{N}|\P{N}+")]
    private static partial Regex IndividualDigits();

    [GeneratedRegex(@"\p{N}+|\P{N}+")]
    private static partial Regex DigitRuns();

    [GeneratedRegex(@"'[sSſ]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD]|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")]
    private static partial Regex Llama3();

    [GeneratedRegex(@"'[sSſ]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD]|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")]
    private static partial Regex Qwen2();
}
