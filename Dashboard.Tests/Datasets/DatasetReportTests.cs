using System.Text;
using Crossbench.Datasets;
using Crossbench.Datasets.Sources;
using Crossbench.Datasets.Tokenizers;
using Crossbench.Tests.Support;
using Xunit;

namespace Crossbench.Tests.Datasets;

public sealed class DatasetReportTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Report_OfGeneratedData_CountsWhatItsRowsHold()
    {
        var setup = new DatasetSetup(new SparseSignal(), new SparseSignalOptions { SignalRatio = 0.25 }, 40, 23);
        var report = Look(setup, 5);
        var statistics = report.Statistics;
        using var stream = setup.Dataset.Open(_folder.Data, setup.Options, 40, 23);
        var batch = stream.EvaluationBatch(HeldOut.Validation, 0, 256, 256);
        var positions = batch.Targets.Zip(batch.Classes!, batch.Counted!).Where((_, i) => i % 40 != 39).ToArray();
        var tokens = positions.Select(position => position.First).ToArray();

        Assert.Equal((256, null, null, null), (statistics.Rows, statistics.Tokens, statistics.Documents, statistics.ValidationSequences));
        Assert.Equal(tokens.Distinct().Count(), statistics.DistinctTokens);
        Assert.Equal(1, statistics.ScoredShare, 12);
        Assert.Equal(39, statistics.ScoredPerRow, 12);
        foreach (var (kind, share) in statistics.Classes)
        {
            Assert.Equal(positions.Count(position => position.Second == kind) / (double)positions.Length, share, 12);
        }

        Assert.Equal([TokenClass.Signal, TokenClass.Noise], statistics.Classes.Select(item => item.Class));
        var slow = tokens.GroupBy(token => token).Select(group => (Id: group.Key, Count: group.Count())).OrderByDescending(item => item.Count).ThenBy(item => item.Id).Take(12).ToArray();
        Assert.Equal(slow.Select(item => item.Id), statistics.MostFrequent.Select(token => token.Id));
        Assert.All(slow.Zip(statistics.MostFrequent), pair => Assert.Equal(pair.First.Count / (double)tokens.Length, pair.Second.Share, 12));
        Assert.Equal(Entropy(positions.Where(position => position.Third).Select(position => position.First)), statistics.Entropy, 10);
        Assert.Equal((stream.Chance, stream.Floor), (report.Facts.Chance!.Value, report.Facts.Floor));
        Assert.Equal([0, 51, 102, 153, 204], report.Samples.Select(sample => sample.Row));
    }

    [Fact]
    public void Report_OfAText_CountsTheBytesOfItsLastTenth()
    {
        var bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 60_000).Select(i => $"{i * 7919 % 10_007} ")))[..200_000];
        var setup = Text(_folder.Write("numbers.txt", bytes), 64);
        var report = Look(setup, 3);
        var starts = Enumerable.Range(0, 256).Select(row => 180_000 + (int)(row * 20_000L / 256)).ToArray();
        var targets = starts.SelectMany(start => bytes[(start + 1)..(start + 65)]).ToArray();

        Assert.Equal((256, 200_000L, 1L, 307L, 153L), (report.Statistics.Rows, report.Statistics.Tokens!.Value, report.Statistics.Documents!.Value, report.Statistics.ValidationSequences!.Value, report.Statistics.TestSequences!.Value));
        Assert.Equal(targets.Distinct().Count(), report.Statistics.DistinctTokens);
        Assert.Equal(targets.Count(b => b == ' ') / (double)targets.Length, report.Statistics.MostFrequent[0].Share, 12);
        Assert.Equal((" ", (int)' '), (report.Statistics.MostFrequent[0].Text, report.Statistics.MostFrequent[0].Id));
        Assert.Equal(Entropy(targets.Select(b => (int)b)), report.Statistics.Entropy, 10);
        Assert.Equal(Entropy(bytes[..170_000].Select(b => (int)b)), report.Facts.Chance!.Value, 10);
        Assert.Equal((1.0, 64.0), (report.Statistics.ScoredShare, report.Statistics.ScoredPerRow));
        Assert.Equal([new ClassShare(TokenClass.Plain, 1)], report.Statistics.Classes);
        foreach (var sample in report.Samples)
        {
            Assert.Equal(Encoding.UTF8.GetString(bytes, starts[sample.Row], 65), sample.Text);
            Assert.Equal(sample.Text, string.Concat(sample.Tokens.Select(token => token.Text)));
            Assert.Null(sample.Tokens[0].Class);
            Assert.Equal((64, 65), (sample.Scored, sample.Length));
        }
    }

    [Fact]
    public void Report_OfConversations_ScoresTheAnswers_AndLeavesPaddingOutOfTheText()
    {
        var lines = Enumerable.Range(0, 300).Select(i => $$"""{"messages":[{"role":"user","content":"Question {{i}}?"},{"role":"assistant","content":"Yes, {{i}}."}]}""");
        var setup = new DatasetSetup(new Chat(), new ChatOptions { Path = _folder.Write("talk.jsonl", string.Join('\n', lines)) }, 128, 256);
        var report = Look(setup, 4);

        Assert.Equal([TokenClass.Plain, TokenClass.Answer, TokenClass.Padding], report.Statistics.Classes.Select(item => item.Class));
        Assert.Equal(report.Statistics.Classes.Single(item => item.Class == TokenClass.Answer).Share, report.Statistics.ScoredShare, 12);
        Assert.All(report.Samples, sample =>
        {
            Assert.DoesNotContain('\0', sample.Text);
            Assert.Equal(sample.Length, Encoding.UTF8.GetByteCount(sample.Text));
            var scored = string.Concat(sample.Tokens.Where(token => token.IsScored).Select(token => token.Text));
            Assert.Matches(@"^(Yes, \d+\.\s*)+$", scored);
            Assert.All(sample.Tokens, token => Assert.Equal(token.IsScored, token.Class == TokenClass.Answer));
        });
    }

    [Fact]
    public void Report_OfVeryLongRows_LooksAtFewOfThem()
    {
        var report = Look(new DatasetSetup(new SparseSignal(), new SparseSignalOptions(), DatasetReport.MostTokens / 2, 64), 8);
        Assert.Equal((2, 2), (report.Statistics.Rows, report.Samples.Count));
        Assert.All(report.Samples, sample => Assert.Equal((SampleRow.MostTokens, DatasetReport.MostTokens / 2), (sample.Tokens.Count, sample.Tokens.Count + sample.Omitted)));
    }

    [Fact]
    public void Report_WhenCancelled_LeavesNothingBehind()
    {
        using var cancellation = new CancellationTokenSource();
        var setup = new DatasetSetup(new Stories(), new StoriesOptions { Stories = 5000 }, 64, 256);
        Assert.Throws<OperationCanceledException>(() => DatasetReport.Of(setup, _folder.Data, 1, (_, share) => CancelFrom(share), cancellation.Token));
        Assert.Empty(Directory.Exists(_folder.Data.Datasets) ? Directory.GetFiles(_folder.Data.Datasets) : []);

        void CancelFrom(double share)
        {
            if (share > 0.3)
            {
                cancellation.Cancel();
            }
        }
    }

    [Fact]
    public void Sample_WhoseInputsAreNoised_ShowsWhatIsRead_AndWhatIsToBePredicted()
    {
        var batch = new TokenBatch([5, 9, 7], [6, 7, 0], 1, 3) { Counted = [true, false, false], Classes = [TokenClass.Signal, TokenClass.Noise, TokenClass.Padding] };
        var sample = SampleRow.Of(0, batch, tokens => [.. tokens.Select(token => $"t{token}")], tokens => string.Join('+', tokens), endsWithInputs: false);
        Assert.Equal("5+9+7", sample.Text);
        Assert.Equal(
            [new SampleToken(5, "t5", null, false), new SampleToken(9, "t9", TokenClass.Signal, true) { Predicted = "t6" }, new SampleToken(7, "t7", TokenClass.Noise, false), new SampleToken(0, "t0", TokenClass.Padding, false)],
            sample.Tokens);
    }

    [Fact]
    public void Sample_OfARowThatEndsWithItsInputs_HasNoPlaceForTheTargetThatStandsForNothing()
    {
        var batch = new TokenBatch([5, 6, 0], [6, 0, 0], 1, 3) { Counted = [true, false, false], Classes = [TokenClass.Answer, TokenClass.Padding, TokenClass.Padding] };
        var sample = SampleRow.Of(0, batch, tokens => [.. tokens.Select(token => $"t{token}")], tokens => string.Join('+', tokens), endsWithInputs: true);
        Assert.Equal(("5+6", 0), (sample.Text, sample.Omitted));
        Assert.Equal([null, TokenClass.Answer, TokenClass.Padding], sample.Tokens.Select(token => token.Class));
    }

    [Theory]
    [InlineData(TokenizerChoice.Bytes)]
    [InlineData(TokenizerChoice.Gpt2)]
    public void Sample_OfNoisyText_IsWhatTheModelReads_BesideTheCleanText(TokenizerChoice tokenizer)
    {
        var options = new NoisyTextOptions { Stories = 200, Rate = 0.4, Tokenizer = tokenizer };
        var noisy = Look(new DatasetSetup(new NoisyText(), options, 96, 50257), 4);
        using var stream = new NoisyText().Open(_folder.Data, options, 96, 50257);
        using var clean = new NoisyText().Open(_folder.Data, options with { Rate = 0 }, 96, 50257);
        Assert.All(noisy.Samples, sample =>
        {
            var (batch, text) = (stream.EvaluationBatch(HeldOut.Validation, sample.Row, 1, noisy.Statistics.Rows), clean.EvaluationBatch(HeldOut.Validation, sample.Row, 1, noisy.Statistics.Rows));
            var (filled, words) = (Filled(batch), Filled(text));
            Assert.Equal(stream.Decode([.. batch.Inputs[..filled], batch.Targets[filled - 1]]), sample.Text);
            Assert.Equal(clean.Decode([.. text.Inputs[..words], text.Targets[words - 1]]), sample.Clean);
            Assert.NotEqual(sample.Clean, sample.Text);
            Assert.Equal(batch.Inputs[..filled].Append(batch.Targets[filled - 1]), sample.Tokens.Where(token => token.Class != TokenClass.Padding).Select(token => token.Id));
            Assert.All(sample.Tokens.Where(token => token.Predicted is not null), token => Assert.NotEqual(token.Text, token.Predicted));
            Assert.Contains(sample.Tokens, token => token.Predicted is not null);
        });

        static int Filled(TokenBatch batch) => batch.Classes!.Count(item => item != TokenClass.Padding);
    }

    [Fact]
    public void Preparation_TellsWhatItMade_AndThenWhatItFound()
    {
        var setup = Text(_folder.Write("a.txt", new string('a', 5000)), 32);
        var first = PreparedData.Make(setup, _folder.Data, (_, _) => { }, CancellationToken.None);
        var made = Assert.Single(first.Files);
        Assert.Equal((true, new FileInfo(made.Path).Length, 5000L, 1L), (made.IsNew, made.Bytes, first.Tokens!.Value, first.Documents!.Value));
        Assert.False(Assert.Single(PreparedData.Make(setup, _folder.Data, (_, _) => { }, CancellationToken.None).Files).IsNew);
        Assert.Empty(PreparedData.Make(new DatasetSetup(new SparseSignal(), new SparseSignalOptions(), 32, 64), _folder.Data, (_, _) => { }, CancellationToken.None).Files);
    }

    [Fact]
    public void LearntTokens_AreShownAsTheirPieces_AndTheirTokenizerIsToldAsMade()
    {
        var content = string.Concat(Enumerable.Range(0, 4000).Select(i => $"The {(i % 3 == 0 ? "cat" : "dog")} sat on mat {i % 17}.\n"));
        var setup = new DatasetSetup(new Text(), new TextOptions { Path = _folder.Write("a.txt", content), Tokenizer = TokenizerChoice.Bpe, TokenizerSize = 280 }, 32, 280);
        var made = PreparedData.Make(setup, _folder.Data, (_, _) => { }, CancellationToken.None);
        Assert.Equal([".json", ".tokens"], made.Files.Select(file => Path.GetExtension(file.Path)));
        Assert.All(made.Files, file => Assert.True(file.IsNew && file.Bytes > 0));
        var report = Look(setup, 2);
        Assert.All(report.Samples, sample =>
        {
            Assert.Equal(sample.Text, string.Concat(sample.Tokens.Select(token => token.Text)));
            Assert.Contains(sample.Text, content, StringComparison.Ordinal);
            Assert.Contains(sample.Tokens, token => token.Text.Length > 2);
        });
    }

    private DatasetReport Look(DatasetSetup setup, int samples) => DatasetReport.Of(setup, _folder.Data, samples, null, TestContext.Current.CancellationToken);

    private static DatasetSetup Text(string path, int contextLength) => new(new Text(), new TextOptions { Path = path }, contextLength, 256);

    private static double Entropy(IEnumerable<int> tokens)
    {
        var all = tokens.ToArray();
        return all.GroupBy(token => token).Sum(group => -(double)group.Count() / all.Length * Math.Log((double)group.Count() / all.Length));
    }
}
