namespace Crossbench.Datasets.Corpora;

/// <summary>
/// Rows of whole documents: a row takes one document after the other while the next one still fits. A document longer than a row is cut into rows that share one
/// token, so that each of its tokens but the first is predicted once. Rows without anything to predict are left out.
/// </summary>
internal sealed class DocumentRows
{
    private readonly List<(long Start, int Length)> _rows = [];

    private DocumentRows()
    {
    }

    /// <summary>Number of rows.</summary>
    public int Count => _rows.Count;

    /// <summary>First token and number of tokens of a row, at least 2 and at most T + 1.</summary>
    public (long Start, int Length) this[int row] => _rows[row];

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
                rows._rows.Add((start, length));
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

        _rows.Add((start, (int)(end - start)));
    }
}
