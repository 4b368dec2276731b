using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using static TorchSharp.torch;

namespace Crossbench.Models;

/// <summary>
/// Weight files in the safetensors format (huggingface/safetensors): a 64-bit little-endian header length, a JSON header of name, type, shape and offsets, and
/// the raw little-endian data. Reading is strict: a file whose header and data do not fit together exactly is refused.
/// </summary>
public static class Safetensors
{
    private const long ElementsPerPiece = 1 << 26;

    /// <summary>Writes a file, atomically: under another name in the same folder, flushed to disk, then renamed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">Names and tensors, on any device; written in this order.</param>
    /// <param name="metadata">Texts to keep beside them.</param>
    /// <exception cref="ArgumentException">Two tensors have one name, or a type has no name in the format.</exception>
    public static void Save(string path, IReadOnlyList<(string Name, Tensor Tensor)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        using var scope = NewDisposeScope();
        var header = SafetensorsHeader.Encode(tensors, metadata);
        var unfinished = path + ".unfinished";
        try
        {
            using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20))
            {
                Write(file, header, tensors);
            }

            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <summary>Reads names, types and shapes without the data.</summary>
    /// <exception cref="InvalidDataException">The file is not whole or not of this format; says where.</exception>
    public static IReadOnlyList<SafetensorsEntry> ReadHeader(string path)
    {
        using var file = File.OpenRead(path);
        return SafetensorsHeader.Read(path, file).Entries;
    }

    /// <summary>Reads all tensors onto the CPU, in the types of the file. The file is mapped, so that no second copy is held.</summary>
    /// <exception cref="InvalidDataException">The file is not whole or not of this format; says where.</exception>
    public static IReadOnlyDictionary<string, Tensor> Load(string path)
    {
        using var file = File.OpenRead(path);
        var header = SafetensorsHeader.Read(path, file);
        using var map = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        var tensors = new Dictionary<string, Tensor>();
        foreach (var entry in header.Entries)
        {
            var loaded = empty([.. entry.Shape], dtype: entry.Type);
            if (entry.Bytes > 0)
            {
                using var view = map.CreateViewStream(header.DataStart + entry.Begin, entry.Bytes, MemoryMappedFileAccess.Read);
                Fill(loaded, view);
                CheckBooleans(path, entry.Name, loaded);
            }

            tensors.Add(entry.Name, loaded);
        }

        return tensors;
    }

    /// <summary>Texts that were kept beside the tensors.</summary>
    public static IReadOnlyDictionary<string, string> ReadMetadata(string path)
    {
        using var file = File.OpenRead(path);
        return SafetensorsHeader.Read(path, file).Metadata;
    }

    private static void Write(FileStream file, byte[] header, IReadOnlyList<(string Name, Tensor Tensor)> tensors)
    {
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        file.Write(length);
        file.Write(header);
        foreach (var (_, tensor) in tensors)
        {
            using var scope = NewDisposeScope();
            foreach (var piece in Pieces(tensor.detach().cpu().contiguous()))
            {
                file.Write(piece.bytes);
            }
        }

        file.Flush(flushToDisk: true);
    }

    private static void Fill(Tensor target, Stream source)
    {
        using var scope = NewDisposeScope();
        foreach (var piece in Pieces(target))
        {
            source.ReadExactly(piece.bytes);
        }
    }

    /// <summary>Views of a contiguous tensor that a span of bytes can hold, whatever its size.</summary>
    private static Tensor[] Pieces(Tensor tensor) => tensor.numel() == 0 ? [] : tensor.view(-1).split(ElementsPerPiece);

    /// <summary>A bool of another byte than 0 and 1 would be neither true nor false to what computes with it.</summary>
    private static void CheckBooleans(string path, string name, Tensor tensor)
    {
        using var scope = NewDisposeScope();
        if (tensor.dtype == ScalarType.Bool && Pieces(tensor).Any(piece => piece.bytes.ContainsAnyExceptInRange((byte)0, (byte)1)))
        {
            throw new InvalidDataException($"{path} is not a whole weight file: {name} of type BOOL holds a byte that is neither 0 nor 1. Fetch or save it again.");
        }
    }
}

/// <summary>One tensor of a weight file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Type of its numbers.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Begin">First byte, counted from the end of the header.</param>
/// <param name="Bytes">Number of bytes.</param>
public sealed record SafetensorsEntry(string Name, ScalarType Type, IReadOnlyList<long> Shape, long Begin, long Bytes);
