using System.Globalization;
using Crossbench.Datasets;
using Crossbench.Datasets.Sources;
using Crossbench.Options;
using Crossbench.Training;
using Xunit;

namespace Crossbench.Tests.Datasets;

public sealed class RuleConflictTests
{
    private static readonly ChoiceList<ListRule> AllRules = [.. Enum.GetValues<ListRule>()];
    private readonly RuleConflict _dataset = new();

    [Fact]
    public void ChanceAndFloor_AreThoseOfAnOracleAndOfFrequencies()
    {
        RuleConflictOptions[] cases =
        [
            new(),
            new() { Rules = AllRules, Cue = CuePlace.After, Shortest = 1, Longest = 9, ShiftBy = 3 },
            new() { Rules = [ListRule.SortDown], Shortest = 5, Longest = 5, Alphabet = 2, Examples = 1 },
        ];
        foreach (var options in cases)
        {
            using var stream = Answers.Open(_dataset, options, 97);
            Answers.AssertFacts(stream, 400, seen => [Expected(seen, options.ShiftBy)]);
        }
    }

    [Theory]
    [InlineData(ListRule.Sort, "7 3 9 3", "3 3 7 9")]
    [InlineData(ListRule.SortDown, "7 3 9 3", "9 7 3 3")]
    [InlineData(ListRule.Reverse, "7 3 9", "9 3 7")]
    [InlineData(ListRule.Copy, "7 3 9", "7 3 9")]
    [InlineData(ListRule.Shift, "7 3 9 1 0", "9 1 0 7 3")]
    [InlineData(ListRule.Shift, "7", "7")]
    [InlineData(ListRule.Swap, "7 3 9 1 0", "3 7 1 9 0")]
    public void Rules_DoWhatTheyAreCalled(ListRule rule, string list, string answer) =>
        Assert.Equal(answer, string.Join(' ', RuleConflict.Apply(rule, [.. list.Split(' ').Select(item => int.Parse(item, CultureInfo.InvariantCulture))], 2)));

    [Fact]
    public void Sequences_ReadAsSentences_WithTheCueWhereItIsSet()
    {
        var options = new RuleConflictOptions { Rules = [ListRule.Sort], Shortest = 3, Longest = 3 };
        using var before = Answers.Open(_dataset, options, 20);
        using var after = Answers.Open(_dataset, options with { Cue = CuePlace.After }, 20);
        var batch = before.EvaluationBatch(HeldOut.Test, 0, 1, 1);
        Assert.Matches(@"^sort \d \d \d → \d \d \d ; sort \d \d \d → \d \d \d \. \. \.$", before.Decode(batch.Inputs));
        Assert.Matches(@"^\d \d \d sort → \d \d \d ; \d \d \d sort → \d \d \d \. \. \.$", after.Decode(after.EvaluationBatch(HeldOut.Test, 0, 1, 1).Inputs));
        var classes = Answers.Words(before, batch, 0).Select(item => item.Class).ToArray();
        Assert.Equal([null, .. Plain(4), .. Answer(3), .. Plain(1), TokenClass.Rule, .. Plain(4), .. Answer(3), .. Padding(3)], classes);
        Assert.Equal("0 9 #19 #99", before.Decode([9, 18, 19, 99]));

        static IEnumerable<TokenClass?> Plain(int count) => Enumerable.Repeat<TokenClass?>(TokenClass.Plain, count);
        static IEnumerable<TokenClass?> Answer(int count) => Enumerable.Repeat<TokenClass?>(TokenClass.Answer, count);
        static IEnumerable<TokenClass?> Padding(int count) => Enumerable.Repeat<TokenClass?>(TokenClass.Padding, count);
    }

    [Fact]
    public void RulesLengthsAndItems_AreDrawnAlike()
    {
        var options = new RuleConflictOptions { Rules = AllRules, Shortest = 2, Longest = 4, Examples = 1 };
        using var stream = Answers.Open(_dataset, options, 12);
        var rows = stream.EvaluationBatch(HeldOut.Validation, 0, 3000, 3000).Inputs.Chunk(12).Select(row => stream.Decode(row).Split(' ')).ToArray();
        Assert.All(rows.CountBy(row => row[0]), rule => Assert.InRange(rule.Value, 420, 580));
        Assert.Equal(6, rows.DistinctBy(row => row[0]).Count());
        Assert.All(rows.CountBy(row => Array.IndexOf(row, "→")), length => Assert.InRange(length.Value, 900, 1100));
        Assert.All(rows.CountBy(row => row[1]), item => Assert.InRange(item.Value, 240, 360));
    }

