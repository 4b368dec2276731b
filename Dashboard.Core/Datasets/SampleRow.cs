namespace Crossbench.Datasets;

/// <summary>A token of a sample row as the model reads it, in words.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">What it stands for: a piece of text, or its id where the dataset has no text.</param>
/// <param name="Class">What is to be predicted at its place; absent for the first of a row, which is given and never predicted.</param>
/// <param name="IsScored">Whether that prediction counts.</param>
public sealed record SampleToken(int Id, string Text, TokenClass? Class, bool IsScored)
{
    /// <summary>What is to be predicted at its place, where that is not the token itself: the clean token where a damaged one is read.</summary>
    public string? Predicted { get; init; }
}

/// <summary>A row of the validation split, decoded.</summary>
/// <param name="Row">Its number in the evaluation set that was looked at.</param>
/// <param name="Tokens">The tokens as they are read, T + 1 or, of a row that ends with its inputs, T: the first one given, the others to be predicted; of a very long row only the first <see cref="MostTokens"/>.</param>
/// <param name="Text">These tokens as one text, without padding.</param>
public sealed record SampleRow(int Row, IReadOnlyList<SampleToken> Tokens, string Text)
{
    /// <summary>Most tokens of a row that are decoded.</summary>
    public const int MostTokens = 8192;

    /// <summary>The text as it is without damage, where the model reads a damaged copy of what it predicts.</summary>
    public string? Clean { get; init; }

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
        int[] predicted = [batch.Inputs[0], .. batch.Targets.Take(Math.Min(length, MostTokens) - 1)];
        int[] read = [.. predicted.Select((target, i) => IsRead(batch, i) ? batch.Inputs[i] : target)];
        var texts = textsOf(read);
        var predictedTexts = predicted.AsSpan().SequenceEqual(read) ? texts : textsOf(predicted);
        var tokens = new SampleToken[read.Length];
        tokens[0] = new SampleToken(read[0], texts[0], null, false);
        for (var i = 1; i < read.Length; i++)
        {
            var kind = batch.Classes?[i - 1] ?? TokenClass.Plain;
            tokens[i] = new SampleToken(read[i], texts[i], kind, batch.Counted?[i - 1] ?? true)
            {
                Predicted = predicted[i] == read[i] || kind == TokenClass.Padding ? null : predictedTexts[i],
            };
        }

        return new SampleRow(row, tokens, decode([.. tokens.Where(token => token.Class != TokenClass.Padding).Select(token => token.Id)])) { Omitted = length - read.Length };
    }

    /// <summary>Whether the model reads a token at a place; at the end of a row, and where padding follows, the last token is only to be predicted.</summary>
    private static bool IsRead(TokenBatch batch, int place) => place < batch.Inputs.Length && batch.InputClasses?[place] != TokenClass.Padding;
}
