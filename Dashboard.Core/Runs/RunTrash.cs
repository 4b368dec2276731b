using Crossbench.Datasets;
using Crossbench.Runs.Filters;

namespace Crossbench.Runs;

/// <summary>Deleted runs that are not gone yet: their rows, checkpoints and logs stay until the trash is emptied.</summary>
public static class RunTrash
{
    /// <summary>How long a deleted run can be taken back while the pages are served.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    /// <summary>The runs in the trash, newest first.</summary>
    public static IReadOnlyList<RunRecord> Find(IRunStore store) => store.Query(new RunQuery { Filter = new IsMarked(RunMark.Deleted), Order = RunOrder.Newest, Limit = int.MaxValue }).Runs;

    /// <summary>Deletes runs for good that were put into the trash by a time, with their files.</summary>
    /// <returns>The runs that are gone.</returns>
    public static IReadOnlyList<RunRecord> Empty(IRunStore store, DataFolder folder, DateTimeOffset deletedBy)
    {
        var gone = new List<RunRecord>();
        foreach (var run in Find(store).Where(run => run.DeletedAt <= deletedBy && store.Delete(run.Id)))
        {
            RunFiles.Delete(folder, run.Id);
            gone.Add(run);
        }

        return gone;
    }
}
