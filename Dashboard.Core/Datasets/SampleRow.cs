namespace Crossbench.Datasets;

/// <summary>A token of a sample row, in words.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">What it stands for: a piece of text, or its id where the dataset has no text.</param>
/// <param name="Class">What it is; absent for the first of a row, which is given and never predicted.</param>
/// <param name="IsScored">Whether its prediction counts.</param>
public sealed record SampleToken(int Id, string Text, TokenClass? Class, bool IsScored)
{
    /// <summary>What the model is given in its place to predict the next token from, where that is not the token itself.</summary>
    public string? GivenAs { get; init; }
}

/// <summary>A row of the validation split, decoded.</summary>
/// <param name="Row">Its number in the evaluation set that was looked at.</param>
/// <param name="Tokens">The tokens, T + 1 or, of a row that ends with its inputs, T: the first one given, then those to be predicted; of a very long row only the first <see cref="MostTokens"/>.</param>
/// <param name="Text">These tokens as one text, without padding.</param>
public sealed record SampleRow(int Row, IReadOnlyList<SampleToken> Tokens, string Text)
{
    /// <summary>Most tokens of a row that are decoded.</summary>
    public const int MostTokens = 8192;

    /// <summary>Tokens at the end of a very long row that are left out.</summary>
    public int Omitted { get; init; }

    /// <summary>Tokens here that are no padding.</summary>
    public int Length { get; } = Tokens.Count(token => token.Class != TokenClass.Padding);

    /// <summary>Tokens here whose prediction counts.</summary>
    public int Scored { get; } = Tokens.Count(token => token.IsScored);

    /// <summary>Decodes one row.</summary>
    /// <param name="row">Its number.</param>
    /// <param name="batch">A batch of this row alone.</param>
    /// <param name="textsOf">What tokens stand for, one by one.</param>
    /// <param name="decode">The text that tokens stand for together.</param>
    /// <param name="endsWithInputs">Whether the last target stands for nothing.</param>
    internal static SampleRow Of(int row, TokenBatch batch, Func<int[], IReadOnlyList<string>> textsOf, Func<int[], string> decode, bool endsWithInputs)
    {
        var length = batch.Targets.Length + (endsWithInputs ? 0 : 1);
        int[] ids = [batch.Inputs[0], .. batch.Targets.Take(Math.Min(length, MostTokens) - 1)];
        int[] given = [.. batch.Inputs.Append(batch.Targets[^1]).Take(ids.Length)];
        var texts = textsOf(ids);
        var givenTexts = given.AsSpan().SequenceEqual(ids) ? texts : textsOf(given);
        var tokens = new SampleToken[ids.Length];
        tokens[0] = new SampleToken(ids[0], texts[0], null, false);
        for (var i = 1; i < ids.Length; i++)
        {
            var kind = batch.Classes?[i - 1] ?? TokenClass.Plain;
            tokens[i] = new SampleToken(ids[i], texts[i], kind, batch.Counted?[i - 1] ?? true)
            {
                GivenAs = given[i] == ids[i] || kind == TokenClass.Padding ? null : givenTexts[i],
            };
        }

        return new SampleRow(row, tokens, decode([.. tokens.Where(token => token.Class != TokenClass.Padding).Select(token => token.Id)])) { Omitted = length - ids.Length };
    }
}
