using System.IO.MemoryMappedFiles;

namespace Crossbench.Datasets.Corpora;

/// <summary>A file in memory as far as it is looked at: the operating system reads and drops its pages.</summary>
internal sealed class MappedFile : IDisposable
{
    private const int Block = 1 << 20;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly ulong _start;

    /// <summary>Maps a file that is not empty.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="skip">Bytes at its start that do not count.</param>
    public MappedFile(string path, int skip)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Length = stream.Length - skip;
        _file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        _start = (ulong)(_view.PointerOffset + skip);
    }

    /// <summary>Bytes that count. The mapping itself may be longer: it ends on a page.</summary>
    public long Length { get; }

    public void Read(long offset, Span<byte> bytes)
    {
        if (offset < 0 || offset + bytes.Length > Length)
        {
            throw new ArgumentOutOfRangeException(nameof(offset), offset, $"{bytes.Length} bytes from here are not within the {Length} of the file.");
        }

        _view.SafeMemoryMappedViewHandle.ReadSpan(_start + (ulong)offset, bytes);
    }

    /// <summary>Walks over the first bytes in blocks of at most 1 MiB (a multiple of 8).</summary>
    public void Walk(long count, Action<ReadOnlySpan<byte>> take)
    {
        using var stream = _file.CreateViewStream(0, 0, MemoryMappedFileAccess.Read);
        stream.Position = (long)_start - _view.PointerOffset;
        var buffer = new byte[Block];
        for (var left = count; left > 0;)
        {
            var block = buffer.AsSpan(0, (int)Math.Min(left, Block));
            stream.ReadExactly(block);
            take(block);
            left -= block.Length;
        }
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }
}
