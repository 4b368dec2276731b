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

public sealed class NanohammerTests
{
    private static readonly Nanohammer Architecture = new();

    private static readonly NanohammerOptions Plain = new();

    private static readonly NanohammerOptions Own = new()
    {
        StateVisibility = StateVisibility.Self,
        Accumulate = StateAccumulation.Ema,
        EmaDecay = 0.9,
        StateShift = 0,
        StateScoreBias = -0.5,
        StateWidth = 12,
        StateHeads = 2,
        LearnFrequencies = true,
    };

    private static readonly NanohammerOptions Mean = new() { Accumulate = StateAccumulation.Mean, StateNorm = false, StateHeads = 4, CellMult = 1, RopeScaling = RopeScaling.Llama3, StateScoreBias = 0 };

    private static readonly NanohammerOptions OwnMemoryless = new() { Accumulate = StateAccumulation.None, StateVisibility = StateVisibility.Self, StateHeads = 2 };

    private static readonly NanohammerOptions Hidden = new() { StateVisibility = StateVisibility.None };

    internal static IReadOnlyList<ModelCase> Cases { get; } =
    [
        new("nanohammer", Architecture, Plain),
        new("nanohammer, own state", Architecture, Own),
        new("nanohammer, mean", Architecture, Mean),
        new("nanohammer, own state without history", Architecture, OwnMemoryless),
        new("nanohammer, hidden states", Architecture, Hidden),
    ];

    [Theory]
    [InlineData("false", "causal", 1_518_479_616)]
    [InlineData("true", "causal", 1_255_811_328)]
    [InlineData("false", "none", 1_498_482_688)]
    [InlineData("true", "none", 1_235_814_400)]
    public void PublishedSize_HasExactlyThePublishedParameters(string tied, string visibility, long expected)
    {
        var preset = Architecture.Presets.Single(item => item.Id == "llama-3.2-1b").Settings;
        var reading = RunSpecReader.Read([new("architecture.id", "nanohammer"), .. preset, new("shape.tiedHead", tied), new("architecture.stateVisibility", visibility)]);
        var spec = reading.OrThrow();
        var cost = Architecture.Cost(spec.Shape, 128256, spec.Architecture.Options);
        Assert.Equal(expected, cost.ParameterCount);
        Assert.Equal(visibility == "none" ? 0 : 16 * 135_696, cost.Parts.Where(part => part.Part == "State cells").Sum(part => part.Count));
    }

