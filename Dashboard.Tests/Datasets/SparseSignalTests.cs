using Crossbench.Datasets;
using Crossbench.Datasets.Sources;
using Xunit;

namespace Crossbench.Tests.Datasets;

public sealed class SparseSignalTests
{
    private static readonly DataFolder Nowhere = new("/nonexistent");
    private readonly SparseSignal _dataset = new();

    [Theory]
    [InlineData(0.50, MotifSource.PerBatch, 4.40)]
    [InlineData(0.30, MotifSource.PerBatch, 6.10)]
    [InlineData(0.15, MotifSource.PerBatch, 7.34)]
    [InlineData(0.05, MotifSource.PerBatch, 8.19)]
    [InlineData(0.50, MotifSource.PerSequence, 4.40)]
    [InlineData(0.30, MotifSource.PerSequence, 6.10)]
    [InlineData(0.15, MotifSource.PerSequence, 7.34)]
    [InlineData(0.05, MotifSource.PerSequence, 8.19)]
    [InlineData(0.50, MotifSource.Fixed, 4.18)]
    [InlineData(0.30, MotifSource.Fixed, 5.87)]
    [InlineData(0.15, MotifSource.Fixed, 7.11)]
    [InlineData(0.05, MotifSource.Fixed, 7.96)]
    public void Floor_AtThePublishedSize_IsThatOfTheLiteratureAndOfAnOracle(double ratio, MotifSource motif, double published)
    {
        var options = new SparseSignalOptions { SignalRatio = ratio, Motif = motif };
        using var stream = _dataset.Open(Nowhere, options, 256, 4096);
        Assert.Equal(motif == MotifSource.Fixed ? Frequencies(options, 256, 4096) : Math.Log(4096), stream.Chance, 9);
        Assert.InRange(stream.Floor!.Value, published - 0.01, published + 0.01);
        Assert.Equal(stream.Floor.Value, OracleLoss(stream, options, 256, 4096), 9);
    }

    [Theory]
    [InlineData(2, 0.0, 1)]
    [InlineData(7, 1.0, 3)]
    [InlineData(63, 0.37, 8)]
    [InlineData(64, 0.05, 8)]
    [InlineData(128, 0.3, 100)]
    public void Floor_AtOddSizes_IsThatOfAnOracle(int context, double ratio, int motifLength)
    {
        foreach (var motif in Enum.GetValues<MotifSource>())
        {
            var options = new SparseSignalOptions { SignalRatio = ratio, MotifLength = motifLength, Motif = motif };
            using var stream = _dataset.Open(Nowhere, options, context, 50000);
            Assert.Equal(stream.Floor!.Value, OracleLoss(stream, options, context, 50000), 9);
        }
    }

    [Theory]
    [InlineData(4096, 256, 0.30, 8, 7.0796)]
    [InlineData(4096, 256, 0.05, 8, 8.2162)]
    [InlineData(8, 32, 1.0, 3, 1.0976)]
    public void Chance_OfAFixedMotif_IsTheEntropyOfWhatIsPredicted_AsCountedInRows(int vocabulary, int context, double ratio, int motifLength, double expected)
    {
        var options = new SparseSignalOptions { SignalRatio = ratio, MotifLength = motifLength };
        using var stream = _dataset.Open(Nowhere, options, context, vocabulary);
        Assert.Equal(expected, stream.Chance, 0.00006);
        Assert.Equal(Frequencies(options, context, vocabulary), stream.Chance, 9);
        var batch = stream.TrainingBatch(6000, new RandomStreams(2).Stream(RandomStreams.Data));
        var counts = batch.Targets.Where((_, i) => batch.Counted![i]).CountBy(token => token).Select(pair => (double)pair.Value).ToArray();
        Assert.Equal(-counts.Sum(count => count / counts.Sum() * Math.Log(count / counts.Sum())), stream.Chance, 0.005);
    }

    [Theory]
    [InlineData(256, 0.3, 180 / 255.0)]
    [InlineData(32, 0.15, 28 / 31.0)]
    [InlineData(32, 1, 0)]
    public void NoiseShare_IsThatOfThePredictedTokens(int context, double ratio, double expected)
    {
        using var stream = _dataset.Open(Nowhere, new SparseSignalOptions { SignalRatio = ratio }, context, 64);
        var batch = stream.EvaluationBatch(HeldOut.Validation, 0, 1, 1);
        Assert.Equal(expected, stream.NoiseShare!.Value, 12);
        Assert.Equal(batch.Classes!.Count(item => item == TokenClass.Noise) / (context - 1.0), stream.NoiseShare.Value, 12);
    }

    [Fact]
    public void Positions_AtTheAcceptanceSizes_AreThoseOfTransBench()
    {
        Assert.Equal([0, 10, 20, 31], SparseSignal.Positions(32, 0.15));
        Assert.Equal([0, 23, 46, 69, 92, 115, 139, 162, 185, 208, 231, 255], SparseSignal.Positions(256, 0.05));
        Assert.Equal([0], SparseSignal.Positions(256, 0));
        Assert.Equal(Enumerable.Range(0, 77), SparseSignal.Positions(77, 1));
    }

