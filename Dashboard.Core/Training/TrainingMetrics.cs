using Crossbench.Datasets;
using Crossbench.Metrics;
using Crossbench.Models;

namespace Crossbench.Training;

/// <summary>The metrics that every run reports.</summary>
public static class TrainingMetrics
{
    /// <summary>Training loss of the logged step.</summary>
    public static MetricSpec TrainLoss { get; } = new("train.loss", "Train loss", "nats per token", "Mean cross-entropy of the step's batch, before the update.") { Kind = MetricKind.Loss };

    /// <summary>Mean loss over the evaluation set.</summary>
    public static MetricSpec EvalLoss { get; } = new("eval.loss", "Eval loss", "nats per token", "Mean cross-entropy over the fixed held-out sequences.") { Kind = MetricKind.Loss };

    /// <summary>Share of evaluation targets that are predicted right.</summary>
    public static MetricSpec EvalAccuracy { get; } = new("eval.accuracy", "Eval accuracy", "", "Share of scored held-out targets whose logit is larger than every other; a tie counts as wrong.")
    {
        AtEvaluation = true,
        Range = MetricRange.Share,
    };

    /// <summary>Share of evaluation sequences whose answers are right as a whole, where the dataset has answers.</summary>
    public static MetricSpec ExactMatch { get; } = new("eval.exactMatch", "Exact match", "", "Share of held-out sequences in which every token of every answer is predicted right, each from the true tokens before it.")
    {
        AtEvaluation = true,
        Range = MetricRange.Share,
    };

    /// <summary>Learning rate of the step.</summary>
    public static MetricSpec LearningRate { get; } = new("learningRate", "Learning rate", "", "Learning rate of the step.");

    /// <summary>Global gradient norm before clipping.</summary>
    public static MetricSpec GradientNorm { get; } = new("gradientNorm", "Gradient norm", "", "Global norm of the gradient before clipping.");

    /// <summary>Training tokens per second since the last measurement.</summary>
    public static MetricSpec TokensPerSecond { get; } = new("tokensPerSecond", "Tokens/s", "tokens/s", "Training tokens per second since the last measurement; evaluation is not counted.");

    /// <summary>Wall time since the run began, for the time axis.</summary>
    public static MetricSpec Elapsed { get; } = new("elapsed", "Elapsed", "s", "Training time since the start, pauses excluded.");

    /// <summary>Training tokens per second over all counted steps.</summary>
    public static MetricSpec SteadyTokensPerSecond { get; } = new("tokensPerSecond.steady", "Tokens/s, steady", "tokens/s",
        "Training tokens per second over all steps since the worker began, without its first 5 and without those that look into the model.");

    /// <summary>Median time of a step.</summary>
    public static MetricSpec StepMedian { get; } = new("stepTime.median", "Step: median", "ms", "Median time of all steps since the worker began, without its first 5 and those that look into the model; to half a percent.");

    /// <summary>95th percentile of the time of a step.</summary>
    public static MetricSpec StepPercentile { get; } = new("stepTime.p95", "Step: 95th percentile", "ms", "Time that 95 of 100 steps do not exceed, over the same steps as the median.");

    /// <summary>CPU time of the training process, as a share of all cores.</summary>
    public static MetricSpec WorkerCpu { get; } = new("cpu.worker", "CPU, this run", "", "CPU time of the training process as a share of all cores, since the last sample.") { Range = MetricRange.Share };

    /// <summary>CPU time of everything on the machine, as a share of all cores.</summary>
    public static MetricSpec MachineCpu { get; } = new("cpu.machine", "CPU, machine", "", "CPU time of everything on the machine as a share of all cores, since the last sample.") { Range = MetricRange.Share };

    /// <summary>Resident memory of the worker now.</summary>
    public static MetricSpec ResidentMemory { get; } = new("memory.resident", "Memory", "MiB", "Resident memory of the training process.");

    /// <summary>Largest resident memory of the worker since the run began.</summary>
    public static MetricSpec PeakMemory { get; } = new("memory.peak", "Peak memory", "MiB", "Largest resident memory of the training process since this run began or went on; what the process did before is not counted.");

    /// <summary>Memory that the tensor library holds in large blocks.</summary>
    public static MetricSpec NativeMemory { get; } = new("memory.native", "Memory of tensors", "MiB", "Memory that the tensor library's allocator holds in large blocks, in use or kept for reuse.");

    /// <summary>Share of time in which the GPU worked.</summary>
    public static MetricSpec GpuUse { get; } = new("gpu.use", "GPU use", "", "Share of time in which something ran on the run's GPU, as nvidia-smi tells it.") { Range = MetricRange.Share };

    /// <summary>Memory in use on the GPU.</summary>
    public static MetricSpec GpuMemory { get; } = new("gpu.memory", "GPU memory", "MiB", "Memory in use on the run's GPU, by all processes.");

    /// <summary>Power that the GPU draws.</summary>
    public static MetricSpec GpuPower { get; } = new("gpu.power", "GPU power", "W", "Power that the run's GPU draws.");

    /// <summary>What a run takes of the machine; only what the machine tells is reported.</summary>
    public static IReadOnlyList<MetricSpec> Machine { get; } = [WorkerCpu, MachineCpu, ResidentMemory, PeakMemory, NativeMemory, GpuUse, GpuMemory, GpuPower];

