using System.Text.Encodings.Web;
using System.Text.Json;

namespace Crossbench.Datasets.Tokenizers;

/// <summary>A byte-pair encoding that was learnt from text.</summary>
public sealed class TrainedBpe
{
    private const string End = "<|endoftext|>";
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly IReadOnlyList<byte[]> _tokens;

    internal TrainedBpe(IReadOnlyList<byte[]> tokens, IReadOnlyList<(int Left, int Right)> merges) => (_tokens, Merges) = (tokens, merges);

    /// <summary>Number of token ids; the last is the end of text.</summary>
    public int VocabularySize => _tokens.Count + 1;

    /// <summary>The pairs of ids that join, in their order.</summary>
    public IReadOnlyList<(int Left, int Right)> Merges { get; }

    /// <summary>Writes it as a <c>tokenizer.json</c>, which <see cref="TokenizerJson.Load"/> reads, and Hugging Face's tokenizers library too.</summary>
    public void Write(Stream stream)
    {
        var names = _tokens.Select(bytes => ByteLevelAlphabet.Write(bytes)).ToArray();
        using var json = new Utf8JsonWriter(stream, Options);
        json.WriteStartObject();
        json.WriteString("version", "1.0");
        json.WriteNull("truncation");
        json.WriteNull("padding");
        WriteAddedTokens(json);
        json.WriteNull("normalizer");
        WriteByteLevel(json, "pre_tokenizer");
        json.WriteNull("post_processor");
        WriteByteLevel(json, "decoder");
        WriteModel(json, names);
        json.WriteEndObject();
    }

    private void WriteAddedTokens(Utf8JsonWriter json)
    {
        json.WriteStartArray("added_tokens");
        json.WriteStartObject();
        json.WriteNumber("id", _tokens.Count);
        json.WriteString("content", End);
        json.WriteBoolean("single_word", false);
        json.WriteBoolean("lstrip", false);
        json.WriteBoolean("rstrip", false);
        json.WriteBoolean("normalized", false);
        json.WriteBoolean("special", true);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteByteLevel(Utf8JsonWriter json, string name)
    {
        json.WriteStartObject(name);
        json.WriteString("type", "ByteLevel");
        json.WriteBoolean("add_prefix_space", false);
        json.WriteBoolean("trim_offsets", true);
        json.WriteBoolean("use_regex", true);
        json.WriteEndObject();
    }

    private void WriteModel(Utf8JsonWriter json, string[] names)
    {
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        json.WriteNull("dropout");
        json.WriteNull("unk_token");
        json.WriteNull("continuing_subword_prefix");
        json.WriteNull("end_of_word_suffix");
        json.WriteBoolean("fuse_unk", false);
        json.WriteBoolean("byte_fallback", false);
        json.WriteBoolean("ignore_merges", false);
        json.WriteStartObject("vocab");
        foreach (var (id, name) in names.Index())
        {
            json.WriteNumber(name, id);
        }

        json.WriteNumber(End, names.Length);
        json.WriteEndObject();
        json.WriteStartArray("merges");
        foreach (var (left, right) in Merges)
        {
            json.WriteStringValue($"{names[left]} {names[right]}");
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
