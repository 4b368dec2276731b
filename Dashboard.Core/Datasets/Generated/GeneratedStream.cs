using System.Globalization;
using System.Runtime.InteropServices;
using Crossbench.Datasets.Corpora;

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
    private const int DrawnRows = 1024;
    private const int FewestDrawnRows = 16;
    private const int MostDrawnTokens = 1 << 20;

    /// <summary>Pairs of equal sequences among those drawn from which on it is told: there are some hundred thousand different ones then, and a run draws that many.</summary>
    private const int ManyPairs = 4;
    private string[]? _notes;

    /// <summary>Tokens in a sequence, T.</summary>
    protected int Length { get; } = contextLength;

    public sealed override double Chance { get; } = facts.Chance!.Value;

    public sealed override double? Floor { get; } = facts.Floor;

    /// <summary>Where each id means something, that meaning: data whose ids stand for other words cannot be evaluated on.</summary>
    public sealed override string? TokenizerKey { get; } = words?.Key;

    public sealed override double? NoiseShare { get; } = facts.NoiseShare;

    public sealed override IReadOnlyList<string> Notes => _notes ??= facts.Note is { } note ? [note] : [.. Repeats()];

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

    /// <summary>Draws some sequences, and tells when so many are alike that those held out occur in training too.</summary>
    private IEnumerable<string> Repeats()
    {
        var (batch, random) = (Empty(1), new RandomStreams(0).Stream($"{id}/repeats"));
        var drawn = Math.Clamp(MostDrawnTokens / Length, FewestDrawnRows, DrawnRows);
        var counts = new Dictionary<ulong, int>();
        for (var row = 0; row < drawn; row++)
        {
            Fill(batch, 0, Shared(ref random), ref random);
            var sum = Checksum.Of(MemoryMarshal.AsBytes(batch.Inputs.AsSpan()));
            counts[sum] = counts.GetValueOrDefault(sum) + 1;
        }

        if (counts.Values.Sum(count => count * (count - 1L) / 2) >= ManyPairs)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"Of {drawn:N0} sequences drawn with these options only {counts.Count:N0} {(counts.Count == 1 ? "is" : "are")} different: those held out occur in training too, so results also tell what was memorised.");
        }
    }

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
