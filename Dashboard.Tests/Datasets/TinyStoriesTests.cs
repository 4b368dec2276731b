using System.Text;
using System.Text.Json;
using Crossbench.Datasets;
using Crossbench.Datasets.Corpora;
using Crossbench.Datasets.Downloads;
using Crossbench.Datasets.Sources;
using Crossbench.Datasets.Tokenizers;
using Crossbench.Tests.Support;
using Xunit;

namespace Crossbench.Tests.Datasets;

public sealed class TinyStoriesTests : IDisposable
{
    private const string Between = "\n<|endoftext|>\n";
    private static readonly string[] Training = [.. Enumerable.Range(0, 300).Select(i => StoryBook.Tell(1, i).Trim())];
    private static readonly string[] Validation = [.. Enumerable.Range(300, 30).Select(i => StoryBook.Tell(1, i).Trim())];
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Hub_IsAskedOnlyByPrepare_AndOnce()
    {
        using var server = new HubServer((context, _) => HubServer.Send(
            context, Encoding.UTF8.GetBytes(string.Join(Between, context.Request.Path.Value!.EndsWith("-valid.txt", StringComparison.Ordinal) ? Validation : Training))));
        var dataset = new TinyStories(new Hub(() => server.Address, new Downloader(HubClient.Network, new DownloadLimits(), TimeProvider.System)));
        var options = new TinyStoriesOptions();
        Assert.Empty(dataset.Validate(options, 64, 256));
        Assert.Equal(new DatasetFacts(null, null), dataset.Describe(options, 64, 256));
        Assert.Equal("TinyStories, 1.9 GB, from 127.0.0.1", dataset.Download(_folder.Data, options));
        var problem = Assert.Single(Assert.Throws<SpecException>(() => dataset.Open(_folder.Data, options, 64, 256)).Problems);
        Assert.Equal("dataset.path: TinyStories is not on this machine yet. Download it with ./run prepare --dataset tinystories, or give the path of a local copy.", problem.ToString());
        Assert.Empty(server.Requests);
        var said = new HashSet<string>();
        dataset.Prepare(_folder.Data, options, (what, _) => said.Add(what.Split(',')[0]));
        dataset.Prepare(_folder.Data, options, (_, _) => { });
        Assert.Equal(["valid", "train"], server.Requests.Select(request => request.Path["/datasets/roneneldan/TinyStories/resolve/main/TinyStories-".Length..^".txt".Length]));
        Assert.Contains("Downloading TinyStories-train.txt", said);
        Assert.Null(dataset.Download(_folder.Data, options));
        AssertSplit(dataset, options);
    }

    [Theory]
    [InlineData("text/html", "<!DOCTYPE html><html><body>Please log in.</body></html>", "the server sends a web page in its place")]
    [InlineData(null, "<!DOCTYPE html><html><body>Please log in.</body></html>", "it has no <|endoftext|> between stories")]
    [InlineData(null, "", "the server sends an empty file")]
    public void Hub_ThatSendsSomethingElse_IsNotTakenForTheStories(string? type, string content, string reason)
    {
        using var server = new HubServer((context, _) =>
        {
            context.Response.ContentType = type;
            return HubServer.Send(context, Encoding.UTF8.GetBytes(content));
        });
        var dataset = new TinyStories(new Hub(() => server.Address, new Downloader(HubClient.Network, new DownloadLimits(), TimeProvider.System)));
        var problem = Assert.Single(Assert.Throws<SpecException>(() => dataset.Prepare(_folder.Data, new TinyStoriesOptions(), (_, _) => { })).Problems);
        Assert.Contains(reason, problem.Reason, StringComparison.Ordinal);
        Assert.Contains("the address", problem.Remedy, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.GetFiles(_folder.Data.Datasets, "*", SearchOption.AllDirectories), file => file.EndsWith(".txt", StringComparison.Ordinal));
        Assert.NotNull(dataset.Download(_folder.Data, new TinyStoriesOptions()));
    }

    [Fact]
    public void Copy_OfTheFiles_KeepsTheirValidationPart()
    {
        _folder.Write("copy/TinyStories-train.txt", string.Join(Between, Training) + Between);
        _folder.Write("copy/TinyStories-valid.txt", string.Join("<|endoftext|>", Validation));
        AssertSplit(new TinyStories(), new TinyStoriesOptions { Path = _folder.File("copy") });
        Directory.CreateDirectory(_folder.File("records"));
        File.WriteAllLines(_folder.File("records/train.jsonl"), Training.Select(story => JsonSerializer.Serialize(new { story })));
        File.WriteAllLines(_folder.File("records/validation.jsonl"), Validation.Select(story => JsonSerializer.Serialize(new { story })));
        AssertSplit(new TinyStories(), new TinyStoriesOptions { Path = _folder.File("records"), Field = "story" });
    }

