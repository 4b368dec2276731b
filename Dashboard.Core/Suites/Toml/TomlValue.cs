namespace Crossbench.Suites.Toml;

/// <summary>A value of a TOML file, with its place.</summary>
/// <param name="At">Where it begins.</param>
public abstract record TomlValue(TextPosition At)
{
    /// <summary>What it is, for messages: "a string", "a table".</summary>
    public abstract string Kind { get; }
}

/// <summary>Text.</summary>
/// <param name="Text">The text, escapes resolved; lines end with \n.</param>
/// <param name="At">Where it begins.</param>
public sealed record TomlString(string Text, TextPosition At) : TomlValue(At)
{
    /// <inheritdoc/>
    public override string Kind => "a string";
}

/// <summary>A whole number.</summary>
/// <param name="Number">The number.</param>
/// <param name="At">Where it begins.</param>
public sealed record TomlInteger(long Number, TextPosition At) : TomlValue(At)
{
    /// <inheritdoc/>
    public override string Kind => "a whole number";
}

/// <summary>A real number.</summary>
/// <param name="Number">The number; may be infinite or not a number.</param>
/// <param name="At">Where it begins.</param>
public sealed record TomlFloat(double Number, TextPosition At) : TomlValue(At)
{
    /// <inheritdoc/>
    public override string Kind => "a number";
}

/// <summary>true or false.</summary>
/// <param name="IsTrue">Which.</param>
/// <param name="At">Where it begins.</param>
public sealed record TomlBoolean(bool IsTrue, TextPosition At) : TomlValue(At)
{
    /// <inheritdoc/>
    public override string Kind => "true or false";
}

/// <summary>A date and time with an offset from UTC.</summary>
/// <param name="Local">Date and time as written; fractions are cut to 100 ns.</param>
/// <param name="Offset">Offset from UTC, up to 23:59 either way.</param>
/// <param name="At">Where it begins.</param>
public sealed record TomlOffsetDateTime(DateTime Local, TimeSpan Offset, TextPosition At) : TomlValue(At)
{
    /// <inheritdoc/>
    public override string Kind => "a date and time";
}

/// <summary>A date and time without an offset.</summary>
/// <param name="Local">Date and time; fractions are cut to 100 ns.</param>
/// <param name="At">Where it begins.</param>
public sealed record TomlLocalDateTime(DateTime Local, TextPosition At) : TomlValue(At)
{
    /// <inheritdoc/>
    public override string Kind => "a date and time";
}

/// <summary>A date.</summary>
/// <param name="Date">The date.</param>
/// <param name="At">Where it begins.</param>
public sealed record TomlLocalDate(DateOnly Date, TextPosition At) : TomlValue(At)
{
    /// <inheritdoc/>
    public override string Kind => "a date";
}

/// <summary>A time of day.</summary>
/// <param name="Time">The time; fractions are cut to 100 ns.</param>
/// <param name="At">Where it begins.</param>
public sealed record TomlLocalTime(TimeOnly Time, TextPosition At) : TomlValue(At)
{
    /// <inheritdoc/>
    public override string Kind => "a time";
}

/// <summary>A list of values, of any kinds.</summary>
/// <param name="Items">The values.</param>
/// <param name="At">Where it begins; of an array of tables, its first header.</param>
public sealed record TomlArray(IReadOnlyList<TomlValue> Items, TextPosition At) : TomlValue(At)
{
    /// <inheritdoc/>
    public override string Kind => "a list";
}
