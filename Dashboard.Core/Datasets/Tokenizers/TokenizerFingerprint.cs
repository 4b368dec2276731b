using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Crossbench.Datasets.Tokenizers;

/// <summary>Collects what decides how a tokenizer encodes and decodes. Each part goes in with its length, so that parts cannot run into each other.</summary>
internal sealed class TokenizerFingerprint
{
    /// <summary>Counts up when the same parts come to encode text differently.</summary>
    private const int Version = 1;

    private static readonly Lazy<byte[]> Characters = new(HashOfKinds);
    private readonly ArrayBufferWriter<byte> _parts = new(1 << 16);

    private TokenizerFingerprint()
    {
    }

    /// <summary>The fingerprint of what <paramref name="describe"/> adds.</summary>
    public static string Of(Action<TokenizerFingerprint> describe)
    {
        var fingerprint = new TokenizerFingerprint();
        fingerprint.Add(Version);
        describe(fingerprint);
        return Convert.ToHexStringLower(SHA256.HashData(fingerprint._parts.WrittenSpan).AsSpan(0, 16));
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        Add(bytes.Length);
        _parts.Write(bytes);
    }

    public void Add(string text) => Add(Encoding.UTF8.GetBytes(text));

    public void Add(long number)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_parts.GetSpan(sizeof(long)), number);
        _parts.Advance(sizeof(long));
    }

    /// <summary>Adds what this runtime takes for letters, numbers and white space: a newer Unicode knows more of them.</summary>
    public void AddCharacterKinds() => Add(Characters.Value);

    private static byte[] HashOfKinds()
    {
        var kinds = new byte[0x110000];
        for (var code = 0; code < kinds.Length; code++)
        {
            kinds[code] = Rune.IsValid(code) ? (byte)CharacterKinds.Of(new Rune(code)) : (byte)0;
        }

        return SHA256.HashData(kinds);
    }
}
