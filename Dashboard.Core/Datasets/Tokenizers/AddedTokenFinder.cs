using System.Buffers;
using System.Globalization;
using System.Text;

namespace Crossbench.Datasets.Tokenizers;

/// <summary>Finds added tokens in a text: the leftmost, of several at one place the longest.</summary>
internal sealed class AddedTokenFinder
{
    private readonly SearchValues<byte> _firsts;
    private readonly Candidate[][] _byFirst = new Candidate[256][];

    /// <param name="tokens">The tokens to look for; none of them is empty.</param>
    public AddedTokenFinder(IEnumerable<AddedToken> tokens)
    {
        var candidates = tokens.Select(token => new Candidate(token, Encoding.UTF8.GetBytes(token.Content))).ToLookup(candidate => candidate.Bytes[0]);
        IsEmpty = candidates.Count == 0;
        _firsts = SearchValues.Create([.. candidates.Select(group => group.Key)]);
        foreach (var group in candidates)
        {
            _byFirst[group.Key] = [.. group.OrderByDescending(candidate => candidate.Bytes.Length)];
        }
    }

    /// <summary>Whether there is nothing to look for.</summary>
    public bool IsEmpty { get; }

    /// <summary>The first token at or after a place. Without one, no token starts before <see cref="Found.Start"/>, whatever comes after the text.</summary>
    /// <param name="text">UTF-8; its start is the start of a text.</param>
    /// <param name="from">Where to begin; white space before it is not stripped.</param>
    /// <param name="final">Whether the text ends with the span; otherwise tokens that look at their neighbours must not be among those looked for.</param>
    public Found Find(ReadOnlySpan<byte> text, int from, bool final)
    {
        var at = from;
        while (true)
        {
            var skip = text[at..].IndexOfAny(_firsts);
            if (skip < 0)
            {
                return new Found(text.Length, text.Length, null);
            }

            at += skip;
            if (Longest(text[at..], final, out var unsettled) is not { } candidate)
            {
                if (unsettled)
                {
                    return new Found(at, at, null);
                }

                at++;
            }
            else if (candidate.Token.SingleWord && (EndsWithWord(text[..at]) || StartsWithWord(text[(at + candidate.Bytes.Length)..])))
            {
                at += candidate.Bytes.Length;
            }
            else
            {
                return Stripped(text, from, at, candidate);
            }
        }
    }

    private Candidate? Longest(ReadOnlySpan<byte> text, bool final, out bool unsettled)
    {
        unsettled = false;
        foreach (var candidate in _byFirst[text[0]])
        {
            if (text.StartsWith(candidate.Bytes))
            {
                return candidate;
            }

            if (!final && candidate.Bytes.AsSpan().StartsWith(text))
            {
                unsettled = true;
                return null;
            }
        }

        return null;
    }

    private static Found Stripped(ReadOnlySpan<byte> text, int from, int start, Candidate candidate)
    {
        var end = start + candidate.Bytes.Length;
        while (candidate.Token.StripsLeft && start > from && Rune.DecodeLastFromUtf8(text[from..start], out var rune, out var length) == OperationStatus.Done && Rune.IsWhiteSpace(rune))
        {
            start -= length;
        }

        if (candidate.Token.StripsRight)
        {
            end = CharacterKinds.RunEnd(text, end, CharacterKind.Space, true, out _);
        }

        return new Found(start, end, candidate.Token);
    }

    private static bool EndsWithWord(ReadOnlySpan<byte> text) => Rune.DecodeLastFromUtf8(text, out var rune, out _) == OperationStatus.Done && IsWord(rune);

    private static bool StartsWithWord(ReadOnlySpan<byte> text) => Rune.DecodeFromUtf8(text, out var rune, out _) == OperationStatus.Done && IsWord(rune);

    /// <summary>What <c>\w</c> means to Unicode: letters, marks, digits, connectors and joiners.</summary>
    private static bool IsWord(Rune rune) => Rune.IsLetter(rune) || rune.Value is 0x200C or 0x200D || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark
        or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber
        or UnicodeCategory.ConnectorPunctuation;

    /// <summary>A place in a text.</summary>
    /// <param name="Start">Where the token starts, with the white space that it takes.</param>
    /// <param name="End">Where it ends.</param>
    /// <param name="Token">The token, or null when none was found.</param>
    internal readonly record struct Found(int Start, int End, AddedToken? Token);

    private sealed record Candidate(AddedToken Token, byte[] Bytes);
}
