using System.Text.Json;

namespace Crossbench.Datasets.Tokenizers;

/// <summary>Reads how a <c>tokenizer.json</c> cuts text into words: its pre-tokenizer.</summary>
internal static class TokenizerJsonSplits
{
    private const string Where = "pre_tokenizer";
    private const string Supported = "Supported are ByteLevel, Digits, Split by a known pattern, and a Sequence of these that ends in ByteLevel.";

    /// <summary>Patterns that mean what a scanner does. Possessive quantifiers change nothing here, since nothing after them could match what they hold.</summary>
    private static readonly Dictionary<string, PieceScanner> Patterns = new(StringComparer.Ordinal)
    {
        [@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"] = Gpt2Words.Instance,
        [@"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"] = Gpt2Words.Instance,
        [@"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"] = new Cl100kWords(3),
        [@"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"] = new Cl100kWords(1),
        [@"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+"] = new Cl100kWords(3),
    };

    /// <summary>The scanners, the coarsest first.</summary>
    public static PieceScanner[] Read(JsonElement root)
    {
        var scanners = new List<PieceScanner>();
        var parts = root.Optional(Where) is { } splits ? Flatten(splits).ToList() : [];
        foreach (var (index, part) in parts.Index())
        {
            var last = index == parts.Count - 1;
            var type = part.Text("type", Where);
            if (Scanner(part, type) is { } scanner)
            {
                scanners.Add(scanner);
            }

            if (type == "ByteLevel" != last)
            {
                throw new TokenizerFileFault(last ? $"the pre-tokenizer ends in \"{type}\", so it is not byte-level" : "the pre-tokenizer \"ByteLevel\" stands before another", Supported);
            }
        }

        return parts.Count > 0 ? [.. scanners] : throw new TokenizerFileFault("it has no pre-tokenizer, so it is not byte-level", Supported);
    }

    private static IEnumerable<JsonElement> Flatten(JsonElement part) =>
        part.Text("type", Where) == "Sequence" ? part.List("pretokenizers", Where).SelectMany(Flatten) : [part];

    private static PieceScanner? Scanner(JsonElement part, string type) => type switch
    {
        "ByteLevel" => ByteLevel(part),
        "Digits" => new DigitPieces(part.Flag("individual_digits", $"{Where} \"Digits\"", null)),
        "Split" => Split(part),
        _ => throw new TokenizerFileFault($"the pre-tokenizer \"{type}\" is not supported", Supported),
    };

    private static Gpt2Words? ByteLevel(JsonElement part)
    {
        if (part.Flag("add_prefix_space", $"{Where} \"ByteLevel\"", null))
        {
            throw new TokenizerFileFault(
                "the pre-tokenizer \"ByteLevel\" has add_prefix_space: true, which puts a space before a text, so that it would not decode to itself",
                "Set add_prefix_space to false, or use the tokenizer of another model.");
        }

        return part.Flag("use_regex", $"{Where} \"ByteLevel\"", true) ? Gpt2Words.Instance : null;
    }

    private static PieceScanner Split(JsonElement part)
    {
        var pattern = part.Required("pattern", $"{Where} \"Split\"", JsonValueKind.Object);
        var behavior = part.Text("behavior", $"{Where} \"Split\"");
        if (behavior != "Isolated" || part.Flag("invert", $"{Where} \"Split\"", false))
        {
            throw new TokenizerFileFault($"the pre-tokenizer \"Split\" has behavior {behavior}{(behavior == "Isolated" ? ", inverted" : "")}", "Supported is Isolated, not inverted.");
        }

        var text = pattern.Optional("Regex")?.GetString() ?? pattern.GetRawText();
        return Patterns.GetValueOrDefault(text) ?? throw new TokenizerFileFault(
            $"the pattern {text} of the pre-tokenizer \"Split\" is not known",
            "Known are the patterns of GPT-2, Llama 3 (cl100k) and Qwen2, in their own spelling.");
    }
}
