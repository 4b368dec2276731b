using Crossbench.Metrics;

namespace Crossbench.Training;

/// <summary>The metrics that every run reports.</summary>
public static class TrainingMetrics
{
    /// <summary>Training loss of the logged step.</summary>
    public static MetricSpec TrainLoss { get; } = new("train.loss", "Train loss", "nats per token", "Mean cross-entropy of the step's batch, before the update.") { Kind = MetricKind.Loss };

    /// <summary>Mean loss over the evaluation set.</summary>
    public static MetricSpec EvalLoss { get; } = new("eval.loss", "Eval loss", "nats per token", "Mean cross-entropy over the fixed held-out sequences.") { Kind = MetricKind.Loss };

    /// <summary>Learning rate of the step.</summary>
    public static MetricSpec LearningRate { get; } = new("learningRate", "Learning rate", "", "Learning rate of the step.");

    /// <summary>Global gradient norm before clipping.</summary>
    public static MetricSpec GradientNorm { get; } = new("gradientNorm", "Gradient norm", "", "Global norm of the gradient before clipping.");

    /// <summary>Training tokens per second since the last measurement.</summary>
    public static MetricSpec TokensPerSecond { get; } = new("tokensPerSecond", "Tokens/s", "tokens/s", "Training tokens per second since the last measurement; evaluation is not counted.");

    /// <summary>Wall time since the run began, for the time axis.</summary>
    public static MetricSpec Elapsed { get; } = new("elapsed", "Elapsed", "s", "Training time since the start, pauses excluded.");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<MetricSpec> All { get; } = [TrainLoss, EvalLoss, LearningRate, GradientNorm, TokensPerSecond, Elapsed];
}
