using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Crossbench.Datasets.Tokenizers;

/// <summary>Compares byte strings by content, and lets a slice of a text be looked up without copying it.</summary>
internal sealed class ByteSpanComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static ByteSpanComparer Instance { get; } = new();

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        var hash = (ulong)alternate.Length;
        while (alternate.Length >= sizeof(ulong))
        {
            hash = Mix(hash ^ MemoryMarshal.Read<ulong>(alternate));
            alternate = alternate[sizeof(ulong)..];
        }

        var rest = 0UL;
        foreach (var b in alternate)
        {
            rest = (rest << 8) | b;
        }

        return (int)(Mix(hash ^ rest) >> 32);
    }

    private static ulong Mix(ulong x)
    {
        x *= 0x9E3779B97F4A7C15UL;
        return x ^ (x >> 29);
    }
}
