using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Crossbench.Datasets.Corpora;

/// <summary>Documents of a table as RFC 4180 writes it: the first row names the columns, fields in quotes may hold separators, line ends and doubled quotes.</summary>
internal sealed class CsvRows
{
    private const byte Quote = (byte)'"';
    private readonly string _path;
    private readonly string _field;
    private readonly byte _separator;
    private readonly bool _skipBroken;
    private readonly IDocumentSink _sink;
    private readonly List<byte> _text = [];
    private readonly List<byte[]> _row = [];
    private int _column = -1;
    private int _columns;
    private long _rowNumber = 1;

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
        var block = new byte[1 << 16];
        var (state, before, total) = (State.Start, (byte)0, 0L);
        while (total < mostBytes && file.Read(block) is var read and > 0)
        {
            var at = total == 0 && block.AsSpan(0, read).StartsWith("\uFEFF"u8) ? 3 : 0;
            for (; at < read; at++)
            {
                state = Next(state, block[at], before);
                before = block[at];
            }

            total += read;
            _sink.Advance(read);
        }

        if (total >= mostBytes)
        {
            return;
        }

        if (state == State.Quoted)
        {
            Broken("has a quote that is never closed");
        }
        else if (state != State.Start || _row.Count > 0)
        {
            EndField();
            EndRow();
        }

        if (_columns == 0)
        {
            throw new SpecException(TextProblems.Empty(_path, folder: false));
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
                return State.Quoted;
            case State.AfterQuote when b == Quote:
                _text.Add(b);
                return State.Quoted;
            case State.Start when b == Quote:
                return State.Quoted;
        }

        if (b == _separator)
        {
            EndField();
            return State.Start;
        }

        if (b is (byte)'\n' or (byte)'\r')
        {
            // The line feed after a carriage return ends nothing more, nor does an empty line.
            if (!(state == State.Start && _row.Count == 0))
            {
                EndField();
                EndRow();
            }
            else if (b == '\n' && before != '\r')
            {
                _rowNumber++;
            }

            return State.Start;
        }

        _text.Add(b);
        return state == State.AfterQuote ? State.AfterQuote : State.Plain;
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
        _rowNumber++;
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
    }

    private void Broken(string reason)
    {
        if (!_skipBroken)
        {
            throw new SpecException(TextProblems.BadRecord(_path, $"row {_rowNumber}", new BadRecordException(reason)));
        }

        _sink.Skip();
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
    }
}
