namespace Crossbench.Datasets;

/// <summary>What ids stand for, as far as it is known before the data are opened.</summary>
/// <param name="Kind">Whether they are ids and nothing else, words of a generator, or a text.</param>
/// <param name="Name">Which words, which tokenizer; absent where only opening tells.</param>
public sealed record TokenMeaning(string Kind, string? Name)
{
    /// <summary>Ids that stand for nothing but themselves.</summary>
    public static TokenMeaning Ids { get; } = new("ids", "");

    /// <summary>The words of a generator.</summary>
    /// <param name="key">Tells them from other words.</param>
    public static TokenMeaning Words(string key) => new("words", key);

    /// <summary>The tokens of a text.</summary>
    /// <param name="tokenizer">The tokenizer, where its name alone tells it from others.</param>
    public static TokenMeaning Text(string? tokenizer) => new("text", tokenizer);

    /// <summary>Whether a model of these ids could make nothing of the others, whatever opening the data may show.</summary>
    public bool IsCertainlyNot(TokenMeaning other) => Kind != other.Kind || (Name is not null && other.Name is not null && Name != other.Name);
}
