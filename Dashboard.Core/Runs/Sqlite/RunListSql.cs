using System.Text;
using Crossbench.Runs.Filters;
using Microsoft.Data.Sqlite;

namespace Crossbench.Runs.Sqlite;

/// <summary>
/// Writes the SQL of lists of runs. Column names and operators come from the closed sets below; every value of a query or a filter becomes a parameter.
/// </summary>
internal sealed class RunListSql
{
    private readonly StringBuilder _text = new();
    private readonly List<object> _values = [];
    private readonly long _now;

    private RunListSql(long now) => _now = now;

    /// <summary>The statement.</summary>
    public string Text => _text.ToString();

    /// <summary>Its parameters, <c>$p0</c> and so on.</summary>
    public IEnumerable<SqliteParameter> Parameters => _values.Select((value, index) => new SqliteParameter($"$p{index}", value));

    /// <summary>Numbers of the runs of one page. Whole rows would have to go through the sorter, which takes four times as long.</summary>
    public static RunListSql Page(RunQuery query, long now) => Ordered("SELECT number FROM run WHERE ", query, now).Paged(query);

    /// <summary>Ids of all runs.</summary>
    public static RunListSql Ids(RunQuery query, long now) => Ordered("SELECT id FROM run WHERE ", query, now);

    /// <summary>The number of runs.</summary>
    public static RunListSql Count(RunQuery query, long now) => new RunListSql(now).Add("SELECT count(*) FROM run WHERE ").Where(query);

    /// <summary>The groups: key, title, numbers of runs by status, then seeds, distinct seeds, mean, sum of squares of completed runs with an evaluation.</summary>
    public static RunListSql Groups(RunQuery query, long now)
    {
        const string Scored = "status = 'Completed' AND eval_loss IS NOT NULL";
        var statuses = string.Join(", ", Enum.GetNames<RunStatus>().Select(name => $"sum(status = '{name}')"));

        // A mean over runs that differ in more than the seed says nothing, and takes longest to find.
        var scores = query.Grouping != RunGrouping.Family ? "0, 0, 0, 0"
            : $"sum({Scored}), count(DISTINCT CASE WHEN {Scored} THEN seed END), avg(CASE WHEN {Scored} THEN eval_loss END), total(CASE WHEN {Scored} THEN eval_loss * eval_loss END)";
        var sql = new RunListSql(now).Add($"SELECT {Key(query.Grouping)}, {Title(query.Grouping)}, {statuses}, {scores} FROM run WHERE ")
            .Where(query with { Collapsed = [] });
        return sql.Add($" GROUP BY {Key(query.Grouping)} ORDER BY {GroupOrder(query.Grouping)}");
    }

    /// <summary>The column of a number.</summary>
    internal static string Column(RunNumber field) => field switch
    {
        RunNumber.Seed => "seed",
        RunNumber.EvalLoss => "eval_loss",
        RunNumber.TrainLoss => "train_loss",
        RunNumber.Gap => "gap",
        RunNumber.Progress => "progress",
        RunNumber.Speed => "tokens_per_second",
        RunNumber.Step => "step",
        RunNumber.Steps => "steps",
        RunNumber.Parameters => "parameters",
        RunNumber.LearningRate => "learning_rate",
        RunNumber.Width => "width",
        RunNumber.Layers => "layers",
        RunNumber.Batch => "batch_size",
        RunNumber.Context => "context_length",
        RunNumber.Priority => "priority",
        RunNumber.Time => "elapsed",
        _ => throw new ArgumentOutOfRangeException(nameof(field), field, "There is no such number of a run."),
    };

    private static RunListSql Ordered(string select, RunQuery query, long now)
    {
        var sql = new RunListSql(now).Add(select).Where(query).Add(" ORDER BY ");
        return (query.Grouping == RunGrouping.None ? sql : sql.Add(GroupOrder(query.Grouping)).Add(", ")).Add(Order(query.Order, query.Descending));
    }

    private RunListSql Paged(RunQuery query) => Add(" LIMIT ").Value(query.Limit).Add(" OFFSET ").Value(query.Offset);

