using Crossbench.Datasets.Tokenizers;

namespace Crossbench.Datasets.Noise;

/// <summary>
/// Where words begin among tokens: at a token that holds the first byte of a word, at an end of text, and after it. White space after a word belongs to it where
/// it stands in tokens of its own. A word that is longer than so many tokens is cut there, so that text without white space has words too.
/// </summary>
internal sealed class WordStarts
{
    private readonly Shape[] _shapes;
    private readonly int? _endOfText;

    /// <summary>Looks at every token once.</summary>
    public WordStarts(Tokenizer tokenizer)
    {
        _endOfText = tokenizer.EndOfText;
        _shapes = [.. Enumerable.Range(0, tokenizer.VocabularySize).Select(token => ShapeOf(tokenizer.DecodeBytes([token])))];
    }

    [Flags]
    private enum Shape : byte
    {
        None = 0,

        /// <summary>Holds the start of a word if white space stands before it.</summary>
        StartsAfterSpace = 1,

        /// <summary>Holds the start of a word whatever stands before it.</summary>
        StartsAnyway = 2,

        /// <summary>White space stands at its end.</summary>
        EndsInSpace = 4,

        /// <summary>Holds no byte.</summary>
        Empty = 8,
    }

    /// <summary>Whether a token is no text, but its end.</summary>
    public bool IsEnd(int token) => token == _endOfText;

    /// <summary>The places of tokens at which words begin, for tokens cut from somewhere in a text.</summary>
    /// <param name="tokens">The tokens.</param>
    /// <param name="longest">Tokens after which a word is cut.</param>
    public List<int> Find(ReadOnlySpan<int> tokens, int longest)
    {
        // What stands before the first token is not known, so it begins no word.
        var (starts, afterSpace, length) = (new List<int>(), false, 0);
        for (var i = 0; i < tokens.Length; i++)
        {
            var shape = _shapes[tokens[i]];
            var begins = IsEnd(tokens[i]) || shape.HasFlag(Shape.StartsAnyway) || (afterSpace && shape.HasFlag(Shape.StartsAfterSpace));
            if (begins || length == longest)
            {
                starts.Add(i);
                length = 0;
            }

            length++;
            afterSpace = IsEnd(tokens[i]) || (shape.HasFlag(Shape.Empty) ? afterSpace : shape.HasFlag(Shape.EndsInSpace));
        }

        return starts;
    }

    private static Shape ShapeOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return Shape.Empty;
        }

        var shape = IsSpace(bytes[^1]) ? Shape.EndsInSpace : Shape.None;
        for (var i = 0; i < bytes.Length; i++)
        {
            if (!IsSpace(bytes[i]) && (i == 0 || IsSpace(bytes[i - 1])))
            {
                shape |= i == 0 ? Shape.StartsAfterSpace : Shape.StartsAnyway;
            }
        }

        return shape;
    }

    private static bool IsSpace(byte value) => value is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t' or (byte)'\v' or (byte)'\f';
}
