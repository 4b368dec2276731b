using System.Globalization;
using System.Text.RegularExpressions;

namespace Crossbench.Suites.Toml;

/// <summary>Numbers, truth values, dates and times.</summary>
internal static partial class TomlScalars
{
    private const int FractionDigits = 7;

    /// <summary>The value that a bare word stands for.</summary>
    /// <param name="cursor">At its beginning.</param>
    public static TomlValue Read(TomlCursor cursor)
    {
        var (at, word) = (cursor.Position, WordAhead(cursor));
        if (word.Length == 0)
        {
            throw cursor.Error($"A value is missing; {cursor.Describe()} stands in its place.", "Give a string in quotes, a number, true or false, a date, a list or a table.");
        }

        var value = Keyword(word, at) ?? Integer(word, at) ?? Float(word, at) ?? DateOrTime(word, at) ?? throw NoValue(word, at);
        cursor.Advance(word.Length);
        return value;
    }

    /// <summary>Letters, digits and signs; a date may have one space before its time.</summary>
    private static string WordAhead(TomlCursor cursor)
    {
        var length = 0;
        while (IsPart(cursor.Peek(length)) || (cursor.Peek(length) == ' ' && length == 10 && DateBeforeTime().IsMatch(cursor.Text.AsSpan(cursor.Offset))))
        {
            length++;
        }

        return cursor.Text.Substring(cursor.Offset, length);
    }

    private static bool IsPart(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '+' or '-' or '.' or ':';

    private static TomlValue? Keyword(string word, TextPosition at) => word switch
    {
        "true" => new TomlBoolean(true, at),
        "false" => new TomlBoolean(false, at),
        "inf" or "+inf" => new TomlFloat(double.PositiveInfinity, at),
        "-inf" => new TomlFloat(double.NegativeInfinity, at),
        "nan" or "+nan" or "-nan" => new TomlFloat(double.NaN, at),
        _ => null,
    };

    private static TomlInteger? Integer(string word, TextPosition at)
    {
        var digits = word.Replace("_", "", StringComparison.Ordinal);
        if (DecimalForm().IsMatch(word))
        {
            return long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? new TomlInteger(number, at) : throw TooLarge(word, at);
        }

        if (!BasedForm().IsMatch(word))
        {
            return null;
        }

        var (radix, value) = (word[1] == 'x' ? 16 : word[1] == 'o' ? 8 : 2, UInt128.Zero);
        foreach (var digit in digits.AsSpan(2))
        {
            value = (value * (uint)radix) + (uint)(char.IsAsciiDigit(digit) ? digit - '0' : (digit | ' ') - 'a' + 10);
            if (value > long.MaxValue)
            {
                throw TooLarge(word, at);
            }
        }

        return new TomlInteger((long)value, at);
    }

    private static TomlFloat? Float(string word, TextPosition at)
    {
        if (!FloatForm().IsMatch(word))
        {
            return null;
        }

        var number = double.Parse(word.Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsFinite(number) ? new TomlFloat(number, at) : throw TooLarge(word, at);
    }

    private static TomlValue? DateOrTime(string word, TextPosition at)
    {
        var match = DateTimeForm().Match(word);
        if (!match.Success)
        {
            return null;
        }

        var date = match.Groups["date"] is { Success: true } day ? Date(day.Value, word, at) : (DateOnly?)null;
        var time = match.Groups["time"] is { Success: true } clock ? Time(clock.Value, match.Groups["fraction"].Value, word, at) : (TimeOnly?)null;
        return (date, time, match.Groups["offset"]) switch
        {
            ({ } d, { } t, { Success: true } offset) => new TomlOffsetDateTime(d.ToDateTime(t), Offset(offset.Value, word, at), at),
            ({ } d, { } t, _) => new TomlLocalDateTime(d.ToDateTime(t), at),
            ({ } d, null, _) => new TomlLocalDate(d, at),
            (null, { } t, { Success: false }) => new TomlLocalTime(t, at),
            _ => null,
        };
    }

    private static DateOnly Date(string text, string word, TextPosition at) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
        ? date
        : throw new TomlError(at, $"{word}: there is no day {text}.", "Give a year from 0001, a month from 01 to 12 and a day that the month has.");

    private static TimeOnly Time(string text, string fraction, string word, TextPosition at)
    {
        if (!TimeOnly.TryParseExact(text, "HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
        {
            throw new TomlError(at, $"{word}: there is no time {text}.", "Give hours to 23, minutes and seconds to 59.");
        }

        var ticks = fraction.Length == 0 ? "0" : fraction.PadRight(FractionDigits, '0')[..FractionDigits];
        return time.Add(TimeSpan.FromTicks(long.Parse(ticks, CultureInfo.InvariantCulture)));
    }

    private static TimeSpan Offset(string text, string word, TextPosition at)
    {
        if (text is "Z" or "z")
        {
            return TimeSpan.Zero;
        }

        var (hours, minutes) = (int.Parse(text.AsSpan(1, 2), CultureInfo.InvariantCulture), int.Parse(text.AsSpan(4, 2), CultureInfo.InvariantCulture));
        return hours < 24 && minutes < 60
            ? new TimeSpan(hours, minutes, 0) * (text[0] == '-' ? -1 : 1)
            : throw new TomlError(at, $"{word}: there is no offset {text}.", "Give hours to 23 and minutes to 59, or Z.");
    }

    private static TomlError TooLarge(string word, TextPosition at) => new(at, $"{word} does not fit into 64 bits.", "Give a smaller number.");

    private static TomlError NoValue(string word, TextPosition at) => word switch
    {
        _ when word.ToLowerInvariant() is "true" or "false" => new(at, $"\"{word}\" is not a value.", $"Write {word.ToLowerInvariant()}."),
        _ when char.IsAsciiLetter(word[0]) => new(at, $"\"{word}\" is not a value.", $"Put text into quotes: \"{word}\"."),
        _ when LeadingZero().IsMatch(word) => new(at, $"The number {word} has a leading zero.", "Leave the zero out; octal numbers are written 0o17."),
        _ => new(at, $"\"{word}\" is neither a number nor a date.", "Write 3, 0.5, 1e-3, 0xff, 1_000, 2026-01-31 or 2026-01-31T07:30:00Z; a point or an underscore has digits on both sides."),
    };

    [GeneratedRegex(@"\A[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:")]
    private static partial Regex DateBeforeTime();

    [GeneratedRegex(@"\A[+-]?(0|[1-9](_?[0-9])*)\z")]
    private static partial Regex DecimalForm();

    [GeneratedRegex(@"\A0(x[0-9a-fA-F](_?[0-9a-fA-F])*|o[0-7](_?[0-7])*|b[01](_?[01])*)\z")]
    private static partial Regex BasedForm();

    [GeneratedRegex(@"\A[+-]?(0|[1-9](_?[0-9])*)(\.[0-9](_?[0-9])*([eE][+-]?[0-9](_?[0-9])*)?|[eE][+-]?[0-9](_?[0-9])*)\z")]
    private static partial Regex FloatForm();

    [GeneratedRegex(@"\A((?<date>[0-9]{4}-[0-9]{2}-[0-9]{2})|((?<date>[0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ])?(?<time>[0-9]{2}:[0-9]{2}:[0-9]{2})(\.(?<fraction>[0-9]+))?(?<offset>[Zz]|[+-][0-9]{2}:[0-9]{2})?)\z")]
    private static partial Regex DateTimeForm();

    [GeneratedRegex(@"\A[+-]?0[0-9_]")]
    private static partial Regex LeadingZero();
}
