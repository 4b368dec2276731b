using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Crossbench.Reports;

/// <summary>Numbers in JSON, which has none that are not finite: null stands for those.</summary>
internal static class JsonNumbers
{
    /// <summary>A member that is a number or null.</summary>
    public static void Number(this Utf8JsonWriter writer, string name, double? value)
    {
        writer.WritePropertyName(name);
        writer.Number(value);
    }

    /// <summary>A number or null.</summary>
    public static void Number(this Utf8JsonWriter writer, double? value)
    {
        if (value is { } known && double.IsFinite(known))
        {
            writer.WriteNumberValue(known);
        }
        else
        {
            writer.WriteNullValue();
        }
    }

    /// <summary>A member that is a list of numbers, one a line when indented; null when there is no list.</summary>
    public static void Numbers(this Utf8JsonWriter writer, string name, IEnumerable<double>? values)
    {
        writer.WritePropertyName(name);
        if (values is null)
        {
            writer.WriteNullValue();
            return;
        }

        writer.WriteStartArray();
        foreach (var value in values)
        {
            writer.Number(value);
        }

        writer.WriteEndArray();
    }

    /// <summary>A member that is a list of numbers, all on one line.</summary>
    public static void Line(this Utf8JsonWriter writer, string name, IEnumerable<double> values)
    {
        var text = new StringBuilder("[");
        foreach (var value in values)
        {
            text.Append(text.Length > 1 ? "," : "").Append(double.IsFinite(value) ? value.ToString("R", CultureInfo.InvariantCulture) : "null");
        }

        writer.WritePropertyName(name);
        writer.WriteRawValue(text.Append(']').ToString());
    }

    /// <summary>A member that is a text or null.</summary>
    public static void Text(this Utf8JsonWriter writer, string name, string? value)
    {
        if (value is null)
        {
            writer.WriteNull(name);
        }
        else
        {
            writer.WriteString(name, value);
        }
    }

    /// <summary>A member that is a list of texts.</summary>
    public static void Texts(this Utf8JsonWriter writer, string name, IEnumerable<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }
}
