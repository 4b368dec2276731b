using Crossbench.Runs;
using Crossbench.Runs.Filters;
using Xunit;

namespace Crossbench.Tests.Runs;

public sealed class FilterReadingTests
{
    [Theory]
    [InlineData("mig", "mig")]
    [InlineData("  Mig   sweep ", "(Mig & sweep)")]
    [InlineData("\"two words\" mig", "(two words & mig)")]
    [InlineData("a or b c", "(a | (b & c))")]
    [InlineData("a OR b AND c", "(a | (b & c))")]
    [InlineData("(a or b) c", "((a | b) & c)")]
    [InlineData("-a not b --c", "(!a & !b & c)")]
    [InlineData("-(a or -b)", "!(a | !b)")]
    [InlineData("\"or\" order run-77", "(or & order & run-77)")]
    [InlineData("arch:MIG,gqa", "Architecture=mig,gqa")]
    [InlineData("architecture=mig", "Architecture=mig")]
    [InlineData("arch!=mig", "!Architecture=mig")]
    [InlineData("tag:\"two words\",old", "Tag=two words,old")]
    [InlineData("STATUS:done,failed", "Completed,Failed")]
    [InlineData("is:archived,deleted", "(Archived | Deleted)")]
    [InlineData("loss<3 params>1M lr:3e-4", "(EvalLoss<3 & Parameters>1000000 & LearningRate=0.0003)")]
    [InlineData("seed>=2 seed<=-1", "(Seed>=2 & Seed<=-1)")]
    [InlineData("seed:0..4", "(Seed>=0 & Seed<=4)")]
    [InlineData("seed:1,3..4", "(Seed=1 | (Seed>=3 & Seed<=4))")]
    [InlineData("loss!=2.5", "!EvalLoss=2.5")]
    [InlineData("gap>50% progress:0.5", "(Gap>0.5 & Progress=0.5)")]
    [InlineData("age<2d time>90s age>1w time<5min", "(Age<172800 & Time>90 & Age>604800 & Time<300)")]
    [InlineData("(status:done)", "Completed")]
    public void AFilter_IsReadAsItIsMeant(string text, string meaning)
    {
        var reading = FilterReading.Of(text);

        Assert.Empty(reading.Problems);
        Assert.Equal(meaning, Say(reading.Filter!));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData(null)]
    public void NoText_IsAllRuns(string? text) => Assert.Equal((null, 0), (FilterReading.Of(text).Filter, FilterReading.Of(text).Problems.Count));

