namespace Crossbench.Datasets.Corpora;

/// <summary>
/// Rows of whole documents: a row takes one document after the other while the next one still fits. A document longer than a row is cut into rows that share one
/// token, so that each of its tokens but the first is predicted once. Rows without anything to predict are left out.
/// </summary>
internal sealed class DocumentRows
{
    private const int LengthBits = 24;
    private const int BlockBits = 16;

    /// <summary>A row is one number, its start and below it its length; a long text has millions of rows. In blocks, which never move as a growing list does.</summary>
    private readonly List<long[]> _blocks = [];

    private DocumentRows()
    {
    }

    /// <summary>Number of rows.</summary>
    public int Count { get; private set; }

    /// <summary>First token and number of tokens of a row, at least 2 and at most T + 1.</summary>
    public (long Start, int Length) this[int row]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Count);
            var packed = _blocks[row >> BlockBits][row & ((1 << BlockBits) - 1)];
            return (packed >> LengthBits, (int)(packed & ((1 << LengthBits) - 1)));
        }
    }

    /// <summary>Rows of the documents, or parts of them, between two tokens.</summary>
    /// <param name="file">The tokens.</param>
    /// <param name="from">First token.</param>
    /// <param name="to">The token after the last.</param>
    /// <param name="longest">Tokens in a row, T + 1.</param>
    public static DocumentRows Of(TokenFile file, long from, long to, int longest)
    {
        var rows = new DocumentRows();
        var (start, end) = (from, from);
        for (var document = file.DocumentFrom(from + 1); end < to; document++)
        {
            var next = Math.Min(to, file.DocumentStart(document));
            if (next - start > longest)
            {
                rows.Add(file, start, end);
                start = end;
                while (next - start > longest)
                {
                    rows.Add(file, start, start + longest);
                    start += longest - 1;
                }
            }

            end = next;
        }

        rows.Add(file, start, end);
        return rows;
    }

    /// <summary>Rows of equal length one after the other, without regard to documents; those in which nothing is scored are left out.</summary>
    /// <param name="file">The tokens.</param>
    /// <param name="from">First token.</param>
    /// <param name="to">The token after the last.</param>
    /// <param name="length">Tokens in a row, T + 1.</param>
    public static DocumentRows Scored(TokenFile file, long from, long to, int length)
    {
        var rows = new DocumentRows();
        for (var start = from; start + length <= to; start += length)
        {
            // What lies between here and the next scored token is passed over at once, by whole rows.
            start += (file.NextCounted(start + 1) - start - 1) / length * length;
            if (start + length <= to && file.NextCounted(start + 1) < start + length)
            {
                rows.Keep(start, length);
            }
        }

        return rows;
    }

    private void Add(TokenFile file, long start, long end)
    {
        if (end - start < 2)
        {
            return;
        }

        if (file.HasMask)
        {
            var counted = new bool[end - start - 1];
            file.ReadCounted(start + 1, counted);
            if (!counted.AsSpan().Contains(true))
            {
                return;
            }
        }

        Keep(start, (int)(end - start));
    }

    private void Keep(long start, int length)
    {
        var (block, place) = (Count >> BlockBits, Count & ((1 << BlockBits) - 1));
        if (block == _blocks.Count)
        {
            _blocks.Add(new long[1 << BlockBits]);
        }

        _blocks[block][place] = checked(start << LengthBits) | (long)length;
        Count = checked(Count + 1);
    }
}
