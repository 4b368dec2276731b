using System.Globalization;
using System.Text.Json.Nodes;
using Crossbench.Suites.Toml;
using Crossbench.Suites.TransBench;

namespace Crossbench.Suites;

/// <summary>Tables of a suite file as settings, nested as in the JSON form of a specification.</summary>
/// <param name="file">The file.</param>
/// <param name="problems">Gets the problems.</param>
internal sealed class TomlSettings(string file, List<SuiteProblem> problems)
{
    /// <summary>Sections whose id may be given in place of the table: <c>dataset = "text"</c>.</summary>
    private static readonly string[] Named = ["architecture", "dataset"];

    /// <summary>The settings of a table; a path that occurs twice is a problem.</summary>
    public IReadOnlyList<SuiteSetting> Of(IEnumerable<TomlEntry> entries)
    {
        var settings = new List<SuiteSetting>();
        foreach (var leaf in Leaves("", entries))
        {
            if (settings.Find(known => known.Path == leaf.Path) is { } first)
            {
                Refuse(leaf.Entry.At, $"{leaf.Path} is set already, in line {first.At.Line}.", "Remove one of the two.");
            }
            else if (TextOf(leaf.Entry.Value) is { } text)
            {
                settings.Add(new SuiteSetting(leaf.Path, text, file, leaf.Entry.At));
            }
        }

        return settings;
    }

    /// <summary>Paths with lists of values, one axis each.</summary>
    public IReadOnlyList<IReadOnlyList<SuiteSetting>> Axes(TomlTable table)
    {
        var axes = new List<IReadOnlyList<SuiteSetting>>();
        foreach (var (path, entry) in Leaves("", table.Entries))
        {
            if (entry.Value is not TomlArray { Items.Count: > 0 } list)
            {
                Refuse(entry.Value.At, $"{path} is {(entry.Value is TomlArray ? "an empty list" : entry.Value.Kind)}.", "Give a list of the values that runs take one by one.");
                continue;
            }

            axes.Add([.. list.Items.Select(item => (Text: TextOf(item), item.At)).Where(item => item.Text is not null).Select(item => new SuiteSetting(path, item.Text!, file, item.At))]);
        }

        return axes;
    }

    /// <summary>A value as text, as <c>--set</c> takes it; null with a problem for what no option holds.</summary>
    public string? TextOf(TomlValue value)
    {
        switch (value)
        {
            case TomlString text:
                return text.Text;
            case TomlInteger number:
                return number.Number.ToString(CultureInfo.InvariantCulture);
            case TomlFloat number:
                return TransBenchConfig.TextOf(number.Number);
            case TomlBoolean flag:
                return flag.IsTrue ? "true" : "false";
            case TomlArray { Items: var items } when items.Any(item => item is TomlTable or TomlArray):
                return new JsonArray([.. items.Select(Json)]).ToJsonString();
            case TomlArray list:
                var texts = list.Items.Select(TextOf).ToArray();
                return texts.Contains(null) ? null : string.Join(',', texts);
            default:
                Refuse(value.At, $"No option holds {value.Kind}.", "Give text, a number, true, false or a list.");
                return null;
        }
    }

    private static IEnumerable<(string Path, TomlEntry Entry)> Leaves(string prefix, IEnumerable<TomlEntry> entries) => entries.SelectMany(entry =>
    {
        var path = prefix + entry.Key;
        return entry.Value is TomlTable table ? Leaves(path + ".", table.Entries) : [(Named.Contains(path) ? path + ".id" : path, entry)];
    });

    private JsonNode? Json(TomlValue value) => value switch
    {
        TomlTable table => new JsonObject(table.Entries.Select(entry => new KeyValuePair<string, JsonNode?>(entry.Key, Json(entry.Value)))),
        TomlArray list => new JsonArray([.. list.Items.Select(Json)]),
        TomlInteger number => number.Number,
        TomlFloat number when double.IsFinite(number.Number) => number.Number,
        TomlBoolean flag => flag.IsTrue,
        _ => TextOf(value),
    };

    private void Refuse(TextPosition at, string reason, string remedy) => problems.Add(new SuiteProblem(file, at, new SpecProblem("", reason, remedy)));
}