    [Theory]
    [InlineData("mig los<3", 4, 3, "There is no field \"los\"", "Did you mean loss?", "mig loss<3")]
    [InlineData("arch:mgi", 5, 3, "\"mgi\" is not known as arch", "Did you mean mig?", "arch:mig")]
    [InlineData("status:runing x", 7, 6, "\"runing\" is not known as status", "Did you mean running?", "status:running x")]
    [InlineData("arch<mig", 4, 1, "arch has no order", "Write it like arch:A,B.", "arch:mig")]
    [InlineData("zzzzz:1", 0, 5, "There is no field", "Put the words in quotes", null)]
    [InlineData("loss<x", 5, 1, "\"x\" is not a number", "Give one such as", null)]
    [InlineData("loss<1k5", 5, 3, "\"1k5\" is not a number", "Give one such as", null)]
    [InlineData("age<2", 4, 1, "\"2\" is not a time", "Give a number with s, min, h, d or w.", null)]
    [InlineData("loss<1,5", 7, 1, "< compares with one number", "without a comma", null)]
    [InlineData("loss<1..5", 4, 1, "< does not go with a range", "Write loss:1..5.", null)]
    [InlineData("loss:5..1", 5, 4, "ends before it begins", "smaller end first", null)]
    [InlineData("loss:", 5, 0, "loss needs a value", "Write it like loss<3.", null)]
    [InlineData("(a or b", 0, 1, "not closed", "Add )", null)]
    [InlineData("a) b", 1, 1, "closes none", "Take it away", null)]
    [InlineData("\"a b", 0, 4, "This quote is not closed", "Add \"", null)]
    [InlineData("a or", 4, 0, "A term is missing", "Give one", null)]
    [InlineData("or a", 0, 0, "A term is missing", "Give one", null)]
    [InlineData("a and", 5, 0, "A term is missing", "Give one", null)]
    [InlineData("()", 1, 0, "A term is missing", "Give one", null)]
    [InlineData("a not", 5, 0, "A term is missing", "Give one", null)]
    [InlineData("\"\"", 2, 0, "no words between the quotes", "Write some", null)]
    public void AWrongFilter_SaysWhereAndWhy(string text, int at, int length, string reason, string remedy, string? mended)
    {
        var reading = FilterReading.Of(text);

        Assert.Null(reading.Filter);
        var problem = Assert.Single(reading.Problems);
        Assert.Equal((at, length, mended), (problem.At, problem.Length, problem.Mended));
        Assert.Contains(reason, problem.Reason, StringComparison.Ordinal);
        Assert.Contains(remedy, problem.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void AllProblems_AreTold_AndMending_Mends()
    {
        var reading = FilterReading.Of("los<3 arch:mgi (loss<x");

        Assert.Equal([0, 11, 21, 15], reading.Problems.Select(problem => problem.At));
        Assert.Empty(FilterReading.Of(FilterReading.Of("mig los<3").Problems[0].Mended).Problems);
        Assert.StartsWith("--filter: Character 1: There is no field", Assert.Throws<SpecException>(() => reading.OrThrow("--filter")).Problems[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void EveryFieldsExample_IsAFilter_AndNamesAreUnique()
    {
        Assert.All(FilterFields.All.Where(field => field.Name != "arch"), field => Assert.Empty(FilterReading.Of(field.Example).Problems));
        Assert.All(FilterFields.All, field => Assert.Equal((true, true), (field.Help.EndsWith('.'), (field.Text is null) != (field.Number is null) || field.Name is FilterFields.Status or FilterFields.Is)));
        var names = FilterFields.All.SelectMany(field => field.Aliases.Prepend(field.Name)).ToArray();
        Assert.Equal(names.Length, names.Distinct().Count());
        Assert.Equal(Enum.GetValues<RunNumber>().Order(), FilterFields.All.Select(field => field.Number).OfType<RunNumber>().Order());
        Assert.Equal(Enum.GetValues<RunText>().Order(), FilterFields.All.Select(field => field.Text).OfType<RunText>().Order());
    }

    [Fact]
    public void AnyText_IsReadOrRefused_AndNeverFails()
    {
        var random = new Random(5);
        string[] pieces = ["arch", ":", "mig", " ", "(", ")", "\"", "-", "or", "and", "not", "<", ">=", "loss", "3", ",", "..", "%", "k", "é", "\n", "!", "=", "seed"];
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => pieces[random.Next(pieces.Length)]));
            var reading = FilterReading.Of(text);
            Assert.True(reading.Filter is not null != reading.Problems.Count > 0 || text.Trim().Length == 0, text);
            Assert.All(reading.Problems, problem => Assert.InRange(problem.At + problem.Length, problem.At, text.Length));
        }

        Assert.Single(FilterReading.Of(new string('(', 1000)).Problems, problem => problem.Reason.Contains("nested", StringComparison.Ordinal));
        Assert.Single(FilterReading.Of(string.Concat(Enumerable.Repeat("a ", 500))).Problems);
        Assert.Single(FilterReading.Of(new string('a', 5000)).Problems);
    }

    [Theory]
    [InlineData("ar", 2, "arch:", "arch:", 5)]
    [InlineData("mig lo", 6, "loss", "mig loss", 8)]
    [InlineData("arch:mi", 7, "mig", "arch:mig ", 9)]
    [InlineData("-arch:gqa,mi x", 12, "mig", "-arch:gqa,mig x", 13)]
    [InlineData("tag:", 4, "two words", "tag:\"two words\" ", 16)]
    [InlineData("(status:runn)", 12, "running", "(status:running)", 15)]
    public void Suggestions_GoOnWithWhatIsTyped(string text, int caret, string label, string result, int after)
    {
        var suggestion = FilterSuggestions.Of(text, caret, field => field == RunText.Tag ? ["two words", "wide"] : [], 8)[0];

        Assert.Equal((label, result, after), (suggestion.Label, suggestion.Text, suggestion.Caret));
    }

    [Fact]
    public void Suggestions_AreNone_WhereNothingIsKnown()
    {
        Assert.Empty(FilterSuggestions.Of("\"ar", 3, _ => [], 8));
        Assert.Empty(FilterSuggestions.Of("loss<", 5, _ => [], 8));
        Assert.Empty(FilterSuggestions.Of("nothing:x", 9, _ => [], 8));
        Assert.Equal(8, FilterSuggestions.Of("", 0, _ => [], 8).Count);
    }

    private static string Say(RunFilter filter) => filter switch
    {
        EveryOf every => $"({string.Join(" & ", every.Parts.Select(Say))})",
        AnyOf any => $"({string.Join(" | ", any.Parts.Select(Say))})",
        NoneOf none => "!" + Say(none.Part),
        HasWords words => words.Text,
        HasStatus status => string.Join(',', status.Statuses),
        HasText text => $"{text.Field}={string.Join(',', text.Values)}",
        IsMarked mark => mark.Mark.ToString(),
        HasNumber number => FormattableString.Invariant($"{number.Field}{number.Comparison switch { FilterComparison.Less => "<", FilterComparison.AtMost => "<=", FilterComparison.More => ">", FilterComparison.AtLeast => ">=", _ => "=" }}{number.Value}"),
        _ => "?",
    };
}
