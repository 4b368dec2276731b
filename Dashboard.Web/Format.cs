using System.Globalization;
using Crossbench.Datasets;
using Crossbench.Runs;

namespace Crossbench.Web;

/// <summary>Numbers as every page shows them. Unknown is an en dash; a unit follows a non-breaking space; minus is U+2212.</summary>
internal static class Format
{
    /// <summary>What stands for a value that is not known.</summary>
    public const string Unknown = "–";

    private const char NoBreak = '\u00a0';
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>A loss alone: four decimals.</summary>
    public static string Loss(double? loss) => Fixed(loss, 4);

    /// <summary>A loss beside an interval, or a reference line: three decimals.</summary>
    public static string ShortLoss(double? loss) => Fixed(loss, 3);

    /// <summary>A difference of losses, with its sign.</summary>
    public static string Signed(double difference) => (difference > 0 ? "+" : "") + ShortLoss(difference);

    /// <summary>Half the width of an interval: ±0.030.</summary>
    public static string HalfWidth(double low, double high) => "±" + Fixed((high - low) / 2, 3);

    /// <summary>A difference of losses, always with its sign: +0.069; one that rounds to nothing has none.</summary>
    public static string Difference(double? value) => Fixed(value, 3) is var text && value > 0 && text != "0.000" ? $"+{text}" : text == "−0.000" ? "0.000" : text;

    /// <summary>A whole number with commas.</summary>
    public static string Count(long? count) => count?.ToString("N0", Culture) is { } text ? Minus(text) : Unknown;

    /// <summary>A quantity in three digits with k, M, G or T: 5.75 M.</summary>
    public static string Short(double? value)
    {
        if (value is not { } number || !double.IsFinite(number))
        {
            return Unknown;
        }

        string[] units = ["", "k", "M", "G", "T", "P"];
        var (digits, unit) = Scale(number, 1000, units.Length);
        return unit == 0 ? Minus(number.ToString("0.##", Culture)) : $"{Minus(digits)}{NoBreak}{units[unit]}";
    }

    /// <summary>A share of one: 64 %.</summary>
    public static string Percent(double? share, int decimals = 0) => share is { } value && double.IsFinite(value) ? $"{Fixed(100 * value, decimals)}{NoBreak}%" : Unknown;

    /// <summary>A number as a person would type it: 3e-4, 0.1, 10,000.</summary>
    public static string Typed(double? value) => value switch
    {
        null => Unknown,
        { } number when !double.IsFinite(number) => Unknown,
        { } number when number != 0 && (Math.Abs(number) < 1e-3 || Math.Abs(number) >= 1e6) => Exponent(number),
        { } number => Minus(number.ToString("#,0.######", Culture)),
    };

    /// <summary>A measured number in three significant digits, small ones in powers of ten.</summary>
    public static string Measured(double? value) => value switch
    {
        null => Unknown,
        { } number when !double.IsFinite(number) => NotFinite(number),
        0 => "0",
        { } number when Math.Abs(number) >= 1000 => Count((long)Math.Round(number)),
        { } number when Math.Abs(number) < 1e-3 => Exponent(double.Parse(number.ToString("E2", Culture), Culture)),
        { } number => Minus(Math.Round(number, Math.Clamp(2 - (int)Math.Floor(Math.Log10(Math.Abs(number))), 0, 15)).ToString("0.######", Culture)),
    };

    /// <summary>A span of time in its two largest units: 5 min 42 s.</summary>
    public static string Duration(double? seconds)
    {
        if (seconds is not { } value || !double.IsFinite(value))
        {
            return Unknown;
        }

        var whole = (long)Math.Round(value);
        return whole switch
        {
            < 0 => Unknown,
            < 60 => $"{whole}{NoBreak}s",
            < 3600 => Two(whole / 60, "min", whole % 60, "s"),
            < 86400 => Two(whole / 3600, "h", whole % 3600 / 60, "min"),
            _ => Two(whole / 86400, "d", whole % 86400 / 3600, "h"),
        };
    }

    /// <summary>How long ago, in one unit: 10 min.</summary>
    public static string Age(TimeSpan age) => age.TotalSeconds switch
    {
        < 60 => $"{Math.Max(0, (int)age.TotalSeconds)}{NoBreak}s",
        < 3600 => $"{(int)age.TotalMinutes}{NoBreak}min",
        < 86400 => $"{(int)age.TotalHours}{NoBreak}h",
        _ => $"{(int)age.TotalDays}{NoBreak}d",
    };

    /// <summary>A size in binary units, three digits: 412 MiB.</summary>
    public static string Bytes(long? bytes)
    {
        if (bytes is not { } value)
        {
            return Unknown;
        }

        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        var (digits, unit) = Scale(value, 1024, units.Length);
        return $"{digits}{NoBreak}{units[unit]}";
    }

    /// <summary>The word for a status.</summary>
    public static string Status(RunStatus status) => status == RunStatus.Completed ? "Done" : status.ToString();

    /// <summary>The word for a class of tokens.</summary>
    public static string Word(TokenClass kind) => kind.ToString().ToLowerInvariant();

    /// <summary>A number of things: 1 run, 2 runs.</summary>
    public static string Plural(long count, string one) => count == 1 ? $"1 {one}" : $"{Count(count)} {one}s";

    private static string Fixed(double? value, int decimals) => value switch
    {
        null => Unknown,
        { } number when !double.IsFinite(number) => NotFinite(number),
        { } number => Minus(number.ToString("F" + decimals, Culture)),
    };

    private static string NotFinite(double number) => double.IsNaN(number) ? "not a number" : number > 0 ? "∞" : "−∞";

    private static string Exponent(double number)
    {
        var text = number.ToString("0.######e0", Culture);
        return Minus(text);
    }

    private static string Two(long large, string largeUnit, long small, string smallUnit) =>
        small == 0 ? $"{large}{NoBreak}{largeUnit}" : $"{large}{NoBreak}{largeUnit} {small}{NoBreak}{smallUnit}";

    private static (string Digits, int Unit) Scale(double value, double step, int units)
    {
        var unit = 0;
        while (Math.Abs(value) >= step - 0.5 && unit < units - 1)
        {
            value /= step;
            unit++;
        }

        var decimals = unit == 0 || Math.Abs(value) >= 99.95 ? 0 : Math.Abs(value) >= 9.995 ? 1 : 2;
        return (value.ToString("F" + decimals, Culture), unit);
    }

    private static string Minus(string text) => text.Replace('-', '−').Replace("e−", "e-", StringComparison.Ordinal);
}
