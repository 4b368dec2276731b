using Crossbench.Training;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Crossbench.Runs.Sqlite;

/// <summary>Runs that come from elsewhere.</summary>
public sealed partial class SqliteRunStore
{
    /// <inheritdoc/>
    public RunId? TryImport(ImportedRun run)
    {
        ArgumentException.ThrowIfNullOrEmpty(run.Run.Source);
        if (!run.Run.Status.IsEnded())
        {
            throw new ArgumentException($"A run that is {run.Run.Status} cannot be imported.", nameof(run));
        }

        return _database.Write(context =>
        {
            // One that lies in the trash may be taken back, so it is there as well; what is seen goes first.
            var there = context.Runs.IgnoreQueryFilters().Where(row => row.Id == run.Run.Id.Value || row.Source == run.Run.Source)
                .OrderBy(row => row.DeletedAt != null).Select(row => row.Id).FirstOrDefault();
            if (there is not null)
            {
                return new RunId(there);
            }

            var row = ToRow(run.Run);
            row.Place = LastPlace(context);
            context.Runs.Add(row);
            context.SaveChanges();
            context.StatusChanges.Add(new StatusChangeRow { Run = row.Number, At = Now(), To = row.Status, Reason = $"Imported from {row.Source}.", Step = row.Step });
            context.Configurations.Add(new ConfigurationRow { Run = row.Number, Json = RunSpecJson.Write(run.Run.Spec) });
            context.Events.AddRange(run.Log.Select(line => new EventRow { Run = row.Number, At = line.At.ToUnixTimeMilliseconds(), Step = line.Step, Text = line.Text, IsWarning = line.IsWarning }));
            context.Environments.AddRange(run.Environments.Select(item => ToRow(row.Number, item)));
            context.SaveChanges();
            WriteMeasurements((SqliteConnection)context.Database.GetDbConnection(), row.Number, run);
            return (RunId?)null;
        });
    }

    private static RunRow ToRow(RunRecord run)
    {
        var row = Row(run.Spec, run.Id);
        (row.Status, row.Reason, row.Source) = (run.Status, run.Reason, run.Source);
        row.CreatedAt = run.CreatedAt.ToUnixTimeMilliseconds();
        row.StartedAt = run.StartedAt?.ToUnixTimeMilliseconds();
        row.EndedAt = run.EndedAt?.ToUnixTimeMilliseconds();
        (row.Step, row.Parameters, row.Chance, row.Floor, row.SeesTheFuture) = (run.Step, run.Parameters, run.Chance, run.Floor, run.SeesTheFuture);
        (row.TrainLoss, row.EvalLoss, row.EvalLow, row.EvalHigh) = (run.TrainLoss, run.EvalLoss, run.EvalLow, run.EvalHigh);
        (row.TokensPerSecond, row.Elapsed, row.BusyMachine) = (run.TokensPerSecond, run.Elapsed, run.BusyMachine);
        return row;
    }

    private static EnvironmentRow ToRow(long run, EnvironmentRecord item) => new()
    {
        Run = run,
        At = item.At.ToUnixTimeMilliseconds(),
        Step = item.Step,
        Processor = item.Environment.Processor,
        Cores = item.Environment.Cores,
        MemoryBytes = item.Environment.MemoryBytes,
        Device = item.Environment.Device,
        Threads = item.Environment.Threads,
        Backend = item.Environment.Backend,
        Build = item.Environment.Build,
        Version = item.Environment.Version,
        System = item.Environment.System,
        Runtime = item.Environment.Runtime,
    };

    private static void WriteMeasurements(SqliteConnection connection, long number, ImportedRun run)
    {
        using var series = new SeriesWriter(connection);
        foreach (var (metric, points) in run.Series.Where(pair => pair.Value.Count > 0))
        {
            series.Append(number, metric, [.. points.Steps.Zip(points.Values)]);
        }

        using var summary = new Statement(connection, "INSERT INTO evaluation_summary (run, step, \"set\", loss, low, high) VALUES ($1, $2, $3, $4, $5, $6)");
        using var row = new Statement(connection, "INSERT INTO evaluation (run, step, \"set\", sequence, class, loss, tokens) VALUES ($1, $2, $3, $4, $5, $6, $7)");
        foreach (var item in run.Evaluations)
        {
            summary.Run(number, item.Step, item.Set, Statement.Real(item.Loss), Statement.Real(item.Low), Statement.Real(item.High));
            foreach (var sequence in item.Sequences)
            {
                row.Run(number, item.Step, item.Set, sequence.Sequence, (int)sequence.Class, Statement.Real(sequence.Loss), sequence.Tokens);
            }
        }
    }
}
