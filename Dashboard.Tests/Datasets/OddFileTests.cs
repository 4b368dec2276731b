using System.Globalization;
using System.Text;
using Crossbench.Datasets;
using Crossbench.Datasets.Corpora;
using Crossbench.Datasets.Sources;
using Crossbench.Tests.Support;
using Xunit;

namespace Crossbench.Tests.Datasets;

/// <summary>Files and paths as they come: cut off, empty but for a mark, in quotes, with two columns of one name.</summary>
public sealed class OddFileTests : IDisposable
{
    private const int Context = 16;
    private static readonly string[] Sentences = [.. Enumerable.Range(0, 300).Select(number => string.Create(CultureInfo.InvariantCulture, $"The {number}. sentence of a text."))];
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("é", 1)]
    [InlineData("字", 2)]
    [InlineData("🦊", 3)]
    public void FileThatEndsWithinACharacter_IsSaidToBeCutOff(string last, int kept)
    {
        byte[] bytes = [.. Encoding.UTF8.GetBytes(string.Join(' ', Sentences)), .. Encoding.UTF8.GetBytes(last)[..kept]];
        var problem = Problem("cut.txt", bytes);
        Assert.Contains($"ends in the middle of a character, at offset {bytes.Length - kept:N0}", problem.Reason, StringComparison.Ordinal);
        Assert.Contains($"head -c {bytes.Length - kept}", problem.Remedy, StringComparison.Ordinal);
        Assert.DoesNotContain("iconv", problem.Remedy, StringComparison.Ordinal);
        Assert.Empty(Problems("whole.txt", bytes[..^kept]));
    }

    [Theory]
    [InlineData("a.txt", "\uFEFF", "is empty")]
    [InlineData("a.jsonl", "\uFEFF", "is empty")]
    [InlineData("a.csv", "id,text\n", "has no document")]
    [InlineData("a.jsonl", "{\"text\":\"\"}\n{\"text\":\"\"}\n", "has no document")]
    [InlineData("a.csv", "id,text\n1,\n2,\"\"\n", "has no document")]
    public void FileWithoutText_IsSaidToHaveNone(string name, string content, string expected) =>
        Assert.Contains($"{name}\" {expected}", Problem(name, Encoding.UTF8.GetBytes(content)).Reason, StringComparison.Ordinal);

    [Fact]
    public void TwoColumnsOfOneName_AreNamed_UnlessAnotherIsRead()
    {
        var table = "text,id,text\n" + string.Concat(Sentences.Select(sentence => $"{sentence},1,other {sentence}\n"));
        Assert.Contains("two columns \"text\", the 1. and the 3.", Problem("twice.csv", Encoding.UTF8.GetBytes(table)).Reason, StringComparison.Ordinal);
        Assert.Empty(Problems("once.csv", Encoding.UTF8.GetBytes(table.Replace("text,id,text", "id,text,id", StringComparison.Ordinal))));
    }

    [Fact]
    public void CharactersAfterAClosingQuote_BreakThatLineAlone()
    {
        string[] lines = ["text,n", .. Sentences.Select(sentence => $"\"{sentence}\",1"), "\"one\" two,2", "\"last\",3"];
        var content = Encoding.UTF8.GetBytes(string.Join('\n', lines));
        Assert.Contains("line 302: it has characters after a quote that closes a field", Problem("quotes.csv", content, whole: true).Reason, StringComparison.Ordinal);
        using var stream = Open(new TextOptions { Path = _folder.File("quotes.csv"), BadRecords = BadRecords.Skip });
        Assert.Contains(stream.Notes, note => note.StartsWith("1 broken record was left out; 301 documents", StringComparison.Ordinal));
    }

    [Fact]
    public void FolderOfTextsAndRecords_SaysWhichAreRead()
    {
        _folder.Write("both/a.txt", string.Join(' ', Sentences));
        _folder.Write("both/b.jsonl", "{\"text\":\"not read\"}");
        _folder.Write("both/c.csv", "text\nnot read\n");
        using var stream = Open(new TextOptions { Path = _folder.File("both") });
        Assert.Contains("2 files of records in it are passed over", Assert.Single(stream.Notes), StringComparison.Ordinal);
        File.Delete(_folder.File("both/b.jsonl"));
        File.Delete(_folder.File("both/c.csv"));
        using var alone = Open(new TextOptions { Path = _folder.File("both") });
        Assert.Empty(alone.Notes);
    }

    [Theory]
    [InlineData("\"{0}\"")]
    [InlineData("'{0}'")]
    [InlineData(" \"{0}\" ")]
    [InlineData("file://{0}")]
    [InlineData("\"file://{0}\"")]
    public void PastedPath_IsReadAsItIsMeant(string form)
    {
        var path = _folder.Write("my text.txt", "text");
        Assert.Equal(path, FilePath.Anchor(string.Format(CultureInfo.InvariantCulture, form, path)));
        Assert.Equal(path, FilePath.Anchor(string.Format(CultureInfo.InvariantCulture, form, path.Replace(" ", form.Contains("file:", StringComparison.Ordinal) ? "%20" : " ", StringComparison.Ordinal))));
    }

    [Fact]
    public void FileThatIsCalledWithQuotes_IsFound()
    {
        var path = _folder.Write("\"quoted\"", "text");
        Assert.Equal(path, FilePath.Anchor(path));
        Assert.Equal("\"", FilePath.Anchor("\"")[^1..]);
    }

    private SpecProblem Problem(string name, byte[] content, bool whole = false)
    {
        var path = _folder.Write(name, content);
        return whole ? Assert.Single(Assert.Throws<SpecException>(() => Open(new TextOptions { Path = path })).Problems) : Assert.Single(new Text().Validate(new TextOptions { Path = path }, Context, 256));
    }

    private IEnumerable<SpecProblem> Problems(string name, byte[] content) => new Text().Validate(new TextOptions { Path = _folder.Write(name, content) }, Context, 256);

    private TokenStream Open(TextOptions options) => new Text().Open(_folder.Data, options, Context, 256);
}
