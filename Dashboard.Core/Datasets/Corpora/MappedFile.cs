using System.IO.MemoryMappedFiles;

namespace Crossbench.Datasets.Corpora;

/// <summary>A file in memory as far as it is looked at: the operating system reads and drops its pages. Safe to use from several threads.</summary>
internal sealed class MappedFile : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly long _length;

    /// <summary>Maps a file that is not empty.</summary>
    public MappedFile(string path)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        _length = stream.Length;
        _file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
    }

    /// <summary>Copies bytes; the range must lie inside the file (the mapping itself ends on a page).</summary>
    public void Read(long offset, Span<byte> bytes)
    {
        if (offset < 0 || offset + bytes.Length > _length)
        {
            throw new ArgumentOutOfRangeException(nameof(offset), offset, $"{bytes.Length} bytes from here are not within the {_length} of the file.");
        }

        _view.SafeMemoryMappedViewHandle.ReadSpan((ulong)(_view.PointerOffset + offset), bytes);
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }
}
