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

public sealed class SilTests
{
    private static readonly Sil Architecture = new();

    internal static IReadOnlyList<ModelCase> Cases { get; } =
    [
        new("sil", Architecture, Architecture.Defaults),
        new("sil, soft evaluation, marginal, dropout", Architecture, new SilOptions { Rules = 5, HardEval = false, EntropyMode = RuleEntropy.Marginal, TauFinal = null, Dropout = 0.3 }) { Drops = true },

        // The picked rule changes in steps, while the gradient is that of the soft mixture.
        new("sil, hard training, gumbel, mi", Architecture, new SilOptions { Rules = 7, HardTrain = true, EvalSampling = RulePick.Gumbel, EntropyMode = RuleEntropy.Mi, CloneInit = true }) { IsSmooth = false },
    ];

    [Theory]
    [InlineData(32, 5_752_774)]
    [InlineData(64, 5_851_270)]
    public void PublishedSizes_HaveExactlyThePublishedParameters(int rules, long expected) =>
        Assert.Equal(expected, PublishedModels.CountAtTransBench(Architecture, new SilOptions { Rules = rules }));

    [Fact]
    public void WithAClosedGate_LogitsAreTheBaselines_ToTheBit()
    {
        using var scope = NewDisposeScope();
        using var sil = TinyModels.Create(Architecture);
        using var gqa = TinyModels.Create(new Gqa());
        var tokens = TinyModels.Tokens(2, 13);
        var closed = sil.call(tokens, TinyModels.Ablating(new Ablation(RuleMixer.Gate, new Intervention.Fill(0))));
        Assert.Equal(0, TinyModels.Distance(gqa.call(tokens, TinyModels.Evaluating), closed));
    }

    [Theory]
    [InlineData(true, RulePick.Argmax, 1.0)]
    [InlineData(true, RulePick.Gumbel, 1.0)]
    [InlineData(false, RulePick.Argmax, 0.25)]
    [InlineData(false, RulePick.Gumbel, 0.25)]
    public void Evaluation_EqualsPlainLoops(bool isHard, RulePick pick, double progress)
    {
        using var scope = NewDisposeScope();
        var options = new SilOptions { Rules = 6, HardEval = isHard, EvalSampling = pick, Tau0 = 2, TauFinal = 0.4 };
        using var sil = TinyModels.Create(Architecture, options, TinyModels.Shape);
        var context = new ForwardContext(new KernelSet(), training: false) { Progress = progress };
        var tokens = TinyModels.Tokens(1, 13);
        var loops = new SilByLoops(sil, TinyModels.Shape, options)
        {
            IsHard = isHard,
            Temperature = 2 - (1.6 * progress),
            Noise = pick == RulePick.Gumbel ? layer => Noise(context, layer, 6) : null,
        };
        loops.AssertLogits(sil.call(tokens, context), tokens);
    }

    [Theory]
    [InlineData(RuleEntropy.Token, false)]
    [InlineData(RuleEntropy.Marginal, false)]
    [InlineData(RuleEntropy.Mi, true)]
    public void Training_EqualsPlainLoops_AndSoDoesTheEntropyReward(RuleEntropy mode, bool isHard)
    {
        using var scope = NewDisposeScope();
        var options = new SilOptions { Rules = 6, EntropyMode = mode, HardTrain = isHard, TauFinal = 0.5, Lambda = 0.3, AuxWarmup = 9 };
        using var sil = TinyModels.Create(Architecture, options, TinyModels.Shape);
        var context = ModelCase.Training();
        var tokens = TinyModels.Tokens(1, 13);
        var loops = new SilByLoops(sil, TinyModels.Shape, options) { IsHard = isHard, Temperature = 0.75, Noise = layer => Noise(context, layer, 6) };
        loops.AssertLogits(sil.call(tokens, context), tokens);
        var (term, raw) = Assert.Single(context.Auxiliary.Means);
        Assert.Equal(new AuxiliaryTerm("ruleEntropy", 0.3, 9), term);
        Assert.Equal(loops.LogRules.Average(layer => Loss(layer, mode)), raw.ToDouble(), 1e-12);
    }

    [Fact]
    public void EntropyRewards_AreLargestWhereTheyShouldBe()
    {
        using var scope = NewDisposeScope();
        var uniform = zeros([2, 2, 4], dtype: ScalarType.Float64).log_softmax(-1);
        var sureOfOne = (nn.functional.one_hot(tensor(new long[] { 1, 1, 1, 1 }).view(2, 2), 4).to(ScalarType.Float64) * 1e6).log_softmax(-1);
        var sureOfTheirOwn = (nn.functional.one_hot(tensor(new long[] { 0, 1, 2, 3 }).view(2, 2), 4).to(ScalarType.Float64) * 1e6).log_softmax(-1);
        void Check(RuleEntropy mode, double ofUniform, double ofOne, double ofOwn) =>
            Assert.All(new[] { (uniform, ofUniform), (sureOfOne, ofOne), (sureOfTheirOwn, ofOwn) }, item =>
                Assert.Equal(-item.Item2 * Math.Log(4), RuleMixer.Regulariser(item.Item1, mode).ToDouble(), 1e-12));
        Check(RuleEntropy.Token, 1, 0, 0);
        Check(RuleEntropy.Marginal, 1, 0, 1);
        Check(RuleEntropy.Mi, 0, 0, 1);
    }