    [Theory]
    [InlineData(1, 30, 64)]
    [InlineData(1, 30, 150)]
    [InlineData(2, 4, 29)]
    public void Lengths_HoweverManyFitIntoARow_AreEquallyLikely(int shortest, int longest, int context)
    {
        using var stream = Answers.Open(_dataset, new RuleConflictOptions { Rules = [ListRule.Copy], Shortest = shortest, Longest = longest }, context);
        var batch = stream.TrainingBatch(4000, new RandomStreams(6).Stream(RandomStreams.Data));
        var lengths = batch.Inputs.Chunk(context).SelectMany(row => stream.Decode(row).Split(';').Select(example => example.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
            .Select(example => example.Count(word => int.TryParse(word, out _)) / 2).Where(length => length > 0).ToArray();
        var expected = lengths.Length / (double)(longest - shortest + 1);
        Assert.Equal(Enumerable.Range(shortest, longest - shortest + 1), lengths.Distinct().Order());
        Assert.All(lengths.CountBy(length => length), length => Assert.InRange(length.Value, expected - (5 * Math.Sqrt(expected)), expected + (5 * Math.Sqrt(expected))));
    }

    [Fact]
    public void Examples_AreAsManyAsAsked_OrAsFit()
    {
        foreach (var (asked, context, expected) in new (int?, int, int)[] { (null, 14, 1), (null, 28, 1), (null, 29, 2), (2, 100, 2), (null, 100, 6) })
        {
            using var stream = Answers.Open(_dataset, new RuleConflictOptions { Shortest = 6, Longest = 6, Examples = asked }, context);
            var row = Answers.Words(stream, stream.EvaluationBatch(HeldOut.Test, 4, 1, 9), 0);
            Assert.Equal(expected, row.Count(item => item.Word == "→"));
            Assert.Equal(6 * expected, row.Count(item => item.Counted));
        }
    }

    [Fact]
    public void CuesKeepTheirIds_WhateverRulesAreChosen()
    {
        Assert.Equal(_dataset.NaturalVocabulary(new RuleConflictOptions()), _dataset.NaturalVocabulary(new RuleConflictOptions { Rules = [ListRule.Swap] }));
        using var stream = Answers.Open(_dataset, new RuleConflictOptions { Rules = [ListRule.Swap] }, 32);
        Assert.Equal("swap", stream.Decode([stream.EvaluationBatch(HeldOut.Test, 0, 1, 1).Inputs[0]]));
    }

    [Fact]
    public void Validate_NamesEveryMistakeAtOnce_WithFixesThatHelp()
    {
        var wrong = new RuleConflictOptions { Shortest = 9, Longest = 7, Examples = 3 };
        Assert.Equal(["dataset.shortest", "shape.contextLength", "shape.vocabulary"], Answers.Problems(_dataset, wrong, 40, 18));
        Assert.Empty(Answers.Problems(_dataset, wrong with { Shortest = 7 }, 50, 19));
        Assert.Contains("3 examples with lists of 7, which take 50 tokens", _dataset.Validate(wrong, 49, 19).Last().Reason, StringComparison.Ordinal);
        Answers.AssertFixesHelp(_dataset, wrong, 49);
        Answers.AssertFixesHelp(_dataset, new RuleConflictOptions(), 5);
        Answers.AssertFixesHelp(_dataset, new RuleConflictOptions { Longest = 65536, Examples = 65536 }, 128, mayHaveNone: true);
        Assert.Equal(2, Assert.Throws<SpecException>(() => _dataset.Open(Answers.Nowhere, wrong, 49, 19)).Problems.Count);
    }

    [Fact]
    public void RuleList_ReadsWordsAndJson_AndNamesWhatItCannotUse()
    {
        var field = OptionSchema.For(typeof(RuleConflictOptions)).Find("rules")!;
        Assert.Null(field.TryParse("dataset.rules", "sortDown,copy", out var value));
        Assert.Equal((ChoiceList<ListRule>)[ListRule.SortDown, ListRule.Copy], value);
        Assert.Equal(value, ChoiceList<ListRule>.Read("", "[\"sortDown\", \"copy\"]", out _));
        Assert.Equal("[\"sortDown\",\"copy\"]", ((ChoiceList<ListRule>)value!).ToJson().ToJsonString());
        var spec = RunSpecReader.Read([new("architecture.id", "gqa"), new("dataset.id", "rule_conflict"), new("dataset.rules", "swap, sort"), new("dataset.examples", "2")]).OrThrow();
        Assert.Equal(spec.Dataset, RunSpecJson.Read(RunSpecJson.Write(spec)).Dataset);
        Assert.Contains(new("dataset.rules", "swap,sort"), RunSpecJson.Changes(spec));
        Assert.Equal("sort, reverse, copy, shift", field.Format(new RuleConflictOptions()));
        Assert.Equal("The list holds \"revers\" (did you mean reverse?), an empty item, which cannot be used.", field.TryParse("dataset.rules", "sort, revers,", out _)!.Reason);
        Assert.Equal("The list holds \"sort\" 2 times.", field.TryParse("dataset.rules", "sort, copy, sort", out _)!.Reason);
        Assert.Equal("The list is empty.", field.TryParse("dataset.rules", " ", out _)!.Reason);
    }

    /// <summary>The next word of the answer, worked out from the words of the example.</summary>
    private static string Expected(string[] seen, int shift)
    {
        var example = seen[(Array.LastIndexOf(seen, ";") + 1)..];
        var arrow = Array.IndexOf(example, "→");
        var cue = example[..arrow].Single(word => !int.TryParse(word, out _));
        var list = example[..arrow].Where(word => word != cue).Select(word => int.Parse(word, CultureInfo.InvariantCulture)).ToList();
        var place = example.Length - arrow - 1;
        var answer = cue switch
        {
            "sort" => list.OrderBy(item => item).ElementAt(place),
            "sortDown" => list.OrderBy(item => -item).ElementAt(place),
            "reverse" => list[list.Count - 1 - place],
            "copy" => list[place],
            "shift" => list[(place + shift) % list.Count],
            _ => list[(place ^ 1) < list.Count ? place ^ 1 : place],
        };
        return answer.ToString(CultureInfo.InvariantCulture);
    }
}
