using System.Text;
using Crossbench.Datasets;
using Crossbench.Datasets.Sources;
using Crossbench.Tests.Support;
using Xunit;

namespace Crossbench.Tests.Datasets;

public sealed class TextTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Text _dataset = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Chance_OfAText_IsTheEntropyOfItsTrainingSplit()
    {
        var content = string.Concat(Enumerable.Range(0, 102_000).Select(i => "aab"[i % 3])) + new string('z', 18_000);
        using var stream = Open(_folder.Write("a.txt", content), 64);
        Assert.Equal(-(2.0 / 3 * Math.Log(2.0 / 3)) - (1.0 / 3 * Math.Log(1.0 / 3)), stream.Chance, 10);
        Assert.Null(stream.Floor);
    }

    [Fact]
    public void TrainingAndEvaluation_OfAText_ShareNoPosition()
    {
        using var stream = Open(_folder.Write("a.txt", new string('a', 170_000) + new string('t', 10_000) + new string('z', 20_000)), 64);
        var training = stream.TrainingBatch(20_000, new RandomStreams(1).Stream(RandomStreams.Data));
        Assert.All(training.Inputs.Concat(training.Targets), token => Assert.Equal('a', token));
        var held = stream.EvaluationBatch(HeldOut.Validation, 0, 307, 307);
        Assert.All(held.Inputs.Concat(held.Targets), token => Assert.Equal('z', token));
        var test = stream.EvaluationBatch(HeldOut.Test, 0, 153, 153);
        Assert.All(test.Inputs.Concat(test.Targets), token => Assert.Equal('t', token));
        Assert.Equal((307, 153), (stream.EvaluationCapacity(HeldOut.Validation), stream.EvaluationCapacity(HeldOut.Test)));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(64)]
    [InlineData(153)]
    public void EvaluationRows_WithinTheCapacity_ShareNoToken(int rows)
    {
        using var stream = Open(_folder.Write("a.txt", Counted(50_000)), 64);
        Assert.Equal(153, stream.EvaluationCapacity(HeldOut.Validation));
        var starts = Starts(stream.EvaluationBatch(HeldOut.Validation, 0, rows, rows), 64);
        Assert.InRange(starts[0], 90_000, 90_001);
        Assert.All(starts.Zip(starts.Skip(1)), pair => Assert.True(pair.Second - pair.First >= 65));
        Assert.True(starts[^1] + 65 <= 100_000);
        Assert.True(starts[^1] > 100_000 - (2 * 10_000 / rows));
    }

    [Fact]
    public void EvaluationRows_BeyondTheCapacity_ReachFromStartToEnd()
    {
        using var stream = Open(_folder.Write("a.txt", Counted(50_000)), 64);
        var starts = Starts(stream.EvaluationBatch(HeldOut.Validation, 0, 1000, 1000), 64);
        Assert.Equal(90_000, starts[0]);
        Assert.Equal(100_000 - 65, starts[^1]);
    }

    [Fact]
    public void EvaluationBatch_BeyondTheSet_IsRefused()
    {
        using var stream = Open(_folder.Write("a.txt", Counted(50_000)), 64);
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.EvaluationBatch(HeldOut.Validation, 3, 2, 4));
    }

    [Fact]
    public void HeldOut_OfAShortText_IsAQuarterAndStillDisjoint()
    {
        using var stream = Open(_folder.Write("a.txt", new string('a', 665) + new string('t', 133) + new string('z', 266)), 128);
        Assert.Equal(2, stream.EvaluationCapacity(HeldOut.Validation));
        Assert.All(stream.TrainingBatch(500, new RandomStreams(1).Stream(RandomStreams.Data)).Targets, token => Assert.Equal('a', token));
        Assert.All(stream.EvaluationBatch(HeldOut.Validation, 0, 2, 2).Inputs, token => Assert.Equal('z', token));
    }

    [Fact]
    public void Batches_OfAFile_AreItsBytesWithoutTheMark()
    {
        var text = string.Concat(Enumerable.Repeat("Käse – ἄλφα 🦊\n", 400));
        using var plain = Open(_folder.Write("plain.txt", text), 32);
        using var marked = Open(_folder.Write("marked.txt", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(text)]), 32);
        var random = new RandomStreams(1).Stream(RandomStreams.Data);
        Assert.Equal(plain.TrainingBatch(50, random).Inputs, marked.TrainingBatch(50, random).Inputs);
        Assert.Equal(plain.Chance, marked.Chance);
        Assert.Contains(Encoding.UTF8.GetString([.. plain.TrainingBatch(1, random).Inputs.Select(token => (byte)token)]).Trim('\uFFFD'), text, StringComparison.Ordinal);
        Assert.Equal("é", plain.Decode([0xC3, 0xA9]));
    }

    [Fact]
    public void Folder_OfTexts_IsReadInOrdinalOrderWithLineFeedsBetween()
    {
        _folder.Write("books/b.txt", new string('b', 4000));
        _folder.Write("books/B.TXT", new string('B', 3000));
        _folder.Write("books/a.txt", [0xEF, 0xBB, 0xBF, .. Enumerable.Repeat((byte)'a', 3000)]);
        _folder.Write("books/empty.txt", "");
        _folder.Write("books/notes.md", new string('m', 3000));
        using var folder = Open(Path.Combine(_folder.Path, "books"), 32);
        using var file = Open(_folder.Write("joined.txt", $"{new string('B', 3000)}\n{new string('a', 3000)}\n{new string('b', 4000)}"), 32);
        var random = new RandomStreams(1).Stream(RandomStreams.Data);
        Assert.Equal(file.TrainingBatch(500, random).Inputs, folder.TrainingBatch(500, random).Inputs);
        Assert.Equal(file.EvaluationBatch(HeldOut.Validation, 0, 9, 9).Inputs, folder.EvaluationBatch(HeldOut.Validation, 0, 9, 9).Inputs);
    }

    [Fact]
    public void Folder_WhoseFileChanged_IsJoinedAgain()
    {
        var path = _folder.Write("books/a.txt", new string('a', 5000));
        _folder.Write("books/b.txt", new string('b', 5000));
        using (var before = Open(Path.GetDirectoryName(path)!, 32))
        {
            Assert.Contains('a', before.TrainingBatch(100, new RandomStreams(1).Stream(RandomStreams.Data)).Inputs.Select(token => (char)token));
        }

        File.WriteAllText(path, new string('c', 5000));
        using var after = Open(Path.GetDirectoryName(path)!, 32);
        Assert.DoesNotContain('a', after.TrainingBatch(100, new RandomStreams(1).Stream(RandomStreams.Data)).Inputs.Select(token => (char)token));
    }

    [Fact]
    public void Folder_AfterAnInterruptedPreparation_IsWholeAndLeavesNothingUnfinished()
    {
        _folder.Write("books/a.txt", new string('a', 5000));
        _folder.Write("books/b.txt", new string('b', 5000));
        var books = Path.Combine(_folder.Path, "books");
        Open(books, 32).Dispose();
        var prepared = Assert.Single(Directory.GetFiles(_folder.Data.Datasets));
        var bytes = File.ReadAllBytes(prepared);
        File.Move(prepared, prepared + ".123-abc.partial");
        File.WriteAllText(prepared + ".123-abc.partial", "cut off");
        Open(books, 32).Dispose();
        Assert.Equal(prepared, Assert.Single(Directory.GetFiles(_folder.Data.Datasets)));
        Assert.Equal(bytes, File.ReadAllBytes(prepared));
    }

    private static string Counted(int pairs) => string.Concat(Enumerable.Range(0, pairs).Select(i => $"{(char)('\u0080' + (i & 63))}"));

    /// <summary>Offsets of rows in a text of two-byte characters, found by their order: each starts after the one before.</summary>
    private static List<long> Starts(TokenBatch batch, int context)
    {
        var file = Encoding.UTF8.GetBytes(Counted(50_000));
        var starts = new List<long>();
        for (long row = 0, from = 90_000; row < batch.BatchSize; row++)
        {
            var tokens = batch.Inputs.AsSpan((int)row * context, context).ToArray().Select(token => (byte)token).ToArray();
            var expected = batch.BatchSize <= 153 ? 90_000 + (row * 10_000 / batch.BatchSize) : 90_000 + (row * (10_000 - context - 1) / (batch.BatchSize - 1));
            Assert.True(file.AsSpan((int)expected, context).SequenceEqual(tokens));
            Assert.True(expected >= from);
            starts.Add(expected);
            from = expected;
        }

        return starts;
    }

    private TokenStream Open(string path, int context) => _dataset.Open(_folder.Data, new TextOptions { Path = path }, context, 256);
}
