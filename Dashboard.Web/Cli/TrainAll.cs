using Crossbench.Datasets;
using Crossbench.Launching;
using Crossbench.Runs;
using Crossbench.Training;

namespace Crossbench.Web.Cli;

/// <summary>
/// <c>train --architecture all</c>: every architecture that can run with the settings, one after the other. What keeps one from running is said and stops no
/// other; one that has completed a run of the same specification is passed over.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="folder">The data folder.</param>
/// <param name="output">Told what is passed over, and why.</param>
/// <param name="train">Trains a run to its end.</param>
internal sealed class TrainAll(IRunStore store, DataFolder folder, TrainOutput output, Func<RunSpec, RunEnd> train)
{
    /// <summary>Trains them.</summary>
    /// <param name="readings">The specification for each architecture, with its problems.</param>
    /// <param name="replace">Whether what has completed is trained again.</param>
    /// <param name="over">Set when the user wants no more.</param>
    /// <returns>1 after a fault, else 3 when one diverged, 4 when one was stopped or paused, 0; 2 when no architecture could run.</returns>
    public int Run(IReadOnlyList<SpecReading> readings, bool replace, CancellationToken over)
    {
        var codes = new List<int>();
        foreach (var reading in readings)
        {
            if (over.IsCancellationRequested)
            {
                break;
            }

            if (RunOne(reading, replace) is { } code)
            {
                codes.Add(code);
            }
        }

        int[] worst = [ExitCode.Fault, ExitCode.Diverged, ExitCode.StoppedOrPaused, ExitCode.Completed];
        return codes.Count == 0 ? over.IsCancellationRequested ? ExitCode.StoppedOrPaused : ExitCode.BadInput : worst.First(codes.Contains);
    }

    /// <summary>Trains one, or passes it over; null when it could not run at all.</summary>
    private int? RunOne(SpecReading reading, bool replace)
    {
        var architecture = reading.Spec.Architecture.Id;
        if (reading.Problems.Count > 0)
        {
            output.PassOver(architecture, null, reading.Problems);
            return null;
        }

        if (!replace && Completed(store, folder, reading.Spec) is [var former, ..])
        {
            output.PassOver(architecture, former, []);
            return ExitCode.Completed;
        }

        try
        {
            return train(reading.Spec).ExitCode;
        }
        catch (SpecException refused)
        {
            output.PassOver(architecture, null, refused.Problems);
            return null;
        }
    }

    /// <summary>Runs of the same specification that have completed here, newest first; what was imported stands in for none.</summary>
    public static IReadOnlyList<RunRecord> Completed(IRunStore store, DataFolder folder, RunSpec spec)
    {
        var query = new RunQuery { SpecHash = RunSpecJson.Hash(RunFork.Resolve(store, folder, spec).Spec), Statuses = [RunStatus.Completed], Archived = null, Order = RunOrder.Newest, Limit = int.MaxValue };
        return [.. store.Query(query).Runs.Where(run => run.Source.Length == 0)];
    }
}
