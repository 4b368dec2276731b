using Crossbench.Launching;
using Crossbench.Runs;
using Crossbench.Tests.Runs;
using Crossbench.Tests.Support;
using Crossbench.Training;
using Xunit;

namespace Crossbench.Tests.Training;

/// <summary>A full disk and numbers that are none: the run ends with what a person needs to know, and goes on where that is possible.</summary>
public sealed class TrainingFaultTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TrainingRuns _runs;

    public TrainingFaultTests() => _runs = new TrainingRuns(_folder);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AFullDisk_PausesTheRun_AndAfterwardsItGoesOnWithTheVeryBits()
    {
        using var disk = SmallDisk.TryMount(_folder.File("disk"), 1024, out var reason);
        Assert.SkipWhen(disk is null, reason);
        var spec = TrainingRuns.Spec(("training.checkpointEvery", "4"));
        var (whole, wholeEvents) = _runs.Train(spec, "whole");
        var (outcome, before) = _runs.Train(spec, "disk/run", (e, _) =>
        {
            if (e is CheckpointSaved { Step: 4 } saved)
            {
                disk!.Fill(left: saved.Bytes / 2);
            }
        });

        var paused = Assert.IsType<Paused>(outcome);
        Assert.Equal(8, paused.Step);
        Assert.Contains("is full: the checkpoint of step 8 could not be saved", paused.Reason, StringComparison.Ordinal);
        Assert.Contains("goes on from the checkpoint of step 4.", paused.Reason, StringComparison.Ordinal);
        Assert.Contains(before.OfType<Noted>(), note => note.IsWarning && note.Text == paused.Reason);
        Assert.Equal(["step-00000004"], Directory.GetDirectories(_folder.File("disk/run")).Select(path => Path.GetFileName(path)!));
        Assert.Null(Checkpoint.Problem(_folder.File("disk/run/step-00000004")));

        disk!.Free();
        var (end, after) = _runs.Train(spec, "disk/run");
        Assert.Equal(whole, end);
        Assert.Equal(TrainingRuns.Losses(wholeEvents)[4..], TrainingRuns.Losses(after));
    }

    [Fact]
    public void AFullDisk_WithoutAnyCheckpoint_SaysThatNothingIsSaved()
    {
        using var disk = SmallDisk.TryMount(_folder.File("disk"), 256, out var reason);
        Assert.SkipWhen(disk is null, reason);
        disk!.Fill(left: 8192);
        var (outcome, _) = _runs.Train(TrainingRuns.Spec(), "disk/run");
        Assert.Contains("from its beginning", Assert.IsType<Paused>(outcome).Reason, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(_folder.File("disk/run")));
    }

    [Fact]
    public void AHugeLearningRate_EndsTheRunAsDiverged_WithTheLastFiniteNumbers_AndTheFirstBadLayer()
    {
        var spec = TrainingRuns.Spec(("training.clip", "0"), ("training.warmup", "0"), ("training.schedule", "constant"));
        spec = spec with { Training = spec.Training with { LearningRate = 1e30 } };
        var (outcome, events) = _runs.Train(spec);
        var diverged = Assert.IsType<Diverged>(outcome);
        Assert.True(diverged.Step >= 2);
        var last = diverged.LastFinite!;
        Assert.Equal((diverged.Step - 1, TrainingRuns.Losses(events)[^1], 1e30), (last.Step, last.Loss, last.LearningRate));
        Assert.Equal(TrainingRuns.Series(events, TrainingMetrics.GradientNorm.Name)[^1], last.GradientNorm);
        Assert.Equal(last.Loss, diverged.LastFiniteLoss);
        Assert.Matches("^(embed|layers\\.[01]|lm_head)", diverged.FirstBadLayer);
    }

    [Fact]
    public void ADivergedRun_SaysSoInTheStore_InOneSentence()
    {
        using var test = new TestStore();
        var spec = TrainingRuns.Spec(("training.clip", "0"), ("training.warmup", "0"), ("training.schedule", "constant"));
        spec = spec with { Training = spec.Training with { LearningRate = 0.1 } };
        var run = test.Store.Create(spec);
        var outcome = new Diverged(9, 3.25, "layers.2") { LastFinite = new FiniteStep(8, 3.25, 12.5, 0.001) };
        var end = new RunHost(test.Store, test.Clock, TextWriter.Null).Run(run, new TrainingControl(), (_, _, _) => outcome);
        Assert.Equal(
            "The loss or a gradient stopped being finite at step 9; the last finite loss was 3.25 at step 8 (gradient norm 12.5, learning rate 0.001), the first bad values came from layers.2.",
            test.Store.Find(end.Id)!.Reason);
        Assert.Equal((RunStatus.Diverged, 3), (end.Status, end.ExitCode));
    }

    [Fact]
    public void AFullDisk_PausesTheRunInTheStore_WithTheReason()
    {
        using var test = new TestStore();
        var end = new RunHost(test.Store, test.Clock, TextWriter.Null)
            .Run(test.Store.Create(TrainingRuns.Spec()), new TrainingControl(), (_, _, _) => new Paused(7) { Reason = "The disk is full." });
        Assert.Equal((RunStatus.Paused, "The disk is full.", 4), (end.Status, test.Store.Find(end.Id)!.Reason, end.ExitCode));
    }
}
