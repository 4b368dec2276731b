using Crossbench.Models;
using Crossbench.Models.Architectures;
using Crossbench.Models.Kernels;
using Crossbench.Models.Parts;
using Crossbench.Tests.Support;
using Crossbench.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Crossbench.Tests.Models;

/// <summary>The rules by which mig keeps tokens.</summary>
public sealed class MigSelectionTests
{
    [Fact]
    public void Counts_AreTruncatedInFp64()
    {
        Assert.Equal([62, 7, 14, 21, 1, 1], new[] { (90, 0.7), (10, 0.7), (20, 0.7), (30, 0.7), (1, 0.05), (39, 0.05) }.Select(item => TokenSelection.CountFor(item.Item1, item.Item2)));
        foreach (var (ratio, expected) in new[] { (0.05, 0.0557), (0.1, 0.1021), (0.5, 0.4973), (0.7, 0.6923) })
        {
            Assert.Equal(expected, TokenSelection.CausalShare(256, ratio), 4);
        }
    }

    [Fact]
    public void GlobalSelection_KeepsExactlyItsCount_AndOfEqualScoresTheEarlier()
    {
        using var scope = NewDisposeScope();
        var tied = tensor(new[] { 0.2, 0.5, 0.5 + 4e-8, 0.5, 0.9, 0.5 - 4e-8 }).view(1, 6);
        Assert.Equal([false, true, true, false, true, false], Flags(TokenSelection.Largest(tied, 3)));
        var random = rand([5, 200], ScalarType.Float64, generator: new Generator(1));
        var kept = TokenSelection.Largest(random, 60);
        Assert.All(Enumerable.Range(0, 5), row => Assert.Equal(60, kept.select(0, row).sum().ToInt64()));
        var (smallestKept, largestDropped) = (where(kept, random, ones_like(random)).min(1).values, where(kept, zeros_like(random), random).max(1).values);
        Assert.True((smallestKept > largestDropped).all().ToBoolean());
    }

    [Fact]
    public void RankOnArrival_KeepsTheFirst_AndOfEqualTokensOnlyTheFirst()
    {
        using var scope = NewDisposeScope();
        var equal = full([1, 40], 0.3, dtype: ScalarType.Float32) + (rand([1, 40], generator: new Generator(2)) * 8e-8);
        Assert.Equal([0L], TokenSelection.CausalRank(equal, 0, 0.7).nonzero().select(1, 1).data<long>().ToArray());
        var falling = arange(40, 0, -1, ScalarType.Float64).view(1, 40);
        Assert.Equal(Enumerable.Range(0, 40).Select(t => t + 1 <= Math.Max(1, (int)(0.7 * (t + 1)))), Flags(TokenSelection.CausalRank(falling, 0, 0.7)));
        Assert.Equal(40, TokenSelection.CausalRank(-falling, 0, 0.05).sum().ToInt64()); // each the best so far
    }

    [Fact]
    public void RankOnArrival_DoesNotHangOnTheRoundingOfEqualScores()
    {
        using var scope = NewDisposeScope();
        var kinds = rand([8], ScalarType.Float32, generator: new Generator(3));
        var scores = kinds.index_select(0, TinyModels.Tokens(1, 200, vocabulary: 8).view(-1)).view(1, 200);
        var rounded = scores * (1 + ((rand([1, 200], generator: new Generator(4)) - 0.5) * 2e-7));
        Assert.True(TinyModels.Distance(scores, rounded) > 0);
        Assert.Equal(Flags(TokenSelection.CausalRank(scores, 0, 0.5)), Flags(TokenSelection.CausalRank(rounded, 0, 0.5)));
        Assert.Equal(Flags(TokenSelection.Prefix(scores, 0, 0.5)), Flags(TokenSelection.Prefix(rounded, 0, 0.5)));
    }

