namespace Crossbench.Training;

/// <summary>What people may call a run.</summary>
public static class LabelRules
{
    private const int LongestName = 200;

    /// <summary>All that is wrong with a name and tags.</summary>
    public static IEnumerable<SpecProblem> Problems(string name, IReadOnlyList<string> tags)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > LongestName || name.Any(char.IsControl))
        {
            yield return new SpecProblem("name", $"\"{Visible(name)}\" is not a name.", $"Give one line of 1 to {LongestName} characters.");
        }

        foreach (var tag in tags.Where(tag => tag.Trim().Length == 0 || tag.Contains(',') || tag.Any(char.IsControl)))
        {
            yield return new SpecProblem("tags", $"\"{Visible(tag)}\" is not a tag.", "Give a word without commas and line breaks.");
        }
    }

    private static string Visible(string text) => string.Concat((text.Length > LongestName ? text[..LongestName] + "…" : text).Select(letter => char.IsControl(letter) ? '␣' : letter));
}
