using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Crossbench.Datasets;
using Crossbench.Datasets.Sources;
using Crossbench.Datasets.Tokenizers;
using Crossbench.Tests.Support;
using Xunit;

namespace Crossbench.Tests.Datasets;

public sealed partial class StoriesTests : IDisposable
{
    private static readonly Lazy<string[]> Sample = new(() => [.. Enumerable.Range(0, 2000).Select(i => StoryBook.Tell(0, i))]);
    private readonly TempFolder _folder = new();
    private readonly Stories _dataset = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Stories_OfOneBook_AreAllDifferentAndOfReadableLength()
    {
        Assert.Equal(Sample.Value.Length, Sample.Value.Distinct().Count());
        Assert.All(Sample.Value, story => Assert.InRange(story.Length, 400, 2500));
    }

    [Fact]
    public void Sentences_OfManyStories_SeldomRepeat()
    {
        var sentences = Sample.Value.SelectMany(story => SentenceEnd().Split(story.Trim())).GroupBy(sentence => sentence).ToDictionary(group => group.Key, group => group.Count());
        Assert.InRange((double)sentences.Count / sentences.Values.Sum(), 0.4, 1);
        Assert.InRange((double)sentences.Values.Max() / Sample.Value.Length, 0, 0.06);
    }

    [Fact]
    public void Words_OfManyStories_AreManyHundreds() =>
        Assert.True(Sample.Value.SelectMany(story => Word().Matches(story)).Select(match => match.Value.ToLowerInvariant()).Distinct().Count() > 1500);

    [Fact]
    public void Stories_AreProperProse()
    {
        Assert.All(Sample.Value, story =>
        {
            Assert.DoesNotMatch(Leftover(), story);
            Assert.DoesNotMatch(WrongArticle(), story);
            Assert.DoesNotMatch(SmallSentence(), story);
            Assert.DoesNotMatch(DoubledWord(), story);
            Assert.Matches(Paragraphs(), story);
            Assert.True(story.Count(c => c == '"') % 2 == 0, story);
        });
    }

    [Fact]
    public void Tell_WithEveryFormOfPhrase_PutsThemTogether()
    {
        var grammar = StoryGrammar.Parse("== story\n<hero=who>{hero} had a(n) <^thing>, and {he} had a(n) {hero.pet}. // [it|it] was <honest>.\n== who (he=she; pet=cat)\nAnna; pet=owl\n== thing\napple\n== honest\na(n) honest one");
        Assert.Equal("Anna had an Apple, and she had an owl.\nIt was an honest one.\n", new StoryTeller(grammar, new RandomStreams(0).Stream("x")).Tell());
    }

    [Theory]
    [InlineData("== story\n<nobody>", "no rule named nobody")]
    [InlineData("== story\n[a|b", "not closed")]
    [InlineData("== story\na]", "without its opening bracket")]
    [InlineData("== story\n{he", "does not begin with a reference")]
    [InlineData("== a\nx\n== a\ny", "twice")]
    public void Grammar_WithAMistake_NamesIt(string grammar, string reason) =>
        Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => StoryGrammar.Parse(grammar)).Message, StringComparison.Ordinal);

    [Fact]
    public void Book_OfASeed_HasTheSameBytesOnEveryMachine()
    {
        using var book = new MemoryStream();
        StoryBook.Write(book, 0, 500);
        Assert.Equal("28ac0613bbd4aad3", Convert.ToHexStringLower(SHA256.HashData(book.ToArray()))[..16]);
        Assert.StartsWith(StoryBook.Tell(0, 0) + "\n" + StoryBook.Tell(0, 1) + "\n", Encoding.UTF8.GetString(book.ToArray()), StringComparison.Ordinal);
        Assert.NotEqual(StoryBook.Tell(0, 0), StoryBook.Tell(1, 0));
    }

    [Fact]
    public void Open_ASecondTime_ReadsTheSameFileAndWritesNothing()
    {
        var options = new StoriesOptions { Stories = 200 };
        _dataset.Open(_folder.Data, options, 64, 256).Dispose();
        var file = Assert.Single(Directory.GetFiles(_folder.Data.Datasets));
        var time = File.GetLastWriteTimeUtc(file);
        using var again = _dataset.Open(_folder.Data, options, 64, 256);
        Assert.Equal(time, File.GetLastWriteTimeUtc(Assert.Single(Directory.GetFiles(_folder.Data.Datasets))));
        Assert.Matches("[a-z]{3}", again.Decode(again.EvaluationBatch(HeldOut.Validation, 0, 1, 1).Inputs));
        Assert.InRange(again.Chance, 2.5, 3.5);
    }

    [Fact]
    public void Validate_WithTooFewStoriesForTheContext_SaysHowLongTheyAre()
    {
        var options = new StoriesOptions { Stories = 100 };
        Assert.Empty(_dataset.Validate(options, 1024, 256));
        var problem = Assert.Single(_dataset.Validate(options, 65_536, 256));
        Assert.Equal("dataset.stories", problem.Path);
        var tokens = Enumerable.Range(0, 100).Sum(i => StoryBook.Tell(0, i).Length) + Enumerable.Range(0, 12).Sum(i => StoryBook.TellHeldOut(0, i).Length) + 111;
        Assert.Contains($"100 stories have {tokens:N0} tokens", problem.Reason, StringComparison.Ordinal);
        Assert.Throws<SpecException>(() => _dataset.Open(_folder.Data, options, 65_536, 256));
    }

    [Fact]
    public void Validate_WithASmallVocabulary_OffersTheRightOne() =>
        Assert.Equal(new SpecFix("shape.vocabulary", "256"), Assert.Single(Assert.Single(_dataset.Validate(new StoriesOptions(), 128, 100)).Fixes));

    [GeneratedRegex(@"(?<=[.!?])\s+")]
    private static partial Regex SentenceEnd();

    [GeneratedRegex("[A-Za-z']+")]
    private static partial Regex Word();

    /// <summary>Marks of the grammar, or punctuation that belongs to nobody.</summary>
    [GeneratedRegex(@"[{}<>|\[\]^]|//|\(n\)|  | [,.!?]|\.\.|,\.|,,|\n\n|\n$\n")]
    private static partial Regex Leftover();

    [GeneratedRegex(@"\b([Aa] [aeiouAEIO]|[Aa]n (?!honest)[^aeiouAEIOU""])")]
    private static partial Regex WrongArticle();

    [GeneratedRegex(@"(?<!Mr)(?<!Mrs)[.!?] ""?[a-z]|^""?[a-z]|\n""?[a-z]|\."" ""?[a-z]")]
    private static partial Regex SmallSentence();

    [GeneratedRegex(@"\b(?!no\b|tap\b|knock\b|had\b|around\b|that\b|grew\b|pulled\b|dug\b|walked\b)(\w+) \1\b", RegexOptions.IgnoreCase)]
    private static partial Regex DoubledWord();

    [GeneratedRegex(@"\A([A-Z""][^\n]*[.!?]""?\n){4,9}\z")]
    private static partial Regex Paragraphs();
}
