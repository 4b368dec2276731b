using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Crossbench.Datasets.Corpora;

/// <summary>
/// Token ids on disk: eight bytes <c>CBTOKEN1</c>, the number of ids (64 bits, little-endian), then each id in 16 bits, little-endian. Enough for vocabularies
/// up to 65,536.
/// </summary>
internal sealed class TokenFile : TokenCorpus
{
    private const int HeaderLength = 16;
    private readonly MappedFile _file;

    /// <summary>Maps a file that <see cref="Write"/> has written.</summary>
    /// <exception cref="SpecException">It is not whole.</exception>
    public TokenFile(string path)
    {
        var header = new byte[HeaderLength];
        long length;
        using (var stream = File.OpenRead(path))
        {
            length = stream.Length;
            stream.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false);
        }

        Count = BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(8));
        if (!header.AsSpan(0, 8).SequenceEqual(Magic) || length != HeaderLength + (Count * sizeof(ushort)) || Count == 0)
        {
            throw new SpecException(new SpecProblem("", $"The prepared tokens in {path} are damaged.", "Delete that file; it is made again from the text."));
        }

        _file = new MappedFile(path, HeaderLength);
    }

    public override long Count { get; }

    private static ReadOnlySpan<byte> Magic => "CBTOKEN1"u8;

    /// <summary>Writes the tokens that <paramref name="produce"/> passes on in blocks.</summary>
    public static void Write(Stream stream, Action<Action<List<int>>> produce)
    {
        var count = 0L;
        var header = new byte[HeaderLength];
        Magic.CopyTo(header);
        stream.Write(header);
        produce(tokens =>
        {
            var block = new byte[tokens.Count * sizeof(ushort)];
            for (var i = 0; i < tokens.Count; i++)
            {
                BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan(i * sizeof(ushort)), checked((ushort)tokens[i]));
            }

            stream.Write(block);
            count += tokens.Count;
        });
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(8), count);
        stream.Position = 0;
        stream.Write(header);
    }

    public override void Read(long offset, Span<int> tokens)
    {
        var bytes = tokens.Length <= 4096 ? stackalloc byte[tokens.Length * sizeof(ushort)] : new byte[tokens.Length * sizeof(ushort)];
        _file.Read(offset * sizeof(ushort), bytes);
        for (var i = 0; i < tokens.Length; i++)
        {
            tokens[i] = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(i * sizeof(ushort))..]);
        }
    }

    public override long[] Histogram(long count, int vocabulary)
    {
        var counts = new long[Math.Max(ushort.MaxValue + 1, vocabulary)];
        _file.Walk(count * sizeof(ushort), block =>
        {
            foreach (var token in MemoryMarshal.Cast<byte, ushort>(block))
            {
                counts[BitConverter.IsLittleEndian ? token : BinaryPrimitives.ReverseEndianness(token)]++;
            }
        });
        return counts;
    }

    public override void Dispose() => _file.Dispose();
}
