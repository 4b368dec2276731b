namespace Crossbench.Models;

/// <summary>A line of the mathematics of an architecture, as its code computes it.</summary>
/// <param name="Name">What it computes, in a few words.</param>
/// <param name="Tex">The line in TeX.</param>
/// <param name="Symbols">What its symbols are, each in TeX with its meaning and shape; those of earlier lines are not repeated.</param>
public sealed record Equation(string Name, string Tex, params IReadOnlyList<(string Tex, string Meaning)> Symbols);

/// <summary>What to read about an architecture: a paper, or the card of a model.</summary>
/// <param name="Title">Its title.</param>
/// <param name="By">Authors or organisation.</param>
/// <param name="Year">Year; null where it has none.</param>
/// <param name="For">What it tells, in a few words.</param>
/// <param name="Address">Its public address, where it has one.</param>
public sealed record Reading(string Title, string By, int? Year, string For, string? Address = null)
{
    private const string Arxiv = "https://arxiv.org/abs/";

    /// <summary>Its number at arXiv, where it is there.</summary>
    public string? ArxivId => Address?.StartsWith(Arxiv, StringComparison.Ordinal) == true ? Address[Arxiv.Length..] : null;

    /// <summary>Who and when: "Ainslie et al., 2023, arXiv 2305.13245".</summary>
    public string Source => string.Join(", ", new[] { By, Year is { } year ? $"{year}" : null, ArxivId is { } id ? $"arXiv {id}" : null }.OfType<string>());

    /// <summary>A paper at arXiv.</summary>
    public static Reading AtArxiv(string id, string title, string by, int year, string tells) => new(title, by, year, tells, Arxiv + id);
}
