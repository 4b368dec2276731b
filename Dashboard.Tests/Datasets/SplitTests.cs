using System.Globalization;
using System.Text.Json;
using Crossbench.Datasets;
using Crossbench.Datasets.Sources;
using Crossbench.Tests.Support;
using Xunit;

namespace Crossbench.Tests.Datasets;

/// <summary>No token that a run is trained on is ever scored, whatever else it is evaluated on.</summary>
public sealed class SplitTests : IDisposable
{
    private static readonly int[] Contexts = [16, 128, 256, 512, 1024];
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Each token of the text names its own place, so overlap shows whatever the offset of the rows.</summary>
    [Theory]
    [InlineData(12_000, Packing.Continuous)]
    [InlineData(60_000, Packing.Continuous)]
    [InlineData(60_000, Packing.Documents)]
    [InlineData(400_000, Packing.Continuous)]
    public void Splits_AtAnyContextLength_AreTheSame(int words, Packing packing)
    {
        var path = Numbers(words);
        var spans = Contexts.SelectMany(context => Spans(new TextOptions { Path = path, Packing = packing }, context)).ToArray();
        var training = spans.Where(span => span.Split is null).ToArray();
        var test = spans.Where(span => span.Split == HeldOut.Test).ToArray();
        var validation = spans.Where(span => span.Split == HeldOut.Validation).ToArray();
        Assert.True(training.Max(span => span.Last) < test.Min(span => span.First));
        Assert.True(test.Max(span => span.Last) < validation.Min(span => span.First));
        Assert.True(validation.Max(span => span.Last) > words * 99L / 100);
    }

    [Fact]
    public void Stories_FewerOrMore_HoldNoneBackThatOthersTrainOn()
    {
        var trained = Enumerable.Range(0, 400).Select(i => StoryBook.Tell(0, i).Trim()).ToHashSet();
        foreach (var count in new[] { 100, 200, 400 })
        {
            using var stream = new Stories().Open(_folder.Data, new StoriesOptions { Stories = count, Packing = Packing.Documents }, 2048, 256);
            foreach (var split in Enum.GetValues<HeldOut>())
            {
                var rows = (int)stream.EvaluationCapacity(split);
                Assert.True(rows > 1);
                var batch = stream.EvaluationBatch(split, 0, rows, rows);
                var texts = Enumerable.Range(0, rows).Select(row => stream.Decode(batch.Inputs.AsSpan(row * 2048, 2048)).Split('\0')[0]).ToArray();
                Assert.All(texts, text => Assert.DoesNotContain(trained, story => text.Contains(story[..Math.Min(story.Length, 200)], StringComparison.Ordinal)));
            }
        }
    }

    [Fact]
    public void RowsWithoutAScoredToken_AreNeverDrawn()
    {
        // Answers of five letters, far apart: most rows of 16 tokens hold nothing that is scored.
        var lines = Enumerable.Range(0, 300).Select(i => JsonSerializer.Serialize(new
        {
            messages = new[] { new { role = "user", content = new string('q', 150 + (i % 7)) }, new { role = "assistant", content = "abcde" } },
        }));
        var path = _folder.Write("chat.jsonl", string.Join('\n', lines));
        using var stream = new Chat().Open(_folder.Data, new ChatOptions { Path = path, Packing = Packing.Continuous }, 16, 256);
        for (var draw = 0; draw < 200; draw++)
        {
            AssertScored(stream.TrainingBatch(1, new RandomStreams(draw).Stream(RandomStreams.Data)));
        }

        foreach (var split in Enum.GetValues<HeldOut>())
        {
            var rows = (int)stream.EvaluationCapacity(split);
            Assert.InRange(rows, 5, 110);
            for (var row = 0; row < 2 * rows; row++)
            {
                AssertScored(stream.EvaluationBatch(split, row, 1, 2 * rows));
            }
        }
    }

    [Fact]
    public void Text_WithNothingScoredInASplit_IsRefused()
    {
        // Answers stand in the first quarter only: in the held-out splits there is nothing to score.
        var lines = Enumerable.Range(0, 400).Select(i => JsonSerializer.Serialize(new
        {
            messages = new[] { new { role = "user", content = new string('q', i < 399 ? 20 : 30_000) }, new { role = "assistant", content = "abcde" } },
        }));
        var path = _folder.Write("chat.jsonl", string.Join('\n', lines));
        var problem = Assert.Single(Assert.Throws<SpecException>(() => new Chat().Open(_folder.Data, new ChatOptions { Path = path, Packing = Packing.Continuous }, 16, 256)).Problems);
        Assert.Contains("nothing is scored", problem.Reason, StringComparison.Ordinal);
    }

    private static void AssertScored(TokenBatch batch) => Assert.Contains(true, batch.Counted!);

    private string Numbers(int words) => _folder.Write(
        "numbers.txt", string.Concat(Enumerable.Range(0, words).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i:D7},"))));

    /// <summary>First and last number that rows of each split show; null stands for training.</summary>
    private IEnumerable<(HeldOut? Split, long First, long Last)> Spans(TextOptions options, int context)
    {
        using var stream = new Text().Open(_folder.Data, options, context, 256);
        yield return Span(null, stream.TrainingBatch(2000, new RandomStreams(context).Stream(RandomStreams.Data)));
        foreach (var split in Enum.GetValues<HeldOut>())
        {
            yield return Span(split, stream.EvaluationBatch(split, 0, 500, 500));
        }

        (HeldOut?, long, long) Span(HeldOut? split, TokenBatch batch)
        {
            var numbers = Enumerable.Range(0, batch.BatchSize)
                .SelectMany(row => stream.Decode(batch.Inputs.AsSpan(row * context, context)).Split(',')[1..^1])
                .Where(word => word.Length == 7).Select(word => long.Parse(word, CultureInfo.InvariantCulture)).ToArray();
            return (split, numbers.Min(), numbers.Max());
        }
    }
}
