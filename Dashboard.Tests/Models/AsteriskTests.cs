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

public sealed class AsteriskTests
{
    private static readonly Asterisk Architecture = new();

    // Without dropout, so that training and evaluation are the same function.
    private static readonly AsteriskOptions Plain = new() { AsppDropout = 0 };

    private static readonly AsteriskOptions SoftChain = Plain with
    {
        KMode = AsteriskSteps.Soft,
        Graph = AsteriskGraph.Chain,
        PhiAct = Activation.Silu,
        AsppHidden = 12,
        GateBiasInit = -1,
        KLogit = 0.3,
    };

    private static readonly AsteriskOptions SomeLayers = Plain with
    {
        HybridLayers = [0],
        AsppHidden = 0,
        PhiAct = Activation.Tanh,
        KMax = 3,
        PhiMult = 1,
        RopeScaling = RopeScaling.Llama3,
    };

    private static readonly AsteriskOptions IntChain = Plain with { Graph = AsteriskGraph.Chain, PhiAct = Activation.Relu, KMax = 5 };

    // A whole number of steps does not depend on κ smoothly: it gets no gradient, which is the published behaviour.
    private static readonly string[] StepLogit = ["k_logit"];

    internal static IReadOnlyList<ModelCase> Cases { get; } =
    [
        new("asterisk", Architecture, Plain) { WithoutGradient = StepLogit },
        new("asterisk, soft steps on a chain, dropout", Architecture, SoftChain with { AsppDropout = 0.2, PhiDropout = 0.3 }) { Drops = true },
        new("asterisk, one hybrid layer", Architecture, SomeLayers) { WithoutGradient = StepLogit },
        new("asterisk, whole steps on a chain", Architecture, IntChain) { WithoutGradient = StepLogit, IsSmooth = false }, // relu has a kink
    ];

    [Fact]
    public void PublishedSize_HasExactlyThePublishedParameters()
    {
        var spec = PublishedModels.Preset(Architecture, "smollm2-135m");
        var cost = Architecture.Cost(spec.Shape, 49152, spec.Architecture.Options);
        Assert.Equal(171_213_948, cost.ParameterCount);
        Assert.Equal(36_698_940, cost.Parts.Where(part => part.Part is "Refinement" or "Fusion gate").Sum(part => part.Count));
        var llama = new PlainLlama();
        var plain = llama.Cost(spec.Shape, 49152, llama.Defaults);
        Assert.Equal(134_515_008, plain.ParameterCount);
        Assert.Equal(30 * 5.06e6, cost.ForwardFlops - plain.ForwardFlops, 30 * 0.01e6);
        Assert.Equal(plain.StateBytes, cost.StateBytes);
    }

    [Fact]
    public void Logits_EqualThoseOfPlainLoops()
    {
        using var scope = NewDisposeScope();
        foreach (var options in new[] { Plain, SoftChain, SomeLayers, IntChain })
        {
            foreach (var shape in new[] { TinyModels.Shape, TinyModels.Shape with { Width = 32, Heads = 2, KvHeads = 1, Bias = false, TiedHead = true, RopeBase = 500000 } })
            {
                using var model = TinyModels.Create(Architecture, options, shape);
                var tokens = TinyModels.Tokens(1, 13);
                new AsteriskByLoops(model, shape, options).AssertEvaluation(tokens);
            }
        }
    }

