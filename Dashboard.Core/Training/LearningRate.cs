namespace Crossbench.Training;

/// <summary>Learning rate of each step: a linear rise over the warm-up, then the schedule down to the minimum, which all but the open cosine reach at the last step.</summary>
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

        var end = options.Schedule == LearningRateSchedule.CosineOpen ? options.Steps : options.Steps - 1;
        var fraction = end > warmup ? Math.Min(1.0, (double)(step - warmup) / (end - warmup)) : 1.0;
        var range = options.LearningRate - options.MinLearningRate;
        return options.Schedule switch
        {
            LearningRateSchedule.Cosine or LearningRateSchedule.CosineOpen => options.MinLearningRate + (range * (1 + Math.Cos(Math.PI * fraction)) / 2),
            LearningRateSchedule.Linear => options.LearningRate - (range * fraction),
            _ => options.LearningRate,
        };
    }
}
