using Crossbench.Suites;
using Crossbench.Tests.Support;
using Crossbench.Web.Suites;
using Xunit;

namespace Crossbench.Tests.Web;

/// <summary>Suite files that pages open and keep.</summary>
public sealed class SuiteFolderTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly SuiteFolder _suites;

    public SuiteFolderTests()
    {
        _folder.Write("shipped/demo.toml", "# A demo.\nseeds = [0]\n");
        _suites = new SuiteFolder(_folder.Data, _folder.File("shipped"));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void WhatComesAlong_IsFoundWhateverTheDataFolder() =>
        Assert.Equal(Repository.Files("data/suites", ".toml").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal), new SuiteFolder(_folder.Data).List().Select(file => file.Name));

    [Fact]
    public void List_HoldsBoth_AndACopyOfWhatComesAlongIsNotTheUsers()
    {
        _folder.Write("suites/demo.toml", "# A demo.\nseeds = [0]\n");
        _folder.Write("suites/own.toml", "seeds = [1]\n");
        Assert.Equal([("demo", true, "A demo."), ("own", false, "")], _suites.List().Select(file => (file.Name, file.IsShipped, file.Purpose)));
    }

    [Fact]
    public void AFileThatCannotBeRead_OrIsGone_KeepsNoOtherOutOfTheList()
    {
        _folder.Write("suites/own.toml", "seeds = [1]\n");
        File.CreateSymbolicLink(_folder.File("suites/gone.toml"), _folder.File("suites/nowhere.toml"));
        File.CreateSymbolicLink(_folder.File("suites/loop.toml"), _folder.File("suites/loop.toml"));

        var files = _suites.List();

        Assert.Equal(["demo", "loop", "own"], files.Select(file => file.Name));
        Assert.StartsWith("It cannot be read: ", files[1].Purpose, StringComparison.Ordinal);
        Assert.Contains("cannot be read", Assert.Throws<SpecException>(() => SuiteFolder.Read(files[1])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatAPageIncluded_IsFoundAgain_WhereTheFileNamesIt()
    {
        var path = Path.Combine(Path.GetDirectoryName(_suites.PathOf("own"))!, "demo.toml");
        Assert.Equal("# A demo.\nseeds = [0]\n"u8.ToArray(), _suites.ReadBeside(path));
        _folder.Write("elsewhere/base.toml", "seeds = [7]\n");
        Assert.Equal("seeds = [7]\n"u8.ToArray(), _suites.ReadBeside(_folder.File("elsewhere/base.toml")));
        Assert.Throws<FileNotFoundException>(() => _suites.ReadBeside(_folder.File("elsewhere/demo.toml")));
    }

    [Fact]
    public void Save_KeepsOthersFiles_AndReplacesOnlyWhatWasOpened()
    {
        var path = _suites.Save("own", "one", null);
        Assert.Equal("one", File.ReadAllText(path));
        Assert.Equal(path, _suites.Save("own", "one", null));
        Assert.Contains("with other content", Refused("own", "two", null), StringComparison.Ordinal);
        Assert.Contains("changed by somebody else", Refused("own", "two", "zero"), StringComparison.Ordinal);
        _suites.Save("own", "two", "one");
        Assert.Equal("two", File.ReadAllText(path));
        Assert.Contains("stays as it is", Refused("demo", "changed", "# A demo.\nseeds = [0]\n"), StringComparison.Ordinal);
        Assert.EndsWith("demo.toml", _suites.Save("demo", "# A demo.\nseeds = [0]\n", null), StringComparison.Ordinal);
        Assert.Equal("# A demo.\nseeds = [0]\n", File.ReadAllText(_suites.PathOf("demo")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../up")]
    [InlineData(".hidden")]
    [InlineData("a/b")]
    [InlineData("end.")]
    public void Names_AreOfFilesInTheFolderAlone(string name) => Assert.NotEmpty(Refused(name, "x", null));

    [Fact]
    public void Includes_ReadFilesOfTheListAlone()
    {
        _folder.Write("secret.toml", "[defaults]\nseed = 1\n");
        var inside = _suites.Expand("own", "include = [\"demo.toml\"]\n[[run]]\ndataset = \"sparse_signal\"\n");
        Assert.Empty(inside.FileProblems);
        Assert.Contains(_suites.Expand("own", "include = [\"../secret.toml\"]\n").FileProblems, problem => problem.Problem.Reason.Contains("only files of the list", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ab\ncd", 1, 1, 0)]
    [InlineData("ab\ncd", 2, 2, 4)]
    [InlineData("ab\ncd", 1, 9, 2)]
    [InlineData("\U0001F600x\ny", 1, 2, 2)]
    [InlineData("a\r\nb", 9, 1, 3)]
    public void Offset_CountsCharactersOfALine(string text, int line, int column, int offset) => Assert.Equal(offset, SuiteLook.OffsetOf(text, new TextPosition(line, column)));

    private string Refused(string name, string text, string? opened) => Assert.Throws<SpecException>(() => _suites.Save(name, text, opened)).Message;
}