    [Fact]
    public void HardChoice_IsExactlyOneHot_WithTheGradientOfTheSoftOne()
    {
        using var scope = NewDisposeScope();
        Tensor Gradient(bool isHard)
        {
            var logits = TinyModels.Normal(3, 2, 5, 7).requires_grad_();
            var choice = RuleMixer.Choose(logits, 0.3, isHard);
            if (isHard)
            {
                Assert.Equal(10, (choice == 1).sum().ToInt64());
                Assert.Equal(60, (choice == 0).sum().ToInt64());
                Assert.True((choice.argmax(-1) == logits.argmax(-1)).all().ToBoolean());
            }

            (choice * TinyModels.Normal(4, 2, 5, 7)).sum().backward();
            return logits.grad!;
        }

        Assert.True(Gradient(false).abs().max().ToDouble() > 0.1);
        Assert.InRange(TinyModels.Distance(Gradient(false), Gradient(true)), 0, 1e-15);
    }

    [Fact]
    public void TableOfRules_EqualsTheGenericForm_ToTheBit()
    {
        using var scope = NewDisposeScope();
        using var sil = TinyModels.Create(Architecture);
        var tokens = TinyModels.Tokens(2, 13);
        Assert.Equal(0, TinyModels.Distance(sil.call(tokens, TinyModels.Evaluating), sil.call(tokens, TinyModels.Ablating())));
    }

    [Fact]
    public void SampledEvaluation_DependsOnTheNoiseButNotOnTheTemperature()
    {
        using var scope = NewDisposeScope();
        using var sil = TinyModels.Create(Architecture, new SilOptions { EvalSampling = RulePick.Gumbel }, TinyModels.Shape);
        var tokens = TinyModels.Tokens(2, 13);
        Tensor Logits(long seed, double progress) => sil.call(tokens, new ForwardContext(new KernelSet(), training: false)
        {
            Progress = progress,
            Noise = new NoiseSource(new RandomStreams(seed), RandomStreams.Eval, 0),
        });
        Assert.Equal(0, TinyModels.Distance(Logits(1, 0), Logits(1, 1)));
        Assert.True(TinyModels.Distance(Logits(1, 0), Logits(2, 0)) > 1e-3);
    }

    [Fact]
    public void GumbelNoise_HasItsMeanAndVariance_AndIsTheSameForAPrefixAndForARowAlone()
    {
        using var scope = NewDisposeScope();
        var noise = new NoiseSource(new RandomStreams(1), RandomStreams.Noise, 4);
        var many = noise.Gumbel("rule", 0, zeros(4, 500, 50, dtype: ScalarType.Float64));
        Assert.InRange(many.mean().ToDouble(), 0.5772 - 0.015, 0.5772 + 0.015);
        Assert.InRange(many.var().ToDouble(), 1.6449 - 0.04, 1.6449 + 0.04);
        Assert.Equal(0, TinyModels.Distance(many.narrow(0, 0, 1), noise.Gumbel("rule", 0, zeros(1, 500, 50, dtype: ScalarType.Float64))));
        Assert.Equal(0, TinyModels.Distance(many.narrow(1, 100, 30), noise.Gumbel("rule", 0, zeros(4, 30, 50, dtype: ScalarType.Float64), 100)));
        Assert.Equal(0, TinyModels.Distance(noise.Gumbel("rule", 0, zeros(1, 13, 7, dtype: ScalarType.Float64)).narrow(1, 0, 1), noise.Gumbel("rule", 0, zeros(1, 1, 7, dtype: ScalarType.Float64))));
        Assert.True(TinyModels.Distance(many.narrow(0, 0, 1), many.narrow(0, 1, 1)) > 1);
    }

    [Fact]
    public void OneRule_IsAConstant_WhateverItsLogits()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var sil = TinyModels.Create(Architecture, new SilOptions { Rules = 1, HardEval = false }, TinyModels.Shape);
        var tokens = TinyModels.Tokens(2, 13);
        var before = sil.call(tokens, TinyModels.Evaluating);
        foreach (var (name, parameter) in sil.named_parameters().Where(item => item.name.Contains("rule_in", StringComparison.Ordinal)))
        {
            parameter.mul_(-30);
        }

