using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Crossbench.Datasets.Tokenizers;

namespace Crossbench.Datasets.Corpora;

/// <summary>Writes a <see cref="TokenFile"/> as documents come in; holds a few bytes for each document, none for its text.</summary>
/// <param name="stream">An empty file, open for reading and writing.</param>
/// <param name="tokenizer">The tokenizer.</param>
/// <param name="advanced">Told how many bytes of the source have been read.</param>
internal sealed class TokenFileWriter(Stream stream, Tokenizer tokenizer, Action<long> advanced) : TokenizingSink(tokenizer)
{
    private readonly int _width = TokenFile.WidthFor(tokenizer.VocabularySize);
    private readonly List<long> _documents = [];
    private readonly List<long> _changes = [];
    private byte[] _block = [];
    private bool _counted = true;
    private bool _heldOutNext;
    private long _heldOut;
    private long _count;
    private long _read;

    /// <summary>Documents so far.</summary>
    public long Documents => _documents.Count;

    /// <summary>Broken records so far.</summary>
    public long Skipped { get; private set; }

    public override void BeginHeldOut() => _heldOutNext = true;

    public override void Skip() => Skipped++;

    public override void Advance(long bytes) => advanced(_read += bytes);

    /// <summary>Room for the header, before the first token.</summary>
    public void Begin() => stream.Write(new byte[TokenFile.HeaderLength]);

    /// <summary>Writes what follows the tokens, the header, and checksums over all of it.</summary>
    public void Finish()
    {
        stream.Write(new byte[(int)(-(_count * _width) & 7)]);
        WriteLongs(_changes);
        WriteLongs(_documents);
        stream.Position = 0;
        stream.Write(new TokenFileHeader(_width, _count, _changes.Count, _documents.Count, Skipped, _heldOut).ToBytes());
        stream.Position = 0;
        var sums = new List<long>();
        var block = new byte[TokenFile.ChecksumBlock];
        while (stream.ReadAtLeast(block, block.Length, throwOnEndOfStream: false) is var read and > 0)
        {
            sums.Add((long)Checksum.Of(block.AsSpan(0, read)));
        }

        WriteLongs(sums);
    }

    protected override void StartDocument()
    {
        _documents.Add(_count);
        _heldOut = _heldOutNext ? _count : _heldOut;
        _heldOutNext = false;
    }

    protected override void Take(ReadOnlySpan<int> tokens, bool counted)
    {
        if (counted != _counted && tokens.Length > 0)
        {
            _changes.Add(_count);
            _counted = counted;
        }

        if (_block.Length < tokens.Length * _width)
        {
            _block = new byte[tokens.Length * _width];
        }

        var bytes = _block.AsSpan(0, tokens.Length * _width);
        for (var i = 0; i < tokens.Length; i++)
        {
            switch (_width)
            {
                case 1: bytes[i] = checked((byte)tokens[i]); break;
                case 2: BinaryPrimitives.WriteUInt16LittleEndian(bytes[(i * 2)..], checked((ushort)tokens[i])); break;
                default: BinaryPrimitives.WriteInt32LittleEndian(bytes[(i * 4)..], tokens[i]); break;
            }
        }

        stream.Write(bytes);
        _count += tokens.Length;
    }

    private void WriteLongs(List<long> values)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        foreach (var value in values)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
            stream.Write(bytes);
        }
    }
}

/// <summary>A fast 64-bit sum that notices changed, missing and swapped bytes; not for secrets.</summary>
internal static class Checksum
{
    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        const ulong Prime = 0x9E3779B97F4A7C15UL;
        var (a, b) = (Prime ^ (ulong)bytes.Length, 0xC2B2AE3D27D4EB4FUL);
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        for (var i = 0; i + 1 < words.Length; i += 2)
        {
            a = (a ^ words[i]) * Prime;
            b = (b ^ words[i + 1]) * Prime;
            a ^= a >> 32;
            b ^= b >> 29;
        }

        for (var i = words.Length / 2 * 2 * 8; i < bytes.Length; i++)
        {
            a = (a ^ bytes[i]) * Prime;
            a ^= a >> 32;
        }

        return a ^ (b * Prime);
    }
}