    private RunListSql Where(RunQuery query)
    {
        var isDeleted = query.Filter?.Mentions(RunMark.Deleted) == true;
        Add(isDeleted ? "1" : "deleted_at IS NULL");
        if (query.Filter?.Mentions(RunMark.Archived) != true && query.Archived is { } archived)
        {
            // In the trash it is all one whether a run was archived.
            var condition = archived ? "archived_at IS NOT NULL" : "archived_at IS NULL";
            Add(isDeleted ? $" AND (deleted_at IS NOT NULL OR {condition})" : $" AND {condition}");
        }

        if (query.Statuses.Count > 0)
        {
            // The order of the list finds runs of one rank without looking at others.
            Add(query.Statuses.Select(SqliteRunStore.RankOf).Distinct().ToArray() is [var rank] ? FormattableString.Invariant($" AND rank = {rank}") : "");
            Add(" AND status IN (").List(query.Statuses.Select(status => (object)status.ToString())).Add(")");
        }

        if (query.SpecHash is { } hash)
        {
            Add(" AND spec_hash = ").Value(hash);
        }

        foreach (var part in (RunFilter?[])[query.Architecture is { } id ? new HasText(RunText.Architecture, [id]) : null, query.Tag is { } tag ? new HasText(RunText.Tag, [tag]) : null, query.Filter])
        {
            _ = part is null ? this : Add(" AND ").Matches(part);
        }

        return query.Collapsed.Count == 0 || query.Grouping == RunGrouping.None ? this
            : Add($" AND {Key(query.Grouping)} NOT IN (SELECT value FROM json_each(").Value(System.Text.Json.JsonSerializer.Serialize(query.Collapsed)).Add("))");
    }

    private RunListSql Matches(RunFilter filter) => filter switch
    {
        EveryOf { Parts: [] } => Add("1"),
        EveryOf every => Joined(every.Parts, " AND "),
        AnyOf any => Joined(any.Parts, " OR "),
        NoneOf none => Add("NOT ").Matches(none.Part),
        HasWords words => Add("(instr(search, ").Value(words.Text.ToLowerInvariant()).Add(") > 0)"),
        HasStatus { Statuses: var statuses } => Add("(status IN (").List(statuses.Select(status => (object)status.ToString())).Add("))"),
        HasText text => Matches(text),
        HasNumber number => Matches(number),
        IsMarked { Mark: var mark } => Add($"({Mark(mark)})"),
        _ => throw new ArgumentException($"There is no SQL for {filter.GetType().Name}.", nameof(filter)),
    };

    private RunListSql Joined(IReadOnlyList<RunFilter> parts, string between)
    {
        Add("(");
        foreach (var (index, part) in parts.Index())
        {
            Add(index == 0 ? "" : between).Matches(part);
        }

        return Add(")");
    }

    private RunListSql Matches(HasText text) => text.Field switch
    {
        RunText.Architecture => Add("(architecture IN (").List(text.Values).Add("))"),
        RunText.Dataset => Add("(dataset IN (").List(text.Values).Add("))"),
        RunText.Device => EachOf(text.Values, value => Add("instr(device || ':', ").Value($"{value.ToLowerInvariant()}:").Add(") = 1")),
        RunText.Tag => EachOf(text.Values, value => Add("instr(tags, ").Value($"\n{value}\n").Add(") > 0")),
        RunText.Name => EachOf(text.Values, value => Add("instr(substr(search, 1, instr(search, char(10)) - 1), ").Value(value.ToLowerInvariant()).Add(") > 0")),
        RunText.Id => EachOf(text.Values, value => Add("instr(id, ").Value(value.ToLowerInvariant()).Add(") = 1")),
        RunText.Suite => EachOf(text.Values, value =>
            Add("(suite IS NOT NULL AND suite IN (SELECT number FROM suite WHERE instr(fold_case(name), ").Value(value.ToLowerInvariant()).Add(") > 0 OR id = ").Value(value).Add("))")),
        _ => throw new ArgumentOutOfRangeException(nameof(text), text.Field, "There is no such text of a run."),
    };

