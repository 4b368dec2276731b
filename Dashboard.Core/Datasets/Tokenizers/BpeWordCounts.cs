using System.Runtime.InteropServices;

namespace Crossbench.Datasets.Tokenizers;

/// <summary>How often each word of a text occurs. When there are too many words, those that occurred least often so far are forgotten.</summary>
/// <param name="mostWords">Words that are known at the most.</param>
/// <param name="mostBytes">Bytes of all of them at the most.</param>
internal sealed class BpeWordCounts(int mostWords = 1 << 21, long mostBytes = 1 << 25)
{
    private readonly Dictionary<byte[], long> _counts = new(ByteSpanComparer.Instance);
    private long _bytes;

    /// <summary>The words and their counts.</summary>
    public IReadOnlyCollection<KeyValuePair<byte[], long>> Words => _counts;

    public void Add(ReadOnlySpan<byte> word)
    {
        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts.GetAlternateLookup<ReadOnlySpan<byte>>(), word, out var known);
        count++;
        if (!known)
        {
            _bytes += word.Length;
            if (_counts.Count > mostWords || _bytes > mostBytes)
            {
                Forget();
            }
        }
    }

    /// <summary>Drops the words of the lowest counts until half of the room is free.</summary>
    private void Forget()
    {
        for (var floor = 1L; _counts.Count > mostWords / 2 || _bytes > mostBytes / 2; floor++)
        {
            foreach (var (word, count) in _counts)
            {
                if (count <= floor)
                {
                    _counts.Remove(word);
                    _bytes -= word.Length;
                }
            }
        }
    }
}
