using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Crossbench.Options;

/// <summary>Several words of few, each at most once, as the value of an option: <c>sort, reverse</c>; as JSON a list of words.</summary>
/// <typeparam name="T">An enum.</typeparam>
[CollectionBuilder(typeof(ChoiceList), nameof(ChoiceList.Of))]
public sealed class ChoiceList<T> : IStructuredOption<ChoiceList<T>>, IEquatable<ChoiceList<T>>, IEnumerable<T>
    where T : struct, Enum
{
    internal ChoiceList(IReadOnlyList<T> items) => Items = items;

    /// <summary>The choices, in the order given.</summary>
    public IReadOnlyList<T> Items { get; }

    /// <inheritdoc/>
    public string Text => string.Join(", ", Items.Select(item => ChoiceNames.NameOf(item)));

    /// <inheritdoc/>
    [SuppressMessage("Design", "CA1000:Do not declare static members on generic types", Justification = "The interface of structured options asks for it.")]
    public static ChoiceList<T>? Read(string path, string text, out SpecProblem? problem)
    {
        var known = ChoiceNames.Of(typeof(T));
        var words = text.Trim('[', ']').Split(',').Select(word => word.Trim(' ', '"')).ToArray();
        var wrong = words.Where(word => !known.Contains(word)).Distinct().Select(word => word.Length == 0 ? "an empty item" : $"\"{word}\"{Nearest(word, known)}").ToArray();
        var twice = words.Where(known.Contains).GroupBy(word => word).Where(group => group.Count() > 1).Select(group => $"\"{group.Key}\" {group.Count()} times").ToArray();
        var remedy = $"Give some of {string.Join(", ", known)}, with commas between them.";
        problem = text.Trim('[', ']', ' ').Length == 0 ? new SpecProblem(path, "The list is empty.", remedy)
            : wrong.Length > 0 ? new SpecProblem(path, $"The list holds {string.Join(", ", wrong)}, which cannot be used.", remedy)
            : twice.Length > 0 ? new SpecProblem(path, $"The list holds {string.Join(", ", twice)}.", "Give each once.")
            : null;
        return problem is null ? new ChoiceList<T>([.. words.Select(word => (T)ChoiceNames.Parse(typeof(T), word)!)]) : null;
    }

    /// <inheritdoc/>
    public JsonNode ToJson() => new JsonArray([.. Items.Select(item => (JsonNode)ChoiceNames.NameOf(item))]);

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => Items.GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(ChoiceList<T>? other) => other is not null && Items.SequenceEqual(other.Items);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ChoiceList<T>);

    /// <inheritdoc/>
    public override int GetHashCode() => Items.Aggregate(Items.Count, (hash, item) => HashCode.Combine(hash, item));

    private static string Nearest(string word, IReadOnlyList<string> known) => NearestWord.To(word, known) is { } near ? $" (did you mean {near}?)" : "";
}

/// <summary>Makes <see cref="ChoiceList{T}"/>s.</summary>
public static class ChoiceList
{
    /// <summary>A list of these choices.</summary>
    public static ChoiceList<T> Of<T>(ReadOnlySpan<T> items)
        where T : struct, Enum => new(items.ToArray());
}
