using System.Globalization;
using System.Text;

namespace Crossbench.Suites.Toml;

/// <summary>A place in a text that moves forward, and what every part of the grammar needs: blanks, comments, ends of lines.</summary>
/// <param name="text">The text, without a byte order mark.</param>
internal sealed class TomlCursor(string text)
{
    public const char End = '\0';
    private int _lineStart;
    private int _line = 1;

    public string Text => text;

    /// <summary>Offset of the next character.</summary>
    public int Offset { get; private set; }

    public bool IsAtEnd => Offset >= text.Length;

    /// <summary>The next character; <see cref="End"/> after the last. A NUL in the text is told apart by <see cref="IsAtEnd"/>.</summary>
    public char Next => Peek(0);

    /// <summary>Line and column of the next character.</summary>
    public TextPosition Position
    {
        get
        {
            var column = 1;
            for (var i = _lineStart; i < Offset; i++)
            {
                column += char.IsLowSurrogate(text[i]) ? 0 : 1;
            }

            return new TextPosition(_line, column);
        }
    }

    public char Peek(int ahead) => Offset + ahead < text.Length ? text[Offset + ahead] : End;

    public bool StartsWith(string word) => string.CompareOrdinal(text, Offset, word, 0, word.Length) == 0;

    /// <summary>Moves on by some characters, counting lines.</summary>
    public void Advance(int count = 1)
    {
        for (var i = 0; i < count; i++)
        {
            if (Next == '\n')
            {
                (_line, _lineStart) = (_line + 1, Offset + 1);
            }

            Offset++;
        }
    }

    public void MoveTo(int offset) => Advance(offset - Offset);

    /// <summary>Moves over spaces and tabs.</summary>
    public void SkipBlanks()
    {
        while (Next is ' ' or '\t')
        {
            Offset++;
        }
    }

    /// <summary>Moves over an end of line, if one is next.</summary>
    public bool TrySkipNewLine()
    {
        var length = Next == '\n' ? 1 : Next == '\r' && Peek(1) == '\n' ? 2 : 0;
        Advance(length);
        return length > 0;
    }

    /// <summary>Moves over a comment, if one is next, up to the end of its line.</summary>
    public void SkipComment()
    {
        if (Next != '#')
        {
            return;
        }

        while (!IsAtEnd && Next != '\n' && !(Next == '\r' && Peek(1) == '\n'))
        {
            CheckCharacter("a comment");
            Offset++;
        }
    }

    /// <summary>Moves over blanks, comments and ends of lines.</summary>
    public void SkipLines()
    {
        do
        {
            SkipBlanks();
            SkipComment();
        }
        while (TrySkipNewLine());
    }

    /// <summary>Refuses control characters but the tab.</summary>
    public void CheckCharacter(string where)
    {
        if (IsControl(Next))
        {
            throw Error($"The control character {Name(Next)} stands in {where}.", Next == '\r' ? "End lines with LF or CRLF." : $"Remove it{(where == "a comment" ? "" : $", or write \\u{(int)Next:X4} in a string with double quotes")}.");
        }

        if (char.IsSurrogate(Next) && !char.IsSurrogatePair(text, Math.Max(0, char.IsLowSurrogate(Next) ? Offset - 1 : Offset)))
        {
            throw Error($"Half of a surrogate pair stands in {where}.", "Save the file as UTF-8.");
        }
    }

    /// <summary>The next character for messages.</summary>
    public string Describe() => IsAtEnd ? "the end of the file"
        : Next is '\n' or '\r' ? "the end of the line"
        : Rune.TryGetRuneAt(text, Offset, out var rune) && !Rune.IsControl(rune) ? $"'{rune}'" : Name(Next);

    public TomlError Error(string reason, string remedy) => new(Position, reason, remedy);

    private static bool IsControl(char c) => (c < ' ' && c != '\t') || c == '\u007F';

    private static string Name(char c) => string.Create(CultureInfo.InvariantCulture, $"U+{(int)c:X4}");
}
