using System.Text;
using Crossbench.Datasets;
using Crossbench.Datasets.Sources;
using Crossbench.Tests.Support;
using Xunit;

namespace Crossbench.Tests.Datasets;

/// <summary>Each way in which a text can be unusable has one message, from the form and from opening alike.</summary>
public sealed class TextBadInputTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Text _dataset = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    public void EmptyPath_IsAskedFor(string path) => AssertProblem(path, "No text is named.");

    [Fact]
    public void MissingFile_IsNamedWithTheNearestThatExists()
    {
        _folder.Write("alice.txt", "x");
        var problem = AssertProblem(In("alise.txt"), "\"" + In("alise.txt") + "\" does not exist.");
        Assert.Equal(new SpecFix("dataset.path", In("alice.txt")), Assert.Single(problem.Fixes));
        Assert.Equal($"The nearest name there is {In("alice.txt")}.", problem.Remedy);
        Assert.Empty(AssertProblem(In("nothing-like-it/at-all.txt"), "does not exist.").Fixes);
    }

    [Fact]
    public void Records_AreAskedForByTheirName()
    {
        Assert.Equal("Give the path of a .jsonl file, or of a folder of them.", Assert.Single(new Chat().Validate(new ChatOptions(), 64, 256)).Remedy);
        Assert.Equal("Give the path of a .jsonl file, or of a folder of them.", Assert.Single(new Instructions().Validate(new InstructionsOptions { Path = In("none/at-all") }, 64, 256)).Remedy);
    }

    [Theory]
    [InlineData("[{\"text\":\"a\"},\n {\"text\":\"b\"}]", "is one JSON list", "jq -c")]
    [InlineData("\n\n  [1, 2]", "is one JSON list", "jq -c")]
    [InlineData("{\n  \"text\": \"a\"\n}", "is one JSON value", "rename it to .txt")]
    [InlineData("{\"text\":\"a\"}\n{\"text\":\"b\"}\n", "has a JSON record on each line", "Rename it to .jsonl.")]
    [InlineData("{\"version\":\"1.0\",\"added_tokens\":[{\"id\":0", "is a tokenizer, not a text", "dataset.tokenizerFile")]
    [InlineData("{broken", "is one JSON value", "rename it to .txt")]
    public void JsonFile_IsNoText(string content, string reason, string remedy)
    {
        var problem = AssertProblem(_folder.Write("a.json", content), reason);
        Assert.Contains(remedy, problem.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void RelativePath_ThatIsMissing_TellsWhereItWasLookedFor() =>
        Assert.Contains(Environment.CurrentDirectory, AssertProblem("no-such-folder/no-such-file.txt", "does not exist.").Remedy, StringComparison.Ordinal);

    [Fact]
    public void Tilde_IsNotExpandedSilently() => Assert.Single(AssertProblem("~/no-such-text.txt", "which only a shell expands").Fixes);

    [Theory]
    [InlineData("a\0b")]
    [InlineData("/dev/null/x")]
    public void ImpossiblePath_DoesNotExist(string path) => AssertProblem(path, "does not exist.");

    [Fact]
    public void Folder_WithoutText_IsNamed()
    {
        _folder.Write("folder/readme.md", "x");
        AssertProblem(In("folder"), "holds no .txt file, nor any");
    }

    [Fact]
    public void Folder_OfEmptyTexts_IsNamed()
    {
        _folder.Write("folder/a.txt", "");
        AssertProblem(In("folder"), "Every .txt file in");
    }

    [Fact]
    public void EmptyFile_IsNamed() => AssertProblem(_folder.Write("a.txt", ""), "is empty.");

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void UnreadableFile_SaysThatPermissionIsMissing()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess || OperatingSystem.IsWindows(), "Permissions bind neither root nor Windows.");
        var path = _folder.Write("a.txt", new string('a', 100_000));
        File.SetUnixFileMode(path, UnixFileMode.None);
        AssertProblem(path, "cannot be read: permission denied.");
    }

    [Fact]
    public void UnreadableFile_IsNamedWithItsCause()
    {
        var denied = Crossbench.Datasets.Corpora.TextProblems.Unreadable("/books/a.txt", new UnauthorizedAccessException());
        Assert.Equal("dataset.path: \"/books/a.txt\" cannot be read: permission denied. Make it readable for the user that runs this program, with chmod or chown.", denied.ToString());
        var broken = Crossbench.Datasets.Corpora.TextProblems.Unreadable("/books/a.txt", new IOException("Input/output error"));
        Assert.Contains("Input/output error", broken.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(70_000)]
    [InlineData(999_999)]
    public void Nul_MakesAFileBinary(int offset)
    {
        var bytes = Enumerable.Repeat((byte)'a', 1_000_000).ToArray();
        bytes[offset] = 0;
        var path = _folder.Write("a.bin", bytes);
        var problem = Assert.Throws<SpecException>(() => Open(path)).Problems[0];
        Assert.Contains($"NUL byte at offset {offset:N0}.", problem.Reason, StringComparison.Ordinal);
        Assert.Equal("dataset.path", problem.Path);
    }

    [Theory]
    [InlineData(new byte[] { 0x80 })]
    [InlineData(new byte[] { 0xC3, 0x28 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0xF5, 0x80, 0x80, 0x80 })]
    [InlineData(new byte[] { 0xE2, 0x82 })]
    public void BytesThatAreNoUtf8_AreFoundAnywhere(byte[] bad)
    {
        foreach (var offset in new[] { 0, 5000, 65_535, 1_048_575, 2_000_000 })
        {
            var bytes = Enumerable.Repeat((byte)'a', 2_000_000 + (offset == 2_000_000 ? bad.Length : 10)).ToArray();
            bad.CopyTo(bytes, offset);
            var path = _folder.Write("a.txt", bytes);
            var problem = Assert.Throws<SpecException>(() => Open(path)).Problems[0];
            var isCutOff = offset == 2_000_000 && bad is [226, 130];
            Assert.Contains(isCutOff ? $"ends in the middle of a character, at offset {offset:N0}" : $"0x{bad[0]:X2} at offset {offset:N0} belongs to no character", problem.Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void LatinText_IsFoundByTheForm() => AssertProblem(_folder.Write("a.txt", Encoding.Latin1.GetBytes(new string('a', 9000) + "é" + new string('a', 9000))), "is not UTF-8");

    [Fact]
    public void BinaryFile_IsFoundByTheForm() => AssertProblem(_folder.Write("a.txt", [.. "\u007fELF"u8, 0, 1, .. new byte[5000]]), "NUL byte");

    [Fact]
    public void Utf16_IsNamed() => AssertProblem(_folder.Write("a.txt", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(new string('a', 9000))]), "is UTF-16");

    [Fact]
    public void CharactersAcrossBlocks_AreNoFault()
    {
        foreach (var shift in new[] { 0, 1, 2, 3 })
        {
            var text = new string('a', shift) + string.Concat(Enumerable.Repeat("🦊", 300_000));
            var path = _folder.Write("a.txt", text);
            Assert.Empty(_dataset.Validate(new TextOptions { Path = path }, 128, 256));
            Open(path).Dispose();
        }
    }

    [Fact]
    public void ShortText_SaysWhatItHasAndWhatIsNeeded()
    {
        var problem = AssertProblem(_folder.Write("a.txt", new string('a', 1031)), "has 1,031 tokens (bytes); a context of 128 needs at least 1,032.");
        Assert.Equal(new SpecFix("shape.contextLength", "64"), Assert.Single(problem.Fixes));
        Assert.Empty(_dataset.Validate(new TextOptions { Path = In("a.txt") }, 64, 256));
        Assert.Empty(AssertProblem(_folder.Write("b.txt", "a few words"), "has 11 tokens").Fixes);
        Open(_folder.Write("c.txt", new string('a', 1032))).Dispose();
    }

    [Fact]
    public void VocabularySmallerThanTheTokenizers_IsRefusedWithTheRightOne()
    {
        var options = new TextOptions { Path = _folder.Write("a.txt", new string('a', 100_000)) };
        var problem = Assert.Single(_dataset.Validate(options, 128, 255));
        Assert.Equal("shape.vocabulary: 255 is smaller than the 256 token ids of bytes. Use 256, or leave it empty.", problem.ToString());
        Assert.Equal(new SpecFix("shape.vocabulary", "256"), Assert.Single(problem.Fixes));
        Assert.Throws<SpecException>(() => _dataset.Open(_folder.Data, options, 128, 255));
        _dataset.Open(_folder.Data, options, 128, 1000).Dispose();
    }

    [Fact]
    public void SeveralMistakes_AreToldAtOnce() => Assert.Equal(2, _dataset.Validate(new TextOptions(), 128, 100).Count());

    [Fact]
    public void DataFolderThatCannotBeWritten_IsNamed()
    {
        _folder.Write("books/a.txt", new string('a', 5000));
        _folder.Write("books/b.txt", new string('b', 5000));
        var file = _folder.Write("not-a-folder", "x");
        var fault = Assert.Throws<SpecException>(() => _dataset.Open(new DataFolder(file), new TextOptions { Path = In("books") }, 128, 256));
        Assert.Contains("cannot be written", fault.Problems[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void BadFileInAFolder_IsNamedAndLeavesNothingBehind()
    {
        _folder.Write("books/a.txt", new string('a', 5000));
        var bad = _folder.Write("books/b.txt", [.. Enumerable.Repeat((byte)'b', 2_000_000), 0, (byte)'b']);
        var fault = Assert.Throws<SpecException>(() => Open(In("books")));
        Assert.Contains(bad, fault.Problems[0].Reason, StringComparison.Ordinal);
        Assert.True(!Directory.Exists(_folder.Data.Datasets) || Directory.GetFiles(_folder.Data.Datasets).Length == 0);
    }

    private string In(string name) => Path.Combine(_folder.Path, name);

    private TokenStream Open(string path) => _dataset.Open(_folder.Data, new TextOptions { Path = path }, 128, 256);

    /// <summary>The form finds exactly this, and opening refuses with the same.</summary>
    private SpecProblem AssertProblem(string path, string reason)
    {
        var problem = Assert.Single(_dataset.Validate(new TextOptions { Path = path }, 128, 256));
        Assert.Equal("dataset.path", problem.Path);
        Assert.Contains(reason, problem.Reason, StringComparison.Ordinal);
        Assert.NotEmpty(problem.Remedy);
        Assert.Equal(problem.ToString(), Assert.Throws<SpecException>(() => Open(path)).Problems[0].ToString());
        return problem;
    }
}
