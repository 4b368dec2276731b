using System.Globalization;

namespace Crossbench.Reports;

/// <summary>Numbers as reports show them: as many digits as their interval allows, and no more.</summary>
public static class Figures
{
    /// <summary>What stands for a value that is not known.</summary>
    public const string Unknown = "–";

    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>A value and the half-width of its interval, both to the second significant digit of that: 6.687 ± 0.030.</summary>
    public static string WithInterval(double? value, double? low, double? high)
    {
        if (value is not { } known || !double.IsFinite(known))
        {
            return Loss(value);
        }

        if (low is not { } bottom || high is not { } top || !double.IsFinite(top - bottom) || top <= bottom)
        {
            return Loss(value);
        }

        var half = (top - bottom) / 2;
        var decimals = Decimals(half);
        return $"{Fixed(known, decimals)} ± {Fixed(half, decimals)}";
    }

    /// <summary>A loss without an interval: four decimals.</summary>
    public static string Loss(double? value) => Fixed(value, 4);

    /// <summary>A number with so many decimals.</summary>
    public static string Rounded(double? value, int decimals) => Fixed(value, decimals);

    /// <summary>A whole number with commas.</summary>
    public static string Count(double? value) => value is { } known && double.IsFinite(known) ? Minus(Math.Round(known).ToString("#,0", Culture)) : Unknown;

    /// <summary>A measured number in three significant digits.</summary>
    public static string Measured(double? value)
    {
        if (value is not { } known || !double.IsFinite(known))
        {
            return Unknown;
        }

        return known == 0 ? "0" : Math.Abs(known) >= 100 ? Count(known) : Math.Abs(known) < 1e-4 ? Minus(known.ToString("0.##e0", Culture))
            : Fixed(known, Math.Clamp(2 - (int)Math.Floor(Math.Log10(Math.Abs(known))), 0, 8));
    }

    /// <summary>A share of one in per cent.</summary>
    public static string Percent(double? share) => share is { } known && double.IsFinite(known) ? $"{Fixed(100 * known, 1)} %" : Unknown;

    /// <summary>A moment, to the second, UTC.</summary>
    public static string Moment(DateTimeOffset? at) => at?.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss", Culture) ?? Unknown;

    /// <summary>A number with all its digits, as machines read it.</summary>
    public static string Exact(double? value) => value?.ToString("R", Culture) ?? "";

    /// <summary>Decimals that show two significant digits of an uncertainty.</summary>
    internal static int Decimals(double half)
    {
        var decimals = Math.Clamp(1 - (int)Math.Floor(Math.Log10(half)), 0, 9);

        // 0.0996 rounds to 0.10: one decimal fewer shows the same two digits.
        return decimals > 0 && Math.Round(half, decimals) >= Math.Pow(10, 2 - decimals) ? decimals - 1 : decimals;
    }

    private static string Fixed(double? value, int decimals) => value switch
    {
        null => Unknown,
        { } number when double.IsNaN(number) => "not a number",
        { } number when !double.IsFinite(number) => number > 0 ? "∞" : "−∞",
        { } number => Minus(number.ToString("F" + decimals.ToString(Culture), Culture)),
    };

    private static string Minus(string text) => text.Replace("e-", "e\0", StringComparison.Ordinal).Replace('-', '−').Replace('\0', '-');
}
