using System.Globalization;

namespace Crossbench.Datasets.Corpora;

/// <summary>Loss of a predictor that knows only how often each token occurs, in nats; kept beside the tokens, because a long text takes seconds to count.</summary>
internal static class UnigramEntropy
{
    /// <summary>Entropy of the counted tokens of the training split.</summary>
    public static double OfTraining(DataFolder folder, TokenizedText text, long training) => Kept(folder, text, Number(training), () => Of(Counts(text, training)));

    /// <summary>Entropy of the training split when a share of its tokens is replaced by uniform ids.</summary>
    /// <param name="folder">Where prepared files are kept.</param>
    /// <param name="text">The text.</param>
    /// <param name="training">Tokens of its training split.</param>
    /// <param name="noise">Replaced tokens.</param>
    /// <param name="of">Of so many.</param>
    /// <param name="vocabulary">Number of ids that replace them.</param>
    public static double OfPoisoned(DataFolder folder, TokenizedText text, long training, int noise, int of, int vocabulary) =>
        Kept(folder, text, $"{Number(training)}-{Number(noise)}-{Number(of)}-{Number(vocabulary)}", () =>
        {
            var counts = Counts(text, training);
            var (clean, uniform) = ((of - noise) / (of * counts.Sum()), noise / ((double)of * vocabulary));
            return Of(Enumerable.Range(0, Math.Max(vocabulary, counts.Length)).Select(id => ((id < counts.Length ? counts[id] : 0) * clean) + uniform));
        });

    /// <summary>A number that is measured once and kept beside the tokens.</summary>
    /// <param name="folder">Where prepared files are kept.</param>
    /// <param name="text">The text.</param>
    /// <param name="name">Names what is measured, for a file name.</param>
    /// <param name="measure">Measures it.</param>
    public static double Kept(DataFolder folder, TokenizedText text, string name, Func<double> measure)
    {
        var file = Path.Combine("known", $"{Path.GetFileName(text.Path)}-{name}.entropy");
        var path = PreparedFile.Get(folder, file, Write);
        if (Read(path) is { } kept)
        {
            return kept;
        }

        File.Delete(path);
        return Read(PreparedFile.Get(folder, file, Write)) ?? throw new SpecException(TextProblems.FolderNotWritable(folder.Datasets, new IOException($"{path} is damaged right after it was written")));

        void Write(Stream stream)
        {
            var value = BitConverter.GetBytes(measure());
            stream.Write([.. value, .. BitConverter.GetBytes(Checksum.Of(value))]);
        }
    }

    /// <summary>The number in a file; null when it is not as it was written.</summary>
    private static double? Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        return bytes.Length == 2 * sizeof(double) && BitConverter.ToUInt64(bytes, sizeof(double)) == Checksum.Of(bytes.AsSpan(0, sizeof(double))) ? BitConverter.ToDouble(bytes) : null;
    }

    /// <summary>Entropy of frequencies, which need not add up to 1.</summary>
    public static double Of(IEnumerable<double> frequencies)
    {
        // −Σ p ln p with p = f / F is ln F − Σ f ln f / F.
        var (sum, weighted) = (0.0, 0.0);
        foreach (var frequency in frequencies.Where(frequency => frequency > 0))
        {
            sum += frequency;
            weighted += frequency * Math.Log(frequency);
        }

        return Math.Max(0, Math.Log(sum) - (weighted / sum));
    }

    private static double[] Counts(TokenizedText text, long training) => [.. text.File.Histogram(training, text.Tokenizer.VocabularySize).Select(count => (double)count)];

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
