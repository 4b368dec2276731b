using Crossbench.Datasets;
using Crossbench.Models;
using Crossbench.Training;

namespace Crossbench.Runs;

/// <summary>
/// Creates runs, those that start from a checkpoint of another run among them: finds and checks that checkpoint, and copies it to the new run, so that
/// deleting the other run breaks nothing.
/// </summary>
public static class RunFork
{
    private const int Named = 12;

    /// <summary>Creates a run of a specification that <see cref="SpecValidator"/> has found nothing wrong with.</summary>
    /// <param name="store">The store.</param>
    /// <param name="folder">The data folder.</param>
    /// <param name="spec">The specification.</param>
    /// <param name="id">Id of the new run.</param>
    /// <param name="like">A fork whose own copy of the checkpoint will do, should the run that it came from be gone.</param>
    /// <exception cref="SpecException">The checkpoint to start from cannot be used.</exception>
    public static RunRecord Create(IRunStore store, DataFolder folder, RunSpec spec, RunId id, RunRecord? like = null)
    {
        var (copy, resolved) = CopyOf(store, folder, spec, like) is { } kept ? (kept, spec) : (null, Resolve(store, folder, spec).OrThrow());
        if (resolved.From is not { Step: { } step } origin)
        {
            return store.Create(resolved, id);
        }

        var home = folder.CheckpointsOf(id.Value);
        RunRecord? run = null;
        try
        {
            CheckpointFolder.CopyOrigin(copy ?? CheckpointFolder.Of(folder.CheckpointsOf(origin.Run), step), home);
            return run = store.Create(resolved, id);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new SpecException(new SpecProblem(ForkOrigin.Path, $"The checkpoint of {origin} cannot be copied: {FileFault.Reason(home, fault)}.", "Look at the disk and its free space."));
        }
        finally
        {
            // Without its run nobody would look for the copy.
            if (run is null)
            {
                CheckpointFolder.Discard(home);
            }
        }
    }

    /// <summary>The copy that another fork of the same checkpoint holds, where the run that it came from is gone.</summary>
    private static string? CopyOf(IRunStore store, DataFolder folder, RunSpec spec, RunRecord? like)
    {
        if (spec.From is not { Step: not null } origin || like?.Spec.From != origin || (RunId.TryParse(origin.Run, null, out var parent) && store.Find(parent) is not null))
        {
            return null;
        }

        var copy = CheckpointFolder.Origin(folder.CheckpointsOf(like.Id.Value));
        SpecProblem[] problems = !Directory.Exists(copy) ? [] : Checkpoint.Problem(copy) is { } damage
            ? [new SpecProblem(ForkOrigin.Path, $"The copy of {origin} that {like.Id} keeps is damaged: {damage}.", "Start from another checkpoint.")]
            : [.. SpecValidator.OriginProblems(spec), .. TensorProblems(spec, copy)];
        return problems.Length > 0 ? throw new SpecException(problems) : Directory.Exists(copy) ? copy : null;
    }