    private RunListSql EachOf(IReadOnlyList<string> values, Action<string> add)
    {
        Add("(");
        foreach (var (index, value) in values.Index())
        {
            Add(index == 0 ? "" : " OR ");
            add(value);
        }

        return Add(")");
    }

    private RunListSql Matches(HasNumber number)
    {
        var sign = number.Comparison switch
        {
            FilterComparison.Is => "=",
            FilterComparison.Less => "<",
            FilterComparison.AtMost => "<=",
            FilterComparison.More => ">",
            _ => ">=",
        };
        if (number.Field == RunNumber.Age)
        {
            return Add("((").Value(_now).Add($" - since) / 1000.0 {sign} ").Value(number.Value).Add(")");
        }

        // What is not known compares with nothing; its opposite must then hold.
        var column = Column(number.Field);
        return Add($"({column} IS NOT NULL AND {column} {sign} ").Value(number.Value).Add(")");
    }

    private static string Mark(RunMark mark) => mark switch
    {
        RunMark.Archived => "archived_at IS NOT NULL",
        RunMark.Deleted => "deleted_at IS NOT NULL",
        RunMark.Imported => "source <> ''",
        RunMark.Live => "rank <= 1",
        RunMark.NotLearned => "status = 'Completed' AND eval_high IS NOT NULL AND chance IS NOT NULL AND eval_high >= chance",
        RunMark.SeesTheFuture => "sees_the_future IS 1",
        _ => "busy_machine = 1",
    };

    private static string Key(RunGrouping grouping) => grouping switch
    {
        RunGrouping.Architecture => "architecture",
        RunGrouping.Dataset => "dataset",
        RunGrouping.Suite => "coalesce(CAST(suite AS TEXT), '')",
        RunGrouping.Tags => "tags",
        RunGrouping.Status => "status",
        RunGrouping.Family => "family",
        _ => "''",
    };

    private static string Title(RunGrouping grouping) => grouping switch
    {
        RunGrouping.Suite => "coalesce((SELECT name FROM suite WHERE suite.number = run.suite), '')",
        RunGrouping.Family => "architecture || ' · ' || dataset || ' · ' || min(name)",
        _ => Key(grouping),
    };

    private static string GroupOrder(RunGrouping grouping) => grouping switch
    {
        RunGrouping.Suite => "suite DESC",
        RunGrouping.Tags => "tags = '', tags",
        RunGrouping.Status => "rank, status",
        RunGrouping.Family => "architecture, dataset, family",
        _ => Key(grouping),
    };

    /// <summary>The order; what is equal, newest first. The indexes of the schema have these very terms.</summary>
    private static string Order(RunOrder order, bool descending)
    {
        var (up, down) = descending ? ("DESC", "ASC") : ("ASC", "DESC");
        return order switch
        {
            RunOrder.Newest => $"number {down}",
            RunOrder.Age => $"since {down}, number {down}",
            RunOrder.Turn => descending ? "rank DESC, priority, place DESC" : "rank, priority DESC, place",
            RunOrder.EvalLoss or RunOrder.TrainLoss or RunOrder.Gap or RunOrder.Speed or RunOrder.Parameters or RunOrder.Time or RunOrder.Suite =>
                $"{OrderColumn(order)} IS NULL, {OrderColumn(order)} {up}, number {down}",
            _ => $"{OrderColumn(order)} {up}, number {down}",
        };
    }

    private static string OrderColumn(RunOrder order) => order switch
    {
        RunOrder.Status => "rank",
        RunOrder.Name => "name",
        RunOrder.Architecture => "architecture",
        RunOrder.Dataset => "dataset",
        RunOrder.Suite => "suite",
        RunOrder.Device => "device",
        _ => Column(Enum.Parse<RunNumber>(order.ToString())),
    };

    private RunListSql Add(string text)
    {
        _text.Append(text);
        return this;
    }

    private RunListSql Value(object value)
    {
        _text.Append("$p").Append(_values.Count.ToString(System.Globalization.CultureInfo.InvariantCulture));
        _values.Add(value);
        return this;
    }

    private RunListSql List(IEnumerable<object> values)
    {
        foreach (var (index, value) in values.Index())
        {
            Add(index == 0 ? "" : ", ").Value(value);
        }

        return this;
    }
}
