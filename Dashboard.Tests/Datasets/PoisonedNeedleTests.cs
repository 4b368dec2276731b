using Crossbench.Datasets;
using Crossbench.Datasets.Sources;
using Crossbench.Tests.Support;
using Xunit;

namespace Crossbench.Tests.Datasets;

public sealed class PoisonedNeedleTests : IDisposable
{
    private const int Context = 256;
    private static readonly PoisonedNeedleOptions Usual = new() { Stories = 400 };
    private readonly TempFolder _folder = new();
    private readonly PoisonedNeedle _dataset = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0.50, 116, 0.453, 3.784)]
    [InlineData(0.70, 162, 0.633, 5.284)]
    [InlineData(0.85, 197, 0.770, 6.426)]
    [InlineData(0.95, 220, 0.859, 7.176)]
    public void Rows_AtThePublishedSize_HaveTheCountsOfTransBench(double ratio, int count, double share, double irreducible)
    {
        var options = Usual with { PoisonRatio = ratio };
        using var clean = new Stories().Open(_folder.Data, new StoriesOptions { Stories = 400 }, Context, 4096);
        using var stream = _dataset.Open(_folder.Data, options, Context, 4096);
        foreach (var (poisoned, text) in Pairs(stream, clean))
        {
            for (var row = 0; row < poisoned.BatchSize; row++)
            {
                var places = Enumerable.Range(0, Context).Where(i => i > 0 && poisoned.Classes![(row * Context) + i - 1] == TokenClass.Noise).ToHashSet();
                Assert.Equal(count, places.Count);
                Assert.All(places, place => Assert.InRange(place, 12, Context - 13));
                Assert.All(Enumerable.Range(0, Context).Where(i => !places.Contains(i)), i => Assert.Equal(text.Inputs[(row * Context) + i], poisoned.Inputs[(row * Context) + i]));
                Assert.All(Enumerable.Range(0, Context - 1), i => Assert.Equal(poisoned.Inputs[(row * Context) + i + 1], poisoned.Targets[(row * Context) + i]));
                Assert.Equal(Context - 1, Enumerable.Range(0, Context).Count(i => poisoned.Counted![(row * Context) + i]));
                Assert.False(poisoned.Counted![(row * Context) + Context - 1]);
            }
        }

        var facts = _dataset.Describe(options, Context, 4096);
        Assert.Equal(share, stream.NoiseShare!.Value, 3);
        Assert.Equal(stream.NoiseShare, facts.NoiseShare);
        Assert.Equal(irreducible, facts.Irreducible!.Value, 3);
        Assert.Null(stream.Floor);
        Assert.Contains(stream.Notes, note => note.StartsWith($"{count} of the 256 tokens of a row", StringComparison.Ordinal));
    }

    [Fact]
    public void Poison_AtALargerRatio_IsThatOfTheSmallerAndMore()
    {
        var batches = new[] { 0, 0.1, 0.5, 0.9, 1 }.Select(ratio =>
        {
            using var stream = _dataset.Open(_folder.Data, Usual with { PoisonRatio = ratio }, 64, 256);
            return stream.EvaluationBatch(HeldOut.Test, 0, 20, 20);
        }).ToArray();
        for (var i = 1; i < batches.Length; i++)
        {
            var (less, more) = (batches[i - 1], batches[i]);
            for (var at = 0; at < less.Inputs.Length - 1; at++)
            {
                Assert.True(less.Classes![at] != TokenClass.Noise || (more.Classes![at] == TokenClass.Noise && less.Targets[at] == more.Targets[at]));
                Assert.True(more.Classes![at] == TokenClass.Noise || less.Targets[at] == more.Targets[at]);
            }
        }

        Assert.DoesNotContain(TokenClass.Noise, batches[0].Classes!);
        Assert.Equal(20 * (64 - 6), batches[^1].Classes!.Count(item => item == TokenClass.Noise));
    }

    [Fact]
    public void Places_AndIds_AreUniform()
    {
        using var stream = _dataset.Open(_folder.Data, Usual with { PoisonRatio = 0.5 }, 64, 300);
        var batch = stream.TrainingBatch(6000, new RandomStreams(3).Stream(RandomStreams.Data));
        var poisoned = Enumerable.Range(0, batch.Targets.Length).Where(i => batch.Classes![i] == TokenClass.Noise).ToArray();
        var places = poisoned.GroupBy(i => (i % 64) + 1).ToDictionary(group => group.Key, group => group.Count());
        Assert.Equal(Enumerable.Range(3, 58), places.Keys.Order());
        // 29 of 58 places in 6,000 rows: 3,000 each with a deviation of 39; 174,000 ids of 300: 580 each with one of 24.
        Assert.All(places.Values, count => Assert.InRange(count, 2800, 3200));
        var ids = poisoned.GroupBy(i => batch.Targets[i]).Select(group => group.Count()).ToArray();
        Assert.Equal(300, ids.Length);
        Assert.All(ids, count => Assert.InRange(count, 460, 700));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.85)]
    public void Chance_IsTheEntropyOfWhatIsCounted(double ratio)
    {
        using var stream = _dataset.Open(_folder.Data, Usual with { PoisonRatio = ratio }, 64, 300);
        var batch = stream.TrainingBatch(20_000, new RandomStreams(3).Stream(RandomStreams.Data));
        var counts = batch.Targets.Where((_, i) => batch.Counted![i]).GroupBy(token => token).Select(group => (double)group.Count()).ToArray();
        Assert.Equal(-counts.Sum(count => count / counts.Sum() * Math.Log(count / counts.Sum())), stream.Chance, 2);
    }

    [Fact]
    public void Text_OfATrainingRow_IsTheSameInEveryRunOfASeed()
    {
        var random = new RandomStreams(9);
        using var stream = _dataset.Open(_folder.Data, Usual, 64, 256);
        var (first, second) = (stream.TrainingBatch(2, random.Stream(RandomStreams.Data, 4)), stream.TrainingBatch(4, random.Stream(RandomStreams.Data, 4)));
        Assert.Equal(first.Inputs, second.Inputs.Take(first.Inputs.Length));
        Assert.NotEqual(Noise(first, 0), Noise(first, 1));
        Assert.NotEqual(Noise(first, 0), Noise(stream.TrainingBatch(2, random.Stream(RandomStreams.Data, 5)), 0));
    }

    [Fact]
    public void Decode_OfIdsBeyondTheTokenizer_ShowsTheirNumbers()
    {
        using var stream = _dataset.Open(_folder.Data, Usual, 64, 5000);
        Assert.Equal("Tom<4711><256> é<4999>", stream.Decode(['T', 'o', 'm', 4711, 256, ' ', 0xC3, 0xA9, 4999]));
        Assert.Equal("", stream.Decode([]));
    }

    [Fact]
    public void Mistakes_AreNamedAllAtOnce()
    {
        var problems = _dataset.Validate(Usual with { Path = "book.txt", Packing = Packing.Documents }, 2, 255).ToArray();
        Assert.Equal(["shape.vocabulary", "dataset.path", "dataset.packing", "shape.contextLength"], problems.Select(problem => problem.Path));
        Assert.Contains(problems[1].Fixes, fix => fix == new SpecFix("dataset.source", "text"));
        Assert.Throws<SpecException>(() => _dataset.Open(_folder.Data, Usual, 2, 256));
        Assert.Empty(_dataset.Validate(Usual, 3, 256));
        Assert.Equal("dataset.path", Assert.Single(_dataset.Validate(new PoisonedNeedleOptions { Source = TextOrigin.Text }, 64, 256)).Path);
    }

    [Fact]
    public void Source_OfAFile_IsThatFile()
    {
        var path = _folder.Write("a.jsonl", string.Join('\n', Enumerable.Repeat("{\"body\":\"abcabcabc\"}", 400)));
        var options = new PoisonedNeedleOptions { Source = TextOrigin.Text, Path = path, Field = "body", PoisonRatio = 0 };
        using var stream = _dataset.Open(_folder.Data, options, 64, 256);
        Assert.All(stream.EvaluationBatch(HeldOut.Validation, 0, 8, 8).Inputs, token => Assert.Contains((char)token, "abc\n"));
        Assert.Equal(Path.Combine(Environment.CurrentDirectory, "a.txt"), ((PoisonedNeedleOptions)_dataset.Anchor(options with { Path = "a.txt" })).Path);
    }

    private static string Noise(TokenBatch batch, int row) =>
        string.Join(' ', Enumerable.Range(row * batch.ContextLength, batch.ContextLength).Where(i => batch.Classes![i] == TokenClass.Noise).Select(i => $"{i % batch.ContextLength}:{batch.Targets[i]}"));

    private static IEnumerable<(TokenBatch Poisoned, TokenBatch Text)> Pairs(TokenStream stream, TokenStream clean)
    {
        var random = new RandomStreams(11);
        yield return (stream.TrainingBatch(8, random.Stream(RandomStreams.Data, 2)), clean.TrainingBatch(8, random.Stream(RandomStreams.Data, 2)));
        yield return (stream.EvaluationBatch(HeldOut.Validation, 3, 8, 16), clean.EvaluationBatch(HeldOut.Validation, 3, 8, 16));
        yield return (stream.EvaluationBatch(HeldOut.Test, 0, 8, 8), clean.EvaluationBatch(HeldOut.Test, 0, 8, 8));
    }
}
