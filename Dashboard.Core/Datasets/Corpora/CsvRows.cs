using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Crossbench.Datasets.Corpora;

/// <summary>Documents of a table as RFC 4180 writes it: the first row names the columns, fields in quotes may hold separators, line ends and doubled quotes.</summary>
internal sealed class CsvRows
{
    private const byte Quote = (byte)'"';

    /// <summary>A field in quotes may be this long, in bytes; a longer one is a quote that was never closed.</summary>
    private const int LongestField = 1 << 24;
    private readonly string _path;
    private readonly string _field;
    private readonly byte _separator;
    private readonly bool _skipBroken;
    private readonly IDocumentSink _sink;
    private readonly List<byte> _text = [];
    private readonly List<byte[]> _row = [];
    private int _column = -1;
    private int _columns;
    private long _line = 1;
    private long _rowLine = 1;
    private long _position;
    private (long At, long Line)? _secondLine;
    private bool _goesBack;

    private CsvRows(string path, string field, bool skipBroken, IDocumentSink sink)
    {
        (_path, _field, _skipBroken, _sink) = (path, field, skipBroken, sink);
        _separator = path.EndsWith(".tsv", StringComparison.OrdinalIgnoreCase) ? (byte)'\t' : (byte)',';
    }

    /// <summary>Passes on one column of a file, a document for each row.</summary>
    /// <param name="path">The file; .tsv has tabs between fields, else commas.</param>
    /// <param name="field">Name of the column.</param>
    /// <param name="skipBroken">Leaves broken rows out and counts them; else the first one is refused.</param>
    /// <param name="sink">Takes the documents.</param>
    /// <param name="mostBytes">Reads no further than this.</param>
    public static void Read(string path, string field, bool skipBroken, IDocumentSink sink, long mostBytes = long.MaxValue) =>
        new CsvRows(path, field, skipBroken, sink).Read(mostBytes);

    private void Read(long mostBytes)
    {
        using var file = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 16, FileOptions.SequentialScan);
        var (state, farthest) = (State.Start, 0L);
        do
        {
            if (_goesBack)
            {
                (file.Position, state) = (_position, State.Start);
                _goesBack = false;
            }

            state = ReadOn(file, state, mostBytes, ref farthest);
            if (!_goesBack && _position < mostBytes)
            {
                End(state);
            }
        }
        while (_goesBack);

        if (_columns == 0 && _position < mostBytes)
        {
            throw new SpecException(TextProblems.Empty(_path, folder: false));
        }
    }

    /// <summary>Reads to the end, or until a broken row sends it back.</summary>
    private State ReadOn(FileStream file, State state, long mostBytes, ref long farthest)
    {
        var (block, before) = (new byte[1 << 16], (byte)0);
        while (_position < mostBytes && file.Read(block) is var read and > 0)
        {
            var at = _position == 0 && block.AsSpan(0, read).StartsWith("\uFEFF"u8) ? 3 : 0;
            var start = _position;
            for (; at < read; at++)
            {
                _position = start + at + 1;
                state = Next(state, block[at], before);
                if (_goesBack)
                {
                    return state;
                }

                before = block[at];
            }

            _position = start + read;
            _sink.Advance(Math.Max(0, _position - farthest));
            farthest = Math.Max(farthest, _position);
        }

        return state;
    }

    private void End(State state)
    {
        if (state == State.Quoted)
        {
            Broken("has a quote that is never closed");
        }
        else if (state != State.Broken && (state != State.Start || _row.Count > 0))
        {
            EndField();
            EndRow();
        }
    }

    private State Next(State state, byte b, byte before)
    {
        switch (state)
        {
            case State.Quoted:
                if (b == Quote)
                {
                    return State.AfterQuote;
                }

                _text.Add(b);
                CountLine(b, before, withinRow: true);
                if (_text.Count > LongestField)
                {
                    Broken("has a quote that is not closed within 16 MiB");
                }

                return State.Quoted;
            case State.AfterQuote when b == Quote:
                _text.Add(b);
                return State.Quoted;
            case State.Start when b == Quote:
                return State.Quoted;
            case State.Broken when b is not ((byte)'\n' or (byte)'\r'):
                return State.Broken;
        }

        if (b == _separator)
        {
            EndField();
            return State.Start;
        }

        if (b is (byte)'\n' or (byte)'\r')
        {
            // The line feed after a carriage return ends nothing more, nor does an empty line.
            CountLine(b, before, withinRow: false);
            if (!(state == State.Broken || (state == State.Start && _row.Count == 0)))
            {
                EndField();
                EndRow();
            }

            if (!_goesBack)
            {
                (_rowLine, _secondLine) = (_line, null);
            }

            return State.Start;
        }

        if (state == State.AfterQuote)
        {
            Broken("has characters after a quote that closes a field");
            return State.Broken;
        }

        _text.Add(b);
        return State.Plain;
    }

    /// <summary>Counts lines, and remembers where the second line of a row begins: what an unclosed quote has swallowed is read again from there.</summary>
    private void CountLine(byte b, byte before, bool withinRow)
    {
        if (b == '\r' || (b == '\n' && before != '\r'))
        {
            _line++;
        }

        if (withinRow && b is (byte)'\n' or (byte)'\r' && (_secondLine is null || (b == '\n' && before == '\r' && _secondLine.Value.At == _position - 1)))
        {
            _secondLine = (_position, _line);
        }
    }

    private void EndField()
    {
        _row.Add([.. _text]);
        _text.Clear();
    }

    private void EndRow()
    {
        if (_columns == 0)
        {
            ReadHeader();
        }
        else if (_row.Count != _columns)
        {
            Broken(string.Create(CultureInfo.InvariantCulture, $"has {_row.Count} fields where the header has {_columns}"));
        }
        else if (!Utf8.IsValid(_row[_column]))
        {
            Broken("is not UTF-8");
        }
        else if (_row[_column].Contains((byte)0))
        {
            Broken("has a NUL character");
        }
        else
        {
            _sink.Text(_row[_column]);
            _sink.EndDocument();
        }

        _row.Clear();
    }

    private void ReadHeader()
    {
        var names = _row.ConvertAll(name => Encoding.UTF8.GetString(name).Trim());
        _columns = names.Count;
        _column = names.IndexOf(_field);
        if (_column < 0)
        {
            throw new SpecException(TextProblems.NoColumn(_path, _field, names));
        }

        if (names.LastIndexOf(_field) is var last && last != _column)
        {
            throw new SpecException(TextProblems.TwoColumns(_path, _field, _column + 1, last + 1));
        }
    }

    private void Broken(string reason)
    {
        if (_columns == 0)
        {
            throw new SpecException(TextProblems.BadHeader(_path, reason));
        }

        if (!_skipBroken)
        {
            throw new SpecException(TextProblems.BadRecord(_path, string.Create(CultureInfo.InvariantCulture, $"line {_rowLine}"), new BadRecordException(reason)));
        }

        _sink.Skip();
        _row.Clear();
        _text.Clear();
        if (_secondLine is { } second)
        {
            (_position, _line, _rowLine, _secondLine, _goesBack) = (second.At, second.Line, second.Line, null, true);
        }
    }

    private enum State
    {
        /// <summary>Before a field.</summary>
        Start,

        /// <summary>In a field without quotes.</summary>
        Plain,

        /// <summary>In a field with quotes.</summary>
        Quoted,

        /// <summary>After a quote in a field with quotes: its end, or the first of two.</summary>
        AfterQuote,

        /// <summary>In what is left of the line of a broken row.</summary>
        Broken,
    }
}