    [Fact]
    public void ClosedGate_LeavesLlama()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModels.Create(Architecture, Plain, TinyModels.Shape);
        using var llama = TinyModels.Create(new PlainLlama());
        var tokens = TinyModels.Tokens(2, 13);
        var expected = llama.call(tokens, TinyModels.Evaluating);
        Assert.True(TinyModels.Distance(expected, model.call(tokens, TinyModels.Evaluating)) > 1e-3);
        Assert.Equal(0, TinyModels.Distance(expected, Ablated(model, tokens, "gate", 0)));
        Set(model, "fusion_gate.weight", 0);
        Set(model, "fusion_gate.bias", -40);
        Assert.InRange(TinyModels.Distance(expected, model.call(tokens, TinyModels.Evaluating)), 0, 1e-12);
    }

    [Fact]
    public void GateBiasOfMinusFour_StartsNearLlama_AndZeroDoesNot()
    {
        using var scope = NewDisposeScope();
        using var llama = new PlainLlama().CreateModel(TinyModels.Shape, 23, new GqaOptions(), new RandomStreams(1));
        var tokens = TinyModels.Tokens(2, 13);
        double Distance(double bias)
        {
            using var model = Architecture.CreateModel(TinyModels.Shape, 23, Plain with { GateBiasInit = bias }, new RandomStreams(1));
            return TinyModels.Distance(llama.call(tokens, TinyModels.Evaluating), model.call(tokens, TinyModels.Evaluating));
        }

        Assert.InRange(Distance(-4), 0, Distance(0) / 10);
    }

    [Theory]
    [InlineData(1.0, 0, 1e-5)]
    [InlineData(1e-2, 4e-4, 6e-4)]
    [InlineData(1e-4, 4e-2, 6e-2)]
    public void WithoutPhi_StepsAreRepeatedNorms_WhichEpsilonKeepsFromBeingIdempotent(double variance, double low, double high)
    {
        using var scope = NewDisposeScope();
        using var refinement = Refinement(residualScale: 0);
        var x = nn.functional.layer_norm(TinyModels.Normal(1, 2, 13, 64), [64], eps: 0) * Math.Sqrt(variance);
        var once = nn.functional.layer_norm(x, [64]);
        var found = refinement.call(x, TinyModels.Evaluating);
        var repeated = Enumerable.Range(0, 6).Aggregate(x, (h, _) => nn.functional.layer_norm(h, [64]));
        Assert.InRange(TinyModels.Distance(repeated, found), 0, 1e-13);
        Assert.InRange(((found - once).norm() / once.norm()).ToDouble(), low, high);
        using (no_grad())
        {
            refinement.get_parameter("ln.weight")!.copy_(0.5 + (arange(64) / 64.0));
        }

        once = nn.functional.layer_norm(x, [64], refinement.get_parameter("ln.weight"));
        Assert.True(((refinement.call(x, TinyModels.Evaluating) - once).norm() / once.norm()).ToDouble() > 0.1);
    }

    [Fact]
    public void AtAFixedPoint_TheNumberOfStepsDoesNotMatter()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModels.Create(Architecture, Plain, TinyModels.Shape with { Layers = 1 });
        using (no_grad())
        {
            // A large constant in φ draws every vector to one direction, so that the steps have a fixed point that attracts.
            model.get_parameter("layers.0.aspp.residual_scale")!.fill_(1);
            model.get_parameter("layers.0.aspp.phi.w2.bias")!.copy_(TinyModels.Normal(1, 8) * 3);
            Set(model, "aspp.down.weight", 0);
            var bias = model.get_parameter("layers.0.aspp.down.bias")!;
            var loops = new AsteriskByLoops(model, model.Shape, Plain);
            bias.copy_(tensor(loops.FixedPoint("layers.0.aspp.", TinyModels.Values(bias))));
        }

        var tokens = TinyModels.Tokens(2, 13);
        var expected = model.call(tokens, TinyModels.Evaluating);
        Assert.All(new[] { 0, 1, 2, 5, 16 }, steps => Assert.InRange(TinyModels.Distance(expected, Ablated(model, tokens, "steps", steps)), 0, 1e-12));
        using (no_grad())
        {
            model.get_parameter("layers.0.aspp.down.bias")!.mul_(0.9).add_(0.1 * arange(8));
        }

        Assert.True(TinyModels.Distance(Ablated(model, tokens, "steps", 1), Ablated(model, tokens, "steps", 2)) > 1e-6);
    }

    [Fact]
    public void SoftSteps_EqualWholeOnes_WhereTheirNumberIsWhole()
    {
        using var scope = NewDisposeScope();
        var tokens = TinyModels.Tokens(2, 13);
        Tensor Logits(AsteriskSteps mode, double logit)
        {
            var model = Architecture.CreateModel(TinyModels.Shape, 23, Plain with { KMode = mode, KLogit = logit }, new RandomStreams(1));
            return model.call(tokens, TinyModels.Evaluating);
        }

        Assert.InRange(TinyModels.Distance(Logits(AsteriskSteps.Int, 0), Logits(AsteriskSteps.Soft, 0)), 0, 1e-6); // σ(0) · 8 = 4
        Assert.True(TinyModels.Distance(Logits(AsteriskSteps.Int, 0.1), Logits(AsteriskSteps.Soft, 0.1)) > 1e-5);
    }

    [Theory]
    [InlineData(1.1, 6)]
    [InlineData(1.0, 5)]
    [InlineData(-20, 1)]
    public void WholeSteps_AreRoundedDown_AndAtLeastOne(double logit, int expected)
    {
        using var scope = NewDisposeScope();
        var options = Plain with { KLogit = logit };
        using var model = Architecture.CreateModel(TinyModels.Shape, 23, options, new RandomStreams(1));
        var writer = new DiagnosticsWriter(Architecture.Diagnostics(options), atEvaluation: false);
        var tokens = TinyModels.Tokens(2, 13);
        var plain = model.call(tokens, TinyModels.Writing(writer));
        Assert.Equal(expected, writer.Points(1).First(point => point.Metric == "layer0.kSteps").Value);
        Assert.Equal(0, TinyModels.Distance(plain, Ablated(model, tokens, "steps", expected)));
        Assert.True(TinyModels.Distance(plain, Ablated(model, tokens, "steps", expected + 1)) > 0);
    }

    [Theory]
    [InlineData(AsteriskSteps.Int, false)]
    [InlineData(AsteriskSteps.Soft, true)]
    public void StepLogit_MovesWithSoftStepsOnly(AsteriskSteps mode, bool moves)
    {
        using var scope = NewDisposeScope();
        using var model = Architecture.CreateModel(TinyModels.Shape, 23, Plain with { KMode = mode }, new RandomStreams(1));
        using var optimizer = new AdamW(model.named_parameters(), KernelChoice.Fused);
        model.Loss(TinyModels.Tokens(2, 13), TinyModels.Tokens(2, 13, 6), TinyModels.Training).backward();
        var logit = model.get_parameter("layers.0.aspp.k_logit")!;
        Assert.Equal(moves, logit.grad is not null);
        optimizer.Step(1e-2, 0.1, 1);
        Assert.Equal(moves, Math.Abs(logit.ToDouble() - 1.1) > 1e-3);
    }

    [Fact]
    public void Dropout_ActsWhileTrainingOnly_AtEachOfItsPlaces()
    {
        using var scope = NewDisposeScope();
        var tokens = TinyModels.Tokens(2, 13);
        foreach (var options in new[] { Plain with { AsppDropout = 0.5 }, Plain with { PhiDropout = 0.5 } })
        {
            using var model = TinyModels.Create(Architecture, options, TinyModels.Shape);
            using var without = TinyModels.Create(Architecture, Plain, TinyModels.Shape);
            Assert.Equal(0, TinyModels.Distance(without.call(tokens, TinyModels.Training), model.call(tokens, TinyModels.Evaluating)));
            Assert.True(TinyModels.Distance(without.call(tokens, TinyModels.Training), model.call(tokens, TinyModels.Training)) > 0);
        }
    }

    [Fact]
    public void OptionsThatDoNotFitTheShape_AreRefused()
    {
        string[] Paths(AsteriskOptions options) => [.. Architecture.Validate(TinyModels.Shape, options).Select(problem => problem.Path)];
        Assert.Equal(["architecture.asppHidden"], Paths(Plain with { AsppHidden = 7 }));
        Assert.Equal(["architecture.asppHidden"], Paths(Plain with { AsppHidden = 65 }));
        Assert.Equal(["architecture.hybridLayers"], Paths(Plain with { HybridLayers = [2] }));
        Assert.Equal(["architecture.hybridLayers"], Paths(Plain with { HybridLayers = [1, 1] }));
        Assert.All(new[] { Plain with { AsppHidden = 0 }, Plain with { AsppHidden = 8 }, Plain with { AsppHidden = 64 }, SomeLayers }, options => Assert.Empty(Paths(options)));
        RefusedOptions.AssertRefused(Architecture, "kMax", "33");
    }

    private static Aspp Refinement(double residualScale)
    {
        var refinement = new Aspp(new AsppShape(64, 64, 128, 8, false, false, Activation.Gelu, 0, 0));
        using var _ = no_grad();
        refinement.get_parameter("k_logit")!.fill_(1.1);
        refinement.get_parameter("residual_scale")!.fill_(residualScale);
        refinement.to(ScalarType.Float64);
        return refinement;
    }

    private static void Set(LanguageModel model, string part, double value)
    {
        using var _ = no_grad();
        foreach (var (_, parameter) in model.named_parameters().Where(item => item.name.Contains(part, StringComparison.Ordinal)))
        {
            parameter.fill_(value);
        }
    }

    private static Tensor Ablated(LanguageModel model, Tensor tokens, string component, double value) =>
        model.call(tokens, TinyModels.Ablating(new Ablation(component, new Intervention.Fill(value))));
}
