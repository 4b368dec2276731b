using Crossbench.Models;
using Crossbench.Models.Architectures;
using Crossbench.Models.Kernels;
using Crossbench.Models.Parts;
using Crossbench.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Crossbench.Tests.Models;

public sealed class SmatTests
{
    private const int Block = 64;

    private static readonly Smat Architecture = new();
    private static readonly ModelShape Shape = TinyModels.Shape with { TiedHead = true };
    private static readonly ModelShape Published = new() { Layers = 24, Width = 384, Heads = 6, KvHeads = 6, Ffn = 1536, ContextLength = 256, TiedHead = true };

    internal static IReadOnlyList<ModelCase> Cases { get; } =
    [
        Case("smat", new SmatOptions()),
        Case("smat, s_only, rope", new SmatOptions { Mode = SmatMode.SimilarityOnly, Position = SmatPosition.Rope, SemanticWidth = 5 }),
        Case("smat, g_only, learned positions", new SmatOptions { Mode = SmatMode.GateOnly, Position = SmatPosition.LearnedAbsolute, Block = Block }),
        Case("smat, baseline, table", new SmatOptions { Mode = SmatMode.Baseline, Position = SmatPosition.RelTable, Block = Block }),
        Case("smat, folded, block norm", new SmatOptions { Scores = SmatScores.Folded, CentralityNorm = SmatCentralityNorm.Block, Block = 20, MuInitial = 1, GateInitialDeviation = 0.2 }),
        Case("smat, folded, table", new SmatOptions { Scores = SmatScores.Folded, Position = SmatPosition.RelTable, Block = Block }),
        Case("smat, sequence norm", new SmatOptions { CentralityNorm = SmatCentralityNorm.SeqLen, MuInitial = 1 }),
    ];

    public static TheoryData<SmatPosition> Positions => [.. Enum.GetValues<SmatPosition>()];

    [Theory]
    [InlineData(SmatMode.Baseline, null, 61_886_592)]
    [InlineData(SmatMode.Full, 192, 63_665_352)]
    [InlineData(SmatMode.Full, null, 63_665_352)]
    [InlineData(SmatMode.Full, 64, 62_485_704)]
    [InlineData(SmatMode.Full, 128, 63_075_528)]
    [InlineData(SmatMode.Full, 256, 64_255_176)]
    [InlineData(SmatMode.Full, 384, 65_434_824)]
    [InlineData(SmatMode.SimilarityOnly, 192, 63_656_088)]
    [InlineData(SmatMode.GateOnly, 192, 61_895_832)]
    public void PublishedSize_HasExactlyThePublishedParameters(SmatMode mode, int? semanticWidth, long expected) =>
        Assert.Equal(expected, Architecture.Cost(Published, 50257, new SmatOptions { Mode = mode, SemanticWidth = semanticWidth }).ParameterCount);

    [Fact]
    public void PublishedSize_WithOtherPositionsOrHead_IsLargerByThese()
    {
        Assert.Equal(63_665_352 + (256 * 384), Architecture.Cost(Published, 50257, new SmatOptions { Position = SmatPosition.LearnedAbsolute }).ParameterCount);
        Assert.Equal(63_665_352 + (24 * 6 * 256), Architecture.Cost(Published, 50257, new SmatOptions { Position = SmatPosition.RelTable }).ParameterCount);
        Assert.Equal(63_665_352 + (50257 * 384), Architecture.Cost(Published with { TiedHead = false }, 50257, new SmatOptions()).ParameterCount);
    }

    [Fact]
    public void Preset_IsThePublishedModel()
    {
        var spec = PublishedModels.Preset(Architecture);
        Assert.Equal(63_665_352, Architecture.Cost(spec.Shape, spec.Shape.Vocabulary!.Value, spec.Architecture.Options).ParameterCount);
    }

    [Theory]
    [MemberData(nameof(Positions))]
    public void Logits_EqualThoseOfPlainLoops_InBothFormsOfTheScores(SmatPosition position)
    {
        using var scope = NewDisposeScope();
        var shapes = new[] { Shape, Shape with { KvHeads = 4, Bias = false, TiedHead = false } };
        foreach (var (mode, index) in Enum.GetValues<SmatMode>().Select((mode, index) => (mode, index)))
        {
            var norm = (SmatCentralityNorm)((index + (int)position) % 3);
            var options = new SmatOptions { Mode = mode, Position = position, CentralityNorm = norm, Block = 17, LambdaInitial = 1.5, MuInitial = -2, GateInitialDeviation = 0.5, SemanticWidth = 3 };
            var shape = shapes[index % 2];
            using var model = TinyModels.Create(Architecture, options, shape);
            using var folded = TinyModels.Create(Architecture, options with { Scores = SmatScores.Folded }, shape);
            var tokens = TinyModels.Tokens(1, 13);
            var loops = new SmatByLoops(model, shape, options);
            Assert.All([model, folded], item => loops.AssertLogits(item.call(tokens, TinyModels.Evaluating), tokens));
        }
    }

