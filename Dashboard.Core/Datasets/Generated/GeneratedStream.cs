namespace Crossbench.Datasets.Generated;

/// <summary>
/// Sequences from a generator. A sequence is T tokens, hence T − 1 predictions: the last target of a row lies beyond it and is not counted. Training rows are
/// drawn from the sequence given. Each held-out row has a stream of its own, named after dataset and split and stepped by its number, so that it does not depend
/// on how the set is cut into batches and no training row is drawn from the same numbers.
/// </summary>
/// <param name="id">Id of the dataset.</param>
/// <param name="facts">Its chance and floor.</param>
/// <param name="contextLength">Tokens in a sequence, T.</param>
/// <param name="words">What tokens are called; their ids when absent.</param>
internal abstract class GeneratedStream(string id, DatasetFacts facts, int contextLength, TokenWords? words) : TokenStream
{
    /// <summary>Tokens in a sequence, T.</summary>
    protected int Length { get; } = contextLength;

    public sealed override double Chance { get; } = facts.Chance!.Value;

    public sealed override double? Floor { get; } = facts.Floor;

    /// <summary>Where each id means something, that meaning: data whose ids stand for other words cannot be evaluated on.</summary>
    public sealed override string? TokenizerKey { get; } = words?.Key;

    public sealed override IReadOnlyList<string> Notes { get; } = facts.Note is { } note ? [note] : [];

    public sealed override bool EndsWithInputs => true;

    public sealed override TokenBatch TrainingBatch(int batchSize, RandomSequence random)
    {
        var batch = Empty(batchSize);
        var shared = Shared(ref random);
        for (var row = 0; row < batchSize; row++)
        {
            Fill(batch, row, shared, ref random);
        }

        return batch;
    }

    public sealed override TokenBatch EvaluationBatch(HeldOut split, int first, int count, int of)
    {
        var batch = Empty(count);
        for (var row = 0; row < count; row++)
        {
            var random = new RandomStreams(0).Stream($"{id}/{split}", first + row);
            Fill(batch, row, Shared(ref random), ref random);
        }

        return batch;
    }

    public sealed override string Decode(ReadOnlySpan<int> tokens) => words?.Text(tokens) ?? base.Decode(tokens);

    /// <summary>First id of an alphabet of the words.</summary>
    protected int FirstOf(int alphabet) => words!.Start(alphabet);

    /// <summary>What is drawn once for all rows of a training batch, and anew for each held-out row.</summary>
    protected virtual int[] Shared(ref RandomSequence random) => [];

    /// <summary>Writes a sequence.</summary>
    /// <param name="row">Where to write it.</param>
    /// <param name="shared">What <see cref="Shared"/> drew.</param>
    /// <param name="random">The draws of the row.</param>
    protected abstract void Fill(ref GeneratedRow row, int[] shared, ref RandomSequence random);

    /// <summary>Whether targets of a class are scored.</summary>
    protected virtual bool Counts(TokenClass item) => item == TokenClass.Answer;

    private TokenBatch Empty(int rows)
    {
        var size = rows * Length;
        return new TokenBatch(new int[size], new int[size], rows, Length) { Counted = new bool[size], Classes = new TokenClass[size] };
    }

    private void Fill(TokenBatch batch, int number, int[] shared, ref RandomSequence random)
    {
        var start = number * Length;
        var tokens = batch.Inputs.AsSpan(start, Length);
        var classes = batch.Classes.AsSpan(start, Length);
        var row = new GeneratedRow(tokens, classes);
        Fill(ref row, shared, ref random);

        // Targets and their classes are those of the next place; the last target stays 0.
        tokens[1..].CopyTo(batch.Targets.AsSpan(start));
        classes[1..].CopyTo(classes);
        classes[^1] = TokenClass.Padding;
        for (var i = 0; i < Length; i++)
        {
            batch.Counted![start + i] = classes[i] != TokenClass.Padding && Counts(classes[i]);
        }
    }
}