    [Fact]
    public void Positions_AtEverySizeAndRatio_RiseFromTheFirstToTheLast()
    {
        for (var length = 2; length < 300; length++)
        {
            for (var ratio = 0.01; ratio <= 1; ratio += 0.03)
            {
                var positions = SparseSignal.Positions(length, ratio);
                Assert.Equal(positions.Distinct().Order(), positions);
                Assert.Equal(positions.Length > 1 ? length - 1 : 0, positions[^1]);
            }
        }
    }

    [Fact]
    public void Motif_WhenFixed_IsTheSameInTrainingAndEvaluationOfEveryRun()
    {
        using var stream = _dataset.Open(Nowhere, new SparseSignalOptions { MotifSeed = 3 }, 64, 4096);
        using var other = _dataset.Open(Nowhere, new SparseSignalOptions { MotifSeed = 4 }, 64, 4096);
        var motif = Signal(stream.EvaluationBatch(HeldOut.Validation, 0, 1, 64), 0);
        Assert.Equal(motif, Signal(stream.TrainingBatch(2, new RandomStreams(1).Stream(RandomStreams.Data, 9)), 1));
        Assert.Equal(motif, Signal(stream.TrainingBatch(2, new RandomStreams(2).Stream(RandomStreams.Data, 0)), 0));
        Assert.NotEqual(motif, Signal(other.EvaluationBatch(HeldOut.Validation, 0, 1, 64), 0));
    }

    [Fact]
    public void Motif_WhenPerBatch_IsSharedByTheRowsOfABatchOnly()
    {
        using var stream = _dataset.Open(Nowhere, new SparseSignalOptions { Motif = MotifSource.PerBatch }, 64, 4096);
        var random = new RandomStreams(1);
        var batch = stream.TrainingBatch(3, random.Stream(RandomStreams.Data, 0));
        Assert.Equal(Signal(batch, 0), Signal(batch, 2));
        Assert.NotEqual(Signal(batch, 0), Signal(stream.TrainingBatch(3, random.Stream(RandomStreams.Data, 1)), 0));
        var evaluation = stream.EvaluationBatch(HeldOut.Validation, 0, 2, 64);
        Assert.NotEqual(Signal(evaluation, 0), Signal(evaluation, 1));
    }

    [Fact]
    public void Motif_WhenPerSequence_IsTheRowsOwn()
    {
        using var stream = _dataset.Open(Nowhere, new SparseSignalOptions { Motif = MotifSource.PerSequence }, 64, 4096);
        var batch = stream.TrainingBatch(3, new RandomStreams(1).Stream(RandomStreams.Data, 0));
        Assert.NotEqual(Signal(batch, 0), Signal(batch, 1));
        Assert.NotEqual(Signal(batch, 1), Signal(batch, 2));
        using var perBatch = _dataset.Open(Nowhere, new SparseSignalOptions { Motif = MotifSource.PerBatch }, 64, 4096);
        Assert.Equal(perBatch.EvaluationBatch(HeldOut.Test, 3, 2, 64).Inputs, stream.EvaluationBatch(HeldOut.Test, 3, 2, 64).Inputs);
    }

    [Theory]
    [InlineData(MotifSource.Fixed)]
    [InlineData(MotifSource.PerBatch)]
    public void Rows_AreDrawnAsTheyAlwaysWere(MotifSource source)
    {
        var options = new SparseSignalOptions { SignalRatio = 0.3, MotifLength = 3, Motif = source, MotifSeed = 6 };
        using var stream = _dataset.Open(Nowhere, options, 12, 1000);
        var motifs = new RandomStreams(6).Stream("sparse_signal/motif");
        var motif = Drawn(3, ref motifs);
        var random = new RandomStreams(4).Stream(RandomStreams.Data, 7);
        var training = source == MotifSource.Fixed ? motif : Drawn(3, ref random);
        int[] expected = [.. Overwritten(Drawn(12, ref random), training), .. Overwritten(Drawn(12, ref random), training)];
        Assert.Equal(expected, stream.TrainingBatch(2, new RandomStreams(4).Stream(RandomStreams.Data, 7)).Inputs);
        random = new RandomStreams(0).Stream("sparse_signal/Test", 5);
        var own = source == MotifSource.Fixed ? motif : Drawn(3, ref random);
        Assert.Equal(Overwritten(Drawn(12, ref random), own), stream.EvaluationBatch(HeldOut.Test, 5, 1, 8).Inputs);

        static int[] Drawn(int count, ref RandomSequence random)
        {
            var ids = new int[count];
            for (var i = 0; i < count; i++)
            {
                ids[i] = (int)random.NextInt64(1000);
            }

            return ids;
        }

        // Three positions of twelve: 0, 5 and 11.
        static int[] Overwritten(int[] row, int[] motif)
        {
            (row[0], row[5], row[11]) = (motif[0], motif[1], motif[2]);
            return row;
        }
    }

