using Crossbench.Training;
using Xunit;

namespace Crossbench.Tests.Training;

public sealed class LearningRateTests
{
    private static readonly TrainingOptions Options = new() { Steps = 101, Warmup = 10, LearningRate = 1e-2, MinLearningRate = 1e-3 };

    [Fact]
    public void Warmup_RisesLinearlyToThePeak()
    {
        Assert.Equal(1e-3, LearningRate.At(Options, 0), 12);
        Assert.Equal(5e-3, LearningRate.At(Options, 4), 12);
        Assert.Equal(1e-2, LearningRate.At(Options, 9), 12);
        Assert.Equal(1e-2, LearningRate.At(Options, 10), 12);
    }

    [Theory]
    [InlineData(LearningRateSchedule.Cosine, 5.5e-3, 1e-3)]
    [InlineData(LearningRateSchedule.CosineOpen, 5.5776729e-3, 1.0026814e-3)]
    [InlineData(LearningRateSchedule.Linear, 5.5e-3, 1e-3)]
    [InlineData(LearningRateSchedule.Constant, 1e-2, 1e-2)]
    public void Schedule_PassesItsMiddleAndEndsAtTheMinimum(LearningRateSchedule schedule, double middle, double last)
    {
        var options = Options with { Schedule = schedule };
        Assert.Equal(middle, LearningRate.At(options, 55), 1e-7);
        Assert.Equal(last, LearningRate.At(options, 100), 1e-7);
    }

    [Fact]
    public void Cosine_FollowsTheCosine() =>
        Assert.Equal(1e-3 + (9e-3 * (1 + Math.Cos(Math.PI * 15 / 90)) / 2), LearningRate.At(Options, 25), 12);

    /// <summary>The published vectors: base 3e-4, minimum 1e-5, 50 steps of warm-up and 2000 after them.</summary>
    [Theory]
    [InlineData(0, 6e-6)]
    [InlineData(49, 3e-4)]
    [InlineData(50, 3e-4)]
    [InlineData(1050, 1.55e-4)]
    public void OpenCosine_MeetsTransBenchsVectors(int step, double expected) => Assert.Equal(expected, LearningRate.At(Open, step), 15);

    [Fact]
    public void OpenCosine_IsTransBenchsFormulaAtEveryStep_AndNeverReachesTheMinimum()
    {
        for (var step = 0; step < 2050; step++)
        {
            var progress = Math.Clamp((step - 50) / 2000.0, 0, 1);
            var expected = step < 50 ? 3e-4 * (step + 1) / 50 : 1e-5 + (0.5 * (3e-4 - 1e-5) * (1 + Math.Cos(Math.PI * progress)));
            Assert.Equal(expected, LearningRate.At(Open, step), 15);
        }

        Assert.InRange(LearningRate.At(Open, 2049), 1e-5 + 1e-11, 1.001e-5);
        Assert.Equal(1e-2, LearningRate.At(Options with { Steps = 1, Warmup = 0, Schedule = LearningRateSchedule.CosineOpen }, 0), 12);
    }

    private static TrainingOptions Open => new() { Steps = 2050, Warmup = 50, LearningRate = 3e-4, MinLearningRate = 1e-5, Schedule = LearningRateSchedule.CosineOpen };

    [Fact]
    public void OneStep_EndsAtTheMinimum() => Assert.Equal(1e-3, LearningRate.At(Options with { Steps = 1, Warmup = 0 }, 0), 12);
}