    [Fact]
    public void RankOnArrival_KeepsTheExpectedShareOfExchangeableScores()
    {
        using var scope = NewDisposeScope();
        var scores = rand([300, 64], ScalarType.Float64, generator: new Generator(5));
        foreach (var ratio in new[] { 0.05, 0.5, 0.7 })
        {
            var share = TokenSelection.CausalRank(scores, 0, ratio).to(ScalarType.Float64).mean().ToDouble();
            Assert.InRange(share, TokenSelection.CausalShare(64, ratio) - 0.01, TokenSelection.CausalShare(64, ratio) + 0.01);
        }
    }

    [Fact]
    public void DecisionsAboutOneself_AreTheSameOnArrivalAndByPrefix_AndForPartsOfASequence()
    {
        using var scope = NewDisposeScope();
        var scores = rand([3, 30], ScalarType.Float64, generator: new Generator(6));
        var prefix = TokenSelection.Prefix(scores, 0, 0.4);
        var own = (prefix & ones([30, 30], ScalarType.Bool).tril().triu()).any(-1);
        Assert.Equal(Flags(TokenSelection.CausalRank(scores, 0, 0.4)), Flags(own));
        Assert.Equal(Flags(prefix.narrow(1, 21, 9)), Flags(TokenSelection.Prefix(scores, 21, 0.4)));
        Assert.Equal(Flags(own.narrow(1, 21, 9)), Flags(TokenSelection.CausalRank(scores, 21, 0.4)));
        Assert.All(Enumerable.Range(0, 30), i => Assert.Equal(Math.Max(1, (int)(0.4 * (i + 1))), prefix.select(0, 0).select(0, i).sum().ToInt64()));
    }

