using System.Globalization;
using System.Text;
using Crossbench.Suites.Toml;

namespace Crossbench.Tests.Suites;

/// <summary>Values of TOML files in a short notation of these tests: <c>{a: 1, b: ["x", 2.0], c: {}}</c>; text as C# writes it, real numbers with a point.</summary>
internal static class TomlText
{
    public static string Of(TomlValue value) => value switch
    {
        TomlString text => Quote(text.Text),
        TomlInteger number => number.Number.ToString(CultureInfo.InvariantCulture),
        TomlFloat number => Number(number.Number),
        TomlBoolean flag => flag.IsTrue ? "true" : "false",
        TomlOffsetDateTime time => time.Local.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture) + (time.Offset < TimeSpan.Zero ? "-" : "+") + time.Offset.ToString("hh\\:mm", CultureInfo.InvariantCulture),
        TomlLocalDateTime time => time.Local.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture),
        TomlLocalDate date => date.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        TomlLocalTime time => time.Time.ToString("HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture),
        TomlArray array => $"[{string.Join(", ", array.Items.Select(Of))}]",
        TomlTable table => $"{{{string.Join(", ", table.Entries.Select(entry => $"{Key(entry.Key)}: {Of(entry.Value)}"))}}}",
        _ => throw new ArgumentException(value.GetType().Name, nameof(value)),
    };

    private static string Key(string key) => key.Length > 0 && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') ? key : Quote(key);

    private static string Number(double number)
    {
        var text = number.ToString("R", CultureInfo.InvariantCulture);
        return double.IsFinite(number) && !text.Contains('.', StringComparison.Ordinal) && !text.Contains('E', StringComparison.Ordinal) ? text + ".0" : text;
    }

    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            quoted.Append(c switch { '"' => "\\\"", '\\' => "\\\\", '\n' => "\\n", '\r' => "\\r", '\t' => "\\t", < ' ' or '\u007f' => $"\\u{(int)c:x4}", _ => $"{c}" });
        }

        return quoted.Append('"').ToString();
    }
}
