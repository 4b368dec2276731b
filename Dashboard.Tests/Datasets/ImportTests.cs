using System.Text;
using Crossbench.Datasets.Imports;
using Crossbench.Tests.Support;
using Xunit;

namespace Crossbench.Tests.Datasets;

public sealed class ImportTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private ImportFolder Imports => new(_folder.Data, TimeProvider.System);

    [Theory]
    [InlineData("book.txt", "book.txt")]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData("C:\\Users\\me\\talk.jsonl", "talk.jsonl")]
    [InlineData(".hidden", "hidden")]
    [InlineData("a\0b\nc.txt", "a-b-c.txt")]
    [InlineData("what?*<is>|\"it\".txt", "what---is---it.txt")]
    [InlineData("  ...  ", "import")]
    [InlineData("", "import")]
    [InlineData("con.txt", "con-import.txt")]
    [InlineData("half.partial", "half-partial")]
    [InlineData("Bücher – ἄλφα (2).txt", "Bücher - ἄλφα (2).txt")]
    public void Names_AreMadeSafe(string sent, string kept) => Assert.Equal(kept.Normalize(), ImportName.Safe(sent));

    [Fact]
    public void Names_ThatAreLong_AreCutBeforeTheirEnding()
    {
        var name = ImportName.Safe(new string('ä', 500) + ".jsonl");
        Assert.EndsWith("ä.jsonl", name, StringComparison.Ordinal);
        Assert.InRange(Encoding.UTF8.GetByteCount(name), 100, 120);
    }

    [Fact]
    public async Task File_IsKeptWhole_UnderTheFirstFreeName()
    {
        var first = await SaveAsync("book.txt", "one");
        var second = await SaveAsync("book.txt", "two");
        var third = await SaveAsync("folder/book.txt", "three");
        Assert.Equal(["book.txt", "book-2.txt", "book-3.txt"], new[] { first, second, third }.Select(file => file.Name));
        Assert.Equal(["one", "two", "three"], new[] { first, second, third }.Select(file => File.ReadAllText(file.Path)));
        Assert.Equal(["book-2.txt", "book-3.txt", "book.txt"], Imports.List().Select(file => file.Name));
        Assert.True(Imports.Delete("book-2.txt"));
        Assert.False(Imports.Delete("book-2.txt"));
        Assert.Null(Imports.Find("../imports/book.txt"));
        Assert.Equal(2, Directory.GetFiles(Imports.Root).Length);
    }

    [Fact]
    public async Task ManyAtOnce_GetNamesOfTheirOwn()
    {
        var files = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => SaveAsync("book.txt", $"text {i}"))));
        Assert.Equal(20, files.Select(file => file.Name).Distinct().Count());
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"text {i}").Order(), files.Select(file => File.ReadAllText(file.Path)).Order());
    }

    [Fact]
    public async Task File_ThatEndsEarly_IsNotKept()
    {
        using var source = new MemoryStream(new byte[100]);
        var fault = await Assert.ThrowsAsync<SpecException>(() => Imports.SaveAsync("a.txt", source, 250, null, TestContext.Current.CancellationToken));
        Assert.Contains("it ended after 100 of 250 bytes", fault.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Imports.Root));
        await Assert.ThrowsAsync<SpecException>(() => Imports.SaveAsync("a.txt", source, 0, null, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task File_ThatIsStopped_IsNotKept()
    {
        using var cancellation = new CancellationTokenSource();
        using var source = new MemoryStream(new byte[1 << 20]);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Imports.SaveAsync("a.txt", source, 1 << 20, bytes => Stop(bytes), cancellation.Token));
        Assert.Empty(Directory.GetFiles(Imports.Root));

        void Stop(long bytes)
        {
            if (bytes > 200_000)
            {
                cancellation.Cancel();
            }
        }
    }

    [Fact]
    public async Task FullDisk_IsToldInWords_AndNothingIsKept()
    {
        var imports = new ImportFolder(_folder.Data, TimeProvider.System) { Create = path => new FullDisk(path) };
        using var source = new MemoryStream(new byte[1 << 20]);
        var fault = await Assert.ThrowsAsync<SpecException>(() => imports.SaveAsync("a.txt", source, 1 << 20, null, TestContext.Current.CancellationToken));
        Assert.Contains("\"a.txt\" was not kept: the disk is full.", fault.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Imports.Root));
    }

    [Fact]
    public async Task WhatAKilledServerLeft_IsNotListed_AndGoesWithTheNextFile()
    {
        var (old, held, fresh) = (_folder.Write("datasets/imports/.0.partial", "half"), _folder.Write("datasets/imports/.1.partial", "half"), _folder.Write("datasets/imports/.2.partial", "half"));
        File.SetLastWriteTimeUtc(old, File.GetLastWriteTimeUtc(old).AddHours(-1));
        File.SetLastWriteTimeUtc(held, File.GetLastWriteTimeUtc(held).AddHours(-1));
        Assert.Empty(Imports.List());
        using var writer = new FileStream(held, FileMode.Open, FileAccess.Write, FileShare.None);
        await SaveAsync("a.txt", "whole");
        Assert.Equal([held, fresh, _folder.File("datasets/imports/a.txt")], Directory.GetFiles(Imports.Root).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("a.txt", "plain words", "text", "")]
    [InlineData("a.md", "{\"messages\":[]}", "text", "")]
    [InlineData("a.csv", "text,n\na,1", "text", "")]
    [InlineData("a.jsonl", "{\"text\":\"words\",\"id\":\"longer than the text\"}", "text", "")]
    [InlineData("a.jsonl", "{\"id\":\"7\",\"story\":\"long words\"}", "text", "dataset.field=story")]
    [InlineData("a.jsonl", "{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}", "chat", "")]
    [InlineData("a.ndjson", "\n{\"conversations\":[{\"from\":\"human\",\"value\":\"hi\"}]}", "chat", "dataset.field=conversations")]
    [InlineData("a.jsonl", "{\"tags\":[\"x\"],\"conversation\":[{\"input\":\"hi\",\"output\":\"ho\"}]}", "chat", "dataset.field=conversation")]
    [InlineData("a.jsonl", "{\"instruction\":\"add\",\"input\":\"\",\"output\":\"5\"}", "instructions", "")]
    [InlineData("a.jsonl", "{\"prompt\":\"add\",\"completion\":\"5\"}", "instructions", "dataset.instructionField=prompt dataset.answerField=completion")]
    [InlineData("a.jsonl", "{broken", "text", "")]
    [InlineData("a.jsonl", "", "text", "")]
    public void File_GoesToTheDatasetThatItsFirstRecordFits(string name, string content, string dataset, string settings)
    {
        var path = _folder.Write(name, content);
        var fit = ImportSample.Of(path).Fit()!.Value;
        Assert.Equal(dataset, fit.Dataset.Id);
        Assert.Equal($"dataset.path={path} {settings}".Trim(), string.Join(' ', fit.Settings.Select(pair => $"{pair.Key}={pair.Value}")));
    }

    [Fact]
    public void Tokenizer_GoesBesideAText()
    {
        var path = _folder.Write("bpe.json", "{\"version\":\"1.0\",\"added_tokens\":[],\"pre_tokenizer\":null}");
        var fit = ImportSample.Of(path).Fit()!.Value;
        Assert.Equal(("text", $"dataset.tokenizer=file dataset.tokenizerFile={path}"), (fit.Dataset.Id, string.Join(' ', fit.Settings.Select(pair => $"{pair.Key}={pair.Value}"))));
    }

    private async Task<ImportedFile> SaveAsync(string name, string text)
    {
        using var source = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return await Imports.SaveAsync(name, source, source.Length, null, CancellationToken.None);
    }

    /// <summary>A file on a disk that is full after some blocks.</summary>
    private sealed class FullDisk(string path) : FileStream(path, FileMode.CreateNew)
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            Position > 300_000 ? throw new IOException("No space left on device", 28) : base.WriteAsync(buffer, cancellationToken);
    }
}
