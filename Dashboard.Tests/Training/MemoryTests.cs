using Crossbench.Models;
using Crossbench.Models.Kernels;
using Crossbench.Tests.Support;
using Xunit;
using static TorchSharp.torch;

namespace Crossbench.Tests.Training;

[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}

/// <summary>Alone, because what they measure belongs to the whole process.</summary>
[Collection(AloneCollection.Name)]
public sealed class MemoryTests
{
    // Small, so that ten thousand steps of every architecture take minutes.
    private static readonly ModelShape Shape = new() { Layers = 1, Width = 64, Heads = 2, KvHeads = 1, Ffn = 96, ContextLength = 32 };

    public static TheoryData<string> Ids => [.. ModelZoo.All.Select(architecture => architecture.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void FiftySteps_LeaveNoTensorAndNoBlockBehind(string id)
    {
        var counts = Measure(id, 50, () => (Tensor.TotalCount, Dashboard.Torch.Fused.BlockBytes.Mapped));
        Assert.Equal(counts.Before, counts.After);
    }

    [Theory]
    [Trait("Category", "Long")]
    [MemberData(nameof(Ids))]
    public void ResidentMemory_IsLevelOverTenThousandSteps(string id)
    {
        var bytes = Measure(id, 10_000, () => Environment.WorkingSet);
        Assert.InRange((bytes.After - bytes.Before) / 1048576.0 / 10, double.NegativeInfinity, 1.0);
    }

    /// <summary>A measurement after 200 steps, and again after more.</summary>
    private static (T Before, T After) Measure<T>(string id, int steps, Func<T> measurement)
    {
        using var scope = NewDisposeScope();
        using var model = ModelZoo.Find(id)!.CreateModel(Shape, 256, ModelZoo.Find(id)!.Defaults, new RandomStreams(1));
        using var optimizer = new Crossbench.Models.Kernels.AdamW(model.named_parameters(), KernelChoice.Fused);
        Train(model, optimizer, 200);
        var before = measurement();
        Train(model, optimizer, steps);
        return (before, measurement());
    }

    private static void Train(LanguageModel model, Crossbench.Models.Kernels.AdamW optimizer, int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            using var inner = NewDisposeScope();
            var tokens = TinyModels.Tokens(4, Shape.ContextLength, step, 256);
            model.Loss(tokens, tokens, TinyModels.Training).backward();
            optimizer.Step(1e-3, 0.1, 1);
            optimizer.ClearGradients();
        }
    }
}
