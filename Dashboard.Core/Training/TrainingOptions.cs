using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Crossbench.Models.Kernels;

namespace Crossbench.Training;

/// <summary>Course of the learning rate after warm-up.</summary>
public enum LearningRateSchedule
{
    /// <summary>Half a cosine down to the minimum.</summary>
    Cosine,

    /// <summary>Half a cosine that would reach the minimum one step after the last, as TransBench's.</summary>
    CosineOpen,

    /// <summary>A straight line down to the minimum.</summary>
    Linear,

    /// <summary>No decay.</summary>
    Constant,
}

/// <summary>Which parameters decay.</summary>
public enum DecayScope
{
    /// <summary>Matrices; norms, biases and what an architecture exempts do not.</summary>
    Matrices,

    /// <summary>All, norms and biases too, as TransBench.</summary>
    All,
}

/// <summary>How a run is trained. The defaults learn: 150 steps on 300 KB of English bytes end well below the unigram entropy.</summary>
public sealed record TrainingOptions
{
    /// <summary>Optimiser steps.</summary>
    [Range(1, 100_000_000)]
    [Display(Name = "Steps", Description = "Optimiser steps.", Prompt = "steps")]
    public int Steps { get; init; } = 1000;

    /// <summary>Sequences in one micro-batch, B.</summary>
    [Range(1, 65536)]
    [Display(Name = "Batch", Description = "Sequences in one forward pass.", Prompt = "sequences")]
    public int BatchSize { get; init; } = 4;

    /// <summary>Micro-batches whose gradients are averaged into one step.</summary>
    [Range(1, 65536)]
    [Display(Name = "Accumulation", Description = "Forward passes whose gradients make one step.")]
    public int Accumulation { get; init; } = 1;

    /// <summary>Largest learning rate, reached at the end of warm-up.</summary>
    [Range(0.0, 0.1, MinimumIsExclusive = true)]
    [Display(Name = "Learning rate", Description = "Peak of the schedule.")]
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Learning rate at the last step; at most the peak.</summary>
    [Range(0.0, 0.1)]
    [Display(Name = "Minimum learning rate", Description = "Where the schedule ends; at most the peak.")]
    public double MinLearningRate { get; init; } = 1e-4;

    /// <summary>Course of the learning rate after warm-up.</summary>
    [Display(Name = "Schedule", Description = "Course of the learning rate after warm-up. cosineOpen would reach the minimum one step after the last, as TransBench's.")]
    public LearningRateSchedule Schedule { get; init; }

    /// <summary>Steps over which the learning rate rises linearly from 0; a tenth of the steps when absent.</summary>
    [Range(0, 100_000_000)]
    [Display(Name = "Warm-up", Description = "Steps of linear rise. Left empty: a tenth of all steps.", Prompt = "steps")]
    public int? Warmup { get; init; }

    /// <summary>How weight decay enters the update.</summary>
    [Display(Name = "Optimiser", Description = "AdamW (decay apart from the gradient), or Adam (decay as a part of it).")]
    public OptimizerKind Optimizer { get; init; }

    /// <summary>Share of the first moment that a step keeps, β₁.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    [Display(Name = "Beta 1", Description = "Share of the gradient's running mean that a step keeps.")]
    public double Beta1 { get; init; } = AdamW.DefaultBeta1;

    /// <summary>Share of the second moment that a step keeps, β₂.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    [Display(Name = "Beta 2", Description = "Share of the running mean of squared gradients that a step keeps; TransBench has 0.999.")]
    public double Beta2 { get; init; } = AdamW.DefaultBeta2;

    /// <summary>Weight decay of the parameters that decay.</summary>
    [Range(0.0, 1.0)]
    [Display(Name = "Weight decay", Description = "Decay of what decays.")]
    public double WeightDecay { get; init; } = 0.1;

    /// <summary>Which parameters decay.</summary>
    [Display(Name = "Decay scope", Description = "What decays: matrices, so that norms and biases do not, or all parameters, as in TransBench.")]
    public DecayScope DecayScope { get; init; }

