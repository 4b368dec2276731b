using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Crossbench.Datasets.Corpora;

/// <summary>Reads UTF-8 files in blocks and finds what is not UTF-8 text.</summary>
internal static class Utf8Text
{
    private const int Block = 1 << 20;
    private const int SampleBlock = 1 << 16;

    private static ReadOnlySpan<byte> Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>The problem with a file that begins with the byte-order mark of UTF-16; null when it does not.</summary>
    public static SpecProblem? StartsAsUtf16(string path)
    {
        using var file = File.OpenHandle(path);
        Span<byte> start = stackalloc byte[2];
        return RandomAccess.Read(file, start, 0) == 2 && IsUtf16(start) ? TextProblems.Utf16(path) : null;
    }

    /// <summary>Passes a whole file on, without byte-order mark, in blocks that end between two characters.</summary>
    /// <exception cref="SpecException">The file is not UTF-8 text, or cannot be read.</exception>
    public static void Read(string path, Action<ReadOnlySpan<byte>> take)
    {
        try
        {
            ReadBlocks(path, take);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SpecException(TextProblems.Unreadable(path, e));
        }
    }

    /// <summary>Whether a file holds nothing, or nothing but a byte-order mark.</summary>
    public static bool IsEmpty(FileInfo file)
    {
        // The length is asked first: to open a pipe would wait for its other end.
        if (file.Length != Mark.Length)
        {
            return file.Length == 0;
        }

        using var handle = File.OpenHandle(file.FullName);
        Span<byte> start = stackalloc byte[Mark.Length];
        return RandomAccess.Read(handle, start, 0) == Mark.Length && start.SequenceEqual(Mark);
    }

    /// <summary>Looks at some places of a file, quickly; null when they are UTF-8 text.</summary>
    public static SpecProblem? Sample(string path)
    {
        using var file = File.OpenHandle(path);
        var length = RandomAccess.GetLength(file);
        var buffer = new byte[SampleBlock];
        var places = length <= 4 * SampleBlock ? 4 : 5;
        for (var place = 0; place < places; place++)
        {
            var offset = length <= 4 * SampleBlock ? place * (long)SampleBlock : (length - SampleBlock) / 4 * place;
            var read = RandomAccess.Read(file, buffer, offset);
            var cut = offset == 0 ? 0 : LeadingContinuation(buffer.AsSpan(0, read));
            if (Fault(path, buffer.AsSpan(cut, read - cut), offset + cut, offset + read >= length, out _) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private static void ReadBlocks(string path, Action<ReadOnlySpan<byte>> take)
    {
        using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        var buffer = ArrayPool<byte>.Shared.Rent(Block);
        try
        {
            var kept = 0;
            for (long offset = 0, taken = 0; ;)
            {
                var read = RandomAccess.Read(file, buffer.AsSpan(kept, Block - kept), offset);
                offset += read;
                var text = buffer.AsSpan(0, kept + read);
                if (Fault(path, text, taken, read == 0, out var whole) is { } problem)
                {
                    throw new SpecException(problem);
                }

                var mark = taken == 0 && text.StartsWith(Mark) ? Mark.Length : 0;
                if (whole > mark)
                {
                    take(text[mark..whole]);
                }

                if (read == 0)
                {
                    return;
                }

                taken += whole;
                text[whole..].CopyTo(buffer);
                kept = text.Length - whole;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>What keeps bytes from being text; else null, and how many of them are whole characters.</summary>
    private static SpecProblem? Fault(string path, ReadOnlySpan<byte> bytes, long offset, bool final, out int whole)
    {
        whole = 0;
        if (offset == 0 && IsUtf16(bytes))
        {
            return TextProblems.Utf16(path);
        }

        if (bytes.IndexOf((byte)0) is var nul && nul >= 0)
        {
            return TextProblems.Binary(path, offset + nul);
        }

        whole = bytes.Length - (final ? 0 : IncompleteTail(bytes));
        return Utf8.IsValid(bytes[..whole]) ? null : FirstInvalid(path, bytes, offset);
    }

    private static bool IsUtf16(ReadOnlySpan<byte> start) => start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || start.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]);

    private static SpecProblem FirstInvalid(string path, ReadOnlySpan<byte> bytes, long offset)
    {
        var (i, status, length) = (0, OperationStatus.Done, 0);
        while ((status = Rune.DecodeFromUtf8(bytes[i..], out _, out length)) == OperationStatus.Done)
        {
            i += length;
        }

        return status == OperationStatus.NeedMoreData ? TextProblems.CutOff(path, offset + i, bytes.Length - i) : TextProblems.NotUtf8(path, offset + i, bytes[i]);
    }

    /// <summary>Bytes at the end that begin a character and do not finish it.</summary>
    private static int IncompleteTail(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back <= Math.Min(3, bytes.Length); back++)
        {
            var b = bytes[^back];
            if ((b & 0xC0) != 0x80)
            {
                var needed = b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : b >= 0xC0 ? 2 : 1;
                return needed > back ? back : 0;
            }
        }

        return 0;
    }

    private static int LeadingContinuation(ReadOnlySpan<byte> bytes)
    {
        var count = 0;
        while (count < Math.Min(3, bytes.Length) && (bytes[count] & 0xC0) == 0x80)
        {
            count++;
        }

        return count;
    }
}
