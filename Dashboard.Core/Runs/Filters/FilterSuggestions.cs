namespace Crossbench.Runs.Filters;

/// <summary>A way to go on with a filter that is being typed.</summary>
/// <param name="Label">The field or value.</param>
/// <param name="Help">What it means; empty for values.</param>
/// <param name="Text">The whole filter with it in place.</param>
/// <param name="Caret">Where one types on, in characters.</param>
public sealed record FilterSuggestion(string Label, string Help, string Text, int Caret);

/// <summary>Suggests fields, and then their known values, for the term at the caret.</summary>
public static class FilterSuggestions
{
    /// <summary>Suggestions, those that begin with what is typed before those that hold it.</summary>
    /// <param name="text">The filter so far.</param>
    /// <param name="caret">Where one types.</param>
    /// <param name="known">Values of a text that occur in the store.</param>
    /// <param name="limit">Suggestions at most.</param>
    public static IReadOnlyList<FilterSuggestion> Of(string text, int caret, Func<RunText, IReadOnlyList<string>> known, int limit)
    {
        caret = Math.Clamp(caret, 0, text.Length);
        if (TermAt(text, caret) is not { } begin)
        {
            return [];
        }

        var typed = text[begin..caret];
        var sign = typed.IndexOfAny([':', '=', '<', '>', '!']);
        if (sign < 0)
        {
            return [.. Ranked(FilterFields.All, field => field.Name, typed).Take(limit).Select(field => Field(text, begin, caret, field))];
        }

        if (FilterFields.Find(typed[..sign]) is not { IsOrdered: false } found)
        {
            return [];
        }

        var value = begin + sign + 1 + (typed.AsSpan(sign).StartsWith("!=") ? 1 : 0);
        value = Math.Min(caret, Math.Max(value, text.LastIndexOf(',', Math.Max(0, caret - 1)) + 1));
        var part = text[value..caret].TrimStart('"');
        var values = found.Kind == FilterValueKind.Choice ? found.Choices : found.Text is { } field ? known(field) : [];
        return [.. Ranked(values, item => item, part).Where(item => !item.Equals(part, StringComparison.OrdinalIgnoreCase)).Take(limit).Select(item => Value(text, value, caret, item))];
    }

    /// <summary>A value as it stands in a filter.</summary>
    internal static string Written(string value) => value.Any(letter => char.IsWhiteSpace(letter) || letter is ',' or ')' or '(') ? $"\"{value}\"" : value;

    /// <summary>Where the term at the caret begins; null within quotes of words.</summary>
    private static int? TermAt(string text, int caret)
    {
        var (begin, isQuoted, isField) = (0, false, false);
        for (var i = 0; i < caret; i++)
        {
            if (text[i] == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (!isQuoted && (char.IsWhiteSpace(text[i]) || text[i] is '(' or ')'))
            {
                (begin, isField) = (i + 1, false);
            }
            else if (!isQuoted && text[i] == '-' && i == begin)
            {
                begin++;
            }
            else if (!isQuoted && text[i] is ':' or '=')
            {
                isField = true;
            }
        }

        return isQuoted && !isField ? null : begin;
    }

    private static FilterSuggestion Field(string text, int begin, int caret, FilterField field)
    {
        var label = field.IsOrdered ? field.Name : field.Name + ":";
        return new FilterSuggestion(label, field.Help, string.Concat(text.AsSpan(0, begin), label, text.AsSpan(caret)), begin + label.Length);
    }

    private static FilterSuggestion Value(string text, int begin, int caret, string value)
    {
        var written = Written(value);
        var space = caret == text.Length ? " " : "";
        return new FilterSuggestion(value, "", string.Concat(text.AsSpan(0, begin), written, space, text.AsSpan(caret)), begin + written.Length + space.Length);
    }

    private static IEnumerable<T> Ranked<T>(IEnumerable<T> items, Func<T, string> name, string typed) => items
        .Where(item => name(item).Contains(typed, StringComparison.OrdinalIgnoreCase))
        .OrderBy(item => name(item).StartsWith(typed, StringComparison.OrdinalIgnoreCase) ? 0 : 1);
}