    [Fact]
    public void GlobalSelection_LetsAFutureTokenMoveThePast_WhichTheOthersDoNot()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        foreach (var topk in Enum.GetValues<TopkMode>())
        {
            using var model = MigTests.Spread(new MigOptions { TopkMode = topk, KeepRatio = 0.5 }, TinyModels.Shape);
            MigTests.Learn(model, topk);
            var finding = CausalityProbe.Run(model, new RandomStreams(1));
            Assert.Equal(topk == TopkMode.Global, finding.SeesTheFuture);
            Assert.True(topk != TopkMode.Global || finding.LargestMove > 1e-3);
        }
    }

    [Fact]
    public void Threshold_FollowsTheQuantile_WhileTrainingOnly_AndIsSavedWithTheWeights()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var options = new MigOptions { TopkMode = TopkMode.CausalThreshold, KeepRatio = 0.4 };
        using var model = MigTests.Spread(options, TinyModels.Shape with { Layers = 1 });
        var tokens = TinyModels.Tokens(3, 13);
        double Rate()
        {
            var writer = new DiagnosticsWriter(new Mig().Diagnostics(options), atEvaluation: false);
            model.call(tokens, TinyModels.Writing(writer));
            return writer.Points(1).Single(point => point.Metric == "layer0.keepRate").Value;
        }

        double[] Held() => TinyModels.Values(model.get_buffer("layers.0.attn.threshold")!);
        Assert.Equal(1, Rate());
        Assert.Equal([0, 0], Held());
        model.call(tokens, TinyModels.Training);
        Assert.Equal(0.01, Held()[1], 1e-15);
        var once = Held()[0] / Held()[1];
        model.call(tokens, TinyModels.Training);
        Assert.Equal(0.0199, Held()[1], 1e-15);
        Assert.Equal(once, Held()[0] / Held()[1], 1e-12);
        Assert.InRange(Rate(), 0.4 - (2 / 39.0), 0.4 + 0.15); // repeated tokens tie at the threshold
        var loops = new MigByLoops(model, model.Shape, options);
        var scores = Enumerable.Range(0, 3).SelectMany(row =>
        {
            loops.Logits(tokens.narrow(0, row, 1));
            return loops.Gates[^1].Select(gate => gate.Average());
        });
        Assert.Equal(scores.OrderDescending().ElementAt((int)(0.4 * 39) - 1), once, 1e-12);

        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "model.safetensors");
        WeightFile.Save(path, model.to(ScalarType.Float32));
        using var loaded = TinyModels.Create(new Mig(), options, model.Shape, ScalarType.Float32);
        WeightFile.Load(path, loaded);
        Assert.Equal(Held(), TinyModels.Values(loaded.get_buffer("layers.0.attn.threshold")!));
    }

    [Fact]
    public void GatesOfDroppedTokens_MoveNoLogit_SoOnlyTheSparsityLossTeachesThem()
    {
        using var scope = NewDisposeScope();
        using var model = MigTests.Spread(new MigOptions { TopkMode = TopkMode.Global, KeepRatio = 0.5, GateDim = 0 }, TinyModels.Shape with { Layers = 1 });
        var tokens = arange(13, dtype: ScalarType.Int64).view(1, 13);
        var loops = new MigByLoops(model, model.Shape, new MigOptions { TopkMode = TopkMode.Global, KeepRatio = 0.5, GateDim = 0 });
        loops.Logits(tokens);
        for (var token = 0; token < 13; token++)
        {
            Tensor Moved(double step)
            {
                using var _ = no_grad();
                var gates = new Intervention.Constant(new Dictionary<int, Tensor> { [0] = Gates(loops, token, step) });
                return model.call(tokens, TinyModels.Ablating(new Ablation(GatedAttention.Gate, gates)));
            }

            Assert.Equal(loops.Kept[0][0][token], TinyModels.Distance(Moved(0), Moved(0.1)) > 1e-9);
        }
    }

    [Fact]
    public void SelectionDiagnostics_CountKeptTokensAndSignal()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var options = new MigOptions { KeepRatio = 0.5 };
        using var model = MigTests.Spread(options, TinyModels.Shape);
        var tokens = TinyModels.Tokens(1, 13);
        var ids = tokens.data<long>().ToArray();
        var (signal, noise) = (tokens < 10, tokens >= 10);
        double Value(string name, bool atEvaluation)
        {
            var writer = new DiagnosticsWriter(new Mig().Diagnostics(options), atEvaluation, signal, noise);
            model.call(tokens, TinyModels.Writing(writer));
            return writer.Points(1).Single(point => point.Metric == "layer1." + name).Value;
        }

        var loops = new MigByLoops(model, TinyModels.Shape, options);
        loops.Logits(tokens);
        var kept = loops.Kept[1][12];
        var both = ids.Where((id, t) => id < 10 && kept[t]).Count();
        Assert.True(both > 0);
        Assert.Equal(kept.Count(flag => flag) / 13.0, Value("keepRate", false), 1e-9);
        Assert.Equal((double)both / kept.Count(flag => flag), Value("keepPrecision", true), 1e-9);
        Assert.Equal((double)both / ids.Count(id => id < 10), Value("keepRecall", true), 1e-9);
        Assert.Equal(loops.DroppedMass[1].Average(), Value("droppedMass", true), 1e-9);
        Assert.Equal(loops.Gates[1].Average(gate => gate.Average()), Value("gateMean", false), 1e-9);
    }

    [Theory]
    [InlineData(64, 0.1192)]
    [InlineData(0, 0.5)]
    public void Gates_StartWhereTheirDiagnosticsSay(int gateDim, double expected)
    {
        using var scope = NewDisposeScope();
        var options = new MigOptions { GateDim = gateDim };
        using var model = new Mig().CreateModel(TinyModels.Shape, 23, options, new RandomStreams(1));
        var context = ModelCase.Training();
        model.call(TinyModels.Tokens(2, 13), context);
        Assert.Equal(expected, Assert.Single(context.Auxiliary.Means).Raw.ToDouble(), 0.02);
        Assert.Equal(expected, new Mig().Diagnostics(options).Single(metric => metric.Name == "gateMean").InitialValue!.Value, 4);
    }

    private static Tensor Gates(MigByLoops loops, int token, double step) =>
        tensor(loops.Gates[0].Select((gate, t) => gate[0] + (t == token ? step : 0)).ToArray()).view(1, 13, 1);

    private static bool[] Flags(Tensor flags) => flags.contiguous().data<bool>().ToArray();
}
