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

public sealed class MigTests
{
    private static readonly Mig Architecture = new();

    internal static IReadOnlyList<ModelCase> Cases { get; } =
    [
        new("mig", Architecture, Architecture.Defaults),
        new("mig, global", Architecture, new MigOptions { TopkMode = TopkMode.Global, CloneInit = true }),
        new("mig, global, skip, dropout", Architecture, new MigOptions { TopkMode = TopkMode.Global, DropMode = DropMode.SkipKv, GateDim = 0, KeepRatio = 0.4, Dropout = 0.3 }) { Drops = true },

        // Fewer tokens are kept than of a sequence without repetitions, which the formula is for: the test's 64 tokens are of 23 kinds.
        new("mig, skip, heads", Architecture, new MigOptions { DropMode = DropMode.SkipKv, GateOn = GatePlace.Heads }) { FlopTolerance = 0.5 },

        // The threshold moves with each training pass, and before training it lets all tokens through.
        new("mig, threshold, skip", Architecture, new MigOptions { TopkMode = TopkMode.CausalThreshold, DropMode = DropMode.SkipKv }) { IsSmooth = false, FlopTolerance = 0.5 },
        new("mig, prefix, heads, dropout", Architecture, new MigOptions { TopkMode = TopkMode.Prefix, GateOn = GatePlace.Heads, KeepRatio = 0.5, Dropout = 0.3 }) { Drops = true },
        new("mig, prefix, skip, dropout", Architecture, new MigOptions { TopkMode = TopkMode.Prefix, DropMode = DropMode.SkipKv, GateDim = 0, GateOn = GatePlace.Heads, KeepRatio = 0.5, Dropout = 0.3 }) { Drops = true },
        new("mig, layer ratios, dropout", Architecture, new MigOptions { LayerKeepRatios = [0.3], KeepRatio = 1, Dropout = 0.3 }) { Drops = true },
        new("mig, all kept", Architecture, new MigOptions { TopkMode = TopkMode.None, GateDim = 0 }),
    ];

    public static TheoryData<TopkMode, DropMode, GatePlace, int> Modes
    {
        get
        {
            var modes = new TheoryData<TopkMode, DropMode, GatePlace, int>();
            foreach (var topk in Enum.GetValues<TopkMode>())
            {
                foreach (var drop in Enum.GetValues<DropMode>())
                {
                    foreach (var place in Enum.GetValues<GatePlace>())
                    {
                        modes.Add(topk, drop, place, 6);
                    }

                    modes.Add(topk, drop, (GatePlace)((int)drop ^ ((int)topk & 1)), 0);
                }
            }

            return modes;
        }
    }

