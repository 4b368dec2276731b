using System.Globalization;

namespace Crossbench.Datasets.Generated;

/// <summary>What the tokens of a generated dataset are called: marks with a word each, then alphabets whose words are a letter and a number.</summary>
/// <param name="marks">Words of the first ids.</param>
/// <param name="alphabets">Prefix and size of each alphabet; they follow the marks in this order.</param>
public sealed class TokenWords(IReadOnlyList<string> marks, params IReadOnlyList<(string Prefix, int Size)> alphabets)
{
    /// <summary>Number of tokens that have a meaning.</summary>
    public int Count => Start(alphabets.Count);

    /// <summary>What ids stand for, without the size of the last alphabet: more of its words leave all others as they are.</summary>
    public string Key => string.Join(' ', [.. marks, .. alphabets.SkipLast(1).Select(item => $"{item.Prefix}{item.Size}"), .. alphabets.TakeLast(1).Select(item => $"{item.Prefix}…")]);

    /// <summary>First id of an alphabet.</summary>
    /// <param name="alphabet">Its 0-based number.</param>
    public int Start(int alphabet) => marks.Count + alphabets.Take(alphabet).Sum(item => item.Size);

    /// <summary>The word of a token: <c>→</c>, <c>k3</c>; <c>#12</c> for an id without a meaning, which a model with a larger vocabulary may name.</summary>
    public string Word(int token)
    {
        if (token < marks.Count)
        {
            return marks[token];
        }

        var number = token - marks.Count;
        foreach (var (prefix, size) in alphabets)
        {
            if (number < size)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{prefix}{number}");
            }

            number -= size;
        }

        return string.Create(CultureInfo.InvariantCulture, $"#{token}");
    }

    /// <summary>The words with spaces between them.</summary>
    public string Text(ReadOnlySpan<int> tokens)
    {
        var words = new List<string>();
        foreach (var token in tokens)
        {
            words.Add(Word(token));
        }

        return string.Join(' ', words);
    }
}
