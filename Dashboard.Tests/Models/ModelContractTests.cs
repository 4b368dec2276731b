using Crossbench.Models;
using Crossbench.Models.Kernels;
using Crossbench.Tests.Support;
using Crossbench.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Crossbench.Tests.Models;

/// <summary>What every architecture keeps, in every mode.</summary>
public sealed class ModelContractTests
{
    [Fact]
    public void EveryArchitecture_HasACase() =>
        Assert.Empty(ModelZoo.All.Select(item => item.Id).Except(ModelCases.All.Select(item => item.Architecture.Id)));

    [Fact]
    public void EveryModeThatSeesTheFuture_IsACase()
    {
        var modes = ModelZoo.All.Where(architecture => architecture.SeesTheFutureWith.Count > 0).Select(architecture => architecture.Id).ToArray();
        Assert.Contains("mig", modes);
        Assert.DoesNotContain(modes, id => !ModelCases.All.Any(item => item.Architecture.Id == id && !item.Architecture.IsCausal(item.Options)));
    }

    [Theory]
    [MemberData(nameof(ModelCases.Names), MemberType = typeof(ModelCases))]
    public void Parameters_AreExactlyThoseOfTheFormula(string name)
    {
        using var scope = NewDisposeScope();
        var item = ModelCases.Find(name);
        foreach (var shape in new[] { item.Shape, item.Shape with { Bias = !item.Shape.Bias, TiedHead = !item.Shape.TiedHead }, item.Shape with { KvHeads = item.Shape.Heads } })
        {
            using var model = item.Architecture.CreateModel(shape, 23, item.Options, new RandomStreams(1));
            var cost = item.Cost(shape);
            var expected = cost.Parameters.Where(p => !p.IsBuffer).Select(p => $"{p.Name} [{string.Join(",", p.Shape)}]");
            Assert.Equal(expected, model.named_parameters().Select(p => $"{p.name} [{string.Join(",", p.parameter.shape)}]"));
            Assert.Equal(cost.ParameterCount, model.ParameterCount);
            Assert.Equal(cost.Parameters.Select(p => p.Name).Order(), model.state_dict().Keys.Order());
        }
    }

    [Theory]
    [MemberData(nameof(ModelCases.Names), MemberType = typeof(ModelCases))]
    public void OutputShape_IsThatOfTheLogits(string name)
    {
        using var scope = NewDisposeScope();
        var item = ModelCases.Find(name);
        foreach (var length in new[] { 1, 7, 63, 64 })
        {
            using var model = item.Create(item.Shape with { ContextLength = length });
            Assert.Equal([2, length, 23], model.call(TinyModels.Tokens(2, length), TinyModels.Evaluating).shape);
        }
    }

    [Theory]
    [MemberData(nameof(ModelCases.Names), MemberType = typeof(ModelCases))]
    public void LaterTokens_NeverMoveEarlierLogits_UnlessTheModeSaysSo(string name)
    {
        using var scope = NewDisposeScope();
        var item = ModelCases.Find(name);
        foreach (var positions in Enum.GetValues<PositionEncoding>())
        {
            using var model = item.Create(item.Shape with { Positions = positions });
            var finding = CausalityProbe.Run(model, new RandomStreams(1));
            Assert.Equal(!item.Architecture.IsCausal(item.Options), finding.SeesTheFuture);
            Assert.True(finding.SeesTheFuture || finding.LargestMove <= 1e-12, $"moved by {finding.LargestMove}");
        }
    }

    [Theory]
    [MemberData(nameof(ModelCases.Names), MemberType = typeof(ModelCases))]
    public void SameSeed_GivesTheSameLoss_AndAnotherSeedAnother(string name)
    {
        using var scope = NewDisposeScope();
        var item = ModelCases.Find(name);
        double Loss(long seed)
        {
            using var model = item.Architecture.CreateModel(item.Shape, 23, item.Options, new RandomStreams(seed));
            return model.Loss(TinyModels.Tokens(2, 13), TinyModels.Tokens(2, 13, 6), TinyModels.Evaluating).ToDouble();
        }

        Assert.Equal(Loss(1), Loss(1));
        Assert.NotEqual(Loss(1), Loss(2));
        Assert.InRange(Loss(1), Math.Log(23) - 0.1, Math.Log(23) + 0.1);
    }

