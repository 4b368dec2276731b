using System.Globalization;

namespace Crossbench.Models;

/// <summary>A size of a model that has a letter: d, the width.</summary>
/// <param name="Name">The letter, with what stands below the line behind an underscore: <c>d_h</c>.</param>
/// <param name="Meaning">What it is, in a few words.</param>
/// <param name="Value">How large it is in this model.</param>
public sealed record SizeSymbol(string Name, string Meaning, long Value);

/// <summary>A product of sizes, some number of times: 2·d².</summary>
/// <param name="Factor">How many times.</param>
/// <param name="Symbols">The sizes, one for each time that it is multiplied by; in order of their names.</param>
public sealed record ExtentTerm(long Factor, IReadOnlyList<SizeSymbol> Symbols)
{
    /// <summary>The number.</summary>
    public long Value => Symbols.Aggregate(Factor, (product, symbol) => checked(product * symbol.Value));

    /// <summary>Each size once, with how often it is multiplied by.</summary>
    public IEnumerable<(SizeSymbol Symbol, int Power)> Powers => Symbols.GroupBy(symbol => symbol).Select(group => (group.Key, group.Count()));

    /// <summary>As it is written: <c>2 d^2 f</c>.</summary>
    public string Text
    {
        get
        {
            var powers = Powers.Select(item => item.Power == 1 ? item.Symbol.Name : $"{item.Symbol.Name}^{item.Power}");
            return string.Join(' ', Factor == 1 && Symbols.Count > 0 ? powers : [Factor.ToString(CultureInfo.InvariantCulture), .. powers]);
        }
    }
}

/// <summary>
/// How large something is: a sum of products of sizes that have letters, which knows both its number and how it is written. Declared as the dimensions of
/// parameters, so that a count and its formula are the same thing.
/// </summary>
public sealed class Extent
{
    private Extent(IReadOnlyList<ExtentTerm> terms) => Terms = terms;

    /// <summary>What is summed: the longest products first; none for 0.</summary>
    public IReadOnlyList<ExtentTerm> Terms { get; }

    /// <summary>The number.</summary>
    public long Value => Terms.Aggregate(0L, (sum, term) => checked(sum + term.Value));

    /// <summary>As it is written: <c>2 d^2 + 3 d</c>.</summary>
    public string Text => Terms.Count == 0 ? "0" : string.Join(" + ", Terms.Select(term => term.Text));

    /// <summary>The sizes in it, each once.</summary>
    public IEnumerable<SizeSymbol> Symbols => Terms.SelectMany(term => term.Symbols).Distinct();

    /// <summary>A size that has a letter.</summary>
    /// <param name="name">The letter: <c>d</c>, <c>d_h</c>.</param>
    /// <param name="meaning">What it is.</param>
    /// <param name="value">How large it is.</param>
    public static Extent Of(string name, string meaning, long value) => new([new(1, [new(name, meaning, value)])]);

    /// <summary>A plain number.</summary>
    public static implicit operator Extent(long value) => new(value == 0 ? [] : [new(value, [])]);

    /// <summary>A sum; like products become one.</summary>
    public static Extent operator +(Extent left, Extent right) => Summed(left.Terms.Concat(right.Terms));

    /// <summary>A product, multiplied out.</summary>
    public static Extent operator *(Extent left, Extent right) => left.Terms is [var one] && right.Terms is [var other]
        ? new([Multiplied(one, other)]) // as most are: costs are worked out for many runs at once
        : Summed(left.Terms.SelectMany(a => right.Terms.Select(b => Multiplied(a, b))));

    private static ExtentTerm Multiplied(ExtentTerm left, ExtentTerm right) =>
        new(left.Factor * right.Factor, [.. left.Symbols.Concat(right.Symbols).OrderBy(symbol => symbol.Name, StringComparer.Ordinal)]);

    private static Extent Summed(IEnumerable<ExtentTerm> terms) => new(
    [
        .. terms.GroupBy(term => term with { Factor = 1 }, (like, all) => like with { Factor = all.Sum(term => term.Factor) }, SameProduct.Instance)
            .OrderByDescending(term => term.Symbols.Count).ThenBy(term => (term with { Factor = 1 }).Text, StringComparer.Ordinal),
    ]);

    /// <summary>Whether two products are of the same sizes.</summary>
    private sealed class SameProduct : IEqualityComparer<ExtentTerm>
    {
        public static SameProduct Instance { get; } = new();

        public bool Equals(ExtentTerm? x, ExtentTerm? y) => x is not null && y is not null && x.Symbols.SequenceEqual(y.Symbols);

        public int GetHashCode(ExtentTerm obj) => obj.Symbols.Aggregate(0, HashCode.Combine);
    }
}
