using System.Globalization;

namespace Crossbench.Options;

/// <summary>Ranges of options in words and as checks.</summary>
internal static class OptionRange
{
    public static bool Contains(OptionField field, object value)
    {
        if (value is not (int or long or double))
        {
            return true;
        }

        var number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
        var above = field.Minimum is not { } min || (field.MinimumIsExclusive ? number > min : number >= min);
        var below = field.Maximum is not { } max || (field.MaximumIsExclusive ? number < max : number <= max);
        return above && below;
    }

    public static string Describe(OptionField field) => field switch
    {
        { Kind: OptionKind.Choice } => string.Join(", ", field.Choices),
        { Kind: OptionKind.Flag } => "true or false",
        { Minimum: { } min, Maximum: { } max, MinimumIsExclusive: true, MaximumIsExclusive: true } => $"between {Text(min)} and {Text(max)}",
        { Minimum: { } min, Maximum: { } max, MinimumIsExclusive: true } => $"above {Text(min)} up to {Text(max)}",
        { Minimum: { } min, Maximum: { } max, MaximumIsExclusive: true } => $"{Text(min)} to below {Text(max)}",
        { Minimum: { } min, Maximum: { } max } => $"{Text(min)} to {Text(max)}",
        { Minimum: { } min, MinimumIsExclusive: true } => $"above {Text(min)}",
        { Minimum: { } min } => $"{Text(min)} or more",
        { Maximum: { } max } => $"up to {Text(max)}",
        _ => "",
    };

    /// <summary>What the option takes, to follow "Give": "a whole number, 1 to 128".</summary>
    public static string Wanted(OptionField field)
    {
        var kind = field.Kind switch
        {
            OptionKind.Integer => "a whole number",
            OptionKind.Number => "a number",
            OptionKind.Text => "a text",
            OptionKind.Integers => "whole numbers with commas between them, each",
            OptionKind.Numbers => "numbers with commas between them, each",
            _ => "one of",
        };
        var range = Describe(field);
        return field.Kind is OptionKind.Choice or OptionKind.Flag ? $"{kind} {range}" : range.Length == 0 ? kind.Replace(", each", "", StringComparison.Ordinal) : kind.EndsWith("each", StringComparison.Ordinal) ? $"{kind} {range}" : $"{kind}, {range}";
    }

    public static SpecProblem NotReadable(OptionField field, string path, string text)
    {
        var what = field.Kind switch
        {
            OptionKind.Integer when text.TrimStart('-', '+').All(char.IsAsciiDigit) && text.Any(char.IsAsciiDigit) => "is outside the range",
            OptionKind.Number when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsInfinity(number) => "is outside the range",
            OptionKind.Integer => "is not a whole number",
            OptionKind.Number => "is not a number",
            OptionKind.Flag => "is neither true nor false",
            _ => "is not a choice",
        };
        var nearest = NearestWord.To(text, field.Choices);
        return new SpecProblem(path, $"\"{text}\" {what}.", $"Give {Wanted(field)}.") { Fixes = nearest is null ? [] : [new SpecFix(path, nearest)] };
    }

    private static string Text(double value) =>
        Math.Abs(value) >= 1000 && value == Math.Floor(value) ? value.ToString("N0", CultureInfo.InvariantCulture) : value.ToString("G", CultureInfo.InvariantCulture);
}
