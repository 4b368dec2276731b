using System.Globalization;
using System.Text.RegularExpressions;
using Crossbench.Datasets;
using Crossbench.Datasets.Sources;
using Crossbench.Models;
using Crossbench.Options;
using Crossbench.Tests.Support;
using Crossbench.Training;
using Xunit;

namespace Crossbench.Tests.Datasets;

/// <summary>What every entry of the catalog keeps.</summary>
public sealed partial class DatasetContractTests : IDisposable
{
    /// <summary>The context that a new run opens with, in which defaults must fit.</summary>
    private static readonly int Context = new ModelShape().ContextLength;
    private readonly TempFolder _folder = new();

    public static TheoryData<string> Ids => [.. DatasetCatalog.All.Select(dataset => dataset.Id)];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Ids_OfAllDatasets_AreUniqueSnakeCase()
    {
        var ids = DatasetCatalog.All.Select(dataset => dataset.Id).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Matches(SnakeCase(), id));
        Assert.All(ids, id => Assert.Same(DatasetCatalog.All.Single(dataset => dataset.Id == id), DatasetCatalog.Find(id)));
    }

    [Theory, MemberData(nameof(Ids))]
    public void Words_OfADataset_AreThere(string id)
    {
        var dataset = DatasetCatalog.Find(id)!;
        Assert.NotEmpty(dataset.Title);
        Assert.EndsWith(".", dataset.Summary, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Ids))]
    public void Options_HaveHelpAndLegalDefaults(string id)
    {
        var defaults = DatasetCatalog.Find(id)!.Defaults;
        Assert.All(OptionSchema.For(defaults.GetType()).Fields, field =>
        {
            Assert.NotEmpty(field.Help);
            Assert.Null(field.TryParse($"dataset.{field.Name}", field.Format(defaults), out var value));
            Assert.Equal(field.Get(defaults), value);
        });
    }

    [Theory, MemberData(nameof(Ids))]
    public void Options_SurviveJson(string id)
    {
        var spec = RunSpecReader.ReadUnchecked([new("architecture.id", "gqa"), new("dataset.id", id)]).Spec;
        Assert.Equal(DatasetCatalog.Find(id)!.Defaults, spec.Dataset.Options);
        Assert.Equal(spec.Dataset, RunSpecJson.Read(RunSpecJson.Write(spec)).Dataset);
    }

    [Theory, MemberData(nameof(Ids))]
    public void Validate_WithUsableOptions_FindsNothing(string id)
    {
        var (dataset, options) = Usable(id);
        Assert.Empty(dataset.Validate(options, Context, dataset.NaturalVocabulary(options)));
    }

    [Theory, MemberData(nameof(Ids))]
    public void Validate_InTooSmallAContextOrVocabulary_NamesItsPath_AndOpenRefuses(string id)
    {
        var (dataset, options) = Usable(id);
        var alone = dataset.Validate(options, 1, dataset.NaturalVocabulary(options)).Select(problem => problem.Path).ToArray();
        Assert.True(options is TextualOptions || alone is ["shape.contextLength"]);
        var small = dataset.Validate(options, Context, dataset.NaturalVocabulary(options) - 1).ToArray();
        Assert.All(small, problem =>
        {
            Assert.Equal("shape.vocabulary", problem.Path);
            Assert.Contains(problem.Fixes, fix => fix.Value == dataset.NaturalVocabulary(options).ToString(CultureInfo.InvariantCulture));
            Assert.Throws<SpecException>(() => dataset.Open(_folder.Data, options, Context, dataset.NaturalVocabulary(options) - 1));
        });

        // Only where any id may stand anywhere does a smaller vocabulary do.
        Assert.Equal(dataset is not (SparseSignal or Zeros or Ramp), small.Length == 1);
    }

    [Theory, MemberData(nameof(Ids))]
    public void TrainingBatch_FromTheSameSequence_IsTheSame(string id)
    {
        var random = new RandomStreams(7);
        using var first = Open(id);
        using var second = Open(id);
        AssertSame(first.TrainingBatch(5, random.Stream(RandomStreams.Data, 3)), second.TrainingBatch(5, random.Stream(RandomStreams.Data, 3)));
        AssertSame(first.TrainingBatch(5, random.Stream(RandomStreams.Data, 3)), second.TrainingBatch(5, random.Stream(RandomStreams.Data, 3)));
        var other = first.TrainingBatch(5, random.Stream(RandomStreams.Data, 4)).Inputs;
        Assert.Equal(DatasetCatalog.Find(id)!.IsFixed, first.TrainingBatch(5, random.Stream(RandomStreams.Data, 3)).Inputs.SequenceEqual(other));
    }

    [Theory, MemberData(nameof(Ids))]
    public void EvaluationRows_HoweverTheSetIsCut_AreTheSame(string id)
    {
        using var stream = Open(id);
        var whole = stream.EvaluationBatch(HeldOut.Validation, 0, 12, 12);
        stream.TrainingBatch(3, new RandomStreams(1).Stream(RandomStreams.Data));
        foreach (var size in new[] { 1, 5, 12 })
        {
            var parts = Enumerable.Range(0, (12 + size - 1) / size).Select(part => stream.EvaluationBatch(HeldOut.Validation, part * size, Math.Min(size, 12 - (part * size)), 12)).ToList();
            Assert.Equal(whole.Inputs, parts.SelectMany(part => part.Inputs));
            Assert.Equal(whole.Targets, parts.SelectMany(part => part.Targets));
        }
    }

    [Theory, MemberData(nameof(Ids))]
    public void Batches_OfOneRowOrMany_AreWellFormed(string id)
    {
        var (dataset, options) = Usable(id);
        using var stream = Open(id);
        foreach (var batch in new[] { stream.TrainingBatch(1, new RandomStreams(2).Stream(RandomStreams.Data)), stream.EvaluationBatch(HeldOut.Validation, 2, 6, 8) })
        {
            var size = batch.BatchSize * Context;
            Assert.Equal(Context, batch.ContextLength);
            Assert.Equal((size, size), (batch.Inputs.Length, batch.Targets.Length));
            Assert.All(batch.Inputs.Concat(batch.Targets), token => Assert.InRange(token, 0, dataset.NaturalVocabulary(options) - 1));
            AssertMasksAreAligned(batch, dataset.PredictsNextInput);
        }
    }

    [Theory, MemberData(nameof(Ids))]
    public void HeldOutRows_InAThousandTrainingRowsAndInEachOther_DoNotOccur(string id)
    {
        using var stream = Open(id);
        if (DatasetCatalog.Find(id)!.IsFixed)
        {
            // The declared exception: there is but one row.
            Assert.Single(Answers.Batches(stream, 8).SelectMany(Rows).Distinct());
            return;
        }

        var held = Rows(stream.EvaluationBatch(HeldOut.Validation, 0, 16, 16)).Concat(Rows(stream.EvaluationBatch(HeldOut.Test, 0, 16, 16))).ToHashSet();
        Assert.Equal(32, held.Count);
        Assert.DoesNotContain(Rows(stream.TrainingBatch(1000, new RandomStreams(5).Stream(RandomStreams.Data))), held.Contains);
    }

    [Theory, MemberData(nameof(Ids))]
    public void ChanceAndFloor_AsDescribedAndAsOpened_Agree(string id)
    {
        var (dataset, options) = Usable(id);
        var vocabulary = dataset.NaturalVocabulary(options);
        var facts = dataset.Describe(options, Context, vocabulary);
        using var stream = Open(id);
        Assert.InRange(stream.Chance, dataset.IsFixed ? 0 : 0.1, Math.Log(vocabulary));
        Assert.InRange(stream.Floor ?? 0, 0, stream.Chance);
        Assert.True(facts.Chance is null || facts.Chance == stream.Chance);
        Assert.True(facts.Floor is null || facts.Floor == stream.Floor);
        Assert.True(facts.NoiseShare is null || facts.NoiseShare == stream.NoiseShare);
        Assert.InRange(facts.Irreducible ?? 0, 0, stream.Floor ?? stream.Chance);
        Assert.NotEmpty(stream.Decode([1, 2, 3]));
    }

    [Theory, MemberData(nameof(Ids))]
    public void Chance_WhereItIsStated_IsTheEntropyOfTheTargetsThatAreScored(string id)
    {
        var (dataset, options) = Usable(id);
        var vocabulary = Math.Min(64, dataset.NaturalVocabulary(options));
        if (dataset.Describe(options, Context, vocabulary).Chance is not { } chance)
        {
            return;
        }

        using var stream = dataset.Open(_folder.Data, options, Context, vocabulary);
        var counts = Answers.Batches(stream, 2000).SelectMany(batch => batch.Targets.Where((_, i) => batch.Counted![i])).CountBy(token => token).Select(pair => (double)pair.Value).ToArray();
        Assert.Equal(-counts.Sum(count => count / counts.Sum() * Math.Log(count / counts.Sum())), chance, 0.01);
    }

    [Theory, MemberData(nameof(Ids))]
    public void Rows_AtUsableOptions_AreTooManyToRepeat(string id)
    {
        using var stream = Open(id);
        Assert.DoesNotContain(stream.Notes, note => note.Contains("those held out occur in training too", StringComparison.Ordinal));
        Assert.True(!DatasetCatalog.Find(id)!.IsFixed || stream.Notes.Any(note => note.StartsWith("Held-out rows of", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("copy_delay", "alphabet=2 stringLength=2 delay=0", 5, "only 4 are different")]
    [InlineData("copy_delay", "alphabet=2 stringLength=1 delay=0 filler=blank", 64, "only 2 are different")]
    [InlineData("sparse_signal", "signalRatio=1", 32, "only 1 is different")]
    [InlineData("mqar", "pairs=1 keys=1 values=2 queries=1 filler=blank", 6, "only 4 are different")]
    public void Rows_OfFewSequences_AreSaidToRepeat(string id, string settings, int context, string expected)
    {
        var reading = RunSpecReader.ReadData([new("dataset.id", id), new("shape.contextLength", $"{context}"), .. settings.Split(' ').Select(item => item.Split('=')).Select(item => KeyValuePair.Create("dataset." + item[0], item[1]))]);
        Assert.Empty(reading.Problems);
        var setup = SpecValidator.DataOf(reading.Spec);
        using var stream = setup.Dataset.Open(_folder.Data, setup.Options, setup.ContextLength, setup.Vocabulary);
        Assert.Contains(expected, Assert.Single(stream.Notes), StringComparison.Ordinal);
        var trained = Rows(stream.TrainingBatch(1000, new RandomStreams(5).Stream(RandomStreams.Data))).ToHashSet();
        Assert.All(Rows(stream.EvaluationBatch(HeldOut.Validation, 0, 16, 16)), row => Assert.Contains(row, trained));
    }

    /// <param name="batch">The batch.</param>
    /// <param name="predictsNextInput">Whether each target is the next input; datasets whose inputs are a damaged copy of what is predicted say that they are none such.</param>
    private static void AssertMasksAreAligned(TokenBatch batch, bool predictsNextInput)
    {
        for (var i = 0; i < batch.Inputs.Length; i++)
        {
            var counted = batch.Counted?[i] ?? true;
            Assert.False(counted && batch.Classes?[i] == TokenClass.Padding);
            if (predictsNextInput && counted && (i + 1) % Context != 0)
            {
                Assert.Equal(batch.Inputs[i + 1], batch.Targets[i]);
            }
        }

        if (predictsNextInput && batch.Classes?.Contains(TokenClass.Answer) == true)
        {
            Assert.Equal(batch.Classes.Select(item => item == TokenClass.Answer), batch.Counted!);
        }

        Assert.True(batch.Counted is null || batch.Counted.Length == batch.Inputs.Length);
        Assert.True(batch.Classes is null || batch.Classes.Length == batch.Inputs.Length);
        Assert.Equal(!predictsNextInput, batch.InputClasses?.Length == batch.Inputs.Length);
    }

    private static void AssertSame(TokenBatch a, TokenBatch b)
    {
        Assert.Equal(a.Inputs, b.Inputs);
        Assert.Equal(a.Targets, b.Targets);
        Assert.Equal(a.Counted, b.Counted);
        Assert.Equal(a.Classes, b.Classes);
    }

    private static IEnumerable<string> Rows(TokenBatch batch) => batch.Inputs.Chunk(batch.ContextLength).Select(row => string.Join(' ', row));

    private TokenStream Open(string id)
    {
        var (dataset, options) = Usable(id);
        return dataset.Open(_folder.Data, options, Context, dataset.NaturalVocabulary(options));
    }

    /// <summary>A dataset with options that need nothing outside the test: its defaults, or a text made here.</summary>
    private (Dataset Dataset, DatasetOptions Options) Usable(string id)
    {
        var dataset = DatasetCatalog.Find(id)!;
        return (dataset, dataset switch
        {
            TinyStories => new TinyStoriesOptions { Path = Copy() },
            Text => new TextOptions { Path = _folder.Write("numbers.txt", Numbers()) },
            Chat => new ChatOptions { Path = _folder.Write("chat.jsonl", Records(number => $$"""{"messages":[{"role":"user","content":"{{number}}?"},{"role":"assistant","content":"{{number}}"}]}""")) },
            Instructions => new InstructionsOptions { Path = _folder.Write("tasks.jsonl", Records(number => $$"""{"instruction":"{{number}}","output":"{{number * 7919}}"}""")) },
            PoisonedNeedle => new PoisonedNeedleOptions { Stories = 400 },
            NoisyText => new NoisyTextOptions { Stories = 400 },
            _ => dataset.Defaults,
        });
    }

    private static string Records(Func<int, string> record) => string.Join('\n', Enumerable.Range(1000, 4000).Select(record));

    private string Copy()
    {
        _folder.Write("copy/train.txt", string.Join("\n<|endoftext|>\n", Enumerable.Range(0, 300).Select(i => StoryBook.Tell(0, i))));
        _folder.Write("copy/valid.txt", string.Join("\n<|endoftext|>\n", Enumerable.Range(300, 30).Select(i => StoryBook.Tell(0, i))));
        return _folder.File("copy");
    }

    private static string Numbers() => string.Join(' ', Enumerable.Range(1000, 4000).Select(i => (i * 7919).ToString(CultureInfo.InvariantCulture)));

    [GeneratedRegex("^[a-z][a-z0-9]*(_[a-z0-9]+)*$")]
    private static partial Regex SnakeCase();
}
