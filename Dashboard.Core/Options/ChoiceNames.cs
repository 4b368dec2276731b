using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Crossbench.Options;

/// <summary>The words that stand for the members of an enum: <see cref="JsonStringEnumMemberNameAttribute"/>, else the name in camelCase.</summary>
internal static class ChoiceNames
{
    public static IReadOnlyList<string> Of(Type type) => [.. Enum.GetNames(type).Select(name => WordOf(type, name))];

    public static string NameOf(Enum value) => WordOf(value.GetType(), value.ToString());

    public static object? Parse(Type type, string word)
    {
        var name = Enum.GetNames(type).FirstOrDefault(name => WordOf(type, name) == word);
        return name is null ? null : Enum.Parse(type, name);
    }

    private static string WordOf(Type type, string name) =>
        type.GetField(name)?.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? JsonNamingPolicy.CamelCase.ConvertName(name);
}
