using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Crossbench.Datasets.Tokenizers;

namespace Crossbench.Datasets.Corpora;

/// <summary>A tokenizer that is learnt from a text: from its first three fifths, which lie before the held-out splits of any text, so that these stay unseen.</summary>
internal static class LearntTokenizer
{
    private const double TrainingShare = 0.6;

    /// <summary>Opens the tokenizer, which is learnt first when it is not there; it is kept as a <c>tokenizer.json</c>.</summary>
    public static Tokenizer Open(DataFolder folder, TextBody body, string key, int size, PreparationProgress? progress)
    {
        var path = PreparedFile.Get(folder, Name(key, size), stream => Learn(stream, body, size, progress));
        return TokenizerCatalog.Open(new TokenizerSpec(TokenizerChoice.File, path));
    }

    /// <summary>The tokenizer, if it has been learnt.</summary>
    public static Tokenizer? Find(DataFolder folder, string key, int size)
    {
        var path = PathOf(folder, key, size);
        return File.Exists(path) ? TokenizerCatalog.Open(new TokenizerSpec(TokenizerChoice.File, path)) : null;
    }

    /// <summary>Where the tokenizer is kept.</summary>
    public static string PathOf(DataFolder folder, string key, int size) => Path.Combine(folder.Datasets, Name(key, size));

    private static string Name(string key, int size) =>
        string.Create(CultureInfo.InvariantCulture, $"tokenizer-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 16))}-{size}.json");

    private static void Learn(Stream stream, TextBody body, int size, PreparationProgress? progress)
    {
        var trainer = new BpeTrainer();
        var what = $"Learning {size} tokens";
        body.Read(new Sink(trainer, (long)(body.Bytes * TrainingShare), read => progress?.Invoke(what, Math.Min(0.5, read / 2.0 / Math.Max(1, body.Bytes)))));
        trainer.Train(size, new Told(share => progress?.Invoke(what, 0.5 + (share / 2)))).Write(stream);
    }

    /// <summary>Progress that is told at once, so that what it throws ends the learning.</summary>
    private sealed class Told(Action<double> take) : IProgress<double>
    {
        public void Report(double value) => take(value);
    }

    private sealed class Sink(BpeTrainer trainer, long most, Action<long> advanced) : IDocumentSink
    {
        private long _read;
        private bool _isOver;

        public void Text(ReadOnlySpan<byte> utf8, bool counted = true)
        {
            if (!_isOver && _read < most)
            {
                trainer.Add(utf8[..(int)Math.Min(utf8.Length, most - _read)]);
            }
        }

        public void Marks(string marks, bool counted)
        {
        }

        public void EndDocument() => trainer.EndDocument();

        public void BeginHeldOut() => _isOver = true;

        public void Skip()
        {
        }

        public void Advance(long bytes) => advanced(_read += bytes);
    }
}
