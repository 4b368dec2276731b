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
    [InlineData(LearningRateSchedule.Linear, 5.5e-3, 1e-3)]
    [InlineData(LearningRateSchedule.Constant, 1e-2, 1e-2)]
    public void Schedule_PassesItsMiddleAndEndsAtTheMinimum(LearningRateSchedule schedule, double middle, double last)
    {
        var options = Options with { Schedule = schedule };
        Assert.Equal(middle, LearningRate.At(options, 55), 12);
        Assert.Equal(last, LearningRate.At(options, 100), 12);
    }

    [Fact]
    public void Cosine_FollowsTheCosine() =>
        Assert.Equal(1e-3 + (9e-3 * (1 + Math.Cos(Math.PI * 15 / 90)) / 2), LearningRate.At(Options, 25), 12);

    [Fact]
    public void OneStep_EndsAtTheMinimum() => Assert.Equal(1e-3, LearningRate.At(Options with { Steps = 1, Warmup = 0 }, 0), 12);
}
