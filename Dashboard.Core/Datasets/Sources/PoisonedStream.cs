using System.Globalization;
using System.Text;
using Crossbench.Datasets.Corpora;

namespace Crossbench.Datasets.Sources;

/// <summary>Batches of <see cref="PoisonedNeedle"/>: rows of a text, then poisoned.</summary>
/// <param name="text">The text; it is disposed of with this stream.</param>
/// <param name="poison">How rows are poisoned.</param>
/// <param name="known">Number of ids that are text; ids beyond come from poison only.</param>
/// <param name="vocabulary">Number of ids that poison is drawn from.</param>
/// <param name="chance">Entropy of token frequencies, poison among them.</param>
internal sealed class PoisonedStream(TokenStream text, Poison poison, int known, int vocabulary, double chance) : DerivedStream(text)
{
    public override double Chance => chance;

    public override double? NoiseShare => poison.Share;

    public override bool EndsWithInputs => true;

    public override IReadOnlyList<string> Notes => poison.Count == 0 ? Text.Notes :
    [
        .. Text.Notes,
        string.Create(
            CultureInfo.InvariantCulture,
            $"{poison.Count} of the {poison.Length} tokens of a row ({poison.Share:P1}) are noise, drawn from {vocabulary:N0} ids: no loss can stay below {poison.Irreducible(vocabulary):F4} nats."),
    ];

    public override TokenBatch TrainingBatch(int batchSize, RandomSequence random) =>
        Poisoned(Text.TrainingBatch(batchSize, random), row => random.Fork(string.Create(CultureInfo.InvariantCulture, $"poison/{row}")));

    public override TokenBatch EvaluationBatch(HeldOut split, int first, int count, int of) =>
        Poisoned(Text.EvaluationBatch(split, first, count, of), row => new RandomStreams(0).Stream($"poisoned_needle/{split}", first + row));

    public override string Decode(ReadOnlySpan<int> tokens)
    {
        var decoded = new StringBuilder();
        while (!tokens.IsEmpty)
        {
            var run = tokens.IndexOfAnyExceptInRange(0, known - 1);
            run = run < 0 ? tokens.Length : run;
            decoded.Append(run > 0 ? Text.Decode(tokens[..run]) : string.Create(CultureInfo.InvariantCulture, $"<{tokens[0]}>"));
            tokens = tokens[Math.Max(1, run)..];
        }

        return decoded.ToString();
    }

    private TokenBatch Poisoned(TokenBatch clean, Func<int, RandomSequence> random)
    {
        var (rows, length) = (clean.BatchSize, poison.Length);
        var batch = new TokenBatch([.. clean.Inputs], new int[rows * length], rows, length)
        {
            Counted = new bool[rows * length],
            Classes = [.. Enumerable.Repeat(TokenClass.Signal, rows * length)],
        };
        for (var row = 0; row < rows; row++)
        {
            var inputs = batch.Inputs.AsSpan(row * length, length);
            var classes = batch.Classes.AsSpan(row * length, length);
            Overwrite(inputs, classes, random(row));

            // The last target stays 0 and is not counted: the sequence ends there.
            inputs[1..].CopyTo(batch.Targets.AsSpan(row * length, length));
            batch.Counted.AsSpan(row * length, length - 1).Fill(true);
            classes[^1] = TokenClass.Padding;
        }

        return batch;
    }

    /// <summary>The head of a shuffle of the middle, and an id for each place as it is drawn: fewer places are the first of more.</summary>
    private void Overwrite(Span<int> inputs, Span<TokenClass> classes, RandomSequence random)
    {
        var places = Enumerable.Range(poison.Start, poison.End - poison.Start).ToArray();
        for (var i = 0; i < poison.Count; i++)
        {
            var pick = i + random.NextInt32(places.Length - i);
            (places[i], places[pick]) = (places[pick], places[i]);
            inputs[places[i]] = random.NextInt32(vocabulary);
            classes[places[i] - 1] = TokenClass.Noise;
        }
    }
}
