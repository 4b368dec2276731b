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
            foreach (var (index, item) in SettingList.Read(text, "Block").Index())
            {
                if (Choice($"Block {index + 1}", item, wrong) is { } block)
                {
                    blocks.Add(block);
                }
            }

            problem = wrong.Count > 0 ? Wrong(string.Join(" ", wrong)) : blocks.Count == 0 ? Wrong("The list of blocks is empty.") : null;
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

    private static string Format(BlockChoice block) => new SettingItem(block.Architecture.Id, [.. Changes(block)]).ToString();

    /// <summary>One block; what is wrong with it is added to the list.</summary>
    private static BlockChoice? Choice(string place, SettingItem item, List<string> wrong)
    {
        var id = item.Id;
        if (ModelZoo.Find(id) is not { } architecture)
        {
            wrong.Add($"{place}: \"{id}\" is not known{Nearest(id, ModelZoo.All.Select(known => known.Id))}");
            return null;
        }

        var schema = OptionSchema.For(architecture.Defaults.GetType());
        var options = architecture.Defaults;
        foreach (var (name, text) in item.Settings)
        {
            if (schema.Find(name) is not { } field)
            {
                wrong.Add($"{place}: {id} has no option \"{name}\"{Nearest(name, schema.Fields.Select(known => known.Name))}");
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
}
