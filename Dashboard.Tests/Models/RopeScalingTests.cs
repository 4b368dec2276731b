using Crossbench.Models;
using Crossbench.Models.Architectures;
using Crossbench.Models.Parts;
using Crossbench.Tests.Support;
using Crossbench.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Crossbench.Tests.Models;

public sealed class RopeScalingTests
{
    [Theory]
    [InlineData(1.0, 1.0)]                                     // wavelength 6
    [InlineData(0.0031, 0.0031)]                               // wavelength 2027, just below 8192 / 4
    [InlineData(0.0007, 0.0007 / 32)]                          // wavelength 8976, above 8192
    [InlineData(0.0019174759848570515, 0.5 * 33 / 32 * 0.0019174759848570515)] // 2.5 turns in 8192 tokens: half of each
    public void Llama3_StretchesLongWavelengthsOnly(double frequency, double expected)
    {
        Assert.Equal(expected, RopeScaling.Llama3.Apply(frequency), 1e-12);
        Assert.Equal(frequency, RopeScaling.None.Apply(frequency));
    }

    [Fact]
    public void Llama3_HasNoJumps()
    {
        foreach (var edge in new[] { 2 * Math.PI / 8192, 2 * Math.PI * 4 / 8192 })
        {
            Assert.Equal(RopeScaling.Llama3.Apply(edge * (1 - 1e-9)), RopeScaling.Llama3.Apply(edge * (1 + 1e-9)), 1e-10);
        }
    }

    [Fact]
    public void Tables_TurnPairsByTheScaledAngle()
    {
        using var scope = NewDisposeScope();
        const int HeadWidth = 64;
        using var rope = new Rope(HeadWidth, 500000, RopeScaling.Llama3);
        var x = TinyModels.Normal(1, 1, 1, 1, HeadWidth);
        var (before, after) = (TinyModels.Values(x), TinyModels.Values(rope.Apply(x, 3000)));
        for (var i = 0; i < HeadWidth / 2; i++)
        {
            var angle = 3000 * RopeScaling.Llama3.Apply(Math.Pow(500000, -2.0 * i / HeadWidth));
            Assert.Equal((before[i] * Math.Cos(angle)) - (before[i + 32] * Math.Sin(angle)), after[i], 1e-11);
            Assert.Equal((before[i + 32] * Math.Cos(angle)) + (before[i] * Math.Sin(angle)), after[i + 32], 1e-11);
        }
    }

    [Fact]
    public void WithoutRotaryPositions_ScalingIsRefused()
    {
        var problem = Assert.Single(new Asterisk().Validate(TinyModels.Shape with { Positions = PositionEncoding.None }, new AsteriskOptions { RopeScaling = RopeScaling.Llama3 }));
        Assert.Equal("architecture.ropeScaling", problem.Path);
        Assert.Empty(RunSpecReader.Read([new("architecture.id", "asterisk"), new("architecture.ropeScaling", "llama3")]).Problems);
    }
}
