using System.Text;

namespace Crossbench.Datasets.Tokenizers;

/// <summary>
/// How files of byte-level tokenizers write bytes as letters that can be seen: the printable characters of Latin-1 stand for themselves, all other bytes, in
/// their order, for the characters from U+0100 on.
/// </summary>
internal static class ByteLevelAlphabet
{
    private static readonly char[] Letters = Build();
    private static readonly short[] Bytes = Invert();

    /// <summary>The letter of a byte.</summary>
    public static char Letter(byte value) => Letters[value];

    /// <summary>The letters of bytes.</summary>
    public static string Write(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (var value in bytes)
        {
            text.Append(Letters[value]);
        }

        return text.ToString();
    }

    /// <summary>The bytes of letters. A token with any other character stands for its own UTF-8.</summary>
    public static byte[] Read(string token)
    {
        var bytes = new byte[token.Length];
        for (var i = 0; i < token.Length; i++)
        {
            if (token[i] >= Bytes.Length || Bytes[token[i]] < 0)
            {
                return Encoding.UTF8.GetBytes(token);
            }

            bytes[i] = (byte)Bytes[token[i]];
        }

        return bytes;
    }

    private static char[] Build()
    {
        var letters = new char[256];
        var next = '\u0100';
        for (var value = 0; value < 256; value++)
        {
            letters[value] = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE ? (char)value : next++;
        }

        return letters;
    }

    private static short[] Invert()
    {
        var bytes = new short[Letters.Max() + 1];
        Array.Fill(bytes, (short)-1);
        for (var value = 0; value < 256; value++)
        {
            bytes[Letters[value]] = (short)value;
        }

        return bytes;
    }
}
