using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossbench.Options;

namespace Crossbench.Models;

/// <summary>An architecture whose blocks are used in a model of several kinds.</summary>
/// <param name="Architecture">The architecture.</param>
/// <param name="Options">Its options.</param>
public sealed record BlockChoice(Architecture Architecture, ArchitectureOptions Options);

/// <summary>
/// The blocks of a model whose layers differ. As text: <c>mig(keepRatio=0.5; gateDim=32), sil, asr</c>; as JSON a list of <c>{ "id": …, "options": { … } }</c>.
/// Resolved when it is first looked at, because the list of architectures holds defaults of this type.
/// </summary>
public sealed class BlockList : IStructuredOption<BlockList>, IEquatable<BlockList>
{
    private readonly Lazy<IReadOnlyList<BlockChoice>> _blocks;

    private BlockList(string text, Lazy<IReadOnlyList<BlockChoice>> blocks) => (Text, _blocks) = (text, blocks);

    /// <inheritdoc/>
    public string Text { get; }

    /// <summary>The blocks, in the order of the layers.</summary>
    public IReadOnlyList<BlockChoice> Blocks => _blocks.Value;

    /// <summary>A list in text form that is known to be right.</summary>
    internal static BlockList Of(string text) => new(text, new(() => Read("", text, out var problem)?.Blocks ?? throw new ArgumentException($"{problem}", nameof(text))));

    /// <inheritdoc/>
    public static BlockList? Read(string path, string text, out SpecProblem? problem)
    {
        var blocks = new List<BlockChoice>();
        var wrong = new List<string>();
        try
        {
            var items = text.Length > 0 && text[0] is '[' or '{' ? FromJson(text) : FromText(text);
            foreach (var (index, (id, settings)) in items.Index())
            {
                if (Choice($"Block {index + 1}", id, settings, wrong) is { } block)
                {
                    blocks.Add(block);
                }
            }

            problem = wrong.Count > 0 ? Wrong(string.Join(" ", wrong)) : blocks.Count == 0 ? Wrong("There is no block.") : null;
        }
        catch (JsonException error)
        {
            problem = Wrong($"The list of blocks is not JSON (column {error.BytePositionInLine + 1}).");
        }
        catch (FormatException error)
        {
            problem = Wrong(error.Message);
        }

        return problem is null ? new BlockList(string.Join(", ", blocks.Select(Format)), new(blocks)) : null;

        SpecProblem Wrong(string reason) => new(path, reason, "Give ids with commas between them, options in parentheses with semicolons between them: mig(keepRatio=0.5; gateDim=32), sil.");
    }

    /// <inheritdoc/>
    public JsonNode ToJson() => new JsonArray([.. Blocks.Select(block =>
    {
        var options = new JsonObject();
        foreach (var (field, text) in Changes(block))
        {
            options[field] = text;
        }

        return new JsonObject { ["id"] = block.Architecture.Id, ["options"] = options };
    })]);

    /// <inheritdoc/>
    public bool Equals(BlockList? other) => other is not null && Text == other.Text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as BlockList);

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    private static IEnumerable<(string Field, string Text)> Changes(BlockChoice block) => OptionSchema.For(block.Options.GetType()).Fields
        .Select(field => (field.Name, field.Format(block.Options), field.Format(block.Architecture.Defaults)))
        .Where(item => item.Item2 != item.Item3)
        .Select(item => (item.Name, item.Item2));

    private static string Format(BlockChoice block)
    {
        var changes = Changes(block).Select(item => $"{item.Field}={item.Text}").ToArray();
        return changes.Length == 0 ? block.Architecture.Id : $"{block.Architecture.Id}({string.Join("; ", changes)})";
    }

    /// <summary>One block; what is wrong with it is added to the list.</summary>
    private static BlockChoice? Choice(string place, string id, IEnumerable<(string Name, string Text)> settings, List<string> wrong)
    {
        if (ModelZoo.Find(id) is not { } architecture)
        {
            wrong.Add($"{place}: \"{id}\" is not known{Nearest(id, ModelZoo.All.Select(item => item.Id))}");
            return null;
        }

        var schema = OptionSchema.For(architecture.Defaults.GetType());
        var options = architecture.Defaults;
        foreach (var (name, text) in settings)
        {
            if (schema.Find(name) is not { } field)
            {
                wrong.Add($"{place}: {id} has no option \"{name}\"{Nearest(name, schema.Fields.Select(item => item.Name))}");
            }
            else if (field.TryParse($"{place}, {name}", text, out var value) is { } problem)
            {
                wrong.Add($"{place}, {name}: {problem.Reason} {problem.Remedy}");
            }
            else
            {
                options = schema.With(options, field, value);
            }
        }

        return new BlockChoice(architecture, options);
    }

    private static string Nearest(string word, IEnumerable<string> known) => NearestWord.To(word, known) is { } near ? $"; did you mean {near}?" : ".";

    private static IEnumerable<(string Id, IEnumerable<(string, string)> Settings)> FromText(string text)
    {
        foreach (var item in Split(text, ',').Select(part => part.Trim()))
        {
            var open = item.IndexOf('(', StringComparison.Ordinal);
            if (open < 0)
            {
                yield return (item, []);
                continue;
            }

            if (item[^1] != ')')
            {
                throw new FormatException($"\"{item}\" has an open parenthesis.");
            }

            yield return (item[..open].Trim(), Split(item[(open + 1)..^1], ';').Where(part => part.Trim().Length > 0).Select(Setting));
        }
    }

    private static (string Name, string Text) Setting(string part)
    {
        var equals = part.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 ? (part[..equals].Trim(), part[(equals + 1)..].Trim()) : throw new FormatException($"\"{part.Trim()}\" has no value.");
    }

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

    private static List<(string Id, IEnumerable<(string, string)> Settings)> FromJson(string text)
    {
        using var document = JsonDocument.Parse(text[0] == '{' ? $"[{text}]" : text);
        var items = new List<(string, IEnumerable<(string, string)>)>();
        foreach (var item in document.RootElement.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.String)
            {
                items.Add((item.GetString()!, []));
                continue;
            }

            if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty("id", out var id) || id.ValueKind != JsonValueKind.String)
            {
                throw new FormatException($"Block {items.Count + 1} has no id.");
            }

            if (item.EnumerateObject().FirstOrDefault(property => property.Name is not ("id" or "options")) is { Value.ValueKind: not JsonValueKind.Undefined } other)
            {
                throw new FormatException($"Block {items.Count + 1} has \"{other.Name}\", but takes id and options only.");
            }

            var options = item.TryGetProperty("options", out var given) && given.ValueKind == JsonValueKind.Object
                ? given.EnumerateObject().Select(property => (property.Name, Plain(property.Value))).ToArray()
                : [];
            items.Add((id.GetString()!, options));
        }

        return items;
    }

    private static string Plain(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => string.Join(',', value.EnumerateArray().Select(item => item.ToString())),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Null => "",
        _ => value.ToString(),
    };
}
