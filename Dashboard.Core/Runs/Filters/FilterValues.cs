using System.Globalization;
using System.Text.RegularExpressions;

namespace Crossbench.Runs.Filters;

/// <summary>Reads what stands after a field.</summary>
internal sealed partial class FilterValues(string text, FilterField field, List<FilterProblem> problems)
{
    /// <summary>The term, or null when something is wrong with it.</summary>
    public RunFilter? Read(string sign, int signAt, IReadOnlyList<FilterValue> values)
    {
        if (!field.IsOrdered && sign is not (":" or "=" or "!="))
        {
            problems.Add(new FilterProblem(signAt, sign.Length, $"{field.Name} has no order to compare with {sign}.", $"Write it like {field.Example}.")
            {
                Mended = string.Concat(text.AsSpan(0, signAt), ":", text.AsSpan(signAt + sign.Length)),
            });
            return null;
        }

        var before = problems.Count;
        var filter = field.Number is { } number ? Numbers(number, sign, signAt, values) : Texts(values);
        return problems.Count > before || filter is null ? null : sign == "!=" ? new NoneOf(filter) : filter;
    }

    private RunFilter Texts(IReadOnlyList<FilterValue> values)
    {
        if (field.Kind == FilterValueKind.Choice)
        {
            foreach (var value in values.Where(value => !field.Choices.Contains(value.Text, StringComparer.OrdinalIgnoreCase)))
            {
                var near = NearestWord.To(value.Text, field.Choices);
                problems.Add(new FilterProblem(value.At, value.Length, $"\"{value.Text}\" is not known as {field.Name}.", near is null ? $"Give {string.Join(", ", field.Choices)}." : $"Did you mean {near}?")
                {
                    Mended = near is null ? null : Replaced(value, near),
                });
            }
        }

        return field switch
        {
            { Text: { } known } => new HasText(known, [.. values.Select(value => field.Kind == FilterValueKind.Choice ? value.Text.ToLowerInvariant() : value.Text)]),
            { Name: FilterFields.Status } => new HasStatus([.. values.Select(value => FilterWords.Statuses.GetValueOrDefault(value.Text)).Distinct()]),
            _ => Either([.. values.Select(value => (RunFilter)new IsMarked(FilterWords.Marks.GetValueOrDefault(value.Text)))]),
        };
    }

    private RunFilter? Numbers(RunNumber number, string sign, int signAt, IReadOnlyList<FilterValue> values)
    {
        var comparison = sign switch
        {
            "<" => FilterComparison.Less,
            "<=" => FilterComparison.AtMost,
            ">" => FilterComparison.More,
            ">=" => FilterComparison.AtLeast,
            _ => FilterComparison.Is,
        };
        if (comparison != FilterComparison.Is && values.Count > 1)
        {
            problems.Add(new FilterProblem(values[1].At, values[^1].At + values[^1].Length - values[1].At, $"{sign} compares with one number.", "Give one number, without a comma in it."));
            return null;
        }

        return Either([.. values.Select(value => Term(number, comparison, sign, signAt, value)).OfType<RunFilter>()]);
    }

    private RunFilter? Term(RunNumber number, FilterComparison comparison, string sign, int signAt, FilterValue value)
    {
        var dots = value.Text.IndexOf("..", StringComparison.Ordinal);
        if (dots < 0)
        {
            return Parse(value) is { } single ? new HasNumber(number, comparison, single) : null;
        }

        if (comparison != FilterComparison.Is)
        {
            problems.Add(new FilterProblem(signAt, sign.Length, $"{sign} does not go with a range.", $"Write {field.Name}:{value.Text}."));
            return null;
        }

        var (low, high) = (Parse(value with { Text = value.Text[..dots] }), Parse(value with { Text = value.Text[(dots + 2)..] }));
        if (low > high)
        {
            problems.Add(new FilterProblem(value.At, value.Length, $"The range {value.Text} ends before it begins.", "Give the smaller end first."));
        }

        return low is null || high is null ? null : new EveryOf([new HasNumber(number, FilterComparison.AtLeast, low.Value), new HasNumber(number, FilterComparison.AtMost, high.Value)]);
    }

    private double? Parse(FilterValue value)
    {
        var match = NumberAndUnit().Match(value.Text);
        if (match.Success && double.TryParse(match.Groups[1].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            && Unit(match.Groups[2].Value) is { } unit)
        {
            return number * unit;
        }

        var what = field.Kind switch
        {
            FilterValueKind.Time => "a time. Give a number with s, min, h, d or w",
            FilterValueKind.Share => "a share. Give a number such as 0.5 or 50%",
            _ => "a number. Give one such as 3, 3e-4, 2k or 1.5M",
        };
        var parts = what.Split(". ");
        problems.Add(new FilterProblem(value.At, value.Length, $"\"{value.Text}\" is not {parts[0]}.", $"{parts[1]}."));
        return null;
    }

    private double? Unit(string unit) => field.Kind switch
    {
        FilterValueKind.Time => unit switch
        {
            "s" => 1,
            "m" or "min" => 60,
            "h" => 3600,
            "d" => 86400,
            "w" => 7 * 86400,
            _ => null,
        },
        FilterValueKind.Share => unit switch
        {
            "" => 1,
            "%" => 0.01,
            _ => null,
        },
        _ => unit switch
        {
            "" => 1,
            "k" or "K" => 1e3,
            "M" => 1e6,
            "G" => 1e9,
            _ => null,
        },
    };

    private static RunFilter Either(IReadOnlyList<RunFilter> parts) => parts is [var only] ? only : new AnyOf(parts);

    private string Replaced(FilterValue value, string near) => string.Concat(text.AsSpan(0, value.At), near, text.AsSpan(value.At + value.Length));

    [GeneratedRegex(@"^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([A-Za-z%]*)$")]
    private static partial Regex NumberAndUnit();
}
