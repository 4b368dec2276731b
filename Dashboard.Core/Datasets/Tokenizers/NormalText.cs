using System.Buffers;
using System.Text;

namespace Crossbench.Datasets.Tokenizers;

/// <summary>
/// Text in Unicode's normal form C, and where it meets the text that it was made of. Bytes that are no UTF-8 stay as they are. The unit of work is a cluster: a
/// character and those after it that may act on it; between two clusters nothing happens.
/// </summary>
internal sealed class NormalText
{
    /// <summary>The lowest first byte of UTF-8 whose characters (U+0300 and up) may change anything.</summary>
    private const byte FirstThatMatters = 0xCC;

    private readonly List<Change> _changes;

    private NormalText(byte[] bytes, List<Change> changes) => (Bytes, _changes) = (bytes, changes);

    /// <summary>The normalised text.</summary>
    public byte[] Bytes { get; }

    /// <summary>The normal form of text.</summary>
    public static string Of(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return Encoding.UTF8.GetString(Of(bytes)?.Bytes ?? bytes);
    }

    /// <summary>The normal form of text; null when the text is in it.</summary>
    public static NormalText? Of(ReadOnlySpan<byte> text)
    {
        if (text.IndexOfAnyInRange(FirstThatMatters, byte.MaxValue) < 0)
        {
            return null;
        }

        var data = CanonicalData.Shared;
        var output = new ArrayBufferWriter<byte>(text.Length);
        var changes = new List<Change>();
        var (cluster, suspect, written) = (0, false, 0);
        for (var at = 0; at <= text.Length;)
        {
            var code = CodeAt(text, at, out var length);
            if (code < 0 || !data.JoinsPrevious(code))
            {
                if (suspect && Normalize(text[cluster..at]) is { } normal)
                {
                    output.Write(text[written..cluster]);
                    changes.Add(new Change(cluster, at, output.WrittenCount, output.WrittenCount + normal.Length));
                    output.Write(normal);
                    written = at;
                }

                (cluster, suspect) = (at, false);
            }

            suspect |= code >= 0 && data.MayChange(code);
            at += length;
        }

        output.Write(text[written..]);
        return changes.Count == 0 ? null : new NormalText(output.WrittenSpan.ToArray(), changes);
    }

    /// <summary>How much of a text can be normalised, and cut, whatever comes after it: all but its last cluster.</summary>
    public static int SettledLength(ReadOnlySpan<byte> text)
    {
        var end = text.Length;
        while (end > 0)
        {
            var status = Rune.DecodeLastFromUtf8(text[..end], out var rune, out var length);
            end -= length;
            if (status == OperationStatus.Done ? !CanonicalData.Shared.JoinsPrevious(rune.Value) : end + length < text.Length)
            {
                return end;
            }
        }

        return 0;
    }

    /// <summary>The place in the original that a place in the normalised text stands for.</summary>
    /// <param name="place">Offset in <see cref="Bytes"/>.</param>
    /// <param name="original">Offset in the original.</param>
    /// <param name="earlier">Where the changed cluster starts, in <see cref="Bytes"/>, when the place is inside one and stands for nothing.</param>
    public bool TryFindOriginal(int place, out int original, out int earlier)
    {
        var (low, high) = (0, _changes.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _changes[middle].NormalStart < place ? (middle + 1, high) : (low, middle);
        }

        if (low == 0)
        {
            (original, earlier) = (place, 0);
            return true;
        }

        var change = _changes[low - 1];
        (original, earlier) = (change.End + place - change.NormalEnd, change.NormalStart);
        return place >= change.NormalEnd;
    }

    /// <summary>The character at a place; -1 at the end of the text and for bytes that are no UTF-8.</summary>
    private static int CodeAt(ReadOnlySpan<byte> text, int at, out int length)
    {
        length = 1;
        return at < text.Length && Rune.DecodeFromUtf8(text[at..], out var rune, out length) == OperationStatus.Done ? rune.Value : -1;
    }

    /// <summary>The normal form of a cluster; null when it is the cluster.</summary>
    private static byte[]? Normalize(ReadOnlySpan<byte> cluster)
    {
        var codes = new List<int>();
        foreach (var rune in Encoding.UTF8.GetString(cluster).EnumerateRunes())
        {
            CanonicalData.Shared.Decompose(rune.Value, codes);
        }

        Order(codes);
        Compose(codes);
        var bytes = Encoding.UTF8.GetBytes(string.Concat(codes.Select(char.ConvertFromUtf32)));
        return cluster.SequenceEqual(bytes) ? null : bytes;
    }

    /// <summary>Sorts runs of combining characters by class; those of one class keep their order.</summary>
    private static void Order(List<int> codes)
    {
        var data = CanonicalData.Shared;
        for (var start = 0; start < codes.Count; start++)
        {
            var end = start;
            while (end < codes.Count && data.Class(codes[end]) > 0)
            {
                end++;
            }

            if (end - start > 1)
            {
                var sorted = codes[start..end].OrderBy(code => data.Class(code)).ToList();
                codes.RemoveRange(start, end - start);
                codes.InsertRange(start, sorted);
            }

            start = Math.Max(start, end - 1);
        }
    }

    /// <summary>Joins each character to the last starter before it where no character between them stands in the way.</summary>
    private static void Compose(List<int> codes)
    {
        var data = CanonicalData.Shared;
        var starter = data.Class(codes[0]) == 0 ? 0 : -1;
        var (kept, lastClass) = (1, 0);
        for (var i = 1; i < codes.Count; i++)
        {
            var current = data.Class(codes[i]);
            var free = starter >= 0 && (kept == starter + 1 || (lastClass != 0 && lastClass < current));
            if (free && data.TryCompose(codes[starter], codes[i], out var whole))
            {
                codes[starter] = whole;
                continue;
            }

            if (current == 0)
            {
                starter = kept;
            }

            lastClass = current;
            codes[kept++] = codes[i];
        }

        codes.RemoveRange(kept, codes.Count - kept);
    }

    private readonly record struct Change(int Start, int End, int NormalStart, int NormalEnd);
}