    [Theory]
    [MemberData(nameof(ModelCases.Names), MemberType = typeof(ModelCases))]
    public void Decoding_TokenByTokenAndInPieces_EqualsTheTrainingForm(string name)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var item = ModelCases.Find(name);
        if (!item.Architecture.IsIncremental(item.Options))
        {
            using var refused = item.Create();
            Assert.Throws<NotSupportedException>(() => refused.CreateState());
            return;
        }

        foreach (var (positions, seed) in new[] { (PositionEncoding.Rope, 1L), (PositionEncoding.None, 2L), (PositionEncoding.None, 3L) })
        {
            using var model = item.Create(item.Shape with { Positions = positions }, seed: seed);
            var tokens = TinyModels.Tokens(2, 13, vocabulary: seed == 3 ? 4 : 23); // few different ones: repeated tokens tie
            var whole = model.call(tokens, TinyModels.Evaluating);
            foreach (var pieces in new[] { [.. Enumerable.Repeat(1, 13)], new[] { 5, 1, 7 }, [12, 1], [13] })
            {
                using var state = model.CreateState();
                Assert.InRange(TinyModels.Distance(whole, Pieces(model, tokens, pieces, state)), 0, 1e-9);
                var expected = 2.0 * 2 * item.Cost(item.Shape with { Positions = positions }).StateBytes;
                Assert.InRange(state.Bytes, expected, expected * item.StateSlack);
            }
        }
    }

    [Theory]
    [MemberData(nameof(ModelCases.Recurrent), MemberType = typeof(ModelCases))]
    public void DecodingStateOfRecurrentModels_AndTheCostOfAToken_DoNotGrowWithTheSequence(string name)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var item = ModelCases.Find(name);
        using var model = item.Create();
        using var state = model.CreateState();
        foreach (var length in new[] { 1, 300 })
        {
            model.Continue(TinyModels.Tokens(2, length), state, TinyModels.Evaluating);
            Assert.Equal(2 * item.Shape.Layers * item.StateNumbers!.Value * sizeof(double), state.Bytes);
        }

        var (few, many) = (item.Cost(new ModelShape { ContextLength = 256 }), item.Cost(new ModelShape { ContextLength = 2048 }));
        Assert.Equal((few.ForwardFlops, few.StateBytes), (many.ForwardFlops, many.StateBytes));
    }

    [Theory]
    [MemberData(nameof(ModelCases.FirstOfEach), MemberType = typeof(ModelCases))]
    public void Decoding_InFp32WithFourLayers_StaysWithin1e4(string name)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var item = ModelCases.Find(name);
        using var model = item.Create(item.Shape with { Layers = 4, ContextLength = 40 }, ScalarType.Float32);
        var tokens = TinyModels.Tokens(2, 40);
        using var state = model.CreateState();
        Assert.InRange(TinyModels.Distance(model.call(tokens, TinyModels.Evaluating), Pieces(model, tokens, [17, .. Enumerable.Repeat(1, 23)], state)), 0, 1e-4);
    }

    [Theory]
    [MemberData(nameof(ModelCases.Names), MemberType = typeof(ModelCases))]
    public void Rows_DoNotAffectEachOther(string name)
    {
        using var scope = NewDisposeScope();
        using var model = ModelCases.Find(name).Create();
        var both = model.call(TinyModels.Tokens(2, 13), TinyModels.Evaluating);
        var alone = model.call(TinyModels.Tokens(2, 13).narrow(0, 0, 1), TinyModels.Evaluating);
        Assert.InRange(TinyModels.Distance(both.narrow(0, 0, 1), alone), 0, 1e-12);
    }

    [Theory]
    [MemberData(nameof(ModelCases.Names), MemberType = typeof(ModelCases))]
    public void HardInputs_GiveFiniteLogitsAndGradients(string name)
    {
        using var scope = NewDisposeScope();
        var item = ModelCases.Find(name);
        using var model = item.Create(type: ScalarType.Float32);
        foreach (var (tokens, scale) in new[] { (zeros([2, 13], ScalarType.Int64), 1.0), (TinyModels.Tokens(2, 1), 1), (TinyModels.Tokens(2, 13), 1e3) })
        {
            using (no_grad())
            {
                model.named_parameters().First(p => p.name == "embed.weight").parameter.mul_(scale);
            }

            model.zero_grad();
            var loss = ModelCase.TrainingLoss(model, tokens, tokens);
            loss.backward();
            Assert.True(double.IsFinite(loss.ToDouble()));
            Assert.All(model.named_parameters(), p => Assert.True(p.parameter.grad is null || p.parameter.grad.isfinite().all().ToBoolean(), p.name));
        }
    }

    [Theory]
    [MemberData(nameof(ModelCases.FirstOfEach), MemberType = typeof(ModelCases))]
    public void OneBatch_CanBeLearntByHeart(string name)
    {
        using var scope = NewDisposeScope();
        var item = ModelCases.Find(name);
        using var model = item.Architecture.CreateModel(item.Shape with { Width = 32, Ffn = 64 }, 23, item.Options, new RandomStreams(1));
        using var optimizer = new AdamW(model.named_parameters(), KernelChoice.Fused);
        var (tokens, targets) = (TinyModels.Tokens(2, 13), TinyModels.Tokens(2, 13, 6));
        var loss = double.NaN;
        for (var step = 0; step < 300; step++)
        {
            using var inner = NewDisposeScope();
            var value = model.Loss(tokens, targets, TinyModels.Training);
            value.backward();
            optimizer.Step(item.OverfitLearningRate, 0, 1);
            optimizer.ClearGradients();
            loss = value.ToDouble();
        }

        Assert.InRange(loss, 0, 0.1);
    }

    [Theory]
    [MemberData(nameof(ModelCases.Names), MemberType = typeof(ModelCases))]
    public void TrainingSteps_LeaveNoTensorBehind(string name)
    {
        using var scope = NewDisposeScope();
        using var model = ModelCases.Find(name).Create();
        var (tokens, targets) = (TinyModels.Tokens(2, 13), TinyModels.Tokens(2, 13, 6));
        var counts = new List<int>();
        for (var step = 0; step < 5; step++)
        {
            using (var inner = NewDisposeScope())
            {
                ModelCase.TrainingLoss(model, tokens, targets).backward();
                model.zero_grad();
            }

            counts.Add(scope.DisposablesCount);
        }

        Assert.Equal(counts[1], counts[4]);
    }

    [Theory]
    [MemberData(nameof(ModelCases.Names), MemberType = typeof(ModelCases))]
    public void TrainingPass_IsThatOfItsStep_WhateverElseTheProcessDraws(string name)
    {
        using var scope = NewDisposeScope();
        var item = ModelCases.Find(name);
        double Loss()
        {
            using var model = item.Create(); // of its own, since a training pass may move buffers
            return ModelCase.TrainingLoss(model, TinyModels.Tokens(2, 13), TinyModels.Tokens(2, 13, 6)).ToDouble();
        }

        var alone = Loss();
        rand(5); // as another model of the process might
        Assert.Equal(alone, Loss());
    }

    [Theory]
    [MemberData(nameof(ModelCases.WithDropout), MemberType = typeof(ModelCases))]
    public void Dropout_ActsWhileTrainingOnly_WithOtherMasksInAnotherStep(string name)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var item = ModelCases.Find(name);
        using var model = item.Create();
        var tokens = TinyModels.Tokens(2, 13);
        Assert.Equal(0, TinyModels.Distance(model.call(tokens, TinyModels.Evaluating), model.call(tokens, WithMasks(1, training: false))));
        Assert.True(TinyModels.Distance(model.call(tokens, WithMasks(1)), model.call(tokens, WithMasks(2))) > 1e-9);

        ForwardContext WithMasks(long step, bool training = true) =>
            new(new KernelSet(), training) { Masks = new NoiseSource(new RandomStreams(3), RandomStreams.Dropout, step) };
    }

    private static Tensor Pieces(LanguageModel model, Tensor tokens, IEnumerable<int> pieces, ModelState state)
    {
        var first = 0;
        var parts = new List<Tensor>();
        foreach (var piece in pieces)
        {
            parts.Add(model.Continue(tokens.narrow(1, first, piece), state, TinyModels.Evaluating));
            first += piece;
        }

        return cat(parts, 1);
    }
}
