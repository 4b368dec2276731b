using System.Text;
using System.Text.Json;

namespace Crossbench.Datasets.Corpora;

/// <summary>A record that cannot be used, with the reason as a clause: <c>has no field "text"</c>.</summary>
internal sealed class BadRecordException(string reason) : Exception(reason)
{
    /// <summary>Option and values that would mend it, where there are such.</summary>
    public IReadOnlyList<SpecFix> Fixes { get; init; } = [];
}

/// <summary>How a document is made of a record of a JSON Lines file.</summary>
internal abstract class RecordForm
{
    /// <summary>Changes whenever other documents would come of the same records.</summary>
    public abstract string Key { get; }

    /// <summary>Writes the document of one record.</summary>
    /// <exception cref="BadRecordException">The record lacks what is needed.</exception>
    public abstract void Write(JsonElement record, IDocumentSink sink);

    /// <summary>The text of a field; a NUL in it is refused.</summary>
    /// <param name="record">The record.</param>
    /// <param name="field">Name of the field.</param>
    /// <param name="option">Path of the option that names the field.</param>
    protected static string TextOf(JsonElement record, string field, string option)
    {
        if (record.ValueKind != JsonValueKind.Object)
        {
            throw new BadRecordException($"is {Kind(record)}, not an object");
        }

        if (!record.TryGetProperty(field, out var value))
        {
            var names = record.EnumerateObject().Where(item => item.Value.ValueKind == JsonValueKind.String).Select(item => item.Name).ToArray();
            throw new BadRecordException($"has no field \"{field}\"{(names.Length == 0 ? "" : $"; its texts are {string.Join(", ", names.Select(name => $"\"{name}\""))}")}")
            {
                Fixes = [.. names.Select(name => new SpecFix(option, name))],
            };
        }

        return Checked(field, value);
    }

    /// <summary>The text of a value; a NUL or half a surrogate pair in it is refused.</summary>
    protected static string Checked(string field, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            throw new BadRecordException($"has {Kind(value)} in \"{field}\", not a text");
        }

        string text;
        try
        {
            text = value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new BadRecordException($"has half a surrogate pair in \"{field}\"");
        }

        return text.Contains('\0', StringComparison.Ordinal) ? throw new BadRecordException($"has a NUL character in \"{field}\"") : text;
    }

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "an object",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        _ => "a text",
    };
}

/// <summary>The document is one field.</summary>
/// <param name="name">Its name.</param>
internal sealed class FieldForm(string name) : RecordForm
{
    /// <summary>The name of the field.</summary>
    public string Name => name;

    public override string Key => $"field:{name}";

    public override void Write(JsonElement record, IDocumentSink sink)
    {
        sink.Text(Encoding.UTF8.GetBytes(TextOf(record, name, "dataset.field")));
        sink.EndDocument();
    }
}
