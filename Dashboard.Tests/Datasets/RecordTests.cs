using System.Globalization;
using System.Text;
using System.Text.Json;
using Crossbench.Datasets;
using Crossbench.Datasets.Corpora;
using Crossbench.Datasets.Sources;
using Crossbench.Tests.Support;
using Xunit;

namespace Crossbench.Tests.Datasets;

/// <summary>Texts that are fields of JSON Lines records or columns of tables.</summary>
public sealed class RecordTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Text _dataset = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Field_OfJsonLines_IsADocumentEach()
    {
        var texts = Enumerable.Range(0, 400).Select(i => $"line \"{i}\"\né🦊\t{new string('x', i % 40)}").ToArray();
        var lines = texts.Select(text => JsonSerializer.Serialize(new { id = 1, content = text }));
        AssertIsText(string.Join('\n', texts), new TextOptions { Path = _folder.Write("a.jsonl", string.Join("\r\n", lines)), Field = "content" });
        AssertIsText(string.Join('\n', texts), new TextOptions { Path = _folder.Write("b.ndjson", "\uFEFF" + string.Join("\n\n  \n", lines) + "\n"), Field = "content" });
    }

    [Fact]
    public void Column_OfATable_IsADocumentEach()
    {
        var texts = Enumerable.Range(0, 400).Select(i => $"a \"quoted\" {i}, with comma\nand line\r\nend é🦊{new string('x', i % 40)}").ToArray();
        var rows = texts.Select(text => $"7,\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\",plain");
        AssertIsText(string.Join('\n', texts), new TextOptions { Path = _folder.Write("a.csv", "id,text,note\r\n" + string.Join("\r\n", rows)) });
        AssertIsText(string.Join('\n', texts), new TextOptions { Path = _folder.Write("b.csv", "\uFEFF\"id\",\"text\",note\n" + string.Join("\n\n", rows) + "\n") });
        var tabs = Enumerable.Range(0, 400).Select(i => string.Create(CultureInfo.InvariantCulture, $"a, b {i} and more words")).ToArray();
        AssertIsText(string.Join('\n', tabs), new TextOptions { Path = _folder.Write("c.tsv", "text\tn\n" + string.Join('\n', tabs.Select(text => text + "\t1"))) });
    }

    [Theory]
    [InlineData("\"never closed\t1", 1)]
    [InlineData("closed \"late\t1", 0)]
    [InlineData("\"a\"b\"\t1\n\"two", 2)]
    [InlineData("\"one field", 1)]
    public void StrayQuote_InATable_CostsItsOwnLineAlone(string broken, int skipped)
    {
        var good = Enumerable.Range(0, 400).Select(i => string.Create(CultureInfo.InvariantCulture, $"row {i} of many words")).ToArray();
        var rows = good.Select(text => text + "\t1").ToList();
        rows.Insert(12, broken);
        rows.Insert(200, "a \"quoted\" word in the midst\t1");
        var path = _folder.Write("a.tsv", "text\tn\n" + string.Join('\n', rows) + "\n");
        using var stream = _dataset.Open(_folder.Data, new TextOptions { Path = path, BadRecords = BadRecords.Skip }, 16, 256);
        var notes = string.Concat(stream.Notes);
        Assert.Equal(skipped == 0 ? "" : $"{(skipped == 1 ? "1 broken record was" : $"{skipped} broken records were")} left out; 401 documents are there.", notes);
        Assert.Equal(skipped == 0 ? 402 : 401, stream.Documents);
        if (skipped > 0)
        {
            var problem = Assert.Single(Assert.Throws<SpecException>(() => _dataset.Open(_folder.Data, new TextOptions { Path = path }, 16, 256)).Problems);
            Assert.Contains(", line 14: it has", problem.Reason, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("{\"text\": \"a\"", "it is not JSON (column ")]
    [InlineData("nonsense", "it is not JSON (column 2)")]
    [InlineData("[1]", "it is a list, not an object")]
    [InlineData("{\"text\": 5}", "it has a number in \"text\", not a text")]
    [InlineData("{\"text\": null}", "it has null in \"text\", not a text")]
    [InlineData("{\"text\": \"a\\u0000b\"}", "it has a NUL character in \"text\"")]
    [InlineData("{\"text\": \"\\ud800\"}", "it has half a surrogate pair in \"text\"")]
    [InlineData("{\"body\": \"b\"}", "it has no field \"text\"; its texts are \"body\"")]
    public void BrokenLine_IsRefusedByFileAndLine_OrSkippedAndCounted(string bad, string reason)
    {
        var path = _folder.Write("a.jsonl", Lines(200) + bad + "\n" + Lines(300));
        var fault = Assert.Throws<SpecException>(() => Open(new TextOptions { Path = path }));
        Assert.StartsWith($"\"{path}\", line 201: {reason}", fault.Problems[0].Reason, StringComparison.Ordinal);
        Assert.Contains(new SpecFix("dataset.badRecords", "skip"), fault.Problems[0].Fixes);
        Assert.True(!Directory.Exists(_folder.Data.Datasets) || Directory.GetFiles(_folder.Data.Datasets).Length == 0);
        using var stream = Open(new TextOptions { Path = path, BadRecords = BadRecords.Skip });
        Assert.Equal("1 broken record was left out; 500 documents are there.", Assert.Single(stream.Notes));
        AssertIsText(string.Join('\n', Enumerable.Repeat("some words", 500)), new TextOptions { Path = path, BadRecords = BadRecords.Skip });
    }

    [Fact]
    public void MissingField_IsFoundByTheForm_WithThoseThatAreThere()
    {
        var path = _folder.Write("a.jsonl", string.Concat(Enumerable.Repeat("{\"id\":1,\"body\":\"b\",\"title\":\"t\"}\n", 300)));
        var problem = Assert.Single(_dataset.Validate(new TextOptions { Path = path }, 32, 256));
        Assert.Equal("dataset.field", problem.Path);
        Assert.Equal([new SpecFix("dataset.field", "body"), new SpecFix("dataset.field", "title"), new SpecFix("dataset.badRecords", "skip")], problem.Fixes);
        var table = _folder.Write("a.csv", "id,body\n1,b\n");
        Assert.Equal("dataset.field: \"" + table + "\" has no column \"text\". Name one of \"id\", \"body\".", Assert.Single(_dataset.Validate(new TextOptions { Path = table }, 32, 256)).ToString());
    }

    [Theory]
    [InlineData("a,b,c\n", "line 3: it has 3 fields where the header has 2")]
    [InlineData("\"never closed\n", "line 3: it has a quote that is never closed")]
    [InlineData("a\0,1\n", "line 3: it has a NUL character")]
    public void BrokenRow_IsRefusedByItsNumber(string bad, string reason)
    {
        var path = _folder.Write("a.csv", "text,n\nfine,1\n" + bad);
        var fault = Assert.Throws<SpecException>(() => Open(new TextOptions { Path = path }));
        Assert.Contains(reason, fault.Problems[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void LatinBytes_InARecord_AreNamed()
    {
        var path = _folder.Write("a.jsonl", [.. Encoding.UTF8.GetBytes(Lines(3)), .. Encoding.Latin1.GetBytes("{\"text\":\"é\"}\n")]);
        Assert.Contains("line 4: it is not UTF-8", Assert.Throws<SpecException>(() => Open(new TextOptions { Path = path })).Message, StringComparison.Ordinal);
        var table = _folder.Write("a.csv", Encoding.Latin1.GetBytes("text,n\né,1\n"));
        Assert.Contains("line 2: it is not UTF-8", Assert.Throws<SpecException>(() => Open(new TextOptions { Path = table })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Records_AllOfThemBroken_AreNoText()
    {
        var path = _folder.Write("a.jsonl", string.Concat(Enumerable.Repeat("no\n", 500)));
        var fault = Assert.Throws<SpecException>(() => Open(new TextOptions { Path = path, BadRecords = BadRecords.Skip }));
        Assert.Contains("has no document: all 500 records are broken", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folder_OfRecords_IsReadWhenItHoldsNoPlainText()
    {
        _folder.Write("in/b.jsonl", Lines(300));
        _folder.Write("in/a.csv", "text\n" + string.Concat(Enumerable.Repeat("in a row\n", 300)));
        AssertIsText(string.Join('\n', Enumerable.Repeat("in a row", 300).Concat(Enumerable.Repeat("some words", 300))), new TextOptions { Path = Path.Combine(_folder.Path, "in") });
    }

    private static string Lines(int count) => string.Concat(Enumerable.Repeat("{\"text\":\"some words\"}\n", count));

    /// <summary>The held-out rows of these options are the end of the text, read as plain text would be.</summary>
    private void AssertIsText(string expected, TextOptions options)
    {
        using var stream = Open(options);
        var bytes = Encoding.UTF8.GetBytes(expected);
        var capacity = (int)stream.EvaluationCapacity(HeldOut.Validation);
        var rows = stream.EvaluationBatch(HeldOut.Validation, 0, capacity, capacity);
        var last = rows.Inputs.AsSpan((capacity - 1) * 32).ToArray().Select(token => (byte)token).Append((byte)rows.Targets[^1]).ToArray();
        Assert.True(bytes.AsSpan().IndexOf(last) >= 0);
        Assert.All(rows.Inputs.Chunk(32), row => Assert.True(bytes.AsSpan().IndexOf(Array.ConvertAll(row, token => (byte)token)) >= 0));
        using var training = TokenFile.TryOpen(Assert.Single(Directory.GetFiles(_folder.Data.Datasets, "*.tokens"), path => new FileInfo(path).LastWriteTimeUtc == Newest()))!;
        var all = new int[training.Count];
        training.Read(0, all);
        Assert.Equal(expected, Encoding.UTF8.GetString(Array.ConvertAll(all, token => (byte)token)));
    }

    private DateTime Newest() => Directory.GetFiles(_folder.Data.Datasets, "*.tokens").Max(path => new FileInfo(path).LastWriteTimeUtc);

    private TokenStream Open(TextOptions options) => _dataset.Open(_folder.Data, options, 32, 256);
}
