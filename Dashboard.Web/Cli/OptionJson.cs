using System.Text.Json.Nodes;
using Crossbench.Options;

namespace Crossbench.Web.Cli;

/// <summary>Options as the JSON of commands tells them.</summary>
internal static class OptionJson
{
    /// <summary>The options of a record, with its values as their defaults.</summary>
    public static JsonArray Of(object defaults) => new([.. OptionSchema.For(defaults.GetType()).Fields.Select(field => Describe(field, defaults))]);

    private static JsonObject Describe(OptionField field, object defaults) => new()
    {
        ["name"] = field.Name,
        ["type"] = char.ToLowerInvariant(field.Kind.ToString()[0]) + field.Kind.ToString()[1..],
        ["default"] = field.Get(defaults) switch
        {
            null => null,
            bool flag => flag,
            int number => number,
            long number => number,
            double number => number,
            IStructuredOption structured => structured.ToJson(),
            ValueList<int> list => new JsonArray([.. list.Select(item => (JsonNode)item)]),
            ValueList<double> list => new JsonArray([.. list.Select(item => (JsonNode)item)]),
            _ => field.Format(defaults),
        },
        ["minimum"] = field.Minimum,
        ["maximum"] = field.Maximum,
        ["minimumExclusive"] = field.MinimumIsExclusive,
        ["maximumExclusive"] = field.MaximumIsExclusive,
        ["choices"] = field.Choices.Count == 0 ? null : new JsonArray([.. field.Choices.Select(choice => (JsonNode)choice)]),
        ["help"] = field.Help,
    };
}
