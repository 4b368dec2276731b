using System.Text.Json;
using Crossbench.Training;
using Microsoft.EntityFrameworkCore;

namespace Crossbench.Runs.Sqlite;

/// <summary>Suites and their runs.</summary>
public sealed partial class SqliteRunStore : ISuiteStore
{
    /// <summary>SQLite takes some thousand parameters in a statement; hashes come in parts.</summary>
    private const int HashesAtOnce = 500;

    /// <inheritdoc/>
    public IReadOnlyList<SuiteRecord> Suites() => _database.Read(context => context.Suites.OrderByDescending(suite => suite.Number).AsEnumerable().Select(ToRecord).ToList());

    /// <inheritdoc/>
    public SuiteRecord? FindSuite(string file) => _database.Read(context => context.Suites.SingleOrDefault(suite => suite.File == file) is { } row ? ToRecord(row) : null);

    /// <inheritdoc/>
    public SuiteRecord? FindSuiteById(string id) => _database.Read(context => context.Suites.SingleOrDefault(suite => suite.Id == id) is { } row ? ToRecord(row) : null);

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<RunStatus, int>> SuiteTallies() => _database.Read(context =>
    {
        var ids = context.Suites.Select(suite => new { suite.Number, suite.Id }).ToDictionary(suite => suite.Number, suite => suite.Id);
        return context.Runs.Where(run => run.Suite != null).GroupBy(run => new { run.Suite, run.Status }).Select(group => new { group.Key.Suite, group.Key.Status, Count = group.Count() })
            .AsEnumerable().GroupBy(row => row.Suite!.Value)
            .ToDictionary(group => ids[group.Key], group => (IReadOnlyDictionary<RunStatus, int>)group.ToDictionary(row => row.Status, row => row.Count));
    });

    /// <inheritdoc/>
    public IReadOnlyList<RunRecord> RunsOf(string suite, IReadOnlyList<RunRecord>? former = null) => _database.Read(context =>
    {
        if (context.Suites.SingleOrDefault(row => row.Id == suite) is not { } found)
        {
            return [];
        }

        // A suite that was renamed has all its runs read again: they tell its name.
        var known = (former ?? []).Where(run => run.Suite is { } own && own.Id == suite && own.Name == found.Name).ToDictionary(run => run.Id.Value);
        var members = context.Runs.Where(run => run.Suite == found.Number).OrderBy(run => run.SuiteIndex).ThenBy(run => run.Number).Select(run => new { run.Number, run.Id, run.Revision }).ToList();
        var changed = members.Where(run => known.GetValueOrDefault(run.Id)?.Revision != run.Revision).Select(run => run.Number).ToArray();
        var rows = changed.Length == 0 ? [] : context.Runs.FromSqlRaw("SELECT * FROM run WHERE number IN (SELECT value FROM json_each({0}))", JsonSerializer.Serialize(changed)).ToList();
        foreach (var run in ToRecords(context, rows))
        {
            known[run.Id.Value] = run;
        }

        return (IReadOnlyList<RunRecord>)[.. members.Select(run => known.GetValueOrDefault(run.Id)).OfType<RunRecord>()];
    });

    /// <inheritdoc/>
    public IReadOnlyList<RunRecord> FindCompleted(IReadOnlyCollection<string> hashes) => _database.Read(context =>
    {
        var rows = hashes.Chunk(HashesAtOnce).SelectMany(part => context.Runs.Where(run => part.Contains(run.SpecHash) && run.Status == RunStatus.Completed && run.Source == "").ToList());
        return ToRecords(context, [.. rows.OrderByDescending(row => row.Number)]);
    });

    /// <inheritdoc/>
    public (SuiteRecord Suite, IReadOnlyList<RunId> Added) QueueSuite(SuiteText suite, IReadOnlyList<(RunSpec Spec, int Index)> added, IReadOnlyList<(RunId Id, int Index)> kept) => _database.Write(context =>
    {
        var row = context.Suites.AsTracking().SingleOrDefault(known => known.File == suite.File);
        if (row is null)
        {
            row = new SuiteRow { Id = RunId.New(_time).Value, Name = suite.Name, File = suite.File, Source = suite.Source, CreatedAt = Now() };
            context.Suites.Add(row);
        }

        (row.Name, row.Source, row.IsCompatible) = (suite.Name, suite.Source, suite.IsCompatible);
        context.SaveChanges();
        var places = context.Runs.Where(run => run.Suite == row.Number).Select(run => new { run.Id, run.SuiteIndex }).ToDictionary(run => run.Id, run => run.SuiteIndex);
        foreach (var (id, index) in kept.Where(run => places.GetValueOrDefault(run.Id.Value) != run.Index))
        {
            context.Runs.Where(run => run.Id == id.Value)
                .ExecuteUpdate(run => run.SetProperty(found => found.Suite, row.Number).SetProperty(found => found.SuiteIndex, index).SetProperty(found => found.Revision, found => found.Revision + 1));
        }

        var rows = added.Select(run => Row(run.Spec, RunId.New(_time), row.Number, run.Index)).ToList();
        Insert(context, rows, [.. added.Select(run => run.Spec)]);
        return (ToRecord(row), (IReadOnlyList<RunId>)[.. rows.Select(run => new RunId(run.Id))]);
    });

    private static SuiteRecord ToRecord(SuiteRow row) =>
        new(row.Id, row.Name, row.File, row.Source, row.IsCompatible, DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAt));

    /// <summary>The suite of a run.</summary>
    private static RunSuite? SuiteOf(StoreContext context, RunRow run) => SuiteOf(SuitesOf(context, [run]), run);

    private static RunSuite? SuiteOf(Dictionary<long, (string Id, string Name)> suites, RunRow run) =>
        run.Suite is { } number && suites.TryGetValue(number, out var suite) ? new RunSuite(suite.Id, suite.Name, run.SuiteIndex ?? 0) : null;

    /// <summary>The suites of some runs, by number.</summary>
    private static Dictionary<long, (string Id, string Name)> SuitesOf(StoreContext context, List<RunRow> runs)
    {
        var numbers = runs.Select(run => run.Suite).OfType<long>().Distinct().ToArray();
        return numbers.Length == 0 ? [] : context.Suites.Where(suite => numbers.Contains(suite.Number)).Select(suite => new { suite.Number, suite.Id, suite.Name }).ToDictionary(suite => suite.Number, suite => (suite.Id, suite.Name));
    }
}
