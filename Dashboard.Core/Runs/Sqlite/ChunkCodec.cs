using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Crossbench.Runs.Sqlite;

/// <summary>
/// The bytes of a sealed chunk: first all values as little-endian doubles, then for each step its distance to the one before as a variable-length integer
/// (seven bits a byte, low bits first). The first distance is to -1. Every double survives as it is.
/// </summary>
internal static class ChunkCodec
{
    private const int ValueBytes = sizeof(double);

    /// <summary>Encodes points of ascending steps from 0 on.</summary>
    public static byte[] Encode(ReadOnlySpan<long> steps, ReadOnlySpan<double> values)
    {
        var bytes = new byte[values.Length * (ValueBytes + 10)];
        var end = 0;
        foreach (var value in values)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(end), value);
            end += ValueBytes;
        }

        var before = -1L;
        foreach (var step in steps)
        {
            var distance = checked((ulong)(step - before));
            before = step;
            while (distance >= 0x80)
            {
                bytes[end++] = (byte)(distance | 0x80);
                distance >>= 7;
            }

            bytes[end++] = (byte)distance;
        }

        return bytes[..end];
    }

    /// <summary>Decodes a chunk into room for exactly its points.</summary>
    /// <exception cref="InvalidDataException">The bytes are no chunk of that many points.</exception>
    public static void Decode(ReadOnlySpan<byte> bytes, Span<long> steps, Span<double> values)
    {
        var at = values.Length * ValueBytes;
        if (bytes.Length < at)
        {
            throw Damaged(values.Length, bytes.Length);
        }

        if (BitConverter.IsLittleEndian)
        {
            bytes[..at].CopyTo(MemoryMarshal.AsBytes(values));
        }
        else
        {
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = BinaryPrimitives.ReadDoubleLittleEndian(bytes[(i * ValueBytes)..]);
            }
        }

        if (steps.Length > 0)
        {
            steps[0] = ReadDistance(bytes, ref at, steps.Length) - 1;
            DecodeRest(bytes[at..], steps);
        }
    }

    private static void DecodeRest(ReadOnlySpan<byte> bytes, Span<long> steps)
    {
        var before = steps[0];
        if (steps.Length > 1 && bytes.Length == steps.Length - 1 && bytes[0] < 0x80 && bytes.IndexOfAnyExcept(bytes[0]) < 0)
        {
            // Most series are logged at even distances.
            for (var i = 1; i < steps.Length; i++)
            {
                steps[i] = before += bytes[0];
            }

            return;
        }

        var at = 0;
        for (var i = 1; i < steps.Length; i++)
        {
            // Nearly every distance is a single byte.
            before += at < bytes.Length && bytes[at] < 0x80 ? bytes[at++] : ReadDistance(bytes, ref at, steps.Length);
            steps[i] = before;
        }
    }

    private static long ReadDistance(ReadOnlySpan<byte> bytes, ref int at, int points)
    {
        var distance = 0L;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (at >= bytes.Length)
            {
                throw Damaged(points, bytes.Length);
            }

            var part = bytes[at++];
            distance |= (long)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return distance;
            }
        }

        throw Damaged(points, bytes.Length);
    }

    private static InvalidDataException Damaged(int points, int length) =>
        new($"A chunk of {points} points is damaged ({length} bytes). Put back a copy of the run store.");
}
