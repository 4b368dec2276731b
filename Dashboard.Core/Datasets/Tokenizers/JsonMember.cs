using System.Text.Json;

namespace Crossbench.Datasets.Tokenizers;

/// <summary>Members of a JSON object that must be there and be of a kind.</summary>
internal static class JsonMember
{
    /// <summary>A member; null when it is missing or null.</summary>
    public static JsonElement? Optional(this JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind is not JsonValueKind.Null ? value : null;

    /// <summary>A member that must be there.</summary>
    /// <param name="owner">The object.</param>
    /// <param name="name">Name of the member.</param>
    /// <param name="where">What the object is called in a message.</param>
    /// <param name="kind">What the member must be.</param>
    public static JsonElement Required(this JsonElement owner, string name, string where, JsonValueKind kind)
    {
        var place = where.Length == 0 ? name : $"{where}.{name}";
        if (owner.ValueKind is not JsonValueKind.Object)
        {
            throw TokenizerFileFault.Damaged($"{where} is {Kind(owner)}, not an object");
        }

        return !owner.TryGetProperty(name, out var value) ? throw TokenizerFileFault.Damaged($"{place} is missing")
            : value.ValueKind != kind ? throw TokenizerFileFault.Damaged($"{place} is {Kind(value)}, not {Kind(kind)}")
            : value;
    }

    public static string Text(this JsonElement owner, string name, string where) => owner.Required(name, where, JsonValueKind.String).GetString()!;

    public static IEnumerable<JsonElement> List(this JsonElement owner, string name, string where) => owner.Required(name, where, JsonValueKind.Array).EnumerateArray();

    /// <summary>A whole number from 0 on.</summary>
    public static int Number(this JsonElement owner, string name, string where) =>
        owner.Required(name, where, JsonValueKind.Number).TryGetInt32(out var number) && number >= 0 ? number
            : throw TokenizerFileFault.Damaged($"{where}.{name} is {owner.GetProperty(name).GetRawText()}, not an id from 0 on");

    /// <summary>A flag; <paramref name="missing"/> when it is missing or null.</summary>
    public static bool Flag(this JsonElement owner, string name, string where, bool? missing)
    {
        if (missing is { } value && owner.Optional(name) is null)
        {
            return value;
        }

        return owner.TryGetProperty(name, out var flag) && flag.ValueKind is JsonValueKind.True or JsonValueKind.False ? flag.GetBoolean()
            : throw TokenizerFileFault.Damaged(flag.ValueKind is JsonValueKind.Undefined ? $"{where}.{name} is missing" : $"{where}.{name} is {Kind(flag)}, not true or false");
    }

    /// <summary>What a value is, in words.</summary>
    public static string Kind(JsonElement value) => Kind(value.ValueKind);

    private static string Kind(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };
}
