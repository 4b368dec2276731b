using System.Globalization;
using Crossbench.Datasets.Corpora;
using Crossbench.Datasets.Tokenizers;

namespace Crossbench.Datasets.Noise;

/// <summary>What noise there is.</summary>
/// <param name="Rate">Probability that a mistake begins at a letter or digit.</param>
/// <param name="Mix">Which mistakes there are.</param>
internal sealed record NoiseSettings(double Rate, NoiseMix Mix);

/// <summary>
/// Rows of a text whose words were mistaken, with the clean tokens to be predicted. A row takes as many whole words as fit at every rate, so it holds the same
/// words at each; the rest of it is padding.
/// </summary>
internal sealed class NoisyStream : DerivedStream
{
    private const int LongestWord = 16;
    private const int MeasuredRows = 64;
    private readonly CorpusStream _text;
    private readonly WordStarts _starts;
    private readonly NoiseSettings _noise;
    private readonly int _length;
    private readonly int _longest;

    /// <summary>Takes over the text.</summary>
    /// <param name="folder">Where prepared files are kept.</param>
    /// <param name="text">The text.</param>
    /// <param name="noise">The noise.</param>
    /// <param name="contextLength">Tokens in a row, T.</param>
    public NoisyStream(DataFolder folder, CorpusStream text, NoiseSettings noise, int contextLength) : base(text)
    {
        (_text, _noise, _length) = (text, noise, contextLength);
        _starts = new WordStarts(text.Text.Tokenizer);
        _longest = Math.Min(LongestWord, (contextLength + 1) / 4);
        Chance = UnigramEntropy.Kept(folder, text.Text, string.Create(CultureInfo.InvariantCulture, $"{text.Split.Training}-words-{_longest}"), FirstTokenEntropy);
        var of = (int)Math.Min(MeasuredRows, text.EvaluationCapacity(HeldOut.Validation));
        var (changed, characters) = (0L, 0L);
        EvaluationBatch(HeldOut.Validation, 0, of, of, word => (changed, characters) = (changed + word.Changed, characters + word.Characters));
        NoiseShare = characters == 0 ? 0 : (double)changed / characters;
        var scored = $"Evaluation scores the first token of each word, as it is without mistakes{(text.Text.Tokenizer is ByteTokenizer ? ": with the tokenizer bytes that is its first letter alone" : "")}.";
        Notes = noise.Rate == 0 ? [.. text.Notes, scored] : [.. text.Notes, scored, string.Create(CultureInfo.InvariantCulture, $"{NoiseShare:P1} of the characters in {of} held-out rows are mistaken (rate {noise.Rate}), white space aside.")];
    }

    /// <summary>Entropy of the first tokens of words: what evaluation counts.</summary>
    public override double Chance { get; }

    public override double? NoiseShare { get; }

    public override IReadOnlyList<string> Notes { get; }

    public override TokenBatch TrainingBatch(int batchSize, RandomSequence random) => Noisy(
        _text.TrainingBatch(batchSize, random), row => random.Fork(string.Create(CultureInfo.InvariantCulture, $"mistakes/{row}")), isTraining: true, _ => { });

    public override TokenBatch EvaluationBatch(HeldOut split, int first, int count, int of) => EvaluationBatch(split, first, count, of, _ => { });

    public override int[] CleanRow(HeldOut split, int row, int of)
    {
        // Its words, and the first token of the next one, which is the last to be predicted.
        var tokens = new List<int>();
        var batch = EvaluationBatch(split, row, 1, of, word => tokens.AddRange(word.Clean));
        return Array.FindLastIndex(batch.Counted!, counts => counts) is var last and >= 0 ? [.. tokens, batch.Targets[last]] : [];
    }

    private TokenBatch EvaluationBatch(HeldOut split, int first, int count, int of, Action<NoisyWord> seen) =>
        Noisy(_text.EvaluationBatch(split, first, count, of), row => new RandomStreams(0).Stream($"noisy_text/{split}", first + row), isTraining: false, seen);

    private TokenBatch Noisy(TokenBatch clean, Func<int, RandomSequence> random, bool isTraining, Action<NoisyWord> seen)
    {
        var size = clean.BatchSize * _length;
        var batch = new TokenBatch(new int[size], new int[size], clean.BatchSize, _length)
        {
            Counted = new bool[size],
            Classes = [.. Enumerable.Repeat(TokenClass.Padding, size)],
            InputClasses = [.. Enumerable.Repeat(TokenClass.Padding, size)],
        };
        for (var row = 0; row < clean.BatchSize; row++)
        {
            int[] tokens = [.. clean.Inputs.AsSpan(row * _length, _length), clean.Targets[((row + 1) * _length) - 1]];
            Fill(new NoisyRow(batch, row, isTraining), tokens, random(row), seen);
        }

        return batch;
    }

    /// <summary>Puts in words while there is room for them at any rate.</summary>
    private void Fill(NoisyRow row, int[] tokens, RandomSequence random, Action<NoisyWord> seen)
    {
        var (starts, room) = (_starts.Find(tokens, _longest), _length);
        for (var i = 0; i + 1 < starts.Count; i++)
        {
            var clean = tokens.AsSpan(starts[i]..starts[i + 1]);
            var word = _starts.IsEnd(clean[0]) ? NoisyWord.As(clean, clean.Length, 0)
                : NoisyWord.Of(clean, _text.Text.Tokenizer, _noise.Rate, _noise.Mix, _length, ref random);
            room -= word.Room;
            if (room < 0)
            {
                return;
            }

            row.Add(word, tokens[starts[i + 1]]);
            seen(word);
        }
    }

    private double FirstTokenEntropy()
    {
        var counts = new double[_text.Text.Tokenizer.VocabularySize];
        var tokens = new int[1 << 16];
        for (var offset = 0L; offset < _text.Split.Training; offset += tokens.Length)
        {
            var block = tokens.AsSpan(0, (int)Math.Min(tokens.Length, _text.Split.Training - offset));
            _text.Text.File.Read(offset, block);
            foreach (var start in _starts.Find(block, _longest))
            {
                counts[block[start]]++;
            }
        }

        return UnigramEntropy.Of(counts);
    }
}

/// <summary>A row of a batch, filled word by word.</summary>
/// <param name="batch">The batch.</param>
/// <param name="row">Its number.</param>
/// <param name="isTraining">Whether it is trained on: then tokens inside of words count too, where nothing is mistaken.</param>
internal sealed class NoisyRow(TokenBatch batch, int row, bool isTraining)
{
    private int _at = row * batch.ContextLength;

    /// <summary>Adds a word, and the clean token that begins the next one.</summary>
    public void Add(NoisyWord word, int next)
    {
        var tokens = word.Tokens;
        for (var i = 0; i < tokens.Length; i++, _at++)
        {
            var isLast = i == tokens.Length - 1;
            batch.Inputs[_at] = tokens[i];
            batch.Targets[_at] = isLast ? next : tokens[i + 1];
            batch.Counted![_at] = isLast || (isTraining && word.Changed == 0);
            batch.Classes![_at] = isLast ? TokenClass.Answer : TokenClass.Plain;
            batch.InputClasses![_at] = word.Changed > 0 ? TokenClass.Noise : TokenClass.Signal;
        }
    }
}