    [Fact]
    public void FoldedScores_EqualExplicitOnes_InFp32_WithAllGradients()
    {
        using var scope = NewDisposeScope();
        var gradients = Enum.GetValues<SmatScores>().Select(scores =>
        {
            var model = TinyModels.Create(Architecture, new SmatOptions { Scores = scores, LambdaInitial = 1 }, Shape with { ContextLength = 63 }, ScalarType.Float32);
            ModelCase.TrainingLoss(model, TinyModels.Tokens(2, 63), TinyModels.Tokens(2, 63, 6)).backward();
            return model.named_parameters().ToDictionary(item => item.name, item => item.parameter.grad!);
        }).ToArray();
        Assert.All(gradients[0], item => Assert.InRange(TinyModels.Distance(item.Value, gradients[1][item.Key]), 0, 1e-5));
    }

    [Theory]
    [InlineData(SmatPosition.Alibi)]
    [InlineData(SmatPosition.LearnedAbsolute)]
    public void WithoutSimilarityAndWithOpenGate_FullIsTheBaseline(SmatPosition position)
    {
        using var scope = NewDisposeScope();
        using var full = TinyModels.Create(Architecture, new SmatOptions { Position = position }, Shape);
        using var baseline = TinyModels.Create(Architecture, new SmatOptions { Mode = SmatMode.Baseline, Position = position }, Shape);
        Copy(full, baseline);
        Set(full, "lambda_raw", -1000);
        Set(full, "gate.weight", 0);
        Set(full, "mu", 0);
        Set(full, "beta", 1000);
        var tokens = TinyModels.Tokens(2, 13);
        Assert.InRange(TinyModels.Distance(full.call(tokens, TinyModels.Evaluating), baseline.call(tokens, TinyModels.Evaluating)), 0, 1e-12);
    }

    [Fact]
    public void WithoutSimilarityInScoresAndGate_FullIsTheGateAlone_WhateverTheDirectionsAre()
    {
        using var scope = NewDisposeScope();
        using var full = TinyModels.Create(Architecture, new SmatOptions(), Shape);
        using var gate = TinyModels.Create(Architecture, new SmatOptions { Mode = SmatMode.GateOnly }, Shape);
        Copy(full, gate);
        Set(full, "lambda_raw", -1000);
        Set(full, "mu", 0);
        var tokens = TinyModels.Tokens(2, 13);
        var expected = gate.call(tokens, TinyModels.Evaluating);
        Assert.InRange(TinyModels.Distance(full.call(tokens, TinyModels.Evaluating), expected), 0, 1e-12);
        Set(full, "semantic.weight", 0.3);
        Assert.InRange(TinyModels.Distance(full.call(tokens, TinyModels.Evaluating), expected), 0, 1e-12);
    }

    [Fact]
    public void SequenceNorm_LooksCausalUntilTokensAreAppended_ThePrefixNormStaysSo()
    {
        using var scope = NewDisposeScope();
        foreach (var (norm, moves) in new[] { (SmatCentralityNorm.SeqLen, true), (SmatCentralityNorm.Prefix, false), (SmatCentralityNorm.Block, false) })
        {
            using var model = TinyModels.Create(Architecture, new SmatOptions { CentralityNorm = norm, MuInitial = 1 }, Shape);
            var tokens = TinyModels.Tokens(1, 13);
            var head = tokens.narrow(1, 0, 8);
            var whole = model.call(tokens, TinyModels.Evaluating).narrow(1, 0, 8);
            var replaced = model.call(cat([head, TinyModels.Tokens(1, 5, 8)], 1), TinyModels.Evaluating).narrow(1, 0, 8);
            Assert.InRange(TinyModels.Distance(whole, replaced), 0, 1e-12);
            Assert.Equal(moves, TinyModels.Distance(whole, model.call(head, TinyModels.Evaluating)) > 1e-9);
        }
    }

    [Fact]
    public void SequenceNorm_IsCausalWhereNoCentralityIsUsed()
    {
        Assert.False(Architecture.IsCausal(new SmatOptions { CentralityNorm = SmatCentralityNorm.SeqLen }));
        Assert.True(Architecture.IsCausal(new SmatOptions { CentralityNorm = SmatCentralityNorm.SeqLen, Mode = SmatMode.GateOnly }));
    }

    [Fact]
    public void AtInitialisation_GatesAreHalfOpen_AndSimilarityHasItsStrength()
    {
        using var scope = NewDisposeScope();
        using var model = Architecture.CreateModel(Shape, TinyModels.Vocabulary, new SmatOptions { LambdaInitial = 0.1 }, new RandomStreams(1));
        var writer = new DiagnosticsWriter(Architecture.Diagnostics(new SmatOptions()), atEvaluation: false);
        model.call(TinyModels.Tokens(2, 13), new ForwardContext(new KernelSet(), training: true) { Diagnostics = writer });
        var points = writer.Points(0).ToDictionary(point => point.Metric, point => point.Value);
        Assert.Equal(0.5, points["layer1.gateMean"], 1e-6);
        Assert.Equal(0, points["layer1.gateDeviation"], 1e-6);
        Assert.Equal(0.5, points["layer0.gatedValueShare"], 1e-6);
        Assert.Equal(0.1, points["layer0.lambda"], 1e-6);
        Assert.Equal(-2.25, TinyModels.Values(model.named_parameters().First(item => item.name == "layers.0.attn.lambda_raw").parameter)[0], 0.01);
    }

