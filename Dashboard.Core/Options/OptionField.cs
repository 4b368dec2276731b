using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace Crossbench.Options;

/// <summary>What an option holds.</summary>
public enum OptionKind
{
    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A real number.</summary>
    Number,

    /// <summary>true or false.</summary>
    Flag,

    /// <summary>One of few words.</summary>
    Choice,

    /// <summary>Text as typed.</summary>
    Text,

    /// <summary>Whole numbers with commas between them.</summary>
    Integers,

    /// <summary>Real numbers with commas between them.</summary>
    Numbers,

    /// <summary>A value with a text form of its own.</summary>
    Structured,
}

/// <summary>
/// One property of an options record, described once for the form, the command line, JSON and TOML: name, type, range, help, and how its text is
/// read and written. The range comes from <see cref="RangeAttribute"/>, label, help and unit from <see cref="DisplayAttribute"/> (Name, Description, Prompt).
/// </summary>
public sealed class OptionField
{
    private readonly PropertyInfo _property;
    private readonly RangeAttribute? _range;
    private readonly Type _type;

    internal OptionField(PropertyInfo property)
    {
        _property = property;
        _range = property.GetCustomAttribute<RangeAttribute>();
        var display = property.GetCustomAttribute<DisplayAttribute>();
        _type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        IsOptional = Nullable.GetUnderlyingType(property.PropertyType) is not null;
        Name = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
        Label = display?.GetName() ?? property.Name;
        Help = display?.GetDescription() ?? "";
        Unit = display?.GetPrompt();
        Kind = KindOf(_type);
        Choices = Kind == OptionKind.Choice ? ChoiceNames.Of(_type) : [];
    }

    /// <summary>camelCase name, as in JSON and <c>--set</c>.</summary>
    public string Name { get; }

    /// <summary>Name for people.</summary>
    public string Label { get; }

    /// <summary>One sentence on what the option does.</summary>
    public string Help { get; }

    /// <summary>Unit of the value (<c>steps</c>), if it has one.</summary>
    public string? Unit { get; }

    /// <summary>What the option holds.</summary>
    public OptionKind Kind { get; }

    /// <summary>True when the option may be left empty.</summary>
    public bool IsOptional { get; }

    /// <summary>The words that a <see cref="OptionKind.Choice"/> accepts, in order.</summary>
    public IReadOnlyList<string> Choices { get; }

    /// <summary>Smallest legal value, if limited.</summary>
    public double? Minimum => Limit(_range?.Minimum, -1e300, int.MinValue);

    /// <summary>Largest legal value, if limited.</summary>
    public double? Maximum => Limit(_range?.Maximum, 1e300, int.MaxValue);

    /// <summary>True when <see cref="Minimum"/> itself is not legal.</summary>
    public bool MinimumIsExclusive => _range?.MinimumIsExclusive ?? false;

    /// <summary>True when <see cref="Maximum"/> itself is not legal.</summary>
    public bool MaximumIsExclusive => _range?.MaximumIsExclusive ?? false;

    /// <summary>The range in words: "1 to 128", "above 0 up to 1", "0 or more"; empty when there is none.</summary>
    public string Range => OptionRange.Describe(this);

    /// <summary>The value in a record.</summary>
    public object? Get(object record) => _property.GetValue(record);

    /// <summary>The value in a record, as text that <see cref="TryParse"/> reads back to the same value; empty for none.</summary>
    public string Format(object record) => Get(record) switch
    {
        null => "",
        bool flag => flag ? "true" : "false",
        Enum choice => ChoiceNames.NameOf(choice),
        IStructuredOption structured => structured.Text,
        double number => Plain(number),
        ValueList<int> list => string.Join(", ", list.Select(item => item.ToString(CultureInfo.InvariantCulture))),
        ValueList<double> list => string.Join(", ", list.Select(Plain)),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        var other => other.ToString() ?? "",
    };

    internal void Set(object record, object? value) => _property.SetValue(record, value);

