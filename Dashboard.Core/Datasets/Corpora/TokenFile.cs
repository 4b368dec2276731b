using System.Buffers;
using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Crossbench.Datasets.Corpora;

/// <summary>
/// A tokenized text on disk, looked at through memory mapping: a header, the ids in 1, 2 or 4 bytes each, the places where counted tokens end or begin again,
/// the starts of documents, and checksums of all that by the MiB. Little-endian.
/// </summary>
internal sealed class TokenFile : IDisposable
{
    public const int HeaderLength = 64;
    public const int ChecksumBlock = 1 << 20;
    private readonly TokenFileHeader _header;
    private readonly MappedFile _file;
    private readonly string _path;

    private TokenFile(TokenFileHeader header, string path) => (_header, _path, _file) = (header, path, new MappedFile(path));

    /// <summary>Number of tokens.</summary>
    public long Count => _header.Tokens;

    /// <summary>Number of documents.</summary>
    public long Documents => _header.Documents;

    /// <summary>Broken records that were left out when it was made.</summary>
    public long Skipped => _header.Skipped;

    /// <summary>First token of the part that the source keeps for evaluation; 0 when it has none.</summary>
    public long HeldOut => _header.HeldOut;

    /// <summary>Whether some tokens are not counted.</summary>
    public bool HasMask => _header.Changes > 0;

    /// <summary>Bytes that an id of this vocabulary takes.</summary>
    public static int WidthFor(int vocabulary) => vocabulary <= 1 << 8 ? 1 : vocabulary <= 1 << 16 ? 2 : 4;

    /// <summary>Maps a file and checks all of it; null when it is not whole, or not as it was written.</summary>
    public static TokenFile? TryOpen(string path)
    {
        using var handle = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
        return ReadHeader(handle) is { } header && IsIntact(header, handle) ? new TokenFile(header, path) : null;
    }

    /// <summary>Reads tokens from an offset on; the range must lie inside.</summary>
    public void Read(long offset, Span<int> tokens)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + tokens.Length, Count);
        var length = tokens.Length * _header.Width;
        var bytes = length <= 8192 ? stackalloc byte[length] : new byte[length];
        _file.Read(HeaderLength + (offset * _header.Width), bytes);
        Unpack(bytes, tokens);
    }

    /// <summary>Whether each token from an offset on is counted.</summary>
    public void ReadCounted(long offset, Span<bool> counted)
    {
        // Tokens are counted up to the first change, not up to the second, and so on.
        var changes = UpperBound(_header.ChangesAt, _header.Changes, offset);
        var next = changes < _header.Changes ? Long(_header.ChangesAt, changes) : long.MaxValue;
        for (var i = 0; i < counted.Length; i++)
        {
            while (offset + i >= next)
            {
                changes++;
                next = changes < _header.Changes ? Long(_header.ChangesAt, changes) : long.MaxValue;
            }

            counted[i] = changes % 2 == 0;
        }
    }

    /// <summary>The first counted token at this one or later; the number of tokens when none is.</summary>
    public long NextCounted(long token)
    {
        var changes = UpperBound(_header.ChangesAt, _header.Changes, token);
        return changes % 2 == 0 ? token : changes < _header.Changes ? Long(_header.ChangesAt, changes) : Count;
    }

    /// <summary>First token of a document; the number of tokens for the document after the last.</summary>
    public long DocumentStart(long document) => document < _header.Documents ? Long(_header.DocumentsAt, document) : Count;

    /// <summary>The first document that starts at this token or later; the number of documents when none does.</summary>
    public long DocumentFrom(long token) => token == 0 ? 0 : UpperBound(_header.DocumentsAt, _header.Documents, token - 1);

    /// <summary>How often each id occurs among the counted of the first tokens.</summary>
    /// <param name="count">Number of tokens looked at.</param>
    /// <param name="vocabulary">Number of token ids.</param>
    public long[] Histogram(long count, int vocabulary)
    {
        // Read, not mapped: a look at all of a long text must not keep it in memory.
        using var handle = File.OpenHandle(_path, share: FileShare.ReadWrite | FileShare.Delete, options: FileOptions.SequentialScan);
        var counts = new long[vocabulary];
        var tokens = new int[ChecksumBlock / 4];
        var bytes = new byte[tokens.Length * _header.Width];
        var counted = new bool[HasMask ? tokens.Length : 0];
        for (var offset = 0L; offset < count; offset += tokens.Length)
        {
            var block = tokens.AsSpan(0, (int)Math.Min(tokens.Length, count - offset));
            RandomAccess.Read(handle, bytes.AsSpan(0, block.Length * _header.Width), HeaderLength + (offset * _header.Width));
            Unpack(bytes, block);
            ReadCounted(offset, counted);
            for (var i = 0; i < block.Length; i++)
            {
                if (counted.Length == 0 || counted[i])
                {
                    counts[block[i]]++;
                }
            }
        }

        return counts;
    }

    public void Dispose() => _file.Dispose();

    private void Unpack(ReadOnlySpan<byte> bytes, Span<int> tokens)
    {
        for (var i = 0; i < tokens.Length; i++)
        {
            tokens[i] = _header.Width switch
            {
                1 => bytes[i],
                2 => BinaryPrimitives.ReadUInt16LittleEndian(bytes[(i * 2)..]),
                _ => BinaryPrimitives.ReadInt32LittleEndian(bytes[(i * 4)..]),
            };
        }
    }

    private static TokenFileHeader? ReadHeader(SafeFileHandle handle)
    {
        var start = new byte[HeaderLength];
        var read = RandomAccess.Read(handle, start, 0);
        return TokenFileHeader.Read(start.AsSpan(0, read), RandomAccess.GetLength(handle));
    }

    /// <summary>Whether all checksums hold. The file is read here and not mapped, so that looking at all of it keeps none of it in memory.</summary>
    private static bool IsIntact(TokenFileHeader header, SafeFileHandle handle)
    {
        var blocks = (int)((header.ChecksumsAt + ChecksumBlock - 1) / ChecksumBlock);
        return Parallel.For(0, blocks, (block, state) =>
        {
            var offset = (long)block * ChecksumBlock;
            var bytes = ArrayPool<byte>.Shared.Rent(ChecksumBlock);
            var length = RandomAccess.Read(handle, bytes.AsSpan(0, (int)Math.Min(ChecksumBlock, header.ChecksumsAt - offset)), offset);
            Span<byte> expected = stackalloc byte[sizeof(long)];
            RandomAccess.Read(handle, expected, header.ChecksumsAt + (block * (long)sizeof(long)));
            if ((long)Checksum.Of(bytes.AsSpan(0, length)) != BinaryPrimitives.ReadInt64LittleEndian(expected))
            {
                state.Stop();
            }

            ArrayPool<byte>.Shared.Return(bytes);
        }).IsCompleted;
    }

    private long Long(long at, long index)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        _file.Read(at + (index * sizeof(long)), bytes);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    /// <summary>Number of values that are not above this one, in a sorted row.</summary>
    private long UpperBound(long at, long count, long value)
    {
        var (low, high) = (0L, count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Long(at, middle) <= value)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
