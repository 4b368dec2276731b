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
        PreparedFile.Get(folder, SumName(key, size), stream => stream.Write(Sum(path)));
        return TokenizerCatalog.Open(new TokenizerSpec(TokenizerChoice.File, path));
    }

    /// <summary>Whether the kept tokenizer is not as it was written.</summary>
    public static bool IsDamaged(DataFolder folder, string key, int size)
    {
        var (path, sum) = (PathOf(folder, key, size), Path.Combine(folder.Datasets, SumName(key, size)));
        return File.Exists(path) && !(File.Exists(sum) && File.ReadAllBytes(sum).AsSpan().SequenceEqual(Sum(path)));
    }

    /// <summary>Deletes the kept tokenizer when it is not as it was written, so that it is learnt again.</summary>
    /// <returns>Its path; null when there was nothing to delete.</returns>
    public static string? RemoveDamaged(DataFolder folder, string key, int size)
    {
        if (!IsDamaged(folder, key, size))
        {
            return null;
        }

        File.Delete(PathOf(folder, key, size));
        File.Delete(Path.Combine(folder.Datasets, SumName(key, size)));
        return PathOf(folder, key, size);
    }

    /// <summary>The tokenizer, if it has been learnt.</summary>
    public static Tokenizer? Find(DataFolder folder, string key, int size)
    {
        var path = PathOf(folder, key, size);
        return File.Exists(path) && !IsDamaged(folder, key, size) ? TokenizerCatalog.Open(new TokenizerSpec(TokenizerChoice.File, path)) : null;
    }

    /// <summary>Where the tokenizer is kept.</summary>
    public static string PathOf(DataFolder folder, string key, int size) => Path.Combine(folder.Datasets, Name(key, size));

    private static string SumName(string key, int size) => Path.Combine("known", Name(key, size) + ".sha256");

    private static byte[] Sum(string path) => SHA256.HashData(File.ReadAllBytes(path));

    private static string Name(string key, int size) =>
        string.Create(CultureInfo.InvariantCulture, $"tokenizer-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 16))}-{size}.json");

    private static void Learn(Stream stream, TextBody body, int size, PreparationProgress? progress)
    {
        // The text is measured first: a file's bytes tell little of it where records hold more than the text.
        var what = $"Learning {size} tokens";
        var text = new Measure(read => progress?.Invoke(what, Math.Min(0.2, read / 5.0 / Math.Max(1, body.Bytes))));
        body.Read(text);
        var trainer = new BpeTrainer();
        body.Read(new Sink(trainer, (long)(text.Bytes * TrainingShare), read => progress?.Invoke(what, Math.Min(0.5, 0.2 + (read * 0.3 / Math.Max(1, body.Bytes))))));
        trainer.Train(size, new Told(share => progress?.Invoke(what, 0.5 + (share / 2)))).Write(stream);
    }

    /// <summary>Progress that is told at once, so that what it throws ends the learning.</summary>
    private sealed class Told(Action<double> take) : IProgress<double>
    {
        public void Report(double value) => take(value);
    }

    /// <summary>Looks at a text as it goes by.</summary>
    private abstract class Reader(Action<long> advanced) : IDocumentSink
    {
        private long _read;

        public abstract void Text(ReadOnlySpan<byte> utf8, bool counted = true);

        public void Marks(string marks, bool counted)
        {
        }

        public virtual void EndDocument(bool endCounts = true)
        {
        }

        public virtual void BeginHeldOut()
        {
        }

        public void Skip()
        {
        }

        public void Advance(long bytes) => advanced(_read += bytes);
    }

    /// <summary>Bytes of the text itself.</summary>
    private sealed class Measure(Action<long> advanced) : Reader(advanced)
    {
        public long Bytes { get; private set; }

        public override void Text(ReadOnlySpan<byte> utf8, bool counted = true) => Bytes += utf8.Length;
    }

    /// <summary>Learns from so many first bytes.</summary>
    private sealed class Sink(BpeTrainer trainer, long most, Action<long> advanced) : Reader(advanced)
    {
        private long _taken;
        private bool _isOver;

        public override void Text(ReadOnlySpan<byte> utf8, bool counted = true)
        {
            if (!_isOver && _taken < most)
            {
                trainer.Add(utf8[..(int)Math.Min(utf8.Length, most - _taken)]);
                _taken += utf8.Length;
            }
        }

        public override void EndDocument(bool endCounts = true) => trainer.EndDocument();

        public override void BeginHeldOut() => _isOver = true;
    }
}