    /// <summary>Where the time of a step goes, in the order of <see cref="StepPhase"/>; means since the last measurement, over the same steps as the median.</summary>
    public static IReadOnlyList<MetricSpec> StepTimes { get; } =
    [
        new("stepTime.data", "Step: data", "ms", "Drawing the batch and turning it into tensors."),
        new("stepTime.forward", "Step: forward", "ms", "Forward pass and loss."),
        new("stepTime.backward", "Step: backward", "ms", "Backward pass."),
        new("stepTime.update", "Step: update", "ms", "Clipping and the optimiser's update."),
        new("stepTime.logging", "Step: logging", "ms", "Handing numbers to the recorder."),
    ];

    /// <summary>Evaluation loss over the tokens of one class, where the dataset knows classes.</summary>
    public static IReadOnlyList<MetricSpec> ClassLosses { get; } =
    [
        .. Enum.GetValues<TokenClass>().Where(item => item != TokenClass.Padding).Select(item => new MetricSpec(
            ClassLossName(item), $"Eval loss, {item.ToString().ToLowerInvariant()}", "nats per token", $"Mean cross-entropy over held-out targets of class {item.ToString().ToLowerInvariant()}.")
        {
            Kind = MetricKind.Loss,
            AtEvaluation = true,
        }),
    ];

    /// <summary>Evaluation loss by position: tokens 0, 1, 2-3, 4-7, … of a sequence.</summary>
    public static MetricSpec PositionLoss { get; } = new("eval.lossByPosition", "Eval loss by position", "nats per token", "Mean cross-entropy at positions 0, 1, 2 to 3, 4 to 7 and so on: what context brings.")
    {
        Kind = MetricKind.Loss,
        Form = MetricForm.Vector,
        Axis = VectorAxis.DoublingSpans,
        AtEvaluation = true,
    };

    /// <summary>Token ids of the fixed sample that strips belong to.</summary>
    public static MetricSpec SampleTokens { get; } = new("sample.tokens", "Sample", "", "Token ids of the first held-out sequence, which strips belong to.") { Form = MetricForm.Strip, AtEvaluation = true };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<MetricSpec> All { get; } =
        [TrainLoss, EvalLoss, EvalAccuracy, ExactMatch, LearningRate, GradientNorm, TokensPerSecond, SteadyTokensPerSecond, Elapsed, .. StepTimes, StepMedian, StepPercentile, .. Machine, .. ClassLosses, PositionLoss, SampleTokens];

    /// <summary>Whether a metric tells of the machine and its clock: another run of the same specification gives other values.</summary>
    public static bool IsOfMachine(string metric) => MachineNames.Contains(metric);

    private static HashSet<string> MachineNames { get; } = [.. new[] { TokensPerSecond, SteadyTokensPerSecond, Elapsed, StepMedian, StepPercentile }.Concat(StepTimes).Concat(Machine).Select(metric => metric.Name)];

    /// <summary>Name of the evaluation loss over one class.</summary>
    public static string ClassLossName(TokenClass item) => "eval.loss." + item.ToString().ToLowerInvariant();

    /// <summary>Gradient norm and relative size of the update, by part of the model.</summary>
    /// <param name="parts">Parts as <see cref="ModelCost.Parts"/> names them.</param>
    public static IReadOnlyList<MetricSpec> Components(IEnumerable<string> parts) =>
    [
        .. parts.SelectMany(part => new MetricSpec[]
        {
            new(ComponentName("gradientNorm", part), $"Gradient norm, {part}", "", "Norm of the gradient of this part before clipping."),
            new(ComponentName("updateRatio", part), $"Update ratio, {part}", "", "Norm of the update over the norm of the weights of this part; about 1e-3 is usual."),
        }),
    ];

    /// <summary>Name of a metric of one part: <c>gradientNorm.tokenEmbedding</c>.</summary>
    public static string ComponentName(string metric, string part)
    {
        var words = part.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return metric + "." + string.Concat(words.Select((word, i) => i == 0 ? word.ToLowerInvariant() : char.ToUpperInvariant(word[0]) + word[1..]));
    }

    /// <summary>Loss, accuracy and exact match of a further evaluation.</summary>
    public static IReadOnlyList<MetricSpec> Further(EvaluationSpec evaluation) =>
    [
        .. new[] { EvalLoss, EvalAccuracy, ExactMatch }.Select(metric => metric with
        {
            Name = FurtherName(metric.Name, evaluation.Name),
            Label = $"{metric.Label}, {evaluation.Name}",
            Help = $"{metric.Help} Of the further evaluation \"{evaluation.Name}\" on {evaluation.Dataset.Id}.",
        }),
    ];

    /// <summary>Name of a metric of a further evaluation.</summary>
    public static string FurtherName(string metric, string evaluation) => $"{metric}/{evaluation}";

    /// <summary>Every metric that a run may report.</summary>
    public static IReadOnlyList<MetricSpec> Of(RunSpec spec)
    {
        var architecture = ModelZoo.Find(spec.Architecture.Id)!;
        var parts = architecture.Cost(spec.Shape, SpecValidator.VocabularyOf(spec), spec.Architecture.Options).Parts.Select(part => part.Part);
        return [.. All, .. spec.Evaluations.SelectMany(Further), .. Components(parts), .. architecture.Diagnostics(spec.Architecture.Options)];
    }
}
