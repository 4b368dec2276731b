using System.Globalization;

namespace Crossbench.Metrics;

/// <summary>Ends of the values that a metric can take; null where there is none.</summary>
/// <param name="Low">Smallest value.</param>
/// <param name="High">Largest value.</param>
public sealed record MetricRange(double? Low, double? High)
{
    /// <summary>Shares, probabilities and gates.</summary>
    public static MetricRange Share { get; } = new(0, 1);

    /// <summary>Norms, entropies, lengths of time.</summary>
    public static MetricRange NotNegative { get; } = new(0, null);

    /// <summary>Correlations and cosines.</summary>
    public static MetricRange Correlation { get; } = new(-1, 1);
}

/// <summary>What the numbers of a vector stand for, so that charts and tables can name their columns.</summary>
public sealed class VectorAxis
{
    private readonly Func<int, int, string> _name;
    private Func<int, int>? _columnsAt;

    private VectorAxis(string title, Func<int, int, string> name) => (Title, _name) = (title, name);

    /// <summary>What a number belongs to, in the singular: <c>head</c>.</summary>
    public string Title { get; }

    /// <summary>What each of several equally long parts of the vector belongs to, in the singular; null when it is all one part.</summary>
    public string? PartTitle { get; private init; }

    /// <summary>A number for each head.</summary>
    public static VectorAxis Heads { get; } = Counted("head");

    /// <summary>A number for each token of a sequence.</summary>
    public static VectorAxis Positions { get; } = Counted("position");

    /// <summary>Positions 0, 1, 2 to 3, 4 to 7 and so on.</summary>
    public static VectorAxis DoublingSpans { get; } = new("position", (i, _) => i < 2 ? Text(i) : $"{Text(1L << (i - 1))}–{Text((1L << i) - 1)}");

    /// <summary>After 1, 2, 4, 8 … tokens and after the last; once for each part.</summary>
    /// <param name="part">What a part belongs to, in the singular.</param>
    public static VectorAxis DoublingTokens(string part) => new("tokens", (i, count) => i == count - 1 ? "all" : Text(1L << i))
    {
        PartTitle = part,
        _columnsAt = length => 1 + Enumerable.Range(0, 31).TakeWhile(i => (1 << i) < length).Count(),
    };

    /// <summary>Columns that are counted.</summary>
    /// <param name="title">What a number belongs to, in the singular.</param>
    /// <param name="first">Number of the first.</param>
    public static VectorAxis Counted(string title, int first = 0) => new(title, (i, _) => Text(first + i));

    /// <summary>Columns that have names.</summary>
    /// <param name="title">What a number belongs to, in the singular.</param>
    /// <param name="names">The names, as many as there are numbers.</param>
    public static VectorAxis Named(string title, params string[] names) => new(title, (i, _) => names[i]);

    /// <summary>Number of equally long parts that follow each other in a vector.</summary>
    /// <param name="count">Numbers in the vector.</param>
    /// <param name="contextLength">Tokens in a sequence.</param>
    public int Parts(int count, int contextLength) => _columnsAt is { } columns ? count / columns(contextLength) : 1;

    /// <summary>Name of a column.</summary>
    /// <param name="index">Its index.</param>
    /// <param name="count">Number of columns.</param>
    public string Name(int index, int count) => _name(index, count);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