    [Theory]
    [InlineData(64, 5_749_552)]
    [InlineData(0, 5_649_670)]
    public void PublishedSizes_HaveExactlyThePublishedParameters(int gateDim, long expected)
    {
        Assert.Equal(expected, PublishedModels.CountAtTransBench(Architecture, new MigOptions { GateDim = gateDim }));
        Assert.Equal(expected, PublishedModels.CountAtTransBench(Architecture, new MigOptions { GateDim = gateDim, TopkMode = TopkMode.CausalThreshold }));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Logits_EqualThoseOfPlainLoops_AndDecodingToo(TopkMode topk, DropMode drop, GatePlace place, int gateDim)
    {
        using var scope = NewDisposeScope();
        var options = new MigOptions { TopkMode = topk, DropMode = drop, GateOn = place, GateDim = gateDim, KeepRatio = 0.5, LayerKeepRatios = [0.4] };
        foreach (var (positions, vocabulary, bias) in new[] { (PositionEncoding.Rope, 23, true), (PositionEncoding.None, 23, true), (PositionEncoding.Rope, 4, false) })
        {
            var shape = TinyModels.Shape with { Positions = positions, Bias = bias };
            using var model = Spread(options, shape);
            Learn(model, topk);
            using var _ = no_grad();
            var tokens = TinyModels.Tokens(2, 13, vocabulary: vocabulary);
            var found = model.call(tokens, TinyModels.Evaluating);
            var loops = new MigByLoops(model, shape, options);
            for (var row = 0; row < 2; row++)
            {
                loops.AssertLogits(found.narrow(0, row, 1), tokens.narrow(0, row, 1));
            }

            Assert.True(topk == TopkMode.None || loops.Kept.Exists(kept => kept[^1].Contains(false)), "Something is dropped.");
            if (topk != TopkMode.Global)
            {
                using var state = model.CreateState();
                var pieces = cat([model.Continue(tokens.narrow(1, 0, 6), state, TinyModels.Evaluating), .. Enumerable.Range(6, 7).Select(t => model.Continue(tokens.narrow(1, t, 1), state, TinyModels.Evaluating))], 1);
                Assert.InRange(TinyModels.Distance(found, pieces), 0, 1e-9);
            }
        }
    }

    [Theory]
    [InlineData(TopkMode.Global)]
    [InlineData(TopkMode.CausalRank)]
    public void WithoutPositions_DroppedTokensAreOneKeyMore_AndWithPositionsTheyAreNot(TopkMode topk)
    {
        using var scope = NewDisposeScope();
        var options = new MigOptions { TopkMode = topk, KeepRatio = 0.4 };
        foreach (var positions in Enum.GetValues<PositionEncoding>())
        {
            var shape = TinyModels.Shape with { Positions = positions };
            using var model = Spread(options, shape);
            var tokens = TinyModels.Tokens(1, 13);
            var found = TinyModels.Values(model.call(tokens, TinyModels.Evaluating));
            var collapsed = new MigByLoops(model, shape, options) { IsCollapsed = true }.Logits(tokens);
            var distance = found.Zip(collapsed).Max(pair => Math.Abs(pair.First - pair.Second));
            Assert.True(positions == PositionEncoding.None ? distance < 1e-11 : distance > 1e-6, $"{positions}: {distance}");
        }
    }

    [Theory]
    [InlineData(GatePlace.Slices, 64)]
    [InlineData(GatePlace.Heads, 64)]
    [InlineData(GatePlace.Slices, 0)]
    public void WithOpenGates_AndAllTokensKept_LogitsAreTheBaselines(GatePlace place, int gateDim)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var mig = TinyModels.Create(Architecture, new MigOptions { KeepRatio = 1, GateOn = place, GateDim = gateDim }, TinyModels.Shape);
        foreach (var (name, parameter) in mig.named_parameters().Where(item => item.name.Contains("gate.w", StringComparison.Ordinal) && item.name.Contains("attn", StringComparison.Ordinal)))
        {
            parameter.fill_(name.EndsWith("bias", StringComparison.Ordinal) ? 40 : 0);
        }

        using var gqa = TinyModels.Create(new Gqa());
        var tokens = TinyModels.Tokens(2, 13);
        Assert.InRange(TinyModels.Distance(gqa.call(tokens, TinyModels.Evaluating), mig.call(tokens, TinyModels.Evaluating)), 0, 1e-12);
    }

    [Theory]
    [InlineData(TopkMode.CausalRank, DropMode.ZeroInput)]
    [InlineData(TopkMode.CausalRank, DropMode.SkipKv)]
    [InlineData(TopkMode.Prefix, DropMode.ZeroInput)]
    public void OpenGatesAndFullSelection_ByAblation_GiveTheBaseline(TopkMode topk, DropMode drop)
    {
        using var scope = NewDisposeScope();
        using var mig = TinyModels.Create(Architecture, new MigOptions { TopkMode = topk, DropMode = drop }, TinyModels.Shape);
        using var gqa = TinyModels.Create(new Gqa());
        var tokens = TinyModels.Tokens(2, 13);
        var opened = mig.call(tokens, TinyModels.Ablating(new Ablation(GatedAttention.Gate, new Intervention.Fill(1)), new Ablation(GatedAttention.Keep, new Intervention.Fill(1))));
        Assert.InRange(TinyModels.Distance(gqa.call(tokens, TinyModels.Evaluating), opened), 0, 1e-12);
    }

    [Fact]
    public void SparsityLoss_IsTheMeanGate_AndMovesNoLogit()
    {
        using var scope = NewDisposeScope();
        var options = new MigOptions { Lambda = 0.25, AuxWarmup = 7 };
        using var model = Spread(options, TinyModels.Shape);
        using var without = Spread(options with { Lambda = 0 }, TinyModels.Shape);
        var tokens = TinyModels.Tokens(1, 13);
        var context = ModelCase.Training();
        Assert.Equal(0, TinyModels.Distance(model.call(tokens, context), without.call(tokens, ModelCase.Training())));
        var loops = new MigByLoops(model, TinyModels.Shape, options);
        loops.Logits(tokens);
        var (term, raw) = Assert.Single(context.Auxiliary.Means);
        Assert.Equal(new AuxiliaryTerm("gate", 0.25, 7), term);
        Assert.Equal(loops.Gates.Average(layer => layer.Average(gate => gate.Average())), raw.ToDouble(), 1e-12);
    }

