using Crossbench.Datasets;
using Crossbench.Runs.Filters;

namespace Crossbench.Runs;

/// <summary>What came of emptying the trash.</summary>
/// <param name="Gone">The runs that are gone, with all their files.</param>
/// <param name="Faults">What could not be removed.</param>
public sealed record EmptiedTrash(IReadOnlyList<RunRecord> Gone, IReadOnlyList<TrashFault> Faults);

/// <summary>Why a run in the trash, or a file of it, is still there.</summary>
/// <param name="Run">The run.</param>
/// <param name="Reason">A sentence that names run and reason.</param>
public sealed record TrashFault(RunRecord Run, string Reason);

/// <summary>Deleted runs that are not gone yet: their rows, checkpoints and logs stay until the trash is emptied.</summary>
public static class RunTrash
{
    /// <summary>How long a deleted run can be taken back while the pages are served.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    /// <summary>The runs in the trash, newest first.</summary>
    public static IReadOnlyList<RunRecord> Find(IRunStore store) => store.Query(new RunQuery { Filter = new IsMarked(RunMark.Deleted), Order = RunOrder.Newest, Limit = int.MaxValue }).Runs;

    /// <summary>
    /// Deletes runs for good that were put into the trash by a time, with their files. Files of one run that cannot be removed keep no other run; a store
    /// that cannot be written ends it, as each further run would wait for it as long.
    /// </summary>
    /// <exception cref="RunStoreException">The store cannot be read.</exception>
    public static EmptiedTrash Empty(IRunStore store, DataFolder folder, DateTimeOffset deletedBy)
    {
        var (gone, faults) = (new List<RunRecord>(), new List<TrashFault>());
        foreach (var run in Find(store).Where(run => run.DeletedAt <= deletedBy))
        {
            try
            {
                // Somebody may take it back while others are removed, which takes minutes where checkpoints are large.
                if (store.Purge(run.Id, deletedBy))
                {
                    RunFiles.Delete(folder, run.Id);
                    gone.Add(run);
                }
            }
            catch (RunStoreException fault)
            {
                faults.Add(new TrashFault(run, $"Run {run.Id} ({run.Spec.Name}) stays in the trash. {fault.Message}"));
                break;
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                faults.Add(new TrashFault(run, $"Files of the deleted run {run.Id} ({run.Spec.Name}) cannot be removed: {fault.Message.TrimEnd('.')}. Make them writable, and remove them with: clean"));
            }
        }

        return new EmptiedTrash(gone, faults);
    }
}
