namespace Crossbench.Suites.Toml;

/// <summary>Reads a document: headers, keys, and values that hold others.</summary>
internal sealed class TomlParser(TomlCursor cursor)
{
    private const int DeepestNesting = 128;
    private readonly TomlTables _tables = new();
    private readonly List<TomlError> _errors = [];
    private int _depth;

    public TomlTable Root => _tables.Root;

    public IReadOnlyList<TomlError> Errors => _errors;

    /// <summary>Reads to the end, or to a mistake after which nothing can be understood.</summary>
    public void ReadDocument()
    {
        var section = Root;
        while (!cursor.IsAtEnd)
        {
            var line = cursor.Position.Line;
            try
            {
                cursor.SkipBlanks();
                if (cursor.IsAtEnd)
                {
                    return;
                }

                section = cursor.Next switch
                {
                    '#' or '\n' or '\r' => section,
                    '[' => ReadHeader(),
                    _ => ReadPair(section, "="),
                };
                EndLine();
            }
            catch (TomlError error)
            {
                _errors.Add(error);
                _depth = 0;
                if (cursor.Position.Line != line)
                {
                    return;
                }

                SkipLine();
            }
        }
    }

    private static bool IsBare(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-';

    private void SkipLine()
    {
        while (!cursor.IsAtEnd && cursor.Next != '\n')
        {
            cursor.Advance();
        }

        cursor.Advance(cursor.IsAtEnd ? 0 : 1);
    }

    private void EndLine()
    {
        cursor.SkipBlanks();
        cursor.SkipComment();
        if (!cursor.IsAtEnd && !cursor.TrySkipNewLine())
        {
            cursor.CheckCharacter("the text");
            throw cursor.Error($"{cursor.Describe()} cannot stand here: the line is complete.", "Begin a new line, or a comment with #.");
        }
    }

    private TomlTable ReadHeader()
    {
        var isElement = cursor.Peek(1) == '[';
        var close = isElement ? "]]" : "]";
        cursor.Advance(close.Length);
        var path = ReadPath(close);
        if (!cursor.StartsWith(close))
        {
            throw cursor.Error($"{cursor.Describe()} stands where {close} is expected.", "Write [name] for a table and [[name]] for an element of a list; a name with other signs than letters, digits, _ and - needs quotes.");
        }

        cursor.Advance(close.Length);
        return Checked(() => _tables.Open(path, isElement)) ?? _tables.CreateInline(path[0].At); // keys of a refused table are still read, but lead nowhere
    }

    private TomlTable ReadPair(TomlTable table, string equals)
    {
        var path = ReadPath(equals);
        if (cursor.Next != '=' || cursor.IsAtEnd)
        {
            throw cursor.Error($"{cursor.Describe()} stands where = is expected.", "Write name = value; a name with other signs than letters, digits, _ and - needs quotes.");
        }

        cursor.Advance();
        cursor.SkipBlanks();
        var value = ReadValue();
        Checked(() =>
        {
            _tables.Add(table, path, value);
            return table;
        });
        return table;
    }

    /// <summary>Does something that only the meaning, not the grammar, can forbid: the reading goes on behind it.</summary>
    private TomlTable? Checked(Func<TomlTable> work)
    {
        try
        {
            return work();
        }
        catch (TomlError error)
        {
            _errors.Add(error);
            return null;
        }
    }

    private List<TomlKey> ReadPath(string after)
    {
        var path = new List<TomlKey>();
        do
        {
            cursor.Advance(path.Count > 0 ? 1 : 0);
            cursor.SkipBlanks();
            path.Add(new TomlKey("", cursor.Position));
            path[^1] = path[^1] with { Name = ReadKey(after) };
            cursor.SkipBlanks();
        }
        while (cursor.Next == '.');
        return path;
    }

    private string ReadKey(string after)
    {
        if (cursor.Next is '"' or '\'')
        {
            return cursor.StartsWith(new string(cursor.Next, 3))
                ? throw cursor.Error("A name cannot have three quotes.", "Use one on each side.")
                : TomlStrings.ReadLine(cursor, cursor.Next);
        }

        var begin = cursor.Offset;
        while (IsBare(cursor.Next))
        {
            cursor.Advance();
        }

        return cursor.Offset > begin
            ? cursor.Text[begin..cursor.Offset]
            : throw cursor.Error($"A name is missing before {(cursor.StartsWith(after) ? after : cursor.Describe())}.", "Names are letters, digits, _ and -; others, and the empty name, stand in quotes.");
    }

    private TomlValue ReadValue()
    {
        if (_depth == DeepestNesting)
        {
            throw cursor.Error($"Lists and tables are nested deeper than {DeepestNesting}.", "Use fewer levels.");
        }

        _depth++;
        var at = cursor.Position;
        var value = cursor.Next switch
        {
            '"' or '\'' => new TomlString(TomlStrings.Read(cursor), at),
            '[' => ReadArray(at),
            '{' => ReadInlineTable(at),
            _ => TomlScalars.Read(cursor),
        };
        _depth--;
        return value;
    }

    private TomlArray ReadArray(TextPosition at)
    {
        var items = new List<TomlValue>();
        cursor.Advance();
        while (true)
        {
            cursor.SkipLines();
            if (cursor.Next == ']')
            {
                cursor.Advance();
                return new TomlArray(items, at);
            }

            if (cursor.IsAtEnd)
            {
                throw new TomlError(at, "The list does not end.", "Close it with ].");
            }

            items.Add(ReadValue());
            cursor.SkipLines();
            if (cursor.Next == ',')
            {
                cursor.Advance();
            }
            else if (cursor.Next != ']')
            {
                throw cursor.IsAtEnd ? new TomlError(at, "The list does not end.", "Close it with ].") : cursor.Error($"{cursor.Describe()} stands in a list where , or ] is expected.", "Put commas between values.");
            }
        }
    }

    private TomlTable ReadInlineTable(TextPosition at)
    {
        var table = _tables.CreateInline(at);
        cursor.Advance();
        cursor.SkipBlanks();
        if (cursor.Next == '}')
        {
            cursor.Advance();
            return table;
        }

        while (true)
        {
            ReadPair(table, "=");
            cursor.SkipBlanks();
            var sign = cursor.Next;
            if (sign is not (',' or '}') || cursor.IsAtEnd)
            {
                throw cursor.Error($"{cursor.Describe()} stands in a table in braces where , or }} is expected.", "A table in braces stands on one line, with commas between its pairs and without comments.");
            }

            cursor.Advance();
            if (sign == '}')
            {
                return table;
            }

            cursor.SkipBlanks();
            if (cursor.Next == '}')
            {
                throw cursor.Error("A comma stands before }.", "Remove it: a table in braces has none after its last pair.");
            }
        }
    }
}
