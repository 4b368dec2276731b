using System.Globalization;

namespace Crossbench.Training;

/// <summary>What a look for the latest checkpoint found.</summary>
/// <param name="Folder">The latest whole one, or null.</param>
/// <param name="Damaged">Later ones that are not whole, with what is wrong, in a clause.</param>
public sealed record CheckpointSearch(string? Folder, IReadOnlyList<(string Folder, string Problem)> Damaged);

/// <summary>
/// The folder of one run's checkpoints. Everything in it changes by renames, so that a crash at any moment leaves whole checkpoints and leftovers that
/// <see cref="Sweep"/> knows by their names.
/// </summary>
public static class CheckpointFolder
{
    private const string Prefix = "step-";
    private const string Unfinished = "unfinished-";
    private const string Replaced = "replaced-";
    private const string Removed = "removed-";
    private const string Damaged = "damaged-";
    private const string OriginName = "origin";

    /// <summary>Folder of the checkpoint of a step.</summary>
    public static string Of(string parent, long step) => Path.Combine(parent, NameOf(step));

    /// <summary>Steps of all checkpoints, newest first; whether they are whole is not looked at.</summary>
    public static IReadOnlyList<long> Steps(string parent) => !Directory.Exists(parent)
        ? []
        : [.. Directory.EnumerateDirectories(parent, Prefix + "*").Select(StepOf).OfType<long>().OrderDescending()];

    /// <summary>Looks for the latest whole checkpoint.</summary>
    public static CheckpointSearch FindLatest(string parent)
    {
        var damaged = new List<(string, string)>();
        foreach (var folder in Steps(parent).Select(step => Of(parent, step)))
        {
            if (Checkpoint.Problem(folder) is not { } problem)
            {
                return new CheckpointSearch(folder, damaged);
            }

            damaged.Add((folder, problem));
        }

        return new CheckpointSearch(null, damaged);
    }

    /// <summary>Removes what a crash left behind, or brings it back where the crash came between two renames.</summary>
    /// <returns>What was done, a sentence each.</returns>
    public static IReadOnlyList<string> Sweep(string parent)
    {
        if (!Directory.Exists(parent))
        {
            return [];
        }

        var done = new List<string>();
        foreach (var leftover in Directory.GetDirectories(parent).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(leftover);
            if (name.StartsWith(Replaced, StringComparison.Ordinal) && Path.Combine(parent, name[Replaced.Length..]) is var home && !Directory.Exists(home))
            {
                Directory.Move(leftover, home);
                done.Add($"A crash came while {name[Replaced.Length..]} was replaced; the former one is back.");
            }
            else if (name.StartsWith(Unfinished, StringComparison.Ordinal) || name.StartsWith(Replaced, StringComparison.Ordinal) || name.StartsWith(Removed, StringComparison.Ordinal))
            {
                Directory.Delete(leftover, recursive: true);
                done.Add($"Removed {name}, which a crash left behind.");
            }
        }

        if (done.Count > 0)
        {
            DurableFiles.FlushFolder(parent);
        }

        return done;
    }

    /// <summary>Sets a damaged checkpoint aside under another name, so that nothing takes it for one.</summary>
    /// <returns>Its name from now on.</returns>
    public static string SetAside(string folder)
    {
        var aside = Path.Combine(Path.GetDirectoryName(folder)!, Damaged + Path.GetFileName(folder));
        Discard(aside);
        Directory.Move(folder, aside);
        return Path.GetFileName(aside);
    }

    /// <summary>
    /// Deletes the checkpoints that the policy of a run does not keep. The newest always stays; the caller has just written or checked it.
    /// </summary>
    /// <returns>Steps of those that are gone.</returns>
    public static IReadOnlyList<long> Prune(string parent, TrainingOptions policy)
    {
        var steps = Steps(parent);
        var best = policy.KeepBest == 0 ? [] : steps
            .Select(step => (Step: step, Loss: LossOf(Of(parent, step)))).Where(item => item.Loss is not null)
            .OrderBy(item => item.Loss).ThenByDescending(item => item.Step).Take(policy.KeepBest).Select(item => item.Step).ToArray();
        var old = steps.Skip(Math.Max(1, policy.KeepLast)).Except(best).Where(step => policy.KeepEvery == 0 || step % policy.KeepEvery != 0).ToArray();
        foreach (var folder in old.Select(step => Of(parent, step)))
        {
            // By another name first: what a crash leaves of it then is no damaged checkpoint.
            var removed = Path.Combine(parent, Removed + Path.GetFileName(folder));
            Discard(removed);
            Directory.Move(folder, removed);
            Directory.Delete(removed, recursive: true);
        }

        return old;
    }

    /// <summary>The checkpoint of another run that a run starts from.</summary>
    public static string Origin(string parent) => Path.Combine(parent, OriginName);

    /// <summary>Copies a checkpoint of another run into the folder of a run that is to start from it.</summary>
    /// <exception cref="IOException">There is no room for it.</exception>
    internal static void CopyOrigin(string checkpoint, string parent)
    {
        var unfinished = Path.Combine(parent, Unfinished + OriginName);
        Directory.CreateDirectory(unfinished);
        foreach (var file in Directory.EnumerateFiles(checkpoint))
        {
            DurableFiles.Copy(file, Path.Combine(unfinished, Path.GetFileName(file)));
        }

        DurableFiles.FlushFolder(unfinished);
        Directory.Move(unfinished, Origin(parent));
        DurableFiles.FlushFolder(parent);
        DurableFiles.FlushFolder(Path.GetDirectoryName(parent)!);
    }

    /// <summary>An empty folder to write the checkpoint of a step into.</summary>
    internal static string Begin(string parent, long step)
    {
        if (!Directory.Exists(parent))
        {
            Directory.CreateDirectory(parent);
            DurableFiles.FlushFolder(Path.GetDirectoryName(parent)!);
        }

        var unfinished = Path.Combine(parent, Unfinished + NameOf(step));
        Discard(unfinished);
        Directory.CreateDirectory(unfinished);
        return unfinished;
    }

    /// <summary>Gives a finished folder its name, in the place of a former checkpoint of the same step if there is one.</summary>
    internal static string Publish(string parent, string unfinished, long step)
    {
        DurableFiles.FlushFolder(unfinished);
        var (folder, replaced) = (Of(parent, step), Path.Combine(parent, Replaced + NameOf(step)));
        Discard(replaced);
        if (Directory.Exists(folder))
        {
            Directory.Move(folder, replaced);
        }

        Directory.Move(unfinished, folder);
        DurableFiles.FlushFolder(parent);
        Discard(replaced);
        return folder;
    }

    /// <summary>Deletes a folder if it is there.</summary>
    internal static void Discard(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string NameOf(long step) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{step:D8}");

    private static long? StepOf(string folder) =>
        long.TryParse(Path.GetFileName(folder)[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var step) ? step : null;

    private static double? LossOf(string folder)
    {
        try
        {
            return Checkpoint.ReadProgress(folder).LossHere;
        }
        catch (Exception damaged) when (damaged is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
