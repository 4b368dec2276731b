using System.Text;
using System.Text.Json.Nodes;
using Crossbench.Datasets.Sources;
using Crossbench.Datasets.Tokenizers;
using Crossbench.Tests.Support;
using Xunit;

namespace Crossbench.Tests.Datasets.Tokenizers;

public sealed class TokenizerJsonTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public static TheoryData<string> Forms => ["gpt2", "gpt2 in pairs", "llama3", "llama3 with whole words", "qwen2", "qwen2 with nfc", "smollm2", "runs of digits", "not cut"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Forms))]
    public void Encode_OfArbitraryUnicode_IsTheSlowFormAndDecodesToTheSameBytes(string form)
    {
        var (tokenizer, slow, normal) = Open(form);
        TokenizerTexts.ForAll(300, text =>
        {
            var tokens = tokenizer.Encode(text);
            Assert.Equal(slow.Encode(normal(text)), tokens);
            Assert.Equal(normal(text), tokenizer.Decode(tokens));
        });
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Encode_OfProse_IsTheSlowForm(string form)
    {
        var (tokenizer, slow, _) = Open(form);
        for (var i = 0; i < 3; i++)
        {
            var story = StoryBook.Tell(9, i)[..600];
            Assert.Equal(slow.Encode(story), tokenizer.Encode(story));
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Encode_OfLongWords_IsTheSlowForm(string form)
    {
        var (tokenizer, slow, _) = Open(form);
        var random = new RandomStreams(3).Stream("words");
        foreach (var letters in new[] { "a", "ab", "aeinrst", "=-", "ｘ日é", " \n", "12", "本日" })
        {
            foreach (var length in new[] { 20, 31, 32, 33, 63, 64, 65, 66, 300 })
            {
                var word = string.Concat(Enumerable.Range(0, length).Select(_ => letters[random.NextInt32(letters.Length)]));
                Assert.Equal(slow.Encode(word), tokenizer.Encode(word));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Encode_InPiecesCutAnywhere_GivesTheIdsOfTheWhole(string form)
    {
        var (tokenizer, _, _) = Open(form);
        TokenizerTexts.ForAll(100, text =>
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            var whole = tokenizer.Encode(text);
            for (var cut = 1; cut < bytes.Length; cut++)
            {
                Assert.Equal(whole, TokenizerTexts.EncodeCutAt(tokenizer, bytes, cut));
            }

            Assert.All([1, 2, 3, 7], size => Assert.Equal(whole, TokenizerTexts.EncodeInPieces(tokenizer, bytes, size)));
        });
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Encode_OfBytesThatAreNoText_DecodesToTheSameBytesHoweverCut(string form)
    {
        var (tokenizer, _, _) = Open(form);
        TokenizerTexts.ForAllBytes(300, bytes =>
        {
            var tokens = TokenizerTexts.EncodeInPieces(tokenizer, bytes, Math.Max(1, bytes.Length));
            if (form != "qwen2 with nfc")
            {
                Assert.Equal(bytes, tokenizer.DecodeBytes([.. tokens]));
            }

            Assert.All([1, 3, 5], size => Assert.Equal(tokens, TokenizerTexts.EncodeInPieces(tokenizer, bytes, size)));
        });
    }

    [Fact]
    public void Gpt2_AsTokenizerJson_GivesTheIdsOfItsRanks()
    {
        var tokenizer = Gpt2AsJson().Load(_folder);
        Assert.Equal(50257, tokenizer.VocabularySize);
        Assert.Equal(50256, tokenizer.EndOfText);
        TokenizerTexts.ForAll(200, text => Assert.Equal(Gpt2Tokenizer.Shared.Encode(text), tokenizer.Encode(text)));
        Assert.Equal(Gpt2Tokenizer.Shared.Encode(StoryBook.Tell(1, 1)), tokenizer.Encode(StoryBook.Tell(1, 1)));
    }

    [Fact]
    public void Id_IsFileUnlessNamed()
    {
        Assert.Equal("file", SampleTokenizer.Create(SampleTokenizer.Gpt2).Load(_folder).Id);
        Assert.Equal("bpe", TokenizerJson.Load(_folder.File("tokenizer.json"), "bpe").Id);
    }

    [Fact]
    public void ByteOrderMark_IsNoFault()
    {
        var path = _folder.Write("marked.json", "\uFEFF" + SampleTokenizer.Create(SampleTokenizer.Gpt2).ToJsonString());
        Assert.Equal(656, TokenizerJson.Load(path).VocabularySize);
    }

    [Fact]
    public void BytesThatUtf8NeverHas_MayBeMissing_AndAreRefusedInText()
    {
        var file = SampleTokenizer.Create(SampleTokenizer.Gpt2);
        var vocabulary = file["model"]!["vocab"]!.AsObject();
        vocabulary.Remove(SlowTokenizer.Letter(0xFF));
        file["model"]!["vocab"] = new JsonObject(vocabulary.Select((token, id) => KeyValuePair.Create(token.Key, (JsonNode?)JsonValue.Create(id))));
        var tokenizer = file.Load(_folder);
        TokenizerTexts.ForAll(50, text => Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text))));
        var problem = Assert.Throws<SpecException>(() => tokenizer.Encode([0xFF], true, new List<int>())).Problems[0];
        Assert.Equal("The tokenizer has no token for the byte 0xFF, which the text holds.", problem.Reason);
    }

    [Fact]
    public void ModelWithoutType_IsBytePairsIfItHasMerges()
    {
        var file = SampleTokenizer.Create(SampleTokenizer.Gpt2);
        file["model"]!.AsObject().Remove("type");
        Assert.Equal(656, file.Load(_folder).VocabularySize);
    }

    private (Tokenizer Tokenizer, SlowTokenizer Slow, Func<string, string> Normal) Open(string form)
    {
        var file = form switch
        {
            "gpt2" => SampleTokenizer.Create(SampleTokenizer.Gpt2),
            "gpt2 in pairs" => SampleTokenizer.Create(SampleTokenizer.Gpt2, pairs: true),
            "llama3" => SampleTokenizer.Create(SampleTokenizer.Llama3),
            "llama3 with whole words" => SampleTokenizer.Create(SampleTokenizer.Llama3, pairs: true).WithWholeWords("qx", "Ġqx", "sse", "11", "ss"),
            "smollm2" => SampleTokenizer.Create(SampleTokenizer.SmolLm2),
            "runs of digits" => SampleTokenizer.Create(SampleTokenizer.DigitRuns),
            "not cut" => SampleTokenizer.Create(SampleTokenizer.Whole),
            _ => SampleTokenizer.Create(SampleTokenizer.Qwen2),
        };
        if (form == "qwen2 with nfc")
        {
            file["normalizer"] = new JsonObject { ["type"] = "NFC" };
        }

        return (file.Load(_folder), new SlowTokenizer(file), form == "qwen2 with nfc" ? SlowNfc.Normalize : text => text);
    }

    /// <summary>GPT-2's ranks as the merges that they came from: each token is what its two halves make, by the tokens of lower rank.</summary>
    private static JsonObject Gpt2AsJson()
    {
        var names = Gpt2Ranks.Read(Gpt2Ranks.ShippedPath).Select(bytes => string.Concat(bytes.Select(SlowTokenizer.Letter))).ToList();
        var ranks = names.Select((name, rank) => (name, rank)).ToDictionary(token => token.name, token => token.rank);
        var file = SampleTokenizer.Create(SampleTokenizer.Gpt2);
        file["model"]!["merges"] = new JsonArray([.. names.Where(name => name.Length > 1).Select(name => (JsonNode)Halves(name))]);
        file["model"]!["vocab"] = new JsonObject(ranks.Select(token => KeyValuePair.Create(token.Key, (JsonNode?)JsonValue.Create(token.Value))));
        return file.WithToken("<|endoftext|>");

        string Halves(string name)
        {
            var parts = name.Select(letter => letter.ToString()).ToList();
            while (parts.Count > 2)
            {
                var best = Enumerable.Range(0, parts.Count - 1).MinBy(i => ranks.TryGetValue(parts[i] + parts[i + 1], out var rank) && rank < ranks[name] ? rank : int.MaxValue);
                parts[best] += parts[best + 1];
                parts.RemoveAt(best + 1);
            }

            return $"{parts[0]} {parts[1]}";
        }
    }
}
