namespace Crossbench.Datasets.Corpora;

/// <summary>A file whose bytes are the tokens.</summary>
/// <param name="path">The file.</param>
/// <param name="skip">Bytes at its start that are no text (a byte-order mark).</param>
internal sealed class ByteCorpus(string path, int skip) : TokenCorpus
{
    private readonly MappedFile _file = new(path, skip);

    public override long Count => _file.Length;

    public override void Read(long offset, Span<int> tokens)
    {
        var bytes = tokens.Length <= 4096 ? stackalloc byte[tokens.Length] : new byte[tokens.Length];
        _file.Read(offset, bytes);
        for (var i = 0; i < bytes.Length; i++)
        {
            tokens[i] = bytes[i];
        }
    }

    public override long[] Histogram(long count, int vocabulary)
    {
        var counts = new long[Math.Max(256, vocabulary)];
        _file.Walk(count, block =>
        {
            foreach (var b in block)
            {
                counts[b]++;
            }
        });
        return counts;
    }

    public override void Dispose() => _file.Dispose();
}
