using Crossbench.Runs;
using Crossbench.Tests.Support;
using Crossbench.Web.Components.Controls;
using Crossbench.Web.Components.RunTable;
using Xunit;

namespace Crossbench.Tests.Web;

public sealed class RunLinesTests
{
    [Fact]
    public void AnyPart_IsThatOfAllLinesWrittenOut()
    {
        var random = new Random(7);
        var store = new InMemoryRunStore();
        var rows = Enumerable.Range(0, 60).Select(i => new RunRow(store.Create(SampleRuns.Spec($"run-{i}", "text", i, 10)), [], 0, TimeSpan.Zero)).ToArray();
        for (var round = 0; round < 300; round++)
        {
            var groups = Enumerable.Range(0, random.Next(0, 9)).Select(i => new RunGroup($"g{i}", "", new Dictionary<RunStatus, int> { [RunStatus.Queued] = random.Next(1, 7) }, 0, 0, 0)).ToArray();
            var closed = groups.Where(_ => random.Next(3) == 0).Select(group => group.Key).ToHashSet();
            var all = groups.Length == 0 ? [.. rows.Select(row => row.Run.Spec.Name)] : new List<string>();
            var next = 0;
            foreach (var group in groups)
            {
                all.Add(group.Key + (closed.Contains(group.Key) ? " closed" : ""));
                all.AddRange(Enumerable.Range(0, closed.Contains(group.Key) ? 0 : group.Count).Select(_ => rows[next++].Run.Spec.Name));
            }

            var (start, count) = (random.Next(0, all.Count + 3), random.Next(1, 20));
            var open = groups.Length == 0 ? rows.Length : next;
            var lines = new RunLines(groups, closed).Read(start, count, (from, wanted) => [.. rows.Take(open).Skip(from).Take(wanted)]);

            Assert.Equal(all.Skip(start).Take(count), lines.Select(line => line.Row?.Run.Spec.Name ?? line.Group!.Key + (line.IsClosed ? " closed" : "")));
        }
    }

    [Fact]
    public void RunsThatAreGoneMeanwhile_LeaveNoHoles()
    {
        var store = new InMemoryRunStore();
        var row = new RunRow(store.Create(SampleRuns.Spec("run", "text", 0, 10)), [], 0, TimeSpan.Zero);
        var lines = new RunLines([new RunGroup("g", "", new Dictionary<RunStatus, int> { [RunStatus.Queued] = 3 }, 0, 0, 0)], new HashSet<string>()).Read(0, 10, (_, _) => [row]);
        Assert.Equal(2, lines.Count);
    }

    [Fact]
    public void Columns_KeepTheirNames_ThroughAnAddress()
    {
        Assert.Null(RunColumns.Name(RunColumns.Of(null)));
        Assert.Equal(RunColumns.All.Count, RunColumns.All.Select(column => column.Key).Distinct().Count());
        Assert.Equal("none", RunColumns.Name(RunColumns.Of("none")));
        Assert.Equal(RunColumns.All, RunColumns.Of(RunColumns.Name(RunColumns.All)));
        Assert.Equal("lr", RunColumns.Name(RunColumns.Of("lr")));
    }
}