    [Fact]
    public void Logits_EqualThoseOfPlainLoops()
    {
        using var scope = NewDisposeScope();
        foreach (var item in Cases)
        {
            foreach (var shape in new[] { TinyModels.Shape, TinyModels.Shape with { Width = 32, Heads = 2, KvHeads = 1, Bias = false, TiedHead = true, RopeBase = 500000 } })
            {
                var options = (NanohammerOptions)item.Options;
                options = options with { StateWidth = options.StateWidth ?? 16, StateHeads = options.StateHeads ?? 1 };
                using var model = Perturbed(options, shape);
                var tokens = TinyModels.Tokens(1, 13);
                new NanohammerByLoops(model, shape, options).AssertEvaluation(tokens);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void WithoutCells_StateTokensKnowDistancesOnly(int shift)
    {
        using var scope = NewDisposeScope();
        var options = Plain with { StateShift = shift, StateWidth = 16, StateHeads = 2 };
        using var model = Perturbed(options, TinyModels.Shape);
        Set(model, "state_cell.step", 0);
        var tokens = TinyModels.Tokens(1, 13);
        new NanohammerByLoops(model, TinyModels.Shape, options, isRelative: true).AssertEvaluation(tokens);
        Assert.InRange(Measured(model, options, "layer1.stateShiftError"), 0, 1e-12);
        Set(model, "state_cell.step", 0.1);
        Assert.InRange(Measured(model, options, "layer1.stateShiftError"), 1e-3, 10);
    }

    [Fact]
    public void HiddenStates_LeaveLlama_ToTheBit()
    {
        using var scope = NewDisposeScope();
        var tokens = TinyModels.Tokens(2, 13);
        using var llama = TinyModels.Create(new PlainLlama());
        using var model = TinyModels.Create(Architecture, Hidden, TinyModels.Shape);
        var expected = llama.call(tokens, TinyModels.Evaluating);
        Assert.Equal(0, TinyModels.Distance(expected, model.call(tokens, TinyModels.Evaluating)));
        foreach (var options in new[] { Plain, Own })
        {
            using var seeing = TinyModels.Create(Architecture, options, TinyModels.Shape);
            Assert.True(TinyModels.Distance(expected, seeing.call(tokens, TinyModels.Evaluating)) > 1e-3);
            Assert.InRange(TinyModels.Distance(expected, Ablated(seeing, tokens, "stateVisibility", 0)), 0, 1e-12);
        }
    }

    [Theory]
    [InlineData(StateVisibility.Causal)]
    [InlineData(StateVisibility.Self)]
    public void ScoreBiasFarBelowZero_LeavesLlama(StateVisibility visibility)
    {
        using var scope = NewDisposeScope();
        var tokens = TinyModels.Tokens(2, 13);
        using var llama = TinyModels.Create(new PlainLlama());
        using var model = TinyModels.Create(Architecture, Plain with { StateVisibility = visibility, StateScoreBias = -40 }, TinyModels.Shape);
        Assert.InRange(TinyModels.Distance(llama.call(tokens, TinyModels.Evaluating), model.call(tokens, TinyModels.Evaluating)), 0, 1e-12);
    }

    [Fact]
    public void ProjectionsOfZero_DoNotLeaveLlama_BecauseStatesStillTakeAttention()
    {
        using var scope = NewDisposeScope();
        var tokens = TinyModels.Tokens(2, 13);
        using var llama = TinyModels.Create(new PlainLlama());
        var expected = llama.call(tokens, TinyModels.Evaluating);
        using var model = TinyModels.Create(Architecture, Plain, TinyModels.Shape);
        Scale(model, "state_proj", 100);
        var strong = model.call(tokens, TinyModels.Evaluating);
        Scale(model, "state_proj", 0.1);
        var weaker = model.call(tokens, TinyModels.Evaluating);
        Scale(model, "state_proj", 0);
        var zero = model.call(tokens, TinyModels.Evaluating);
        Assert.True(TinyModels.Distance(expected, zero) > TinyModels.Distance(expected, strong) / 2);
        Assert.InRange(TinyModels.Distance(strong, weaker), 0, TinyModels.Distance(strong, zero) / 50); // the norm takes the size out again
    }

    [Fact]
    public void Masses_OfUniformAttention_AreSharesOfWhatIsSeen()
    {
        using var scope = NewDisposeScope();
        foreach (var (options, ofStates, ofOlder) in new (NanohammerOptions, Func<int, double>, Func<int, double>?)[]
        {
            (Plain, _ => 0.5, t => 0.5 * t / (t + 1)),
            (OwnMemoryless, t => 1.0 / (t + 2), null),
        })
        {
            using var model = TinyModels.Create(Architecture, options, TinyModels.Shape);
            Set(model, ".q.", 0);
            var writer = Write(model, options);
            var snapshots = writer.Snapshots(1).ToDictionary(item => item.Metric, item => item.Values);
            Assert.All(Enumerable.Range(0, 13), t => Assert.Equal(ofStates(t), snapshots["layer1.stateMassByPosition"][t], 1e-6));
            Assert.All(snapshots["layer1.stateMass"], mass => Assert.Equal(Enumerable.Range(0, 13).Average(ofStates), mass, 1e-6));
            Assert.Equal(ofOlder is null, !snapshots.ContainsKey("layer1.olderStateMass"));
            Assert.All(ofOlder is null ? [] : snapshots["layer1.olderStateMass"], mass => Assert.Equal(Enumerable.Range(0, 13).Average(ofOlder!), mass, 1e-6));
            Assert.All(snapshots["layer1.tokenAttentionEntropy"], entropy => Assert.Equal(Enumerable.Range(1, 13).Average(n => Math.Log(n)), entropy, 1e-5));
        }
    }

    [Fact]
    public void Ablations_EqualTheModesTheyStandFor()
    {
        using var scope = NewDisposeScope();
        var tokens = TinyModels.Tokens(2, 13);
        Tensor Logits(NanohammerOptions options) => TinyModels.Create(Architecture, options, TinyModels.Shape).call(tokens, TinyModels.Evaluating);
        Tensor WithZero(string component, NanohammerOptions options) => Ablated(TinyModels.Create(Architecture, options, TinyModels.Shape), tokens, component, 0);
        var plain = Logits(Plain);
        foreach (var (component, mode) in new[]
        {
            ("history", Plain with { Accumulate = StateAccumulation.None }),
            ("olderStateVisibility", Plain with { StateVisibility = StateVisibility.Self }),
        })
        {
            Assert.InRange(TinyModels.Distance(Logits(mode), WithZero(component, Plain)), 0, 1e-12);
            Assert.True(TinyModels.Distance(plain, Logits(mode)) > 1e-4);
        }

        Assert.InRange(TinyModels.Distance(plain, Logits(Plain with { Accumulate = StateAccumulation.Ema, EmaDecay = 1 })), 0, 1e-12);
        Assert.True(TinyModels.Distance(plain, WithZero("rotation", Plain)) > 1e-4);
        Assert.True(TinyModels.Distance(plain, WithZero("step", Plain)) > 1e-4);
    }

    [Fact]
    public void LearntFrequencies_StartAtTheFixedOnes()
    {
        using var scope = NewDisposeScope();
        var tokens = TinyModels.Tokens(2, 13);
        Tensor Logits(bool learnt) =>
            Architecture.CreateModel(TinyModels.Shape, 23, Plain with { LearnFrequencies = learnt }, new RandomStreams(1)).call(tokens, TinyModels.Evaluating);
        Assert.InRange(TinyModels.Distance(Logits(false), Logits(true)), 0, 1e-5);
    }

    [Fact]
    public void Turns_FarOut_AreThoseOfDoublePrecision()
    {
        using var scope = NewDisposeScope();
        using var prelude = (TokenToState)Architecture.CreatePrelude(TinyModels.Shape, Plain)!;
        using var state = (AccumulatedState)prelude.CreateState();
        state.Advance(131_071);
        var context = new ForwardContext(new KernelSet(), training: false);
        prelude.Continue(zeros([1, 1, 16]), state, context);
        Assert.All(Enumerable.Range(0, 8), k =>
        {
            var angle = 131_071 * Math.Pow(10000, -2.0 * k / 16);
            Assert.Equal(Math.Cos(angle), context.Carried(TokenToState.Cosines)[0, k].ToDouble(), 1e-7);
            Assert.Equal(Math.Sin(angle), context.Carried(TokenToState.Sines)[0, k].ToDouble(), 1e-7);
        });
    }

    [Fact]
    public void OneMoreToken_CostsTheStateTheSame_HoweverManyCameBefore()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        foreach (var (options, entries, ownScores) in new[] { (Plain, 2, 0), (Own, 1, 1) })
        {
            using var model = TinyModels.Create(Architecture, options, TinyModels.Shape, ScalarType.Float32);
            using var state = model.CreateState();
            var steps = new List<(double Work, long Bytes)>();
            for (var t = 1; t <= 40; t++)
            {
                var count = new FlopCount();
                model.Continue(TinyModels.Tokens(1, 1), state, new ForwardContext(new KernelSet { Count = count }, training: false));
                var attention = 2 * 4 * 16.0 * ((entries * t) + ownScores);
                steps.Add((count.Total - attention, state.Bytes - (2 * entries * 2 * 8 * sizeof(float) * t)));
            }

            var width = options.StateWidth ?? 16;
            Assert.All(steps, step => Assert.Equal((steps[0].Work, ((2 * options.StateShift) + 1) * width * (long)sizeof(float)), step));
        }
    }

    [Theory]
    [InlineData(StateVisibility.Causal)]
    [InlineData(StateVisibility.Self)]
    public void Decoding_InFp32_StaysWithin1e4_OfTheTrainingForm(StateVisibility visibility)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var model = TinyModels.Create(Architecture, Plain with { StateVisibility = visibility }, TinyModels.Shape with { Layers = 4 }, ScalarType.Float32);
        using var state = model.CreateState();
        var tokens = TinyModels.Tokens(2, 150);
        var pieces = tokens.split(1, 1).Select(token => model.Continue(token, state, TinyModels.Evaluating)).ToList();
        Assert.InRange(TinyModels.Distance(model.call(tokens, TinyModels.Evaluating), cat(pieces, 1)), 0, 1e-4);
    }

    [Fact]
    public void FrozenBase_TakesNoGradientNoDecayAndNoPartInTheNorm()
    {
        using var scope = NewDisposeScope();
        var options = Plain with { FreezeBase = true, StateScoreBias = 0 };
        using var model = Architecture.CreateModel(TinyModels.Shape, 23, options, new RandomStreams(1));
        using var optimizer = new AdamW(model.named_parameters(), KernelChoice.Fused);
        string[] added = ["token_to_state.", "state_cell.", "state_proj.", "state_score_bias"];
        bool IsAdded(string name) => added.Any(part => name.Contains(part, StringComparison.Ordinal));
        var before = model.named_parameters().ToDictionary(item => item.name, item => item.parameter.detach().clone());
        model.Loss(TinyModels.Tokens(2, 13), TinyModels.Tokens(2, 13, 6), TinyModels.Training).backward();
        Assert.All(model.named_parameters(), item => Assert.Equal(IsAdded(item.name), item.parameter.grad is not null));
        Assert.Equal(model.named_parameters().Select(item => item.name).Where(IsAdded), optimizer.Tensors.Select(tensor => tensor.Name));
        var squares = model.parameters().Select(parameter => parameter.grad).OfType<Tensor>().Sum(gradient => gradient.square().sum().ToDouble());
        Assert.Equal(Math.Sqrt(squares), optimizer.Step(1e-2, 0.5, 1), 1e-6);
        Assert.All(model.named_parameters(), item => Assert.Equal(IsAdded(item.name), TinyModels.Distance(before[item.name], item.parameter) > 0));
    }

    [Fact]
    public void BiasesAndNormsOfCells_DoNotDecay()
    {
        var cell = Architecture.Cost(TinyModels.Shape, 23, Plain).Parameters.Where(item => item.Name.StartsWith("layers.0.state_", StringComparison.Ordinal));
        Assert.Equal(["layers.0.state_cell.w1", "layers.0.state_cell.w2", "layers.0.state_proj.weight"], cell.Where(item => item.Decays).Select(item => item.Name));
    }

    [Fact]
    public void OptionsThatDoNotFit_AreRefused()
    {
        string[] Paths(NanohammerOptions options, int width = 16) => [.. Architecture.Validate(TinyModels.Shape with { Width = width }, options).Select(problem => problem.Path)];
        Assert.Equal(["architecture.stateWidth"], Paths(Plain with { StateWidth = 13 }));
        Assert.Equal(["architecture.stateHeads"], Paths(Plain with { StateWidth = 12, StateHeads = 4 }));
        Assert.Equal(["architecture.stateHeads"], Paths(Plain with { StateHeads = 3 }));
        Assert.Equal(["architecture.stateHeads"], Paths(Plain with { StateHeads = 32 }));
        Assert.Equal(["architecture.freezeBase"], Paths(Plain with { FreezeBase = true }));
        Assert.Equal(["architecture.stateScoreBias", "architecture.learnFrequencies"], Paths(Hidden with { StateScoreBias = 0, LearnFrequencies = true }));
        Assert.All(new[] { 16, 32, 80, 112, 114 }, width => Assert.Empty(Paths(Plain, width)));
        foreach (var (name, value) in new[] { ("emaDecay", "0"), ("emaDecay", "1.1"), ("stateShift", "2"), ("cellMult", "0") })
        {
            RefusedOptions.AssertRefused(Architecture, name, value);
        }
    }

    [Theory]
    [InlineData(16, 1)]
    [InlineData(128, 4)]
    [InlineData(112, 2)] // three heads do not divide it
    [InlineData(2048, 64)]
    public void StateHeads_LeftEmpty_AreAboutThirtyTwoWide(int width, int heads)
    {
        var parameters = Architecture.Cost(TinyModels.Shape with { Width = width }, 23, Plain).Parameters;
        Assert.Equal([heads], parameters.Single(item => item.Name == "layers.0.state_cell.step").Shape);
    }

    /// <summary>A model whose matrices that begin at 0 do not hide mistakes.</summary>
    private static LanguageModel Perturbed(NanohammerOptions options, ModelShape shape)
    {
        var model = TinyModels.Create(Architecture, options, shape);
        using var _ = no_grad();
        using var generator = new Generator(1);
        foreach (var (_, parameter) in model.named_parameters().Where(item => item.name.EndsWith(".b1", StringComparison.Ordinal) || item.name.EndsWith(".b2", StringComparison.Ordinal)))
        {
            parameter.add_(0.1 * randn(parameter.shape, dtype: parameter.dtype, generator: generator));
        }

        return model;
    }

    private static DiagnosticsWriter Write(LanguageModel model, NanohammerOptions options)
    {
        var writer = new DiagnosticsWriter(Architecture.Diagnostics(options), atEvaluation: true);
        model.call(TinyModels.Tokens(2, 13), TinyModels.Writing(writer));
        return writer;
    }

    private static double Measured(LanguageModel model, NanohammerOptions options, string metric) => Write(model, options).Points(1).Single(point => point.Metric == metric).Value;

    private static void Set(LanguageModel model, string part, double value) => Change(model, part, parameter => parameter.fill_(value));

    private static void Scale(LanguageModel model, string part, double factor) => Change(model, part, parameter => parameter.mul_(factor));

    private static void Change(LanguageModel model, string part, Action<Tensor> change)
    {
        using var _ = no_grad();
        foreach (var (_, parameter) in model.named_parameters().Where(item => item.name.Contains(part, StringComparison.Ordinal)))
        {
            change(parameter);
        }
    }

    private static Tensor Ablated(LanguageModel model, Tensor tokens, string component, double value) =>
        model.call(tokens, TinyModels.Ablating(new Ablation(component, new Intervention.Fill(value))));
}
