using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Crossbench.Runs;

/// <summary>Name of a run that never changes: 12 characters of a-z and 0-9, the first 7 ordered by time of creation.</summary>
/// <param name="Value">The characters.</param>
public readonly record struct RunId(string Value) : IParsable<RunId>
{
    private const string Alphabet = "0123456789abcdefghijklmnopqrstuvwxyz";
    private const int Length = 12;
    private const int TimeLength = 7;

    /// <summary>A new id.</summary>
    public static RunId New(TimeProvider time)
    {
        Span<char> text = stackalloc char[Length];
        WriteTime(text, time.GetUtcNow());
        Random.Shared.GetItems(Alphabet, text[TimeLength..]);
        return new RunId(new string(text));
    }

    /// <summary>The id of a run that comes from elsewhere: the same for the same time and name.</summary>
    /// <param name="at">When it was made.</param>
    /// <param name="name">What names it there.</param>
    public static RunId Of(DateTimeOffset at, string name)
    {
        Span<char> text = stackalloc char[Length];
        WriteTime(text, at);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(name));
        for (var i = TimeLength; i < Length; i++)
        {
            text[i] = Alphabet[hash[i] % Alphabet.Length];
        }

        return new RunId(new string(text));
    }

    /// <inheritdoc/>
    public static RunId Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException($"\"{s}\" is not the id of a run. An id has {Length} characters of a-z and 0-9.");

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out RunId result)
    {
        var legal = s is { Length: Length } && s.All(Alphabet.Contains);
        result = legal ? new RunId(s!) : default;
        return legal;
    }

    /// <inheritdoc/>
    public override string ToString() => Value;

    private static void WriteTime(Span<char> text, DateTimeOffset at)
    {
        var seconds = Math.Max(0, at.ToUnixTimeSeconds());
        for (var i = TimeLength - 1; i >= 0; i--)
        {
            text[i] = Alphabet[(int)(seconds % Alphabet.Length)];
            seconds /= Alphabet.Length;
        }
    }
}
