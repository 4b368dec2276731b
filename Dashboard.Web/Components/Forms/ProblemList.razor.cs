using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Forms;

/// <summary>Problems of one field in sentences; the remedies in them are links that apply themselves.</summary>
public sealed partial class ProblemList : ComponentBase
{
    /// <summary>Id of the element, for the control to point to.</summary>
    [Parameter]
    public string Id { get; set; } = "";

    /// <summary>The problems.</summary>
    [Parameter]
    public IReadOnlyList<SpecProblem> Problems { get; set; } = [];

    /// <summary>Called when a remedy is taken.</summary>
    [Parameter]
    public EventCallback<SpecFix> OnFix { get; set; }

    /// <summary>The sentence in parts: a value of the remedy that mends the problem is one of its own; one that the remedy does not name comes after it.</summary>
    internal static IReadOnlyList<(string Text, SpecFix? Fix)> Parts(SpecProblem problem)
    {
        var parts = new List<(string, SpecFix?)>();
        var rest = $" {problem.Remedy}";
        parts.Add((problem.Reason, null));
        var unnamed = new List<SpecFix>();
        foreach (var fix in problem.Fixes)
        {
            var at = WordAt(rest, fix.Value);
            if (at < 0)
            {
                unnamed.Add(fix);
                continue;
            }

            parts.Add((rest[..at], null));
            parts.Add((fix.Value, fix));
            rest = rest[(at + fix.Value.Length)..];
        }

        parts.Add((rest, null));
        parts.AddRange(unnamed.SelectMany(fix => new (string, SpecFix?)[] { (" Use ", null), (fix.Value, fix), (".", null) }));
        return parts;
    }

    private static int WordAt(string text, string word)
    {
        for (var at = text.IndexOf(word, StringComparison.Ordinal); at >= 0 && word.Length > 0; at = text.IndexOf(word, at + 1, StringComparison.Ordinal))
        {
            var end = at + word.Length;
            var begins = at == 0 || !char.IsLetterOrDigit(text[at - 1]);
            var ends = end == text.Length || !char.IsLetterOrDigit(text[end]);
            if (begins && ends)
            {
                return at;
            }
        }

        return -1;
    }
}
