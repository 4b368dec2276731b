using System.Globalization;
using System.Runtime.InteropServices;
using Crossbench.Metrics;
using Crossbench.Training;
using Microsoft.Data.Sqlite;

namespace Crossbench.Runs.Sqlite;

/// <summary>Writes what a worker saw on one held connection, each batch in one immediate transaction. Not safe for two threads at once.</summary>
internal sealed class EventWriter : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SeriesWriter _series;
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _rollback;
    private readonly Statement _findRun;
    private readonly Statement _updateRun;
    private readonly Statement _addSnapshot;
    private readonly Statement _addSummary;
    private readonly Statement _cutEvaluation;
    private readonly Statement _addEvaluation;
    private readonly Statement _addCheckpoint;
    private readonly Statement _removeCheckpoint;
    private readonly Statement _findCheckpoint;
    private readonly Statement _cutCheckpoints;
    private readonly Statement _addLine;
    private readonly Statement _addEnvironment;
    private readonly Statement _markBusy;
    private readonly Statement[] _all;

    /// <summary>Takes over an open connection.</summary>
    public EventWriter(SqliteConnection connection)
    {
        _connection = connection;
        _series = new SeriesWriter(connection);
        _all =
        [
            _begin = new(connection, "BEGIN IMMEDIATE"),
            _commit = new(connection, "COMMIT"),
            _rollback = new(connection, "ROLLBACK"),
            _findRun = new(connection, "SELECT number FROM run WHERE id = $1"),
            _updateRun = new(connection, LatestValues.Sql),
            _addSnapshot = new(connection, "INSERT OR REPLACE INTO snapshot (run, metric, step, data) VALUES ($1, $2, $3, $4)"),
            _cutEvaluation = new(connection, "DELETE FROM evaluation_summary WHERE run = $1 AND step = $2 AND \"set\" = $3"),
            _addSummary = new(connection, "INSERT INTO evaluation_summary (run, step, \"set\", loss, low, high) VALUES ($1, $2, $3, $4, $5, $6)"),
            _addEvaluation = new(connection, "INSERT INTO evaluation (run, step, \"set\", sequence, class, loss, tokens) VALUES ($1, $2, $3, $4, $5, $6, $7)"),
            _addCheckpoint = new(connection, "INSERT OR REPLACE INTO checkpoint (run, step, folder, bytes, at) VALUES ($1, $2, $3, $4, $5)"),
            _removeCheckpoint = new(connection, "DELETE FROM checkpoint WHERE run = $1 AND step = $2"),
            _findCheckpoint = new(connection, "INSERT INTO checkpoint (run, step, folder, bytes, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO UPDATE SET folder = excluded.folder, bytes = excluded.bytes"),
            _cutCheckpoints = new(connection, "DELETE FROM checkpoint WHERE run = $1 AND step NOT IN (SELECT value FROM json_each($2))"),
            _addEnvironment = new(
                connection,
                """
                INSERT INTO environment (run, at, step, processor, cores, memory_bytes, device, threads, backend, build, version, system, runtime)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
                """),
            _markBusy = new(connection, "UPDATE run SET busy_machine = 1 WHERE number = $1"),
            _addLine = new(connection, "INSERT INTO event (run, at, step, text, is_warning) VALUES ($1, $2, $3, $4, $5)"),
        ];
    }

    /// <summary>Appends events. Where training begins again at an earlier step, what was recorded after that step goes first.</summary>
    /// <param name="id">The run.</param>
    /// <param name="events">Events in the order they happened.</param>
    /// <param name="now">Unix milliseconds.</param>
    /// <exception cref="ArgumentException">There is no such run.</exception>
    public void Append(RunId id, IReadOnlyList<TrainingEvent> events, long now) => InTransaction(id, run =>
    {
        var points = new Dictionary<string, List<(long Step, double Value)>>();
        var latest = new LatestValues();
        foreach (var trainingEvent in events)
        {
            if (trainingEvent is Started)
            {
                WritePoints(run, points);
                _updateRun.Run(latest.Arguments(run));
                TruncateAfter(run, trainingEvent.Step, now);
                latest = new LatestValues();
            }

            latest.Take(trainingEvent);
            Write(run, trainingEvent, points, now);
        }

        WritePoints(run, points);
        _updateRun.Run(latest.Arguments(run));
    });

    /// <summary>Removes what was recorded after a step, and sets the run's row back to what is left.</summary>
    /// <param name="id">The run.</param>
    /// <param name="step">The last step to keep.</param>
    /// <param name="now">Unix milliseconds.</param>
    /// <exception cref="ArgumentException">There is no such run.</exception>
    public void TruncateAfter(RunId id, long step, long now) => InTransaction(id, run => TruncateAfter(run, step, now));

    /// <summary>Lets the file grow to so many pages.</summary>
    public void LimitPages(int pages) => StoreSchema.Execute(_connection, $"PRAGMA max_page_count = {pages}");

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var statement in _all)
        {
            statement.Dispose();
        }

        _series.Dispose();
        _connection.Dispose();
    }

    private const string Reset =
        """
        UPDATE run SET
          revision = revision + 1, step = $2, train_loss = $3, tokens_per_second = $4, elapsed = $5,
          (eval_loss, eval_low, eval_high) = (
            SELECT loss, low, high FROM evaluation_summary WHERE evaluation_summary.run = $1 AND "set" = $6 ORDER BY step DESC LIMIT 1)
        WHERE number = $1 AND step > $2
        """;

    private void TruncateAfter(long run, long step, long now)
    {
        _series.TruncateAfter(run, step);
        foreach (var table in (string[])["snapshot", "evaluation_summary", "checkpoint"])
        {
            using var cut = new Statement(_connection, $"DELETE FROM {table} WHERE run = $1 AND step > $2");
            cut.Run(run, step);
        }

        var latest = RestOfSeries(run);
        using var reset = new Statement(_connection, Reset);
        if (reset.Run(run, step, latest[0], latest[1], latest[2], Evaluated.OwnSet) > 0)
        {
            _addLine.Run(run, now, step, string.Create(CultureInfo.InvariantCulture, $"What was recorded after step {step} is removed; training goes on from there."), false);
        }
    }

    private void WritePoints(long run, Dictionary<string, List<(long Step, double Value)>> points)
    {
        foreach (var (metric, values) in points)
        {
            _series.Append(run, metric, values);
        }

        points.Clear();
    }

    private object?[] RestOfSeries(long run) =>
    [
        LastFinite(run, TrainingMetrics.TrainLoss), LastFinite(run, TrainingMetrics.SteadyTokensPerSecond) ?? LastFinite(run, TrainingMetrics.TokensPerSecond), LastFinite(run, TrainingMetrics.Elapsed),
    ];

    private double? LastFinite(long run, MetricSpec metric)
    {
        var values = SeriesReader.Read(_connection, run, metric.Name, -1).Values;
        var last = Array.FindLastIndex(values, double.IsFinite);
        return last < 0 ? null : values[last];
    }

    private void InTransaction(RunId id, Action<long> work)
    {
        _begin.Run();
        try
        {
            var run = _findRun.Value(id.Value) is long number ? number : throw new ArgumentException($"There is no run {id} in the store; it was deleted.", nameof(id));
            work(run);
            _commit.Run();
        }
        catch
        {
            _series.Forget();
            // SQLite itself has rolled back after a full disk or an input/output error.
            if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) == 0)
            {
                _rollback.Run();
            }

            throw;
        }
    }

    private void Write(long run, TrainingEvent trainingEvent, Dictionary<string, List<(long Step, double Value)>> points, long now)
    {
        switch (trainingEvent)
        {
            case Measured measured:
                Write(run, measured.Points, measured.Snapshots, points);
                break;
            case Evaluated evaluated:
                Write(run, evaluated);
                Write(run, evaluated.Points, evaluated.Snapshots, points);
                if (evaluated.Set == Evaluated.OwnSet)
                {
                    Add(points, TrainingMetrics.EvalLoss.Name, evaluated.Step, evaluated.Loss);
                }

                break;
            case CheckpointSaved saved:
                _addCheckpoint.Run(run, saved.Step, saved.Folder, saved.Bytes, now);
                AddLine(run, saved, now, $"Checkpoint saved ({saved.Bytes / 1048576.0:0.0} MiB).");
                break;
            case CheckpointsFound found:
                _cutCheckpoints.Run(run, $"[{string.Join(',', found.Checkpoints.Select(saved => saved.Step))}]");
                foreach (var saved in found.Checkpoints)
                {
                    _findCheckpoint.Run(run, saved.Step, saved.Folder, saved.Bytes, now);
                }

                break;
            case CheckpointRemoved removed:
                _removeCheckpoint.Run(run, removed.RemovedStep);
                break;
            case Started started:
                AddLine(run, started, now, $"{(started.Step == 0 ? "Training begins" : "Training goes on")} at step {started.Step} of {started.Steps}. {started.Environment}");
                if (started.Machine is { } here)
                {
                    _addEnvironment.Run(
                        run, now, started.Step, here.Processor, (long)here.Cores, here.MemoryBytes, here.Device, (long)here.Threads, here.Backend, here.Build, here.Version, here.System, here.Runtime);
                }

                break;
            case Noted noted:
                _addLine.Run(run, now, noted.Step, noted.Text, noted.IsWarning);
                if (noted.MarksBusyMachine)
                {
                    _markBusy.Run(run);
                }

                break;
            default:
                throw new ArgumentException($"The store does not know events of type {trainingEvent.GetType().Name}.", nameof(trainingEvent));
        }
    }

    private void Write(long run, IReadOnlyList<MetricPoint> measured, IReadOnlyList<MetricSnapshot> snapshots, Dictionary<string, List<(long Step, double Value)>> points)
    {
        foreach (var point in measured)
        {
            Add(points, point.Metric, point.Step, point.Value);
        }

        foreach (var snapshot in snapshots)
        {
            _addSnapshot.Run(run, _series.Metric(snapshot.Metric), snapshot.Step, MemoryMarshal.AsBytes<float>(snapshot.Values).ToArray());
        }
    }

    private void Write(long run, Evaluated evaluated)
    {
        _cutEvaluation.Run(run, evaluated.Step, evaluated.Set);
        _addSummary.Run(run, evaluated.Step, evaluated.Set, Statement.Real(evaluated.Loss), Statement.Real(evaluated.Low), Statement.Real(evaluated.High));
        foreach (var row in evaluated.Sequences)
        {
            _addEvaluation.Run(run, evaluated.Step, evaluated.Set, row.Sequence, (int)row.Class, Statement.Real(row.Loss), row.Tokens);
        }
    }

    private void AddLine(long run, TrainingEvent trainingEvent, long now, FormattableString text) =>
        _addLine.Run(run, now, trainingEvent.Step, text.ToString(CultureInfo.InvariantCulture), false);

    private static void Add(Dictionary<string, List<(long Step, double Value)>> points, string metric, long step, double value)
    {
        if (!points.TryGetValue(metric, out var values))
        {
            points[metric] = values = [];
        }

        values.Add((step, value));
    }
}
