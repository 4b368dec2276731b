namespace Crossbench.Training;

/// <summary>Learning rate of each step: a linear rise over the warm-up, then the schedule down to the minimum at the last step.</summary>
public static class LearningRate
{
    /// <summary>Learning rate of a step.</summary>
    /// <param name="options">Peak, minimum, schedule, warm-up and steps.</param>
    /// <param name="step">0-based step.</param>
    public static double At(TrainingOptions options, long step)
    {
        var warmup = options.WarmupSteps;
        if (step < warmup)
        {
            return options.LearningRate * (step + 1) / warmup;
        }

        var fraction = options.Steps - 1 > warmup ? Math.Min(1.0, (double)(step - warmup) / (options.Steps - 1 - warmup)) : 1.0;
        var range = options.LearningRate - options.MinLearningRate;
        return options.Schedule switch
        {
            LearningRateSchedule.Cosine => options.MinLearningRate + (range * (1 + Math.Cos(Math.PI * fraction)) / 2),
            LearningRateSchedule.Linear => options.LearningRate - (range * fraction),
            _ => options.LearningRate,
        };
    }
}
