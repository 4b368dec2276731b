using System.Text.Json;

namespace Crossbench.Datasets.Tokenizers;

/// <summary>Reads the added tokens of a <c>tokenizer.json</c>.</summary>
internal static class TokenizerJsonAdded
{
    /// <param name="root">The file.</param>
    /// <param name="vocabulary">The ids of the model's own tokens; an added token may be one of them.</param>
    public static IReadOnlyList<AddedToken> Read(JsonElement root, Dictionary<string, int> vocabulary)
    {
        if (root.Optional("added_tokens") is null)
        {
            return [];
        }

        var tokens = new List<AddedToken>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, element) in root.List("added_tokens", "").Index())
        {
            var token = Token(element, $"added_tokens[{index}]");
            if (!known.Add(token.Content))
            {
                throw TokenizerFileFault.Damaged($"added_tokens has \"{token.Content}\" twice");
            }

            if (vocabulary.TryGetValue(token.Content, out var id) && id != token.Id)
            {
                throw TokenizerFileFault.Damaged($"\"{token.Content}\" has the id {token.Id} in added_tokens and {id} in model.vocab");
            }

            tokens.Add(token);
        }

        return [.. tokens.OrderBy(token => token.Id)];
    }

    private static AddedToken Token(JsonElement element, string where)
    {
        var content = element.Text("content", where);
        if (content.Length == 0)
        {
            throw TokenizerFileFault.Damaged($"{where}.content is empty");
        }

        var token = new AddedToken(element.Number("id", where), content)
        {
            Special = element.Flag("special", where, false),
            StripsLeft = element.Flag("lstrip", where, false),
            StripsRight = element.Flag("rstrip", where, false),
            SingleWord = element.Flag("single_word", where, false),
            Normalized = element.Flag("normalized", where, !element.Flag("special", where, false)),
        };
        return token.Special || !(token.StripsLeft || token.StripsRight || token.SingleWord) ? token : throw new TokenizerFileFault(
            $"the added token \"{content}\" is not special and has {(token.SingleWord ? "single_word" : token.StripsLeft ? "lstrip" : "rstrip")}: true",
            "Supported are such tokens where they are special; others must be found in text by their spelling alone.");
    }
}