    /// <summary>Reads a value from text and checks its range.</summary>
    /// <param name="path">Path that a problem names.</param>
    /// <param name="text">The text as typed.</param>
    /// <param name="value">The value, when it is legal.</param>
    /// <returns>Null when the value is legal, else what is wrong with it.</returns>
    public SpecProblem? TryParse(string path, string text, out object? value)
    {
        value = null;
        var trimmed = text.Trim();
        if (trimmed.Length == 0 && Kind is not (OptionKind.Text or OptionKind.Integers or OptionKind.Numbers or OptionKind.Structured))
        {
            return IsOptional ? null : new SpecProblem(path, $"{Label} is empty.", $"Give {OptionRange.Wanted(this)}.");
        }

        switch (Kind)
        {
            case OptionKind.Structured:
                return ReadStructured(path, trimmed, out value);
            case OptionKind.Integers or OptionKind.Numbers:
                return ReadList(path, trimmed, out value);
        }

        value = Read(Kind == OptionKind.Text ? text : trimmed);
        if (value is null)
        {
            return OptionRange.NotReadable(this, path, trimmed);
        }

        if (!OptionRange.Contains(this, value))
        {
            value = null;
            return new SpecProblem(path, $"{trimmed} is outside the range.", $"Give {OptionRange.Wanted(this)}.");
        }

        return null;
    }

    private object? Read(string text) => Kind switch
    {
        OptionKind.Integer when _type == typeof(int) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var i) ? i : null,
        OptionKind.Integer => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var l) ? l : null,
        OptionKind.Number => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var d) && double.IsFinite(d) ? d : null,
        OptionKind.Flag => bool.TryParse(text, out var b) ? b : null,
        OptionKind.Choice => ChoiceNames.Parse(_type, text),
        OptionKind.Integers => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var item) ? item : null,
        OptionKind.Numbers => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var item) && double.IsFinite(item) ? item : null,
        _ => text,
    };

    /// <summary>Reads a list; the problem names every item that is wrong.</summary>
    private SpecProblem? ReadList(string path, string text, out object? value)
    {
        var items = text.Length == 0 ? [] : text.Split(',', StringSplitOptions.TrimEntries).Select(item => (Text: item, Value: Read(item))).ToArray();
        var wrong = items.Index().Where(item => item.Item.Value is null || !OptionRange.Contains(this, item.Item.Value)).Select(item => $"\"{item.Item.Text}\" (number {item.Index + 1})").ToArray();
        value = wrong.Length > 0 ? null : Kind == OptionKind.Integers ? new ValueList<int>(items.Select(item => (int)item.Value!)) : new ValueList<double>(items.Select(item => (double)item.Value!));
        return wrong.Length == 0 ? null : new SpecProblem(path, $"The list holds {string.Join(", ", wrong)}, which cannot be used.", $"Give {OptionRange.Wanted(this)}.");
    }

    /// <summary>Round-trip form, with small and large numbers as people write them: 1e-5, not 1E-05.</summary>
    private static string Plain(double number)
    {
        var text = number.ToString("R", CultureInfo.InvariantCulture);
        var exponent = text.IndexOf('E', StringComparison.Ordinal);
        return exponent < 0 ? text : string.Create(CultureInfo.InvariantCulture, $"{text[..exponent]}e{int.Parse(text.AsSpan(exponent + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)}");
    }

    private SpecProblem? ReadStructured(string path, string text, out object? value)
    {
        object?[] arguments = [path, text, null];
        value = _type.GetMethod(nameof(Read), BindingFlags.Public | BindingFlags.Static)!.Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null);
        return (SpecProblem?)arguments[2];
    }

    private static double? Limit(object? limit, double open, int openInteger) => limit switch
    {
        double d when d != open && !double.IsInfinity(d) => d,
        int i when i != openInteger => i,
        _ => null,
    };

    private static OptionKind KindOf(Type type) => type switch
    {
        _ when type == typeof(int) || type == typeof(long) => OptionKind.Integer,
        _ when type == typeof(double) => OptionKind.Number,
        _ when type == typeof(bool) => OptionKind.Flag,
        _ when type == typeof(string) => OptionKind.Text,
        _ when type == typeof(ValueList<int>) => OptionKind.Integers,
        _ when type == typeof(ValueList<double>) => OptionKind.Numbers,
        { IsEnum: true } => OptionKind.Choice,
        _ when type.IsAssignableTo(typeof(IStructuredOption)) => OptionKind.Structured,
        _ => throw new NotSupportedException($"An option of type {type.Name} has no text form. Use int, long, double, bool, string or an enum."),
    };
}