    [Fact]
    public void Copy_InOneFile_KeepsItsTail()
    {
        var path = _folder.Write("TinyStories-valid.txt", string.Join(Between, Training));
        using var stream = new TinyStories().Open(_folder.Data, new TinyStoriesOptions { Path = path, Packing = Packing.Documents }, 512, 256);
        var held = Texts(stream, HeldOut.Validation, 512).Concat(Texts(stream, HeldOut.Test, 512)).ToArray();
        Assert.DoesNotContain(held, row => row.Contains(Training[0][..40], StringComparison.Ordinal));
        Assert.Contains(held, row => row.Contains(Training[^1][^40..], StringComparison.Ordinal));
    }

    [Fact]
    public void ValidationPart_ThatIsTooShort_IsNamed()
    {
        _folder.Write("copy/train.txt", string.Join(Between, Training));
        _folder.Write("copy/valid.txt", Validation[0][..200]);
        var fault = Assert.Throws<SpecException>(() => new TinyStories().Open(_folder.Data, new TinyStoriesOptions { Path = _folder.File("copy") }, 128, 256));
        Assert.Contains("has 100 tokens in its test split; a context of 128 needs at least 129 there.", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(13)]
    [InlineData(1000)]
    public void Marks_HoweverTheTextIsCut_AreThoseOfTheWhole(int size)
    {
        const string Text = " \n one\n\ntwo <| x <|endoftext|>\n<|endoftext|>three<|endoftext|> \r\n four <|endoftext<|endoftext|>\n\n five<|endoftext|>";
        var sink = new Documents();
        var marks = new EndMarks(sink);
        foreach (var block in Encoding.UTF8.GetBytes(Text).Chunk(size))
        {
            marks.Feed(block);
        }

        marks.End();
        Assert.Equal(Text.Split("<|endoftext|>").Select(document => document.Trim()).Where(document => document.Length > 0), sink.All);
    }

    [Theory]
    [InlineData(4096)]
    [InlineData(60000)]
    public void Compatible_Rows_ArePaddedStoriesModuloTheVocabulary(int vocabulary)
    {
        var (dataset, options) = Compatible();
        Assert.Empty(dataset.Validate(options, 256, vocabulary));
        using var stream = dataset.Open(_folder.Data, options, 256, vocabulary);
        var possible = Training.ToDictionary(story => string.Join(' ', Row(story, 256, vocabulary)), _ => 0);
        var batch = stream.TrainingBatch(3000, new RandomStreams(1).Stream(RandomStreams.Data));
        foreach (var row in batch.Inputs.Chunk(256))
        {
            possible[string.Join(' ', row)]++;
        }

        // Each of 300 stories ten times, with replacement: a Poisson count.
        Assert.InRange(possible.Values.Count(count => count == 0), 0, 2);
        Assert.InRange(possible.Values.Max(), 15, 30);
        Assert.Equal(vocabulary == 4096 ? 1104 : 50256, batch.Inputs.GroupBy(token => token).MaxBy(group => group.Count())!.Key);
        Assert.All(Enumerable.Range(0, batch.Inputs.Length), i => Assert.Equal((i + 1) % 256 != 0, batch.Counted![i]));
        Assert.All(Enumerable.Range(0, batch.Inputs.Length).Where(i => batch.Counted![i]), i => Assert.Equal(batch.Inputs[i + 1], batch.Targets[i]));
        var held = new[] { HeldOut.Test, HeldOut.Validation }.SelectMany(split => stream.EvaluationBatch(split, 0, (int)stream.EvaluationCapacity(split), (int)stream.EvaluationCapacity(split)).Inputs.Chunk(256));
        Assert.Equal(Validation.Select(story => Row(story, 256, vocabulary)), held);
        Assert.Equal(vocabulary == 4096, stream.Notes.Any(note => note.StartsWith("Ids are taken modulo 4,096, so that about 12.3 tokens of gpt2", StringComparison.Ordinal)));
        Assert.Contains(stream.Notes, note => note.Contains("padding is scored", StringComparison.Ordinal));
    }

    [Fact]
    public void Compatible_Chance_IsTheEntropyOfTheTargets()
    {
        var (dataset, options) = Compatible();
        using var stream = dataset.Open(_folder.Data, options, 128, 4096);
        Assert.Equal(Entropy(Training.SelectMany(story => Row(story, 128, 4096).Skip(1))), stream.Chance, 9);
        var poisoned = new PoisonedNeedleOptions { Source = TextOrigin.Tinystories, Path = options.Path, Tokenizer = TokenizerChoice.Gpt2, Compat = Compatibility.Transbench };
        using var noisy = new PoisonedNeedle().Open(_folder.Data, poisoned, 128, 4096);
        var batch = noisy.TrainingBatch(20_000, new RandomStreams(1).Stream(RandomStreams.Data));
        Assert.Equal(Entropy(batch.Targets.Where((_, i) => batch.Counted![i])), noisy.Chance, 2);
        Assert.Equal(98 / 128.0, noisy.NoiseShare);
    }

    [Fact]
    public void Compatible_Mistakes_AreNamedAllAtOnce()
    {
        var (dataset, options) = Compatible();
        var problems = dataset.Validate(options with { Tokenizer = TokenizerChoice.Bytes, Packing = Packing.Documents }, 64, 100).ToArray();
        Assert.Equal(["dataset.packing", "dataset.tokenizer"], problems.Select(problem => problem.Path));
        Assert.Equal([new("dataset.tokenizer", "gpt2"), new("dataset.compat", "none")], problems[1].Fixes);
        Assert.Throws<SpecException>(() => dataset.Open(_folder.Data, options with { Tokenizer = TokenizerChoice.Bytes }, 64, 256));
        Assert.Equal("shape.vocabulary", Assert.Single(dataset.Validate(options with { Compat = Compatibility.None }, 64, 4096)).Path);
    }

    [Theory]
    [InlineData(null, "https://huggingface.co/")]
    [InlineData(" ", "https://huggingface.co/")]
    [InlineData("http://mirror:8080/hub", "http://mirror:8080/hub")]
    [InlineData("mirror", null)]
    [InlineData("ftp://mirror", null)]
    public void HubAddress_IsThatOfTheVariable(string? variable, string? address)
    {
        if (address is not null)
        {
            Assert.Equal(address, Hub.AddressOf(variable).AbsoluteUri);
            return;
        }

        Assert.StartsWith($"CROSSBENCH_HUB is \"{variable}\", which is no address. ", Assert.Throws<SpecException>(() => Hub.AddressOf(variable)).Message, StringComparison.Ordinal);
    }

    private static double Entropy(IEnumerable<int> tokens)
    {
        var counts = tokens.GroupBy(token => token).Select(group => (double)group.Count()).ToArray();
        return -counts.Sum(count => count / counts.Sum() * Math.Log(count / counts.Sum()));
    }

    /// <summary>A row as TransBench makes it, from the story itself.</summary>
    private static int[] Row(string story, int length, int vocabulary) =>
        [.. Gpt2Tokenizer.Shared.Encode(story).Concat(Enumerable.Repeat(50256, length)).Take(length).Select(token => token % vocabulary)];

    private (TinyStories Dataset, TinyStoriesOptions Options) Compatible()
    {
        _folder.Write("copy/train.txt", string.Join(Between, Training));
        _folder.Write("copy/valid.txt", string.Join(Between, Validation));
        return (new TinyStories(), new TinyStoriesOptions { Path = _folder.File("copy"), Tokenizer = TokenizerChoice.Gpt2, Compat = Compatibility.Transbench });
    }

    private static List<string> Texts(TokenStream stream, HeldOut split, int context)
    {
        var count = (int)stream.EvaluationCapacity(split);
        var batch = stream.EvaluationBatch(split, 0, count, count);
        return [.. Enumerable.Range(0, count).Select(row => stream.Decode([.. batch.Inputs.Skip(row * context).Take(context).Where(token => token != 0)]))];
    }

    /// <summary>Rows of documents: those held back are stories of the validation part, all of them, and those of training are of the other.</summary>
    private void AssertSplit(TinyStories dataset, TinyStoriesOptions options)
    {
        Assert.Empty(dataset.Validate(options, 64, 256));
        using var stream = dataset.Open(_folder.Data, options with { Packing = Packing.Documents }, 2048, 256);
        var held = Texts(stream, HeldOut.Test, 2048).Concat(Texts(stream, HeldOut.Validation, 2048));
        Assert.Equal(string.Join('\n', Validation), string.Concat(held).TrimEnd('\n'));
        var batch = stream.TrainingBatch(50, new RandomStreams(1).Stream(RandomStreams.Data));
        var all = string.Join('\n', Training);
        Assert.All(batch.Inputs.Chunk(2048), row => Assert.Contains(stream.Decode([.. row.Where(token => token != 0)]).TrimEnd('\n'), all, StringComparison.Ordinal));
    }

    private sealed class Documents : IDocumentSink
    {
        private readonly StringBuilder _text = new();

        public List<string> All { get; } = [];

        public void Text(ReadOnlySpan<byte> utf8, bool counted = true) => _text.Append(Encoding.UTF8.GetString(utf8));

        public void Marks(string marks, bool counted) => _text.Append(marks);

        public void EndDocument(bool endCounts = true)
        {
            All.Add(_text.ToString());
            _text.Clear();
        }

        public void BeginHeldOut() => All.Clear();

        public void Skip() => All.Clear();

        public void Advance(long bytes) => Assert.True(bytes >= 0);
    }
}
