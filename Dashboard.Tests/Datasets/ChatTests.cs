using System.Text;
using Crossbench.Datasets;
using Crossbench.Datasets.Corpora;
using Crossbench.Datasets.Sources;
using Crossbench.Datasets.Tokenizers;
using Crossbench.Tests.Datasets.Tokenizers;
using Crossbench.Tests.Support;
using Xunit;

namespace Crossbench.Tests.Datasets;

/// <summary>Conversations and instructions: what is written, and what of it is scored.</summary>
public sealed class ChatTests : IDisposable
{
    private const int Context = 128;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello é"},{"role":"user","content":"Bye"},{"role":"assistant","content":"So long"}]}""", "messages")]
    [InlineData("""{"conversations":[{"from":"system","value":"Be brief."},{"from":"human","value":"Hi"},{"from":"gpt","value":"Hello é"},{"from":"human","value":"Bye"},{"from":"gpt","value":"So long"}]}""", "conversations")]
    public void Conversation_InAnyForm_IsScoredWhereTheAssistantSpeaks(string record, string field)
    {
        var options = new ChatOptions { Path = Records(record), Field = field };
        Assert.Equal("System: Be brief.\n\nUser: Hi\n\nAssistant: [Hello é\n\n]User: Bye\n\nAssistant: [So long\n\n]", Scored(new Chat(), options));
        Assert.Equal(
            "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n[Hello é<|im_end|>]\n<|im_start|>user\nBye<|im_end|>\n<|im_start|>assistant\n[So long<|im_end|>]\n\n",
            Scored(new Chat(), options with { Template = ChatTemplate.Chatml }, 256));
        Assert.StartsWith(
            "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n[Hello é<|eot_id|>]",
            Scored(new Chat(), options with { Template = ChatTemplate.Llama3 }, 512),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Turns_OfDevelopersToolsAndParts_AreReadAsTheyAreExported()
    {
        var options = new ChatOptions
        {
            Path = Records("""{"messages":[{"role":"developer","content":"Be brief."},{"role":"user","content":[{"type":"text","text":"2 "},{"type":"text","text":"+ 2?"}]},{"role":"assistant","content":null,"tool_calls":[{"id":"1"}]},{"role":"tool","content":"4"},{"role":"assistant","content":"4."}]}"""),
        };
        Assert.Equal("System: Be brief.\n\nUser: 2 + 2?\n\nAssistant: \n\nTool: 4\n\nAssistant: [4.\n\n]", Scored(new Chat(), options));
    }

    [Theory]
    [InlineData(ChatTemplate.Plain, true)]
    [InlineData(ChatTemplate.Chatml, false)]
    [InlineData(ChatTemplate.Llama3, false)]
    public void EndOfText_IsScored_OnlyWhereTheTemplateHasNoEndMark(ChatTemplate template, bool isScored)
    {
        var path = Records("""{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"}]}""");
        using var stream = new Chat().Open(_folder.Data, new ChatOptions { Path = path, Template = template, Tokenizer = TokenizerChoice.Gpt2 }, Context, 50257);
        var batch = stream.EvaluationBatch(HeldOut.Validation, 0, 8, 8);
        var ends = Enumerable.Range(0, batch.Targets.Length).Where(i => batch.Targets[i] == 50256 && batch.Classes![i] != TokenClass.Padding).ToArray();
        Assert.NotEmpty(ends);
        Assert.All(ends, end => Assert.Equal(isScored, batch.Counted![end]));
    }

    [Fact]
    public void Capybara_IsReadAsItIsExported()
    {
        var options = new ChatOptions { Path = Records("""{"source":"x","conversation":[{"input":"Hi","output":"Hello"},{"input":"Bye","output":"So long"}]}"""), Field = "conversation" };
        Assert.Equal("User: Hi\n\nAssistant: [Hello\n\n]User: Bye\n\nAssistant: [So long\n\n]", Scored(new Chat(), options));
    }

    [Fact]
    public void Instructions_AreScoredOnTheAnswer()
    {
        var options = new InstructionsOptions { Path = Records("""{"instruction":"Add.","input":"1 2","output":"3"}""", """{"instruction":"Greet.","input":"","output":"Hello"}""") };
        Assert.Equal("### Instruction:\nAdd.\n\n### Input:\n1 2\n\n### Response:\n[3\n]### Instruction:\nGreet.\n\n### Response:\n[Hello\n]", Scored(new Instructions(), options));
    }

    [Theory]
    [InlineData("""{"messages":"x","turns":[]}""", "it has no list \"messages\"; its lists are \"turns\"")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}]}""", "it has no turn of the assistant in \"messages\"")]
    [InlineData("""{"messages":[{"role":"robot","content":"x"}]}""", "it has a turn of the unknown role \"robot\"")]
    [InlineData("""{"messages":[{"role":"user"}]}""", "it has a turn in \"messages\" without role and content")]
    [InlineData("""{"messages":[{"role":"user","content":["x"]}]}""", "it has a list in \"content\" whose items are not parts with type and text")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"x"}}]}]}""", "it has a part of the type \"image_url\" in \"content\", not of text")]
    [InlineData("""{"messages":[{"role":"assistant","content":null}]}""", "it has null in \"content\", not a text")]
    public void BrokenConversation_IsRefusedByItsLine(string record, string reason)
    {
        var path = Records(record);
        var problem = Assert.Single(new Chat().Validate(new ChatOptions { Path = path }, Context, 256));
        Assert.Contains($"line 1: {reason}", problem.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ChatTemplate.Plain, TokenizerChoice.Bytes, null)]
    [InlineData(ChatTemplate.Chatml, TokenizerChoice.Bytes, "The tokenizer bytes has no token for <|im_start|>, <|im_end|>: ")]
    [InlineData(ChatTemplate.Llama3, TokenizerChoice.Gpt2, "The tokenizer gpt2 has no token for <|begin_of_text|>, <|start_header_id|>, <|end_header_id|>, <|eot_id|>: ")]
    public void MarksThatTheTokenizerLacks_AreNamed(ChatTemplate template, TokenizerChoice tokenizer, string? note)
    {
        var options = new ChatOptions { Path = Records("""{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"}]}"""), Template = template, Tokenizer = tokenizer };
        using var stream = new Chat().Open(_folder.Data, options, Context, 50257);
        Assert.Equal(note is null ? Array.Empty<string>() : [note], stream.Notes.Select(said => said[..note!.Length]));
    }

    [Fact]
    public void MarksThatTheTokenizerHas_NeedNoNote()
    {
        var file = SampleTokenizer.Create(SampleTokenizer.SmolLm2).WithToken("<|im_start|>").WithToken("<|im_end|>");
        var options = new ChatOptions
        {
            Path = Records("""{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"}]}"""),
            Template = ChatTemplate.Chatml,
            Tokenizer = TokenizerChoice.File,
            TokenizerFile = _folder.Write("tokenizer.json", file.ToJsonString()),
        };
        using var stream = new Chat().Open(_folder.Data, options, Context, 1000);
        Assert.Empty(stream.Notes);
    }

    [Fact]
    public void PlainText_IsNoConversation()
    {
        var problem = Assert.Single(new Chat().Validate(new ChatOptions { Path = _folder.Write("a.txt", "Hello") }, Context, 256));
        Assert.Contains("is no file of JSON records", problem.Reason, StringComparison.Ordinal);
        Assert.Equal("dataset.instructionField", Assert.Single(new Instructions().Validate(new InstructionsOptions { Path = Records("""{"prompt":"x","output":"y"}""") }, Context, 256)).Path);
    }

    [Fact]
    public void Chance_OfAChat_IsTheEntropyOfWhatIsScored()
    {
        using var stream = new Chat().Open(_folder.Data, new ChatOptions { Path = Records("""{"messages":[{"role":"user","content":"quite another text"},{"role":"assistant","content":"ab"}]}""") }, Context, 256);
        // Of each conversation the tokens a, b and two line feeds are scored.
        Assert.Equal((0.5 * Math.Log(4)) + (0.5 * Math.Log(2)), stream.Chance, 2);
    }

    [Fact]
    public void Conversation_LongerThanARow_LeavesOutRowsWithoutAnAnswer()
    {
        var path = Records($$"""{"messages":[{"role":"user","content":"{{new string('x', 600)}}"},{"role":"assistant","content":"yes"}]}""");
        using var stream = new Chat().Open(_folder.Data, new ChatOptions { Path = path }, 64, 256);
        var rows = (int)stream.EvaluationCapacity(HeldOut.Validation);
        var batch = stream.EvaluationBatch(HeldOut.Validation, 0, rows, rows);
        Assert.All(batch.Counted!.Chunk(64), row => Assert.Contains(true, row));
    }

    /// <summary>The records over and over, so that there are enough of them.</summary>
    private string Records(params string[] records) => _folder.Write($"{Guid.NewGuid():N}.jsonl", string.Join('\n', Enumerable.Repeat(records, 300).SelectMany(item => item)));

    /// <summary>The first documents of a row, once over, with brackets around what is scored.</summary>
    private string Scored<TOptions>(TextDataset<TOptions> dataset, TOptions options, int context = Context)
        where TOptions : TextualOptions, new()
    {
        using var stream = dataset.Open(_folder.Data, options with { Packing = Packing.Documents }, context, 256);
        var batch = stream.EvaluationBatch(HeldOut.Validation, 0, 1, 1);
        var (text, inside) = (new List<byte> { (byte)batch.Inputs[0] }, false);
        for (var i = 0; i < context && batch.Classes![i] != TokenClass.Padding; i++)
        {
            if (batch.Counted![i] != inside)
            {
                text.Add((byte)(inside ? ']' : '['));
                inside = !inside;
            }

            Assert.Equal(inside, batch.Classes[i] == TokenClass.Answer);
            text.Add((byte)batch.Targets[i]);
        }

        var whole = Encoding.UTF8.GetString([.. text]) + (inside ? "]" : "");
        var again = whole.IndexOf(whole[..Math.Min(20, whole.Length)], 20, StringComparison.Ordinal);
        return again < 0 ? whole : whole[..again];
    }
}
