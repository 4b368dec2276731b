namespace Crossbench.Reports.Suites;

/// <summary>
/// Shades of the rows of one architecture: the row without details has the architecture's own colour, others that which their details ask for. Where two ask for
/// the same, the later one takes the next that fewer rows have.
/// </summary>
internal static class RowShades
{
    /// <summary>Shades of an architecture, its own colour among them.</summary>
    public const int Count = 4;

    /// <summary>A shade for each row.</summary>
    public static int[] Of(IReadOnlyList<MatrixRow> rows)
    {
        var shades = new int[rows.Count];
        foreach (var group in rows.Index().GroupBy(row => row.Item.Architecture))
        {
            var taken = new int[Count];

            // In the order of their details, not of the selection: which row gives way does not depend on who was picked first.
            foreach (var (index, row) in group.OrderBy(row => row.Item.Details, StringComparer.Ordinal))
            {
                var wanted = Wanted(row.Details);
                shades[index] = Enumerable.Range(0, Count).Select(step => Stepped(wanted, step)).MinBy(shade => taken[shade]);
                taken[shades[index]]++;
            }
        }

        return shades;
    }

    // The own colour comes last for rows with details: the defaults may join the selection later.
    private static int Stepped(int wanted, int step) => wanted == 0 ? step : step == Count - 1 ? 0 : 1 + ((wanted - 1 + step) % (Count - 1));

    /// <summary>0 without details, else one of the others; FNV-1a, which is the same in every process.</summary>
    private static int Wanted(string details)
    {
        if (details.Length == 0)
        {
            return 0;
        }

        var hash = 2166136261u;
        foreach (var letter in details)
        {
            hash = (hash ^ letter) * 16777619u;
        }

        return 1 + (int)(hash % (Count - 1));
    }
}
