using System.Text;
using Crossbench.Datasets;
using Crossbench.Datasets.Sources;
using Crossbench.Datasets.Tokenizers;
using Crossbench.Tests.Support;
using Crossbench.Training;
using Xunit;

namespace Crossbench.Tests.Datasets;

/// <summary>What was prepared and is not as it was written is made again, and that is said.</summary>
public sealed class DamagedCacheTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory, InlineData("flip"), InlineData("cut"), InlineData("empty")]
    public void Tokens_ThatAreDamaged_AreMadeAgain_AndSaidByPrepareToo(string how)
    {
        var setup = Setup(new TextOptions { Path = Story() });
        var first = Make(setup);
        Damage(Assert.Single(first.Files).Path, how);
        var second = Make(setup);
        Assert.Contains("damaged", Assert.Single(second.Notes), StringComparison.Ordinal);
        Assert.True(Assert.Single(second.Files).IsNew);
        var third = Make(setup);
        Assert.Empty(third.Notes);
        Assert.False(Assert.Single(third.Files).IsNew);
        Assert.Equal(first.Tokens, third.Tokens);
    }

    [Theory, InlineData("flip"), InlineData("cut"), InlineData("empty"), InlineData("swap")]
    public void LearntTokenizer_ThatIsDamaged_IsLearntAgain_AndThatIsSaid(string how)
    {
        var setup = Setup(new TextOptions { Path = Story(), Tokenizer = TokenizerChoice.Bpe, TokenizerSize = 300 });
        var file = Make(setup).Files.Single(item => item.Path.EndsWith(".json", StringComparison.Ordinal)).Path;
        var whole = File.ReadAllText(file);
        if (how == "swap")
        {
            File.WriteAllText(file, whole.Replace("\"merges\":[", "\"merges\": [", StringComparison.Ordinal));
        }
        else
        {
            Damage(file, how);
        }

        Assert.NotEqual(whole, File.ReadAllText(file));
        var again = Make(setup);
        Assert.Contains("learnt again", Assert.Single(again.Notes), StringComparison.Ordinal);
        Assert.Equal(whole, File.ReadAllText(file));
        Assert.Empty(Make(setup).Notes);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(12)]
    public void Chance_WhoseFileIsDamaged_IsMeasuredAgain(int at)
    {
        var setup = Setup(new TextOptions { Path = Story() });
        var chance = Chance(setup);
        var file = Assert.Single(Directory.GetFiles(Path.Combine(_folder.Data.Datasets, "known"), "*.entropy"));
        var whole = File.ReadAllBytes(file);
        var bytes = (byte[])whole.Clone();
        bytes[at] ^= 8;
        File.WriteAllBytes(file, bytes);
        Assert.Equal(chance, Chance(setup));
        Assert.Equal(whole, File.ReadAllBytes(file));
    }

    [Fact]
    public void FullDisk_WhileTokenizing_BlamesTheDataFolder_AndLeavesNothing()
    {
        var path = _folder.Write("big.txt", new string('a', 12_000_000));
        using var disk = SmallDisk.TryMount(_folder.Data.Datasets, 4096, out var reason);
        Assert.SkipWhen(disk is null, reason);
        var problem = Assert.Single(Assert.Throws<SpecException>(() => Make(Setup(new TextOptions { Path = path }))).Problems);
        Assert.StartsWith($"The data folder \"{_folder.Data.Datasets}\" cannot be written", problem.Reason, StringComparison.Ordinal);
        Assert.Contains("full", problem.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.GetFiles(_folder.Data.Datasets), file => file.Contains(".tokens", StringComparison.Ordinal));
    }

    private static void Damage(string file, string how)
    {
        var bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(file, how == "flip" ? bytes : how == "cut" ? bytes[..(bytes.Length / 2)] : []);
    }

    private string Story() => _folder.Write("a.txt", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 60).Select(i => StoryBook.Tell(4, i)))));

    private static DatasetSetup Setup(TextOptions options) => new(new Text(), options, 32, options.Tokenizer == TokenizerChoice.Bpe ? 300 : 256);

    private PreparedData Make(DatasetSetup setup) => PreparedData.Make(setup, _folder.Data, (_, _) => { }, CancellationToken.None);

    private double Chance(DatasetSetup setup)
    {
        using var stream = setup.Dataset.Open(_folder.Data, setup.Options, setup.ContextLength, setup.Vocabulary);
        return stream.Chance;
    }
}
