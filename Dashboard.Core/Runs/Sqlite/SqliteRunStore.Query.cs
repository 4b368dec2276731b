using Crossbench.Training;

namespace Crossbench.Runs.Sqlite;

/// <summary>Lists of runs.</summary>
public sealed partial class SqliteRunStore
{
    /// <summary>Specifications kept parsed; a page of runs is read several times a second while one trains.</summary>
    private const int SpecsKept = 4096;

    /// <inheritdoc/>
    public RunPage Query(RunQuery query) => _database.Read(context =>
    {
        var matches = Matching(context.Runs, query);
        var total = matches.Count();
        var page = Ordered(matches, query).Skip(query.Offset).Take(query.Limit).ToList();
        return new RunPage(ToRecords(context, page), total);
    });

    /// <inheritdoc/>
    public IReadOnlyDictionary<RunStatus, int> Tally() => _database.Read(context =>
    {
        var found = context.Runs.Where(run => run.ArchivedAt == null).GroupBy(run => run.Status).Select(group => new { Status = group.Key, Count = group.Count() }).ToDictionary(group => group.Status, group => group.Count);
        return Enum.GetValues<RunStatus>().ToDictionary(status => status, status => found.GetValueOrDefault(status));
    });

    /// <summary>What the column <c>rank</c> says of a status; the index of that order finds runs by it.</summary>
    private static int RankOf(RunStatus status) => status switch
    {
        RunStatus.Running => 0,
        RunStatus.Queued => 1,
        _ => 2,
    };

    private static IQueryable<RunRow> Matching(IQueryable<RunRow> runs, RunQuery query)
    {
        if (query.Statuses.Count > 0)
        {
            var statuses = query.Statuses.ToArray();
            var ranks = statuses.Select(RankOf).Distinct().ToArray();
            runs = ranks.Length == 1 ? runs.Where(run => run.Rank == ranks[0]) : runs;
            runs = runs.Where(run => statuses.Contains(run.Status));
        }

        runs = query.Archived switch
        {
            null => runs,
            true => runs.Where(run => run.ArchivedAt != null),
            false => runs.Where(run => run.ArchivedAt == null),
        };
        runs = query.Architecture is { } architecture ? runs.Where(run => run.Architecture == architecture) : runs;
        runs = query.Tag is { } tag ? runs.Where(run => run.Tags.Contains("\n" + tag + "\n")) : runs;
        runs = query.SpecHash is { } hash ? runs.Where(run => run.SpecHash == hash) : runs;
        foreach (var word in query.Text.ToLowerInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            runs = runs.Where(run => run.Search.Contains(word));
        }

        return runs;
    }

    internal static IOrderedQueryable<RunRow> Ordered(IQueryable<RunRow> runs, RunQuery query) => (query.Order, query.Descending) switch
    {
        (RunOrder.Status, false) => runs.OrderBy(run => run.Rank).ThenByDescending(run => run.Number),
        (RunOrder.Status, true) => runs.OrderByDescending(run => run.Rank).ThenBy(run => run.Number),
        (RunOrder.Newest, false) => runs.OrderByDescending(run => run.Number),
        (RunOrder.Newest, true) => runs.OrderBy(run => run.Number),
        (RunOrder.Name, false) => runs.OrderBy(run => run.Name).ThenByDescending(run => run.Number),
        (RunOrder.Name, true) => runs.OrderByDescending(run => run.Name).ThenBy(run => run.Number),
        (RunOrder.Architecture, false) => runs.OrderBy(run => run.Architecture).ThenByDescending(run => run.Number),
        (RunOrder.Architecture, true) => runs.OrderByDescending(run => run.Architecture).ThenBy(run => run.Number),
        (RunOrder.Dataset, false) => runs.OrderBy(run => run.Dataset).ThenByDescending(run => run.Number),
        (RunOrder.Dataset, true) => runs.OrderByDescending(run => run.Dataset).ThenBy(run => run.Number),
        (RunOrder.EvalLoss, false) => runs.OrderBy(run => run.EvalLoss == null).ThenBy(run => run.EvalLoss).ThenByDescending(run => run.Number),
        (RunOrder.EvalLoss, true) => runs.OrderBy(run => run.EvalLoss == null).ThenByDescending(run => run.EvalLoss).ThenBy(run => run.Number),
        (RunOrder.Turn, false) => runs.OrderBy(run => run.Rank).ThenByDescending(run => run.Priority).ThenBy(run => run.Place),
        (RunOrder.Turn, true) => runs.OrderByDescending(run => run.Rank).ThenBy(run => run.Priority).ThenByDescending(run => run.Place),
        _ => throw new ArgumentOutOfRangeException(nameof(query), query.Order, "There is no such order of runs."),
    };

    private List<RunRecord> ToRecords(StoreContext context, List<RunRow> rows)
    {
        var missing = rows.Where(row => Known(row) is null).Select(row => row.Number).ToArray();
        var texts = missing.Length == 0 ? [] : context.Configurations.Where(row => missing.Contains(row.Run)).ToDictionary(row => row.Run, row => row.Json);
        if (_specs.Count + missing.Length > SpecsKept)
        {
            _specs.Clear();
        }

        var suites = SuitesOf(context, rows);
        var records = new List<RunRecord>(rows.Count);
        foreach (var row in rows)
        {
            if ((Known(row) ?? Parse(context, row, texts)) is { } spec)
            {
                records.Add(ToRecord(row, spec, SuiteOf(suites, row)));
            }
        }

        return records;
    }

    /// <summary>The specification as parsed before; null when it was not, or when it was edited since, here or by another process.</summary>
    private RunSpec? Known(RunRow row) => _specs.TryGetValue(new RunId(row.Id), out var known) && known.Edition == row.Edition ? known.Spec : null;

    /// <summary>Parses a configuration. Null when the run was deleted after its row was read.</summary>
    private RunSpec? Parse(StoreContext context, RunRow row, Dictionary<long, string> texts)
    {
        if ((texts.GetValueOrDefault(row.Number) ?? context.Configurations.SingleOrDefault(found => found.Run == row.Number)?.Json) is not { } json)
        {
            return null;
        }

        var spec = RunSpecJson.Read(json);
        _specs[new RunId(row.Id)] = (row.Edition, spec);
        return spec;
    }
}
