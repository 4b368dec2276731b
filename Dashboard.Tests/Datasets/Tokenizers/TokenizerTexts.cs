using Crossbench.Datasets.Tokenizers;
using FsCheck;
using FsCheck.Fluent;

namespace Crossbench.Tests.Datasets.Tokenizers;

/// <summary>Texts of all kinds of characters, and ways to feed them to a tokenizer.</summary>
internal static class TokenizerTexts
{
    /// <summary>ASCII, white space, apostrophes, letters, digits, marks and symbols of every plane.</summary>
    private static readonly Gen<string> Characters = Gen.Frequency(
        (4, Gen.Choose(32, 126)),
        (3, Gen.Elements(' ', ' ', '\n', '\r', '\'', 's', 'S', 'l', 'v', 'e', '\t', '\0', '\u00a0', '\u2003', '\u0085', '\u017f').Select(c => (int)c)),
        (2, Gen.Choose('0', '9')),
        (1, Gen.Elements(0x0663, 0x00BD, 0x2167, 0x0967, 0x1D7D8, 0x10107)),
        (2, Gen.Choose(0, 0x5FF)),
        (1, Gen.Choose(0x300, 0x36F)),
        (1, Gen.Choose(0x1100, 0x11FF)),
        (1, Gen.Elements(0x0344, 0x0958, 0x212B, 0xAC00, 0xAC01, 0x1D15E, 0x1D165, 0x2F800, 0x09C7, 0x09BE, 0x1E9B, 0x0323, 0x0307)),
        (2, Gen.Choose(0x600, 0xD7FF)),
        (1, Gen.Choose(0xE000, 0xFFFF)),
        (2, Gen.Choose(0x10000, 0x1FFFF)),
        (1, Gen.Choose(0x20000, 0x10FFFF))).Select(char.ConvertFromUtf32);

    /// <summary>Runs a check on many texts.</summary>
    /// <param name="count">Number of texts.</param>
    /// <param name="check">The check.</param>
    /// <param name="spellings">Strings that occur in the texts as often as single characters.</param>
    public static void ForAll(int count, Action<string> check, params string[] spellings)
    {
        var part = spellings.Length == 0 ? Characters : Gen.Frequency((4, Characters), (1, Gen.Elements(spellings)));
        Prop.ForAll(part.ArrayOf().Select(string.Concat).ToArbitrary(), check).Check(Config.QuickThrowOnFailure.WithMaxTest(count).WithReplay(1, 3));
    }

    /// <summary>Runs a check on many rows of bytes, most of which are no UTF-8.</summary>
    public static void ForAllBytes(int count, Action<byte[]> check)
    {
        var value = Gen.Frequency((1, Gen.Choose(0, 255)), (2, Gen.Elements(' ', 'a', '\'', 's', '1', '\n', 0x80, 0xBF, 0xC3, 0xE2, 0x80, 0xCC, 0xF0, 0x9F, 0xED, 0xA0))).Select(b => (byte)b);
        Prop.ForAll(value.ArrayOf().ToArbitrary(), check).Check(Config.QuickThrowOnFailure.WithMaxTest(count).WithReplay(1, 3));
    }

    /// <summary>The ids of a text that comes in pieces of so many bytes.</summary>
    public static List<int> EncodeInPieces(Tokenizer tokenizer, byte[] bytes, int size)
    {
        var tokens = new List<int>();
        for (int start = 0, end = 0; start < bytes.Length || end < bytes.Length;)
        {
            end = Math.Min(bytes.Length, end + size);
            start += tokenizer.Encode(bytes.AsSpan(start, end - start), end == bytes.Length, tokens);
        }

        return tokens;
    }

    /// <summary>The ids of a text that comes in two pieces.</summary>
    public static List<int> EncodeCutAt(Tokenizer tokenizer, byte[] bytes, int cut)
    {
        var tokens = new List<int>();
        var done = tokenizer.Encode(bytes.AsSpan(0, cut), false, tokens);
        tokenizer.Encode(bytes.AsSpan(done), true, tokens);
        return tokens;
    }
}