    /// <summary>Largest global norm of the gradient; 0 leaves it alone.</summary>
    [Range(0.0, 1e6)]
    [Display(Name = "Gradient clip", Description = "Largest global gradient norm; 0 for none.")]
    public double Clip { get; init; } = 1.0;

    /// <summary>Number format of matrix products.</summary>
    [Display(Name = "Precision", Description = "Format of matrix products; weights and sums stay fp32.")]
    public MatrixPrecision Precision { get; init; }

    /// <summary>Where it computes: <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</summary>
    [Display(Name = "Device", Description = "cpu, cuda or cuda:N.")]
    public string Device { get; init; } = "cpu";

    /// <summary>Compute threads; all cores but one when absent.</summary>
    [Range(1, 1024)]
    [Display(Name = "Threads", Description = "Compute threads. Left empty: all cores but one, at least 1.")]
    public int? Threads { get; init; }

    /// <summary>Which form of a kernel runs.</summary>
    [Display(Name = "Kernels", Description = "Native kernels, or plain tensor operations.")]
    public KernelChoice Kernels { get; init; }

    /// <summary>Steps between two measurements.</summary>
    [Range(1, 1_000_000)]
    [Display(Name = "Log every", Description = "Steps between two measurements.", Prompt = "steps")]
    public int LogEvery { get; init; } = 1;

    /// <summary>Steps between two measurements of the architecture's diagnostics; taken at logged steps only.</summary>
    [Range(1, 1_000_000)]
    [Display(Name = "Diagnostics every", Description = "Steps between two measurements of gates, norms and what else the architecture reports; at logged steps only.", Prompt = "steps")]
    public int DiagnosticsEvery { get; init; } = 10;

    /// <summary>Steps between two evaluations; 0 evaluates only at the end.</summary>
    [Range(0, 100_000_000)]
    [Display(Name = "Evaluate every", Description = "Steps between two evaluations; 0: only at the end.", Prompt = "steps")]
    public int EvaluateEvery { get; init; } = 100;

    /// <summary>Sequences in the fixed evaluation set.</summary>
    [Range(2, 1_000_000)]
    [Display(Name = "Evaluation set", Description = "Held-out sequences, the same for every run.", Prompt = "sequences")]
    public int EvaluationSequences { get; init; } = 64;

    /// <summary>Steps between two checkpoints; 0 saves only at the end and at a pause.</summary>
    [Range(0, 100_000_000)]
    [Display(Name = "Checkpoint every", Description = "Steps between two checkpoints. 0: only at a pause and at the end.", Prompt = "steps")]
    public int CheckpointEvery { get; init; } = 200;

    /// <summary>Newest checkpoints that are kept. The newest stays in any case: a run goes on from it.</summary>
    [Range(0, 1_000_000)]
    [Display(Name = "Keep newest", Description = "Newest checkpoints that stay; 0: only the one to go on from.", Prompt = "checkpoints")]
    public int KeepLast { get; init; } = 2;

    /// <summary>Checkpoints with the smallest evaluation loss that are kept, among those that were evaluated at their own step.</summary>
    [Range(0, 1_000_000)]
    [Display(Name = "Keep best", Description = "Checkpoints that stay because their evaluation loss is the smallest; 0: none. Only those count that were evaluated at their step.", Prompt = "checkpoints")]
    public int KeepBest { get; init; }

    /// <summary>Checkpoints at multiples of so many steps are kept; 0 keeps none for that.</summary>
    [Range(0, 100_000_000)]
    [Display(Name = "Keep every", Description = "Checkpoints at multiples of so many steps stay for good; 0: none. A multiple of Checkpoint every.", Prompt = "steps")]
    public int KeepEvery { get; init; }

    /// <summary>Steps of warm-up: as set, or a tenth of all steps.</summary>
    [JsonIgnore]
    public int WarmupSteps => Warmup ?? Steps / 10;

    /// <summary>Compute threads: as set, or all cores but one.</summary>
    [JsonIgnore]
    public int ThreadCount => Threads ?? Math.Max(1, Environment.ProcessorCount - 1);
}