    /// <summary>The specification with the id and the step that it starts from, and what keeps it from starting there.</summary>
    public static SpecReading Resolve(IRunStore store, DataFolder folder, RunSpec spec)
    {
        if (spec.From is not { } named)
        {
            return new SpecReading(spec, []);
        }

        if (store.FindNamed(named.Run, 2) is not [var parent])
        {
            var meant = store.FindNamed(named.Run, Named);
            return meant.Count == 0
                ? Refused($"There is no run {named.Run}.", "Give the id, the beginning of an id or the name of a run in this store.")
                : Refused($"{named.Run} may be {string.Join(", ", meant.Select(run => $"{run.Id} ({run.Spec.Name})"))}.", "Give the id of the one that is meant.");
        }

        var origin = named with { Run = parent.Id.Value };
        var home = folder.CheckpointsOf(origin.Run);
        var steps = CheckpointFolder.Steps(home);

        if (origin.Step is { } wanted && !steps.Contains(wanted))
        {
            var there = steps.Count == 0 ? "It has no checkpoints." : $"It has those of steps {string.Join(", ", steps.Order().Take(Named))}.";
            return Refused($"Run {origin.Run} has no checkpoint of step {wanted}.", there, [.. steps.Take(1).Select(step => new SpecFix(ForkOrigin.Path, $"{origin.Run}@{step}"))]);
        }

        var checkpoint = origin.Step is { } known ? CheckpointFolder.Of(home, known) : Checkpoint.FindLatest(home);
        if (checkpoint is null)
        {
            return Refused($"Run {origin.Run} has no whole checkpoint.", "Resume it, so that it saves one, or start from another run.");
        }

        // The newest is what was asked for, and no older one in its place.
        if ((origin.Step ?? steps[0]) is var asked && Checkpoint.Problem(CheckpointFolder.Of(home, asked)) is { } damage)
        {
            return Refused(
                $"The checkpoint {origin.Run}@{asked} is damaged: {damage}.", "Start from another one.", [.. steps.Where(step => step < asked && Checkpoint.Problem(CheckpointFolder.Of(home, step)) is null).Take(1).Select(step => new SpecFix(ForkOrigin.Path, $"{origin.Run}@{step}"))]);
        }

        var resolved = spec with { From = origin with { Step = Checkpoint.ReadProgress(checkpoint).Step } };
        return new SpecReading(resolved, [.. SpecValidator.OriginProblems(resolved), .. TensorProblems(resolved, checkpoint)]);

        SpecReading Refused(string reason, string remedy, IReadOnlyList<SpecFix>? fixes = null) => new(spec, [new SpecProblem(ForkOrigin.Path, reason, remedy) { Fixes = fixes ?? [] }]);
    }

    /// <summary>Tensors of the checkpoint that are not those of the model, in number, name or shape. Nothing of it is loaded.</summary>
    private static IEnumerable<SpecProblem> TensorProblems(RunSpec spec, string checkpoint)
    {
        var architecture = ModelZoo.Find(spec.Architecture.Id)!;
        var parameters = architecture.Cost(spec.Shape, SpecValidator.VocabularyOf(spec), spec.Architecture.Options).Parameters;
        var weights = Path.Combine(checkpoint, Checkpoint.ModelFile);
        var saved = WeightNames.Own(weights, Shapes(weights));
        var model = parameters.ToDictionary(parameter => parameter.Name, parameter => Text(parameter.Shape));
        if (Differences(saved, model) is { Count: > 0 } differences)
        {
            yield return Problem(differences, "weights");
            yield break;
        }

        var moments = parameters.Where(parameter => !parameter.IsBuffer && architecture.IsTrained(parameter.Name, spec.Architecture.Options))
            .SelectMany(parameter => new[] { "mean", "variance" }.Select(moment => KeyValuePair.Create($"{parameter.Name}.{moment}", Text(parameter.Shape)))).ToDictionary();
        if (Differences(Shapes(Path.Combine(checkpoint, Checkpoint.OptimizerFile)).ToDictionary(), moments) is { Count: > 0 } others)
        {
            yield return Problem(others, "optimiser moments");
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> Shapes(string file) => Safetensors.ReadHeader(file).Select(entry => KeyValuePair.Create(entry.Name, Text(entry.Shape)));

    private static List<string> Differences(Dictionary<string, string> saved, Dictionary<string, string> model) =>
    [
        .. model.Where(pair => saved.TryGetValue(pair.Key, out var shape) && shape != pair.Value).Select(pair => $"{pair.Key} is {saved[pair.Key]} there and {pair.Value} here"),
        .. model.Keys.Except(saved.Keys).Select(name => $"{name} is missing there"),
        .. saved.Keys.Except(model.Keys).Select(name => $"{name} is not in this model"),
    ];

    private static SpecProblem Problem(List<string> differences, string what) => new(
        ForkOrigin.Path,
        $"The {what} of the checkpoint do not fit: {string.Join("; ", differences.Take(Named))}{(differences.Count > Named ? $" and {differences.Count - Named} more" : "")}.",
        "Set architecture, shape and vocabulary to those of the other run; what changes no tensor may differ.");

    private static string Text(IReadOnlyList<long> shape) => $"[{string.Join(", ", shape)}]";
}
