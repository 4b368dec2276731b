using System.Diagnostics.CodeAnalysis;

namespace Crossbench.Runs;

/// <summary>Name of a run that never changes: 12 characters of a-z and 0-9, the first 7 ordered by time of creation.</summary>
/// <param name="Value">The characters.</param>
public readonly record struct RunId(string Value) : IParsable<RunId>
{
    private const string Alphabet = "0123456789abcdefghijklmnopqrstuvwxyz";
    private const int Length = 12;

    /// <summary>A new id.</summary>
    public static RunId New(TimeProvider time)
    {
        var seconds = time.GetUtcNow().ToUnixTimeSeconds();
        Span<char> text = stackalloc char[Length];
        for (var i = 6; i >= 0; i--)
        {
            text[i] = Alphabet[(int)(seconds % Alphabet.Length)];
            seconds /= Alphabet.Length;
        }

        Random.Shared.GetItems(Alphabet, text[7..]);
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
}
