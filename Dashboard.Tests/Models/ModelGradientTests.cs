using Crossbench.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Crossbench.Tests.Models;

/// <summary>Gradients of every architecture against central finite differences in fp64, with auxiliary losses and noise held fixed.</summary>
public sealed class ModelGradientTests
{
    /// <summary>Entries of each tensor that are checked one by one; all of a smaller tensor, and all of every tensor in the long tests.</summary>
    private const int SampledEntries = 64;

    [Theory]
    [MemberData(nameof(ModelCases.Names), MemberType = typeof(ModelCases))]
    public void EveryParameter_GetsAFiniteGradientThatIsNotZero(string name)
    {
        using var scope = NewDisposeScope();
        var item = ModelCases.Find(name);
        using var model = item.Create();
        model.train();
        ModelCase.TrainingLoss(model, TinyModels.Tokens(2, 13), TinyModels.Tokens(2, 13, 6)).backward();
        Assert.All(model.named_parameters(), parameter =>
        {
            var gradient = parameter.parameter.grad;
            var isExpected = !item.WithoutGradient.Any(part => parameter.name.Contains(part, StringComparison.Ordinal));
            Assert.True(gradient is null || gradient.isfinite().all().ToBoolean(), parameter.name);
            Assert.True(isExpected == (gradient is not null && gradient.abs().max().ToDouble() > 0), parameter.name);
        });
    }

    [Theory]
    [MemberData(nameof(ModelCases.Smooth), MemberType = typeof(ModelCases))]
    public void Gradients_AreThoseOfFiniteDifferences(string name) => Check(name, SampledEntries);

    [Theory]
    [Trait("Category", "Long")]
    [MemberData(nameof(ModelCases.Smooth), MemberType = typeof(ModelCases))]
    public void Gradients_OfEveryEntry_AreThoseOfFiniteDifferences(string name) => Check(name, int.MaxValue);

    private static void Check(string name, int entriesPerTensor)
    {
        using var scope = NewDisposeScope();
        var item = ModelCases.Find(name);
        using var model = item.Create(item.Shape with { ContextLength = 7 });
        model.train();
        var (tokens, targets) = (TinyModels.Tokens(2, 7), TinyModels.Tokens(2, 7, 6));
        GradientCheck.Run(model, () => ModelCase.TrainingLoss(model, tokens, targets), entriesPerTensor);
    }
}