        Assert.Equal(0, TinyModels.Distance(before, sil.call(tokens, TinyModels.Evaluating)));
    }

    [Fact]
    public void Gates_StartNearly27PercentOpen_AndAlikeInAllLayersIfAsked()
    {
        using var scope = NewDisposeScope();
        Tensor[] Gates(bool areCloned)
        {
            var sil = Architecture.CreateModel(TinyModels.Shape, 23, new SilOptions { CloneInit = areCloned }, new RandomStreams(1));
            Assert.All(Enumerable.Range(0, 2), layer => Assert.Equal(-1, sil.get_parameter($"layers.{layer}.attn.rule_gate.bias")!.ToDouble()));
            return [.. Enumerable.Range(0, 2).Select(layer => sil.get_parameter($"layers.{layer}.attn.rule_gate.weight")!)];
        }

        Assert.True(TinyModels.Distance(Gates(false)[0], Gates(false)[1]) > 0);
        Assert.Equal(0, TinyModels.Distance(Gates(true)[0], Gates(true)[1]));
        Assert.Equal(0.2689, Architecture.Diagnostics(Architecture.Defaults).Single(metric => metric.Name == "gateMean").InitialValue!.Value, 4);
    }

    [Fact]
    public void RuleDiagnostics_AreThoseOfTheTokensPicks()
    {
        using var scope = NewDisposeScope();
        var (shape, options) = (TinyModels.Shape with { Layers = 1 }, new SilOptions { Rules = 20 });
        using var sil = TinyModels.Create(Architecture, options, shape);
        var tokens = TinyModels.Tokens(1, 13);
        var context = ModelCase.Training(new DiagnosticsWriter(Architecture.Diagnostics(options), atEvaluation: false));
        sil.call(tokens, context);
        var loops = new SilByLoops(sil, shape, options) { IsHard = false, Temperature = 0.55, Noise = layer => Noise(context, layer, 20) };
        loops.Logits(tokens);
        double Value(string name) => context.Diagnostics!.Points(1).Single(point => point.Metric == "layer0." + name).Value;
        var shares = loops.Picks.GroupBy(rule => rule).Select(group => group.Count() / 13.0).ToArray();
        Assert.True(shares.Length is > 1 and < 20);
        Assert.Equal(Math.Exp(-shares.Sum(p => p * Math.Log(p))), Value("rulePerplexity"), 1e-9);
        Assert.Equal((20 - shares.Length) / 20.0, Value("ruleDead"), 1e-12);
        Assert.Equal(loops.Picks.Zip(loops.Picks.Skip(1)).Count(pair => pair.First != pair.Second) / 12.0, Value("ruleSwitchRate"), 1e-12);
        Assert.Equal(loops.Picks.Zip(loops.LogRules[0]).Count(pair => pair.Second[pair.First] == pair.Second.Max()) / 13.0, Value("ruleAgreement"), 1e-12);
        Assert.Equal(-Loss(loops.LogRules[0], RuleEntropy.Token), Value("ruleTokenEntropy"), 1e-9);
        Assert.Equal(-Loss(loops.LogRules[0], RuleEntropy.Token) / Math.Log(20), Value("ruleTokenEntropyShare"), 1e-9);
    }

    [Fact]
    public void InformationAboutSignal_IsItsWholeEntropyWhenRulesFollowIt_AndNothingWhenOneRuleServesAll()
    {
        using var scope = NewDisposeScope();
        var logits = nn.functional.one_hot(tensor(new long[] { 2, 0, 2, 0, 0, 0, 2, 0 }).view(2, 4), 3).to(ScalarType.Float32);
        double Measured(Tensor picks)
        {
            var signal = logits.argmax(-1) == 2;
            var writer = new DiagnosticsWriter(RuleDiagnostics.All, atEvaluation: true, signal, signal.logical_not());
            var context = TinyModels.Writing(writer);
            RuleDiagnostics.Write(context, picks, picks, 1, TinyModels.Normal(1, 2, 4, 1), TinyModels.Normal(2, 2, 4, 5), TinyModels.Normal(3, 2, 4, 5));
            return writer.Points(1).Single(point => point.Metric.EndsWith("ruleSignalInformation", StringComparison.Ordinal)).Value;
        }

        var entropy = -(3 / 8.0 * Math.Log(3 / 8.0)) - (5 / 8.0 * Math.Log(5 / 8.0));
        Assert.Equal(entropy, Measured(logits), 1e-9);
        Assert.Equal(0, Measured(ones_like(logits)), 1e-9);
    }

    [Theory]
    [InlineData("rules", "1")]
    [InlineData("tau0", "0")]
    [InlineData("tauFinal", "-1")]
    [InlineData("lambda", "-0.1")]
    public void BadOptions_AreRefusedByTheirPath(string option, string value) =>
        RefusedOptions.AssertRefused(Architecture, option, value);

    private static double[] Noise(ForwardContext context, int layer, int rules) =>
        TinyModels.Values(context.Noise.Gumbel(RuleMixer.Rule, layer, zeros(1, 13, rules, dtype: ScalarType.Float64)));

    /// <summary>Minus what the mode rewards, from log π of each token.</summary>
    private static double Loss(double[][] log, RuleEntropy mode)
    {
        var byToken = -log.Average(row => row.Sum(value => Math.Exp(value) * value));
        var mean = Enumerable.Range(0, log[0].Length).Select(r => log.Average(row => Math.Exp(row[r])));
        var ofMean = -mean.Sum(p => p * Math.Log(p));
        return -(mode == RuleEntropy.Token ? byToken : mode == RuleEntropy.Marginal ? ofMean : ofMean - byToken);
    }
}