    [Fact]
    public void SkippedTokens_AreNotComputed()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var shape = TinyModels.Shape with { Width = 64, Ffn = 8, ContextLength = 64, Layers = 1 };
        var tokens = tensor(Enumerable.Range(0, 128).Select(i => (long)i).ToArray()).view(2, 64); // no token twice
        double Counted(MigOptions options)
        {
            using var model = Architecture.CreateModel(shape, 128, options, new RandomStreams(1));
            var count = new FlopCount();
            model.call(tokens, new ForwardContext(new KernelSet { Count = count }, training: false));
            var rest = (6.0 * 64 * 8) + (2.0 * 64 * 128) + (2 * 4 * (64 + 4)); // feed-forward, head and gate
            return (count.Total / 128) - rest;
        }

        var skipping = new MigOptions { GateDim = 4, KeepRatio = 0.25, DropMode = DropMode.SkipKv };
        var dense = Counted(skipping with { DropMode = DropMode.ZeroInput });
        var (projections, attention) = (6.0 * 64 * 64, 2.0 * 65 * 64);
        Assert.Equal(projections + attention, dense, 6);
        Assert.Equal((0.25 * projections) + (0.25 * 2 * 17 * 64), Counted(skipping with { TopkMode = TopkMode.Global }), 6);
        var share = TokenSelection.CausalShare(64, 0.25);
        Assert.InRange(Counted(skipping) / dense, 0.8 * share, 1.25 * share);
    }

    [Fact]
    public void BadOptions_AreRefusedByTheirPath()
    {
        foreach (var (option, value) in new[] { ("keepRatio", "0"), ("keepRatio", "1.5"), ("layerKeepRatios", "0.5, 2"), ("layerKeepRatios", "1,1,1,1,1,1,1,1,1"), ("gateDim", "-1"), ("lambda", "-0.1"), ("topkMode", "first") })
        {
            RefusedOptions.AssertRefused(Architecture, option, value);
        }
    }

    [Fact]
    public void Presets_GiveLayersTheirOwnShares()
    {
        MigOptions Options(string id) =>
            (MigOptions)PublishedModels.Preset(Architecture, id).Architecture.Options;
        Assert.Equal([0.05, 0.05, 0.05, 1, 1, 1, 1, 1], Enumerable.Range(0, 8).Select(Options("a-mig").RatioOf));
        Assert.Equal([0.05, 0.05, 0.1, 0.5, 1, 1, 0.05], Enumerable.Range(0, 7).Select(Options("a-mig-transbench").RatioOf));
        Assert.Equal((TopkMode.Global, DropMode.ZeroInput), (Options("transbench").TopkMode, Options("transbench").DropMode));
        Assert.Equal((TopkMode.CausalRank, true), (Options("a-mig").TopkMode, Architecture.IsCausal(Options("a-mig"))));
    }

    /// <summary>A model whose gates differ from token to token far more than initial ones do.</summary>
    internal static LanguageModel Spread(MigOptions options, ModelShape shape)
    {
        var model = TinyModels.Create(Architecture, options, shape);
        using var _ = no_grad();
        foreach (var (_, parameter) in model.named_parameters().Where(item => item.name.Contains("attn.gate.w", StringComparison.Ordinal) && item.parameter.ndim == 2))
        {
            parameter.mul_(40);
        }

        return model;
    }

    /// <summary>Moves thresholds to where training moves them.</summary>
    internal static void Learn(LanguageModel model, TopkMode topk)
    {
        for (var pass = 0; topk == TopkMode.CausalThreshold && pass < 3; pass++)
        {
            using var _ = no_grad();
            model.call(TinyModels.Tokens(3, 13, seed: 20 + pass), TinyModels.Training);
        }
    }

    [Fact]
    public void FrozenGates_TakeNoGradient_AndTheRestTrains()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModels.Create(Architecture, new MigOptions { FrozenGate = true, TopkMode = TopkMode.None, Lambda = 0 }, TinyModels.Shape);
        model.Loss(TinyModels.Tokens(2, 13), TinyModels.Tokens(2, 13, seed: 6), TinyModels.Training).backward();
        Assert.All(model.named_parameters(), item => Assert.Equal(item.name.Contains(".gate.", StringComparison.Ordinal), item.parameter.grad is null));
        Assert.Contains(model.named_parameters(), item => item.name.Contains(".gate.", StringComparison.Ordinal));
    }
}
