using System.Globalization;
using System.Text.Json;
using Crossbench.Datasets;
using Crossbench.Datasets.Sources;
using Crossbench.Tests.Support;
using Xunit;

namespace Crossbench.Tests.Datasets;

/// <summary>Rows of whole documents.</summary>
public sealed class PackingTests : IDisposable
{
    private const int Context = 24;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Rows_OfDocuments_AreThoseOfAGreedyPacking()
    {
        var documents = Enumerable.Range(0, 900).Select(i => string.Create(CultureInfo.InvariantCulture, $"<{i}:{new string((char)('a' + (i % 26)), i * 7 % 31)}>")).ToArray();
        using var stream = Open(documents);
        var ended = documents.Select((document, i) => i < documents.Length - 1 ? document + "\n" : document).ToArray();
        var (validation, test) = (Rows(stream, HeldOut.Validation), Rows(stream, HeldOut.Test));
        var (second, first) = (FirstOf(ended, validation), FirstOf(ended, test));
        Assert.InRange(second, 1, documents.Length - 1);
        Assert.Equal(Greedy(ended[second..]), validation);
        Assert.Equal(Greedy(ended[first..second]), test);
        var training = Texts(stream.TrainingBatch(20_000, new RandomStreams(1).Stream(RandomStreams.Data))).ToHashSet();
        Assert.Equal(Greedy(ended[..first]).ToHashSet(), training);
    }

    [Fact]
    public void Rows_OfVeryManyDocuments_AreEachWhereTheyBelong()
    {
        // Each document fills a row alone, so there are more rows than one block of them holds.
        var documents = Enumerable.Range(0, 90_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"<{i:00000}:{new string('x', 8 + (i % 9))}>")).ToArray();
        using var stream = Open(documents);
        var rows = Texts(stream.TrainingBatch(20_000, new RandomStreams(1).Stream(RandomStreams.Data))).Select(row => row.TrimEnd('\n')).ToArray();
        Assert.Subset(documents.ToHashSet(), rows.ToHashSet());
        Assert.Contains(rows, row => string.CompareOrdinal(row, "<66000") > 0);
        Assert.Contains(rows, row => string.CompareOrdinal(row, "<65000") < 0);
    }

    [Fact]
    public void Predictions_AcrossDocumentsAndOfPadding_AreNotCounted()
    {
        using var stream = Open([.. Enumerable.Range(0, 900).Select(i => $"<{new string('x', i % 11)}>")]);
        var batch = stream.EvaluationBatch(HeldOut.Validation, 0, 20, 20);
        for (var i = 0; i < batch.Inputs.Length; i++)
        {
            var (target, position) = (batch.Targets[i], i % Context);
            var isPadding = target == 0;
            Assert.Equal(isPadding, batch.Classes![i] == TokenClass.Padding);
            Assert.Equal(!isPadding && target != '<', batch.Counted![i]);
            Assert.True(position > 0 || batch.Inputs[i] == '<');
        }
    }

    [Fact]
    public void Document_LongerThanARow_IsCutIntoRowsThatPredictEachTokenOnce()
    {
        var documents = Enumerable.Range(0, 60).Select(i => string.Concat(Enumerable.Range(0, 40).Select(j => $"{(char)('A' + (i % 26))}{j:00}"))).ToArray();
        using var stream = Open(documents);
        var rows = (int)stream.EvaluationCapacity(HeldOut.Validation);
        var batch = stream.EvaluationBatch(HeldOut.Validation, 0, rows, rows);
        // Each document has 121 tokens with its line feed, of which all but the first are predicted; the last has no line feed.
        Assert.Equal(0, (batch.Counted!.Count(item => item) + 1) % 120);
        Assert.All(Texts(batch), row => Assert.True(row.Length is > 1 and <= Context + 1));
    }

    /// <summary>One document after the other while the next one fits, written from the documents themselves.</summary>
    private static List<string> Greedy(string[] documents)
    {
        var (rows, row) = (new List<string>(), "");
        foreach (var document in documents)
        {
            if (row.Length + document.Length <= Context + 1)
            {
                row += document;
                continue;
            }

            rows.Add(row);
            row = document;
            while (row.Length > Context + 1)
            {
                rows.Add(row[..(Context + 1)]);
                row = row[Context..];
            }
        }

        rows.Add(row);
        rows.RemoveAll(item => item.Length < 2);
        return rows;
    }

    private static int FirstOf(string[] documents, List<string> rows) => Array.FindIndex(documents, document => rows[0].StartsWith(document, StringComparison.Ordinal) || document.StartsWith(rows[0], StringComparison.Ordinal));

    private static List<string> Rows(TokenStream stream, HeldOut split)
    {
        var count = (int)stream.EvaluationCapacity(split);
        return Texts(stream.EvaluationBatch(split, 0, count, count));
    }

    private static List<string> Texts(TokenBatch batch) => [.. Enumerable.Range(0, batch.BatchSize).Select(row => string.Concat(
        batch.Inputs.Skip(row * Context).Take(1).Concat(batch.Targets.Skip(row * Context).Take(Context)).Select(token => (char)token)).TrimEnd('\0'))];

    private TokenStream Open(string[] documents)
    {
        var path = _folder.Write("documents.jsonl", string.Join('\n', documents.Select(text => JsonSerializer.Serialize(new { text }))));
        return new Text().Open(_folder.Data, new TextOptions { Path = path, Packing = Packing.Documents }, Context, 256);
    }
}
