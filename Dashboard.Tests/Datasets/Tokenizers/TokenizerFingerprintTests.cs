using System.Text.Json;
using System.Text.Json.Nodes;
using Crossbench.Datasets.Tokenizers;
using Crossbench.Tests.Support;
using Xunit;

namespace Crossbench.Tests.Datasets.Tokenizers;

public sealed class TokenizerFingerprintTests : IDisposable
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Fingerprint_ChangesWithAllThatDecidesAnEncoding()
    {
        Action<JsonObject>[] changes =
        [
            _ => { },
            file => file.WithToken("<x>"),
            file => file.WithToken("<y>"),
            file => file.WithToken("<x>", special: false),
            file => file.WithToken("<x>", flag: "lstrip"),
            file => file.WithToken("<x>", flag: "rstrip"),
            file => file.WithToken("<x>", flag: "single_word"),
            file => file.WithToken("<x>", flag: "normalized"),
            file => file.WithToken("</s>"),
            file => file["model"]!["ignore_merges"] = true,
            file => file["normalizer"] = JsonNode.Parse("""{"type":"NFC"}"""),
            file => file["model"]!["merges"]!.AsArray().RemoveAt(399),
            file => (file["model"]!["merges"]![0], file["model"]!["merges"]![1]) = (file["model"]!["merges"]![1]!.DeepClone(), file["model"]!["merges"]![0]!.DeepClone()),
            file => (file["model"]!["vocab"]!["!"], file["model"]!["vocab"]!["?"]) = ((int)'?', (int)'!'),
            file => file["pre_tokenizer"] = JsonNode.Parse(SampleTokenizer.SmolLm2),
            file => file["pre_tokenizer"] = JsonNode.Parse(SampleTokenizer.DigitRuns),
            file => file["pre_tokenizer"] = JsonNode.Parse(SampleTokenizer.Llama3),
            file => file["pre_tokenizer"] = JsonNode.Parse(SampleTokenizer.Qwen2),
            file => file["pre_tokenizer"] = JsonNode.Parse(SampleTokenizer.Whole),
        ];
        var fingerprints = changes.Select(change =>
        {
            var file = SampleTokenizer.Create(SampleTokenizer.Gpt2);
            change(file);
            return file.Load(_folder).Fingerprint;
        }).Concat([ByteTokenizer.Instance.Fingerprint, Gpt2Tokenizer.Shared.Fingerprint]).ToList();
        Assert.All(fingerprints, fingerprint => Assert.Matches("^[0-9a-f]{32}$", fingerprint));
        Assert.Equal(fingerprints.Count, fingerprints.Distinct().Count());
    }

    [Fact]
    public void Fingerprint_StaysWithWhatDecidesNothing()
    {
        var file = SampleTokenizer.Create(SampleTokenizer.Gpt2);
        var fingerprint = file.Load(_folder).Fingerprint;
        file["truncation"] = JsonNode.Parse("""{"max_length":7}""");
        Assert.Equal(fingerprint, TokenizerJson.Load(_folder.Write("another.json", file.ToJsonString(Indented)), "another").Fingerprint);
        Assert.Equal(fingerprint, SampleTokenizer.Create(SampleTokenizer.Gpt2, pairs: true).Load(_folder).Fingerprint);
    }

    [Fact]
    public void Fingerprint_OfTheBytes_IsAlwaysTheSame() => Assert.Equal("f9de96eea6f64a0e5fc4b4f96e3b700c", ByteTokenizer.Instance.Fingerprint);
}
