using System.Buffers.Binary;

namespace Crossbench.Datasets.Corpora;

/// <summary>What stands at the start of a <see cref="TokenFile"/>.</summary>
/// <param name="Width">Bytes for one id: 1, 2 or 4.</param>
/// <param name="Tokens">Number of ids.</param>
/// <param name="Changes">Places where counted tokens begin or end.</param>
/// <param name="Documents">Number of documents.</param>
/// <param name="Skipped">Broken records that were left out.</param>
/// <param name="HeldOut">First token of the part that the source keeps for evaluation; 0 when it has none.</param>
internal readonly record struct TokenFileHeader(int Width, long Tokens, long Changes, long Documents, long Skipped, long HeldOut)
{
    private static ReadOnlySpan<byte> Magic => "CBTOKEN3"u8;

    /// <summary>Where the places of changes begin.</summary>
    public long ChangesAt => (TokenFile.HeaderLength + (Tokens * Width) + 7) / 8 * 8;

    /// <summary>Where the starts of documents begin.</summary>
    public long DocumentsAt => ChangesAt + (Changes * sizeof(long));

    /// <summary>Where the checksums begin.</summary>
    public long ChecksumsAt => DocumentsAt + (Documents * sizeof(long));

    /// <summary>Length of the whole file.</summary>
    public long FileLength => ChecksumsAt + ((ChecksumsAt + TokenFile.ChecksumBlock - 1) / TokenFile.ChecksumBlock * sizeof(long));

    public byte[] ToBytes()
    {
        var bytes = new byte[TokenFile.HeaderLength];
        Magic.CopyTo(bytes);
        foreach (var (index, value) in new[] { Width, Tokens, Changes, Documents, Skipped, HeldOut }.Index())
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8 + (index * 8)), value);
        }

        return bytes;
    }

    /// <summary>Reads a header; null when it is none, or does not go with a file of this length.</summary>
    public static TokenFileHeader? Read(ReadOnlySpan<byte> bytes, long fileLength)
    {
        if (bytes.Length < TokenFile.HeaderLength || !bytes.StartsWith(Magic))
        {
            return null;
        }

        var values = new long[6];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadInt64LittleEndian(bytes[(8 + (i * 8))..]);
        }

        if (values[0] is not (1 or 2 or 4) || values.Any(value => value < 0 || value > fileLength))
        {
            return null;
        }

        var header = new TokenFileHeader((int)values[0], values[1], values[2], values[3], values[4], values[5]);
        return header.FileLength == fileLength ? header : null;
    }
}
