using Crossbench.Models;
using Crossbench.Models.Kernels;
using static TorchSharp.torch;

namespace Crossbench.Training;

/// <summary>Restores a run from its checkpoints and saves new ones, and tells the observer what it found, wrote and removed.</summary>
internal sealed class CheckpointKeeper(RunSpec spec, string folder, LanguageModel model, AdamW optimizer, ITrainingObserver observer)
{
    private readonly List<Noted> _notes = [];
    private long _lastSaved = -1;

    /// <summary>Whether a checkpoint of this step is due on the way and not there yet.</summary>
    public bool IsDue(long step) => step > 0 && step != _lastSaved && spec.Training.CheckpointEvery > 0 && step % spec.Training.CheckpointEvery == 0;

    /// <summary>Brings model and optimiser to the latest whole checkpoint, else to that of another run which it starts from; null without either. What was found on the way is told by <see cref="Tell"/>.</summary>
    public TrainingProgress? Restore()
    {
        var leftovers = CheckpointFolder.Sweep(folder);
        var (latest, damaged) = CheckpointFolder.FindLatest(folder);
        var progress = latest is not null ? Checkpoint.Restore(latest, model, optimizer) : spec.From is { } origin ? Start(origin) : null;
        var step = progress?.Step ?? 0;
        _lastSaved = progress?.Step ?? -1;
        _notes.AddRange(leftovers.Select(text => new Noted(step, text)));
        foreach (var (checkpoint, problem) in damaged)
        {
            var name = Path.GetFileName(checkpoint);
            _notes.Add(new Noted(step, $"The checkpoint {name} is damaged and passed over: {problem}. It is kept as {CheckpointFolder.SetAside(checkpoint)}.", IsWarning: true));
        }

        if (progress is not null)
        {
            _notes.Add(new Noted(step, latest is null ? $"Starts from step {step} of run {spec.From!.Run}." : $"Goes on from the checkpoint of step {step}."));
        }

        return progress;
    }

    /// <summary>Brings model and optimiser to the checkpoint of another run. Its evaluations are not the run's own: what is due at that step is done again.</summary>
    private TrainingProgress Start(ForkOrigin origin)
    {
        var copy = CheckpointFolder.Origin(folder);
        if (Checkpoint.Problem(copy) is { } problem)
        {
            throw new SpecException(new SpecProblem(ForkOrigin.Path, $"The copy of the checkpoint {origin} in {copy} is damaged: {problem}.", "Create the run anew."));
        }

        return Checkpoint.Restore(copy, model, optimizer) with { LastEvaluatedStep = -1, EvaluationLoss = null };
    }

    /// <summary>Tells what <see cref="Restore"/> found, and which checkpoints there are.</summary>
    public void Tell(long step)
    {
        _notes.ForEach(observer.OnEvent);
        var there = CheckpointFolder.Steps(folder).Order().Select(saved => (Step: saved, Path: CheckpointFolder.Of(folder, saved)));
        observer.OnEvent(new CheckpointsFound(step, [.. there.Select(item => new CheckpointSaved(item.Step, item.Path, Checkpoint.BytesOf(item.Path)))]));
    }

    /// <summary>Saves a checkpoint and deletes those that the policy does not keep.</summary>
    /// <returns>Null, or a sentence why the disk had no room for it; the checkpoints before it are untouched then.</returns>
    public string? Save(TrainingProgress progress)
    {
        using var scope = NewDisposeScope();

        // What led to a checkpoint is in the store before the checkpoint is on the disk: who goes on from it finds no hole.
        observer.Flush();
        try
        {
            var (saved, bytes) = Checkpoint.Save(folder, spec, progress, model, optimizer);
            observer.OnEvent(new CheckpointSaved(progress.Step, saved, bytes));
        }
        catch (IOException fault) when (FileFault.IsDiskFull(fault))
        {
            var former = CheckpointFolder.Steps(folder);
            var reason = $"The disk of {folder} is full: the checkpoint of step {progress.Step} could not be saved. Free some space and resume; the run goes on from "
                + (former.Count > 0 ? $"the checkpoint of step {former[0]}." : "its beginning, because there is no earlier checkpoint.");
            observer.OnEvent(new Noted(progress.Step, reason, IsWarning: true));
            return reason;
        }

        _lastSaved = progress.Step;
        foreach (var removed in CheckpointFolder.Prune(folder, spec.Training))
        {
            observer.OnEvent(new CheckpointRemoved(progress.Step, removed));
        }

        return null;
    }
}
