using System.Globalization;
using System.Text.Json;

namespace Crossbench.Suites.TransBench;

/// <summary>
/// Reads one TransBench configuration: a table <c>[[bench]]</c> of a suite, or the <c>config</c> object of a report. Keys and values are texts, as everywhere
/// before a specification: numbers in their plain form, <c>true</c> and <c>false</c>, lists with commas between items; a key that is null is left out.
/// </summary>
public static class TransBenchConfig
{
    /// <summary>Maps a configuration to our settings.</summary>
    /// <param name="given">TransBench's keys (or their aliases) and values.</param>
    /// <param name="context">What surrounds it; that of a suite when absent.</param>
    public static TransBenchReading Read(IReadOnlyDictionary<string, string> given, TransBenchContext? context = null) =>
        new TransBenchMapper(given, context ?? new TransBenchContext()).Map();

    /// <summary>Keys and texts of a JSON object, such as a report's <c>config</c>: nulls left out, lists joined by commas.</summary>
    public static IReadOnlyDictionary<string, string> TextsOf(JsonElement config) => config.EnumerateObject()
        .Where(property => property.Value.ValueKind != JsonValueKind.Null)
        .ToDictionary(property => property.Name, property => TextOf(property.Value));

    /// <summary>A real number as text: whole ones without a point, so that 30.0 may stand where 30 is meant, as in TransBench.</summary>
    internal static string TextOf(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private static string TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => string.Join(',', value.EnumerateArray().Select(TextOf)),
        JsonValueKind.Number when value.TryGetInt64(out var whole) => whole.ToString(CultureInfo.InvariantCulture),
        JsonValueKind.Number => TextOf(value.GetDouble()),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => value.ToString(),
    };
}
