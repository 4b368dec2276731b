using System.Text.RegularExpressions;

namespace Crossbench.Runs.Filters;

/// <summary>A filter that matches something, one step away from one that matches nothing.</summary>
/// <param name="Text">The whole filter.</param>
/// <param name="Step">What the step was, in words.</param>
/// <param name="Count">Runs that it matches.</param>
public sealed partial record NearbyFilter(string Text, string Step, int Count)
{
    /// <summary>Each trial counts runs in the store.</summary>
    private const int MostTrials = 16;

    /// <summary>Filters near one: first those with a known value in place of one that is nearly it, then those without one of the terms, the narrowest first.</summary>
    /// <param name="reading">The filter that matches nothing; without problems.</param>
    /// <param name="known">Values of a text that occur in the store.</param>
    /// <param name="count">Counts the runs of a filter.</param>
    /// <param name="limit">Filters at most.</param>
    public static IReadOnlyList<NearbyFilter> Of(FilterReading reading, Func<RunText, IReadOnlyList<string>> known, Func<RunFilter?, int> count, int limit)
    {
        var near = Corrected(reading, known);
        var less = reading.Terms.OrderBy(term => term.At).Select(term => (Text: Without(reading.Text, term), Step: $"without {reading.Text.Substring(term.At, term.Length)}"));
        IEnumerable<NearbyFilter> Counted(IEnumerable<(string Text, string Step)> steps) => steps
            .Where(step => step.Text.Length > 0)
            .Select(step => (step.Text, step.Step, Reading: FilterReading.Of(step.Text)))
            .Where(step => step.Reading.Problems.Count == 0)
            .Take(MostTrials)
            .Select(step => new NearbyFilter(step.Text, step.Step, count(step.Reading.Filter)))
            .Where(filter => filter.Count > 0);
        return [.. Counted(near).Concat(Counted(less).OrderBy(filter => filter.Count)).DistinctBy(filter => filter.Text).Take(limit)];
    }

    private static IEnumerable<(string Text, string Step)> Corrected(FilterReading reading, Func<RunText, IReadOnlyList<string>> known)
    {
        foreach (var (field, values) in reading.Terms.OrderBy(term => term.At).Where(term => term.Values is not null).Select(term => (term.Field, term.Values!)))
        {
            // Words are looked for in more than ids and tags, but of names there may be as many as there are runs.
            var candidates = field is null ? [.. FilterFields.All.Where(item => item.Text is not null).SelectMany(item => item.Choices), .. known(RunText.Tag)]
                : field.Text is { } text ? known(text)
                : [];
            var isWhole = field?.Text is RunText.Tag or RunText.Device;
            foreach (var value in values.Where(value => !candidates.Any(candidate => isWhole ? candidate == value.Text : candidate.Contains(value.Text, StringComparison.OrdinalIgnoreCase))))
            {
                if (NearestWord.To(value.Text, candidates) is { } nearest)
                {
                    yield return (string.Concat(reading.Text.AsSpan(0, value.At), FilterSuggestions.Written(nearest), reading.Text.AsSpan(value.At + value.Length)), $"{nearest} in place of {value.Text}");
                }
            }
        }
    }

    private static string Without(string text, FilterTerm term)
    {
        var before = LastAnd().Replace(text[..term.At].TrimEnd(), "");
        var after = text[(term.At + term.Length)..].TrimStart();
        before = before.TrimEnd();
        return before.Length == 0 ? FirstAnd().Replace(after, "").Trim() : before.EndsWith('(') || after.StartsWith(')') ? before + after : $"{before} {after}".Trim();
    }

    [GeneratedRegex(@"(^|\s)and$", RegexOptions.IgnoreCase)]
    private static partial Regex LastAnd();

    [GeneratedRegex(@"^and(?=\s)", RegexOptions.IgnoreCase)]
    private static partial Regex FirstAnd();
}
