using System.Globalization;
using System.Text.Json;
using Crossbench.Runs.Filters;
using Crossbench.Training;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Crossbench.Runs.Sqlite;

/// <summary>Lists of runs.</summary>
public sealed partial class SqliteRunStore
{
    /// <summary>Specifications kept parsed; a page of runs is read several times a second while one trains.</summary>
    private const int SpecsKept = 4096;

    /// <inheritdoc/>
    public RunPage Query(RunQuery query) => _database.Read(context =>
    {
        var now = Now();
        using var count = Command(context, RunListSql.Count(query, now));
        var total = (int)Convert.ToInt64(count.ExecuteScalar(), CultureInfo.InvariantCulture);
        if (total == 0 || query.Limit == 0)
        {
            return new RunPage([], total);
        }

        var numbers = Listed(context, RunListSql.Page(query, now), row => row.GetInt64(0));
        var rows = context.Runs.FromSqlRaw("SELECT * FROM run WHERE number IN (SELECT value FROM json_each({0}))", JsonSerializer.Serialize(numbers)).IgnoreQueryFilters().ToDictionary(row => row.Number);
        return new RunPage(ToRecords(context, [.. numbers.Select(rows.GetValueOrDefault).OfType<RunRow>()]), total);
    });

    /// <inheritdoc/>
    public IReadOnlyList<RunId> Ids(RunQuery query) => Listed(RunListSql.Ids(query, Now()), row => new RunId(row.GetString(0)));

    /// <inheritdoc/>
    public IReadOnlyList<RunGroup> Groups(RunQuery query) => Listed(RunListSql.Groups(query, Now()), row => ToGroup(row, query.Grouping));

    /// <inheritdoc/>
    public IReadOnlyList<string> KnownValues(RunText field) => _database.Read<IReadOnlyList<string>>(context => field switch
    {
        RunText.Tag => [.. context.Runs.Where(run => run.Tags != "").Select(run => run.Tags).Distinct().AsEnumerable().SelectMany(tags => tags.Split('\n', StringSplitOptions.RemoveEmptyEntries)).Distinct().Order(StringComparer.OrdinalIgnoreCase)],
        RunText.Suite => [.. context.Suites.Select(suite => suite.Name).Distinct().AsEnumerable().Order(StringComparer.OrdinalIgnoreCase)],
        RunText.Device => [.. context.Runs.Select(run => run.Device).Distinct().AsEnumerable().Order(StringComparer.Ordinal)],
        _ => [],
    });

    /// <inheritdoc/>
    public IReadOnlyDictionary<RunStatus, int> Tally() => _database.Read(context =>
    {
        var found = context.Runs.Where(run => run.ArchivedAt == null).GroupBy(run => run.Status).Select(group => new { Status = group.Key, Count = group.Count() }).ToDictionary(group => group.Status, group => group.Count);
        return Enum.GetValues<RunStatus>().ToDictionary(status => status, status => found.GetValueOrDefault(status));
    });

    /// <summary>What the column <c>rank</c> says of a status; the index of that order finds runs by it.</summary>
    internal static int RankOf(RunStatus status) => status switch
    {
        RunStatus.Running => 0,
        RunStatus.Queued => 1,
        RunStatus.Stopped => 3,
        RunStatus.Completed => 4,
        _ => 2,
    };

    private List<T> Listed<T>(RunListSql sql, Func<SqliteDataReader, T> map) => _database.Read(context => Listed(context, sql, map));

    private static List<T> Listed<T>(StoreContext context, RunListSql sql, Func<SqliteDataReader, T> map)
    {
        using var command = Command(context, sql);
        using var rows = command.ExecuteReader();
        var list = new List<T>();
        while (rows.Read())
        {
            list.Add(map(rows));
        }

        return list;
    }

    private static SqliteCommand Command(StoreContext context, RunListSql sql)
    {
        var command = ((SqliteConnection)context.Database.GetDbConnection()).CreateCommand();
        command.CommandText = sql.Text;
        command.Parameters.AddRange(sql.Parameters);
        return command;
    }

    private static RunGroup ToGroup(SqliteDataReader row, RunGrouping grouping)
    {
        const int First = 2;
        var statuses = Enum.GetValues<RunStatus>();
        var counts = statuses.Index().Where(item => row.GetInt64(First + item.Index) > 0).ToDictionary(item => item.Item, item => (int)row.GetInt64(First + item.Index));
        var after = First + statuses.Length;
        var (scored, seeds) = ((int)row.GetInt64(after), (int)row.GetInt64(after + 1));
        var title = grouping == RunGrouping.Tags ? string.Join(", ", row.GetString(1).Split('\n', StringSplitOptions.RemoveEmptyEntries)) : row.GetString(1);
        if (scored == 0 || seeds != scored)
        {
            return new RunGroup(row.GetString(0), title, counts, 0, 0, 0);
        }

        var mean = row.GetDouble(after + 2);
        return new RunGroup(row.GetString(0), title, counts, seeds, mean, scored == 1 ? 0 : Math.Sqrt(Math.Max(0, row.GetDouble(after + 3) - (scored * mean * mean)) / (scored - 1)));
    }

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