    [Fact]
    public void Alibi_HasTheSlopesOfThePaperForEveryNumberOfHeads()
    {
        Assert.All(new[] { 0.39685, 0.15749, 0.0625, 0.0248, 0.00984, 0.00391 }.Index(), item => Assert.Equal(item.Item, Alibi.Slope(item.Index, 6), 5e-5));
        using var scope = NewDisposeScope();
        var bias = Alibi.Bias(2, 2, 5, zeros(1, ScalarType.Float64));
        Assert.Equal([1, 2, 2, 5], bias.shape);
        Assert.Equal(-3.0 / 16, bias[0, 0, 0, 0].ToDouble(), 1e-15);
        Assert.Equal(-1.0 / 256, bias[0, 1, 1, 3].ToDouble(), 1e-15);
    }

    [Fact]
    public void Directions_OfZeroVectors_AreZero_WithoutGradient()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModels.Create(Architecture, Shape);
        Set(model, "norm1.weight", 0);
        Set(model, "norm1.bias", 0);
        ModelCase.TrainingLoss(model, TinyModels.Tokens(2, 13), TinyModels.Tokens(2, 13)).backward();
        Assert.All(model.named_parameters(), item => Assert.True(item.parameter.grad is null || item.parameter.grad.isfinite().all().ToBoolean(), item.name));
    }

    [Theory]
    [InlineData("learned_abs", "64", "65", "architecture.block")]
    [InlineData("rel_table", "127", "128", "architecture.block")]
    [InlineData("rel_table", "128", "128", null)]
    [InlineData("alibi", "1", "128", null)]
    public void LearnedPositions_AreNotFewerThanTheContext(string position, string block, string context, string? path)
    {
        var problems = Problems(("architecture.position", position), ("architecture.block", block), ("shape.contextLength", context));
        Assert.Equal(path is null ? [] : [path], problems.Select(problem => problem.Path));
        Assert.All(problems, problem => Assert.Empty(Problems(
            ("architecture.position", position), ("architecture.block", problem.Fixes[0].Value), ("shape.contextLength", context))));
    }

    [Theory]
    [InlineData("architecture.semanticWidth", "0")]
    [InlineData("architecture.block", "0")]
    [InlineData("architecture.lambdaInitial", "0")]
    [InlineData("architecture.gateInitialDeviation", "-1")]
    [InlineData("architecture.mode", "s-only")]
    public void OptionsOutsideTheirRange_AreRefused(string path, string value) => Assert.Equal(path, Assert.Single(Problems((path, value))).Path);

    [Fact]
    public void RotaryPositions_NeedEvenHeads()
    {
        (string, string)[] odd = [("shape.width", "12"), ("shape.positions", "none")];
        Assert.Equal("architecture.position", Assert.Single(Problems([.. odd, ("architecture.position", "rope")])).Path);
        Assert.Empty(Problems(odd));
    }

    [Theory]
    [InlineData(SmatPosition.RelTable)]
    [InlineData(SmatPosition.LearnedAbsolute)]
    public void Positions_BeyondThoseLearned_AreRefused(SmatPosition position)
    {
        using var scope = NewDisposeScope();
        using var model = TinyModels.Create(Architecture, new SmatOptions { Position = position, Block = 13 }, Shape);
        using var state = model.CreateState();
        model.Continue(TinyModels.Tokens(1, 13), state, TinyModels.Evaluating);
        Assert.Contains("13", Assert.Throws<ArgumentException>(() => model.Continue(TinyModels.Tokens(1, 1), state, TinyModels.Evaluating)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => model.call(TinyModels.Tokens(1, 14), TinyModels.Evaluating));
    }

    private static ModelCase Case(string name, SmatOptions options) => new(name, Architecture, options) { Shape = Shape };

    private static SpecProblem[] Problems(params (string Path, string Value)[] settings) =>
        [.. Crossbench.Training.RunSpecReader.Read([new("architecture.id", Architecture.Id), .. settings.Select(item => new KeyValuePair<string, string>(item.Path, item.Value))]).Problems];

    private static void Copy(LanguageModel target, LanguageModel source)
    {
        using var _ = no_grad();
        var values = target.named_parameters().ToDictionary(item => item.name, item => item.parameter);
        foreach (var (name, parameter) in source.named_parameters())
        {
            values[name].copy_(parameter);
        }
    }

    private static void Set(LanguageModel model, string ending, double value)
    {
        using var _ = no_grad();
        var parameters = model.named_parameters().Where(item => item.name.EndsWith(ending, StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(parameters);
        Assert.All(parameters, item => item.parameter.fill_(value));
    }
}
