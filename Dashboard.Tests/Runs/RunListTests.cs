using Crossbench.Runs;
using Crossbench.Runs.Filters;
using Crossbench.Runs.Sqlite;
using Crossbench.Training;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Crossbench.Tests.Runs;

public sealed class RunListTests : IDisposable
{
    private readonly TestStore _test = new();

    private SqliteRunStore Store => _test.Store;

    public void Dispose() => _test.Dispose();

    [Fact]
    public void Text_MatchesWordsOfNameArchitectureDatasetAndTags_InAnyCase()
    {
        var wanted = _test.Queued(("name", "Große Eiche"), ("tags", "sweep,night"));
        _test.Queued(("name", "Tanne"), ("tags", "sweep"));

        foreach (var text in (string[])["eiche", "GROSSE".Replace("SS", "ß"), "night sweep", "gqa große", "sparse eic", "  Eiche   gqa "])
        {
            Assert.Equal([wanted], Ids(new RunQuery { Filter = new EveryOf([.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => new HasWords(word))]) }));
        }

        Assert.Equal(2, Ids(Filtered("sweep")).Length);
        Assert.Empty(Ids(Filtered("eiche tanne")));
        Assert.Empty(Ids(Filtered("%")));
        Assert.Empty(Ids(new RunQuery { Filter = new HasWords("' OR 1=1") }));
    }

    [Fact]
    public void Statuses_Filter_AndTallyCountsAll()
    {
        var (queued, running, done) = (_test.Queued(), _test.Running(), _test.Running());
        Store.TryTransition(done, RunStatus.Running, RunStatus.Completed, "");

        Assert.Equal([running, queued, done], Ids(new RunQuery()));
        Assert.Equal([done, queued], Ids(new RunQuery { Statuses = [RunStatus.Queued, RunStatus.Completed], Order = RunOrder.Newest }));
        var tally = Store.Tally();
        Assert.Equal((1, 1, 1, 0), (tally[RunStatus.Queued], tally[RunStatus.Running], tally[RunStatus.Completed], tally[RunStatus.Failed]));
    }

    [Fact]
    public void Pages_GiveEveryRunOnce_AndTheTotal()
    {
        var all = Enumerable.Range(0, 25).Select(_ => _test.Queued()).Reverse().ToArray();

        var pages = Enumerable.Range(0, 3).Select(page => Store.Query(new RunQuery { Order = RunOrder.Newest, Offset = page * 10, Limit = 10 })).ToArray();

        Assert.Equal(all, pages.SelectMany(page => page.Runs).Select(run => run.Id));
        Assert.All(pages, page => Assert.Equal(25, page.Total));
    }

    [Fact]
    public void EvalLoss_OrdersBestFirst_UnknownLastInBothDirections()
    {
        var (bad, none, good) = (_test.Running(), _test.Running(), _test.Running());
        Store.Append(bad, [new Evaluated(1, "held-out", 3, 3, 3, [])]);
        Store.Append(good, [new Evaluated(1, "held-out", 2, 2, 2, [])]);

        Assert.Equal([good, bad, none], Ids(new RunQuery { Order = RunOrder.EvalLoss }));
        Assert.Equal([bad, good, none], Ids(new RunQuery { Order = RunOrder.EvalLoss, Descending = true }));
    }

    [Fact]
    public void Name_OrdersWithoutRegardToCase()
    {
        var (b, a) = (_test.Queued(("name", "Beech")), _test.Queued(("name", "ash")));

        Assert.Equal([a, b], Ids(new RunQuery { Order = RunOrder.Name }));
        Assert.Equal([b, a], Ids(new RunQuery { Order = RunOrder.Name, Descending = true }));
    }

    [Fact]
    public void NextQueued_IsTheOldest_OnADeviceThatIsNotBusy()
    {
        var (first, second, gpu) = (_test.Queued(), _test.Queued(), _test.Queued(("training.device", "cuda")));

        Assert.Equal(first, Store.NextQueued([], [])!.Id);
        Assert.Equal(second, Store.NextQueued([], [first])!.Id);
        Assert.Equal(gpu, Store.NextQueued(["cpu"], [])!.Id);
        Assert.Null(Store.NextQueued(["cpu", "cuda:0"], []));
    }

    [Theory]
    [InlineData(RunOrder.Status)]
    [InlineData(RunOrder.Newest)]
    [InlineData(RunOrder.Name)]
    [InlineData(RunOrder.Architecture)]
    [InlineData(RunOrder.Dataset)]
    [InlineData(RunOrder.EvalLoss)]
    [InlineData(RunOrder.Turn)]
    public void EveryOrder_IsServedByAnIndex(RunOrder order)
    {
        var plan = Store.Database.Read(context =>
        {
            var sql = RunListSql.Page(new RunQuery { Order = order }, 0);
            using var command = ((SqliteConnection)context.Database.GetDbConnection()).CreateCommand();
            command.CommandText = "EXPLAIN QUERY PLAN " + sql.Text;
            command.Parameters.AddRange(sql.Parameters);
            using var rows = command.ExecuteReader();
            var lines = new List<string>();
            while (rows.Read())
            {
                lines.Add(rows.GetString(3));
            }

            return string.Join('\n', lines);
        });

        Assert.DoesNotContain("TEMP B-TREE", plan, StringComparison.Ordinal);
    }

    private static RunQuery Filtered(string text) => new() { Filter = FilterReading.Of(text).OrThrow("filter") };

    private RunId[] Ids(RunQuery query) => [.. Store.Query(query).Runs.Select(run => run.Id)];
}
