using Crossbench.Models;
using Crossbench.Models.Architectures;
using Crossbench.Models.Kernels;
using Crossbench.Tests.Support;
using Xunit;
using static TorchSharp.torch;

namespace Crossbench.Tests.Models;

public sealed class GqaTests
{
    private static readonly Gqa Architecture = new();

    internal static IReadOnlyList<ModelCase> Cases { get; } =
    [
        new("gqa", Architecture, Architecture.Defaults),
        new("gqa, dropout", Architecture, new GqaOptions { Dropout = 0.4 }) { Drops = true },
    ];

    [Fact]
    public void PublishedSize_HasExactlyThePublishedParameters()
    {
        Assert.Equal(5_648_128, PublishedModels.CountAtTransBench(Architecture, Architecture.Defaults));
        using var scope = NewDisposeScope();
        using var model = Architecture.CreateModel(PublishedModels.TransBench, 4096, Architecture.Defaults, new RandomStreams(1));
        Assert.Equal(5_648_128, model.ParameterCount);
    }

    [Theory]
    [InlineData(PositionEncoding.None, 2)]
    [InlineData(PositionEncoding.Rope, 2)]
    [InlineData(PositionEncoding.Rope, 1)]
    [InlineData(PositionEncoding.Rope, 4)]
    public void Logits_EqualThoseOfPlainLoops(PositionEncoding positions, int kvHeads)
    {
        using var scope = NewDisposeScope();
        foreach (var (bias, tied) in new[] { (true, false), (false, true) })
        {
            var shape = TinyModels.Shape with { Positions = positions, KvHeads = kvHeads, Bias = bias, TiedHead = tied };
            using var model = TinyModels.Create(Architecture, shape);
            var tokens = TinyModels.Tokens(1, 13);
            new GqaByLoops(model, shape).AssertEvaluation(tokens);
        }
    }

    [Fact]
    public void Flops_AreThoseOfTheMatrixProducts()
    {
        var shape = TinyModels.Shape;
        var (d, kv, f, t) = (16.0, 8.0, 24.0, 13.0);
        var perLayer = (2 * d * d * 2) + (2 * d * kv * 2) + (2 * 2 * d * (t + 1) / 2) + (3 * 2 * d * f);
        Assert.Equal((2 * perLayer) + (2 * d * 23), Architecture.Cost(shape, 23, Architecture.Defaults).ForwardFlops, 6);
    }

    [Fact]
    public void WithoutPositions_PastTokensMayBePermuted()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModels.Create(Architecture, TinyModels.Shape with { Layers = 1, Positions = PositionEncoding.None });
        var ids = TinyModels.Tokens(1, 13).data<long>().ToArray();
        var permuted = ids[..12].Reverse().Append(ids[12]).ToArray();
        var last = model.call(tensor(ids).view(1, 13), TinyModels.Evaluating).narrow(1, 12, 1);
        Assert.InRange(TinyModels.Distance(last, model.call(tensor(permuted).view(1, 13), TinyModels.Evaluating).narrow(1, 12, 1)), 0, 1e-12);
    }

    [Fact]
    public void BFloat16Products_StayCloseToFp32()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModels.Create(Architecture, type: ScalarType.Float32);
        var rounded = new ForwardContext(new KernelSet(MatrixPrecision.Bf16), training: false);
        var tokens = TinyModels.Tokens(2, 13);
        var distance = TinyModels.Distance(model.call(tokens, TinyModels.Evaluating), model.call(tokens, rounded));
        Assert.InRange(distance, 1e-7, 0.02);
        Assert.Equal(ScalarType.Float32, model.call(tokens, rounded).dtype);
    }
}
