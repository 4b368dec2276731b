using System.Text;
using System.Text.Json;

namespace Crossbench.Options;

/// <summary>A named thing with settings, as people write it: <c>mig(keepRatio=0.5; gateDim=32)</c>.</summary>
/// <param name="Id">Its name; empty when there are only parentheses.</param>
/// <param name="Settings">Names and texts of its settings.</param>
internal sealed record SettingItem(string Id, IReadOnlyList<(string Name, string Text)> Settings)
{
    /// <summary>The text that is read back to this item.</summary>
    public override string ToString()
    {
        var settings = string.Join("; ", Settings.Select(setting => $"{setting.Name}={setting.Text}"));
        return settings.Length == 0 ? Id : $"{Id}({settings})";
    }
}

/// <summary>
/// Lists of things with settings. As text, items with commas between them and settings in parentheses with semicolons between them; as JSON, a list of names or
/// of objects with <c>id</c> and <c>options</c>.
/// </summary>
internal static class SettingList
{
    /// <summary>Reads a list.</summary>
    /// <param name="text">Text or JSON.</param>
    /// <param name="what">What an item is, for messages: "Block".</param>
    /// <param name="more">Further properties that an object of the JSON form may have; they count as settings.</param>
    /// <exception cref="FormatException">It cannot be read; the message says why.</exception>
    public static IReadOnlyList<SettingItem> Read(string text, string what, params string[] more)
    {
        if (text.Length == 0 || text[0] is not ('[' or '{'))
        {
            return [.. Split(text, ',').Select(part => Item(part.Trim()))];
        }

        try
        {
            using var document = JsonDocument.Parse(text[0] == '{' ? $"[{text}]" : text);
            return [.. document.RootElement.EnumerateArray().Select((item, i) => Item(item, $"{what} {i + 1}", more))];
        }
        catch (JsonException error)
        {
            throw new FormatException($"The list is not JSON (column {error.BytePositionInLine + 1}).");
        }
    }

    private static SettingItem Item(string text)
    {
        var open = text.IndexOf('(', StringComparison.Ordinal);
        if (open < 0)
        {
            return new SettingItem(text, []);
        }

        return text[^1] == ')'
            ? new SettingItem(text[..open].Trim(), [.. Split(text[(open + 1)..^1], ';').Where(part => part.Trim().Length > 0).Select(Setting)])
            : throw new FormatException($"\"{text}\" has an open parenthesis.");
    }

    private static (string Name, string Text) Setting(string part)
    {
        var equals = part.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 ? (part[..equals].Trim(), part[(equals + 1)..].Trim()) : throw new FormatException($"\"{part.Trim()}\" has no value.");
    }

    private static SettingItem Item(JsonElement item, string place, string[] more)
    {
        if (item.ValueKind == JsonValueKind.String)
        {
            return new SettingItem(item.GetString()!, []);
        }

        if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty("id", out var id) || id.ValueKind != JsonValueKind.String)
        {
            throw new FormatException($"{place} has no id.");
        }

        if (item.EnumerateObject().FirstOrDefault(property => property.Name is not ("id" or "options") && !more.Contains(property.Name)) is { Value.ValueKind: not JsonValueKind.Undefined } other)
        {
            throw new FormatException($"{place} has \"{other.Name}\", but takes {string.Join(", ", ["id", .. more])} and options only.");
        }

        var options = item.TryGetProperty("options", out var given) && given.ValueKind == JsonValueKind.Object ? given.EnumerateObject().ToArray() : [];
        return new SettingItem(id.GetString()!, [.. item.EnumerateObject().Where(property => more.Contains(property.Name)).Concat(options).Select(property => (property.Name, Plain(property.Value)))]);
    }

    private static string Plain(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => string.Join(',', value.EnumerateArray().Select(item => item.ToString())),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Null => "",
        _ => value.ToString(),
    };

    /// <summary>Splits at a separator outside parentheses.</summary>
    private static List<string> Split(string text, char separator)
    {
        var (parts, part, depth) = (new List<string>(), new StringBuilder(), 0);
        foreach (var c in text)
        {
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (c == separator && depth == 0)
            {
                parts.Add(part.ToString());
                part.Clear();
            }
            else
            {
                part.Append(c);
            }
        }

        if (parts.Count > 0 || part.ToString().Trim().Length > 0)
        {
            parts.Add(part.ToString());
        }

        return parts;
    }
}
