using System.Globalization;
using System.Text;

namespace Crossbench.Suites.Toml;

/// <summary>The four kinds of strings.</summary>
internal static class TomlStrings
{
    private const int Delimiter = 3;

    /// <summary>A string, of the kind that its quotes say.</summary>
    public static string Read(TomlCursor cursor)
    {
        var quote = cursor.Next;
        return cursor.StartsWith(new string(quote, Delimiter)) ? ReadLines(cursor, quote) : ReadLine(cursor, quote);
    }

    /// <summary>A string on one line: <c>"basic"</c> or <c>'literal'</c>.</summary>
    public static string ReadLine(TomlCursor cursor, char quote)
    {
        var (text, begin) = (new StringBuilder(), cursor.Position);
        cursor.Advance();
        while (cursor.Next != quote || cursor.IsAtEnd)
        {
            if (cursor.IsAtEnd || cursor.Next == '\n' || (cursor.Next == '\r' && cursor.Peek(1) == '\n'))
            {
                throw new TomlError(begin, "The string does not end on its line.", $"Close it with {quote}, or use {new string(quote, Delimiter)} for several lines.");
            }

            Take(cursor, quote, text);
        }

        cursor.Advance();
        return text.ToString();
    }

    /// <summary>A string over several lines; a line end right after the opening quotes does not count.</summary>
    private static string ReadLines(TomlCursor cursor, char quote)
    {
        var (text, begin) = (new StringBuilder(), cursor.Position);
        cursor.Advance(Delimiter);
        cursor.TrySkipNewLine();
        while (true)
        {
            if (cursor.IsAtEnd)
            {
                throw new TomlError(begin, "The string does not end.", $"Close it with {new string(quote, Delimiter)}.");
            }

            var quotes = QuotesAhead(cursor, quote);
            if (quotes >= Delimiter)
            {
                // Up to two quotes may stand before the closing three.
                var inside = Math.Min(quotes - Delimiter, 2);
                text.Append(quote, inside);
                cursor.Advance(inside + Delimiter);
                return text.ToString();
            }

            if (quotes > 0)
            {
                text.Append(quote, quotes);
                cursor.Advance(quotes);
            }
            else if (cursor.TrySkipNewLine())
            {
                text.Append('\n');
            }
            else if (!(quote == '"' && TrySkipLineContinuation(cursor)))
            {
                Take(cursor, quote, text);
            }
        }
    }

    private static int QuotesAhead(TomlCursor cursor, char quote)
    {
        var count = 0;
        while (cursor.Peek(count) == quote)
        {
            count++;
        }

        return count;
    }

    /// <summary>A backslash at the end of a line takes away all white space up to the next visible character.</summary>
    private static bool TrySkipLineContinuation(TomlCursor cursor)
    {
        var ahead = 1;
        while (cursor.Next == '\\' && cursor.Peek(ahead) is ' ' or '\t')
        {
            ahead++;
        }

        if (cursor.Next != '\\' || !(cursor.Peek(ahead) == '\n' || (cursor.Peek(ahead) == '\r' && cursor.Peek(ahead + 1) == '\n')))
        {
            return false;
        }

        cursor.Advance();
        do
        {
            cursor.SkipBlanks();
        }
        while (cursor.TrySkipNewLine());
        return true;
    }

    private static void Take(TomlCursor cursor, char quote, StringBuilder text)
    {
        if (quote == '"' && cursor.Next == '\\')
        {
            text.Append(ReadEscape(cursor));
            return;
        }

        cursor.CheckCharacter("a string");
        text.Append(cursor.Next);
        cursor.Advance();
    }

    private static string ReadEscape(TomlCursor cursor)
    {
        var letter = cursor.Peek(1);
        var plain = letter switch { 'b' => "\b", 't' => "\t", 'n' => "\n", 'f' => "\f", 'r' => "\r", '"' => "\"", '\\' => "\\", _ => null };
        if (plain is not null)
        {
            cursor.Advance(2);
            return plain;
        }

        var digits = letter switch { 'u' => 4, 'U' => 8, _ => 0 };
        if (digits == 0)
        {
            throw cursor.Error($"\"\\{(char.IsControl(letter) || letter == TomlCursor.End ? "" : letter)}\" is no escape.", "Write \\\\ for a backslash, or use a string with single quotes; known are \\b \\t \\n \\f \\r \\\" \\\\ \\uXXXX \\UXXXXXXXX.");
        }

        var hex = cursor.Text.AsSpan(cursor.Offset + 2, Math.Min(digits, cursor.Text.Length - cursor.Offset - 2));
        if (hex.Length < digits || !hex.ToString().All(char.IsAsciiHexDigit))
        {
            throw cursor.Error($"\\{letter} needs {digits} hexadecimal digits.", $"Write \\{letter}{(digits == 4 ? "00E9" : "0001F600")}, for example.");
        }

        var code = uint.Parse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        if (!Rune.IsValid(code))
        {
            throw cursor.Error($"\\{letter}{hex} is no character of Unicode.", "Give a code up to 10FFFF that is not between D800 and DFFF.");
        }

        cursor.Advance(2 + digits);
        return new Rune(code).ToString();
    }
}