    [Fact]
    public void Classes_AndMask_FollowTheTargets()
    {
        using var stream = _dataset.Open(Nowhere, new SparseSignalOptions { SignalRatio = 0.15 }, 32, 4096);
        var batch = stream.EvaluationBatch(HeldOut.Validation, 0, 2, 2);
        Assert.Equal([9, 19, 30], Enumerable.Range(0, 32).Where(i => batch.Classes![32 + i] == TokenClass.Signal));
        Assert.Equal([31], Enumerable.Range(0, 32).Where(i => !batch.Counted![32 + i]));
        Assert.Equal(TokenClass.Padding, batch.Classes![31]);
    }

    [Fact]
    public void Noise_OverManyRows_IsUniform()
    {
        using var stream = _dataset.Open(Nowhere, new SparseSignalOptions { SignalRatio = 0 }, 128, 16);
        var counts = stream.EvaluationBatch(HeldOut.Validation, 0, 1000, 1000).Inputs.Where((_, i) => i % 128 > 0).GroupBy(token => token).Select(group => group.Count()).ToList();
        Assert.Equal(16, counts.Count);
        Assert.All(counts, count => Assert.InRange(count, 7500, 8500));
    }

    [Fact]
    public void Validate_WithoutAnythingToPredict_NamesTheContext()
    {
        var problem = Assert.Single(_dataset.Validate(new SparseSignalOptions(), 1, 4096));
        Assert.Equal("shape.contextLength", problem.Path);
        Assert.Throws<SpecException>(() => _dataset.Open(Nowhere, new SparseSignalOptions(), 1, 4096));
    }

    private static List<int> Signal(TokenBatch batch, int row) =>
        [.. Enumerable.Range(0, batch.ContextLength).Select(i => (row * batch.ContextLength) + i).Where(i => batch.Classes![i] == TokenClass.Signal).Select(i => batch.Targets[i])];

    /// <summary>
    /// Mean loss of a predictor that knows the generator: where the signal is, how long the motif is, and (when fixed) the motif itself, learnt from the first
    /// row beforehand. It is certain of a token it has seen at this place of the motif, and uniform otherwise. That its certainties are right is asserted.
    /// </summary>
    private static double OracleLoss(TokenStream stream, SparseSignalOptions options, int context, int vocabulary)
    {
        var batch = stream.EvaluationBatch(HeldOut.Validation, 0, 20, 20);
        var known = new Dictionary<int, int>();
        var losses = new List<double>();
        for (var row = -1; row < batch.BatchSize; row++)
        {
            if (options.Motif != MotifSource.Fixed)
            {
                known.Clear();
            }

            var tokens = batch.Inputs.AsSpan(Math.Max(0, row) * context, context);
            losses.AddRange(RowLosses(tokens, Places(options, context), known, Math.Log(vocabulary)).Skip(row < 0 ? context : 1));
        }

        Assert.Equal(losses.Count, batch.Counted!.Count(counts => counts));
        return losses.Average();
    }

    /// <summary>Loss of each token of a row, the first included.</summary>
    private static List<double> RowLosses(ReadOnlySpan<int> tokens, int[] places, Dictionary<int, int> known, double uniform)
    {
        var losses = new List<double>();
        for (var i = 0; i < tokens.Length; i++)
        {
            var certain = known.TryGetValue(places[i], out var expected);
            Assert.True(!certain || expected == tokens[i]);
            losses.Add(certain ? 0 : uniform);
            if (places[i] >= 0)
            {
                known[places[i]] = tokens[i];
            }
        }

        return losses;
    }

    /// <summary>Entropy of the frequencies of predicted tokens, summed place by place and id by id, with the motif as a row without noise shows it.</summary>
    private static double Frequencies(SparseSignalOptions options, int context, int vocabulary)
    {
        using var stream = new SparseSignal().Open(Nowhere, options, context, vocabulary);
        var (row, places, frequencies) = (stream.EvaluationBatch(HeldOut.Test, 0, 1, 1).Inputs, Places(options, context), new double[vocabulary]);
        for (var i = 1; i < context; i++)
        {
            for (var id = 0; id < vocabulary; id++)
            {
                frequencies[id] += (places[i] < 0 ? 1.0 / vocabulary : row[i] == id ? 1 : 0) / (context - 1);
            }
        }

        return frequencies.Sum(frequency => frequency > 0 ? -frequency * Math.Log(frequency) : 0);
    }

    /// <summary>Which token of the motif stands at each position; -1 for noise.</summary>
    private static int[] Places(SparseSignalOptions options, int context)
    {
        var places = Enumerable.Repeat(-1, context).ToArray();
        var count = Math.Max(1, (int)Math.Truncate(context * options.SignalRatio));
        for (var i = 0; i < count; i++)
        {
            places[count == 1 ? 0 : i * (context - 1) / (count - 1)] = i % options.MotifLength;
        }

        return places;
    }
}
