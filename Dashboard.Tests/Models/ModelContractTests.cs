using Crossbench.Models;
using Crossbench.Tests.Support;
using Crossbench.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Crossbench.Tests.Models;

/// <summary>What every architecture keeps.</summary>
public sealed class ModelContractTests
{
    public static TheoryData<string> Ids => [.. ModelZoo.All.Select(architecture => architecture.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void Parameters_AreExactlyThoseOfTheFormula(string id)
    {
        using var scope = NewDisposeScope();
        foreach (var shape in new[] { TinyModels.Shape, TinyModels.Shape with { Bias = false, TiedHead = true }, TinyModels.Shape with { Positions = PositionEncoding.None, KvHeads = 4 } })
        {
            using var model = ModelZoo.Find(id)!.CreateModel(shape, 23, ModelZoo.Find(id)!.Defaults, new RandomStreams(1));
            var expected = ModelZoo.Find(id)!.Cost(shape, 23, ModelZoo.Find(id)!.Defaults).Parameters.Select(p => $"{p.Name} [{string.Join(",", p.Shape)}]");
            Assert.Equal(expected, model.named_parameters().Select(p => $"{p.name} [{string.Join(",", p.parameter.shape)}]"));
            Assert.Equal(ModelZoo.Find(id)!.Cost(shape, 23, ModelZoo.Find(id)!.Defaults).ParameterCount, model.ParameterCount);
            Assert.Equal(model.named_parameters().Select(p => p.name).Order(), model.state_dict().Keys.Order());
        }
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void OutputShape_IsThatOfTheLogits(string id)
    {
        using var scope = NewDisposeScope();
        foreach (var length in new[] { 1, 7, 63, 64 })
        {
            using var model = TinyModels.Create(ModelZoo.Find(id)!, TinyModels.Shape with { ContextLength = length });
            Assert.Equal([2, length, 23], model.call(TinyModels.Tokens(2, length), TinyModels.Evaluating).shape);
        }
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void LaterTokens_NeverMoveEarlierLogits(string id)
    {
        using var scope = NewDisposeScope();
        foreach (var positions in Enum.GetValues<PositionEncoding>())
        {
            using var model = TinyModels.Create(ModelZoo.Find(id)!, TinyModels.Shape with { Positions = positions });
            var finding = CausalityProbe.Run(model, new RandomStreams(1));
            Assert.False(finding.SeesTheFuture);
            Assert.InRange(finding.LargestMove, 0, 1e-12);
        }
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void EveryParameter_GetsAFiniteGradientThatIsNotZero(string id)
    {
        using var scope = NewDisposeScope();
        using var model = TinyModels.Create(ModelZoo.Find(id)!);
        model.train();
        model.Loss(TinyModels.Tokens(2, 13), TinyModels.Tokens(2, 13, 6), TinyModels.Training).backward();
        Assert.All(model.named_parameters(), item =>
        {
            Assert.NotNull(item.parameter.grad);
            Assert.True(item.parameter.grad.isfinite().all().ToBoolean(), item.name);
            Assert.True(item.parameter.grad.abs().max().ToDouble() > 0, item.name);
        });
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Gradients_AreThoseOfFiniteDifferences(string id)
    {
        using var scope = NewDisposeScope();
        using var model = TinyModels.Create(ModelZoo.Find(id)!, TinyModels.Shape with { ContextLength = 7 });
        model.eval();
        var (tokens, targets) = (TinyModels.Tokens(2, 7), TinyModels.Tokens(2, 7, 6));
        GradientCheck.Run(model, () => model.Loss(tokens, targets, TinyModels.Evaluating), entriesPerTensor: 8);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void SameSeed_GivesTheSameLoss_AndAnotherSeedAnother(string id)
    {
        using var scope = NewDisposeScope();
        double Loss(long seed)
        {
            using var model = ModelZoo.Find(id)!.CreateModel(TinyModels.Shape, 23, ModelZoo.Find(id)!.Defaults, new RandomStreams(seed));
            return model.Loss(TinyModels.Tokens(2, 13), TinyModels.Tokens(2, 13, 6), TinyModels.Evaluating).ToDouble();
        }

        Assert.Equal(Loss(1), Loss(1));
        Assert.NotEqual(Loss(1), Loss(2));
        Assert.InRange(Loss(1), Math.Log(23) - 0.05, Math.Log(23) + 0.05);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Decoding_TokenByTokenAndInPieces_EqualsTheTrainingForm(string id)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        foreach (var positions in Enum.GetValues<PositionEncoding>())
        {
            using var model = TinyModels.Create(ModelZoo.Find(id)!, TinyModels.Shape with { Positions = positions });
            var tokens = TinyModels.Tokens(2, 13);
            var whole = model.call(tokens, TinyModels.Evaluating);
            foreach (var pieces in new[] { [.. Enumerable.Repeat(1, 13)], new[] { 5, 1, 7 }, [12, 1] })
            {
                var state = model.CreateState();
                var first = 0;
                var parts = new List<Tensor>();
                foreach (var piece in pieces)
                {
                    parts.Add(model.Continue(tokens.narrow(1, first, piece), state, TinyModels.Evaluating));
                    first += piece;
                }

                Assert.InRange(TinyModels.Distance(whole, cat(parts, 1)), 0, 1e-9);
                Assert.Equal(ModelZoo.Find(id)!.Cost(TinyModels.Shape, 23, ModelZoo.Find(id)!.Defaults).StateBytes * 2 * 2, state.Sum(item => item.Bytes));
                foreach (var item in state)
                {
                    item.Dispose();
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Rows_DoNotAffectEachOther(string id)
    {
        using var scope = NewDisposeScope();
        using var model = TinyModels.Create(ModelZoo.Find(id)!);
        var both = model.call(TinyModels.Tokens(2, 13), TinyModels.Evaluating);
        var alone = model.call(TinyModels.Tokens(2, 13).narrow(0, 1, 1), TinyModels.Evaluating);
        Assert.InRange(TinyModels.Distance(both.narrow(0, 1, 1), alone), 0, 1e-12);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void OneBatch_CanBeLearntByHeart(string id)
    {
        using var scope = NewDisposeScope();
        var architecture = ModelZoo.Find(id)!;
        using var model = architecture.CreateModel(TinyModels.Shape with { Width = 32, Ffn = 64 }, 23, architecture.Defaults, new RandomStreams(1));
        using var optimizer = new Crossbench.Models.Kernels.AdamW(model.named_parameters(), Crossbench.Models.Kernels.KernelChoice.Fused);
        var (tokens, targets) = (TinyModels.Tokens(2, 13), TinyModels.Tokens(2, 13, 6));
        var loss = double.NaN;
        for (var step = 0; step < 300; step++)
        {
            using var inner = NewDisposeScope();
            var value = model.Loss(tokens, targets, TinyModels.Training);
            value.backward();
            optimizer.Step(5e-3, 0, 1);
            optimizer.ClearGradients();
            loss = value.ToDouble();
        }

        Assert.InRange(loss, 0, 0.1);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void TrainingSteps_LeaveNoTensorBehind(string id)
    {
        using var scope = NewDisposeScope();
        using var model = TinyModels.Create(ModelZoo.Find(id)!);
        var (tokens, targets) = (TinyModels.Tokens(2, 13), TinyModels.Tokens(2, 13, 6));
        var counts = new List<int>();
        for (var step = 0; step < 5; step++)
        {
            using (var inner = NewDisposeScope())
            {
                model.Loss(tokens, targets, TinyModels.Training).backward();
                model.zero_grad();
            }

            counts.Add(scope.DisposablesCount);
        }

        Assert.Equal(counts[1], counts[4]);
    }
}
