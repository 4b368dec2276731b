using Crossbench.Launching;
using Crossbench.Runs;
using Crossbench.Runs.Sqlite;
using Crossbench.Suites;
using Crossbench.Tests.Support;
using Crossbench.Training;
using Xunit;
using static Crossbench.Tests.Suites.SuiteTexts;

namespace Crossbench.Tests.Suites;

/// <summary>Suites in the store: what a start queues, keeps, resumes and reuses.</summary>
public sealed class SuiteStoreTests : IDisposable
{
    private const string Three = "seeds = [0, 1, 2]\n" + Tiny;
    private readonly TempFolder _folder = new();
    private readonly SqliteRunStore _store;

    public SuiteStoreTests() => _store = SqliteRunStore.Open(_folder.Data, TimeProvider.System);

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Start_QueuesAllRunsInOrder_AndEachKnowsItsSuite()
    {
        var started = Start(Three);
        Assert.Equal([MemberOrigin.Queued, MemberOrigin.Queued, MemberOrigin.Queued], Origins(started));
        var runs = _store.RunsOf(started.Suite.Id);
        Assert.Equal(started.Members.Select(member => member.Id), runs.Select(run => run.Id));
        Assert.Equal([(0, 0L), (1, 1), (2, 2)], runs.Select(run => (run.Suite!.Index, run.Spec.Seed)));
        Assert.All(runs, run => Assert.Equal((started.Suite.Id, "suite", RunStatus.Queued), (run.Suite!.Id, run.Suite.Name, run.Status)));
        Assert.Equal(started.Members.Select(member => member.Planned.Hash), runs.Select(run => run.SpecHash));
        Assert.Equal(runs[0].Id, _store.NextQueued([], [])!.Id);
        Assert.Equal(runs[1].Id, _store.NextQueued([], [runs[0].Id])!.Id);
        Assert.Equal((Three, "/s/suite.toml", false), (_store.Suites()[0].Source, _store.Suites()[0].File, _store.Suites()[0].IsCompatible));
        Assert.Null(_store.Create(started.Members[0].Planned.Spec).Suite);
        Assert.Equal("Queued.", Assert.Single(_store.ReadLog(runs[0].Id, -1)).Text);
        Assert.Single(_store.History(runs[2].Id));
    }

    [Fact]
    public void SecondStart_KeepsWhatIsDoneOrGoesOn_ResumesWhatWasInterrupted_AndQueuesWhatIsNew()
    {
        var first = Start("seeds = [0, 1, 2, 3, 4]\n" + Tiny);
        End(first.Members[0], RunStatus.Completed);
        End(first.Members[1], RunStatus.Interrupted);
        End(first.Members[2], RunStatus.Diverged);
        _store.TryTransition(first.Members[3].Id, RunStatus.Queued, RunStatus.Running, "");
        var second = Start("seeds = [9, 0, 1, 2, 3, 4]\n" + Tiny);
        Assert.Equal(first.Suite.Id, second.Suite.Id);
        Assert.Equal([MemberOrigin.Queued, MemberOrigin.Kept, MemberOrigin.Resumed, MemberOrigin.Kept, MemberOrigin.Kept, MemberOrigin.Kept], Origins(second));
        Assert.Equal(first.Members.Select(member => member.Id), second.Members.Skip(1).Select(member => member.Id));
        Assert.Equal([RunStatus.Queued, RunStatus.Completed, RunStatus.Queued, RunStatus.Diverged, RunStatus.Running, RunStatus.Queued], _store.RunsOf(second.Suite.Id).Select(run => run.Status));
        Assert.Equal([9L, 0, 1, 2, 3, 4], _store.RunsOf(second.Suite.Id).Select(run => run.Spec.Seed));
        Assert.Equal(6, _store.Query(new RunQuery()).Total);
        Assert.Equal(Origins(Start("seeds = [9, 0, 1, 2, 3, 4]\n" + Tiny)), Enumerable.Repeat(MemberOrigin.Kept, 6));
    }

    [Fact]
    public void Reuse_TakesCompletedRunsFromOutside_OnlyWhenAsked_AndLeavesThemWhereTheyAre()
    {
        var other = Start(Three, file: "/s/other.toml");
        other.Members.Take(2).ToList().ForEach(member => End(member, RunStatus.Completed));
        var reusing = Start(Three, reuse: true);
        Assert.Equal([MemberOrigin.Reused, MemberOrigin.Reused, MemberOrigin.Queued], Origins(reusing));
        Assert.Equal(other.Members[0].Id, reusing.Members[0].Id);
        Assert.Equal(other.Suite.Id, _store.Find(other.Members[0].Id)!.Suite!.Id);
        Assert.Single(_store.RunsOf(reusing.Suite.Id));
        Assert.Equal([MemberOrigin.Queued, MemberOrigin.Queued, MemberOrigin.Kept], Origins(Start(Three)));
    }

    [Fact]
    public void RunsOfOneSpecification_AreEachTakenOnce_ThatOfTheSameNameFirst()
    {
        const string Twins = Tiny + "[[run]]\nname = \"a\"\n[[run]]\nname = \"b\"\n";
        var first = Start(Twins);
        Assert.Equal(first.Members.Select(member => member.Id).Reverse(), Start(Tiny + "[[run]]\nname = \"b\"\n[[run]]\nname = \"a\"\n").Members.Select(member => member.Id));
        Assert.Equal(2, _store.Query(new RunQuery()).Total);
    }

    [Fact]
    public void PlanWithProblems_QueuesNothing()
    {
        var plan = Expand(Three + "[[run]]\nshape.layers = 0");
        Assert.Throws<SpecException>(() => new SuiteLauncher(_store, _store).Start(plan, new SuiteText("suite", "/s/suite.toml", "", false), false));
        Assert.Empty(_store.Suites());
        Assert.Equal(0, _store.Query(new RunQuery()).Total);
    }

    [Fact]
    public async Task Watch_TellsEveryChangeOnce_AndTheWorstEndDecides()
    {
        var started = Start(Three);
        var watch = new SuiteWatch(_store, _store, started, TimeProvider.System);
        Assert.Equal((0, 0.0), (watch.Look().Ended, watch.Look().Share));
        End(started.Members[0], RunStatus.Completed);
        Assert.Equal((1, 4), (watch.Look().Ended, watch.Look().ExitCode));
        End(started.Members[1], RunStatus.Diverged);
        End(started.Members[2], RunStatus.Completed);
        Assert.Equal((3, 3, 1.0), (watch.Look().Ended, watch.Look().ExitCode, watch.Look().Share));
        var told = new List<string>();
        await watch.RunAsync((member, run) => told.Add($"{member.Planned.Spec.Seed} {run.Status}"), _ => Task.CompletedTask, CancellationToken.None);
        Assert.Equal(["0 Completed", "1 Diverged", "2 Completed"], told);
    }

    [Theory]
    [InlineData("below = 3.5", true, "1 to 3")]
    [InlineData("below = 2", false, "s1 has 2, which is not below 2")]
    [InlineData("above = 0.5", true, "1 to 3")]
    [InlineData("runs = \"*-s0\"\nbelow = 2\nmargin = 1.5", false, "which is not below 2 by 1.5")]
    [InlineData("below = \"chance\"\nabove = \"floor\"", true, "1 to 3")]
    [InlineData("runs = \"*-s1\"\nbelow = { runs = \"*-s2\" }", true, "2")]
    [InlineData("below = { runs = \"*-s0\" }", false, "The mean has 2, which is not below 1")]
    [InlineData("metric = \"train.loss\"\nbelow = 8", null, "has no value of train.loss")]
    public void Expectations_AreHeldAgainstResults(string expectation, bool? isMet, string words)
    {
        var plan = Expand(Three + "[[expect]]\n" + expectation);
        var started = new SuiteLauncher(_store, _store).Start(plan, new SuiteText("suite", "/s/suite.toml", "", false), false);
        CheckedExpectation Check() => new ExpectationCheck(_store, started.Members).Check(plan.Expectations[0]);
        Assert.Equal(((bool?)null, " is queued"), (Check().IsMet, Check().Words[^10..]));
        foreach (var (index, member) in started.Members.Index())
        {
            _store.TryTransition(member.Id, RunStatus.Queued, RunStatus.Running, "");
            _store.Append(member.Id, [new Started(0, 2, 1, 32, 4, 0.5, false, ""), Evaluation(index + 1)]);
            _store.TryTransition(member.Id, RunStatus.Running, RunStatus.Completed, "");
        }

        var found = Check();
        Assert.Equal(isMet, found.IsMet);
        Assert.Contains(words, found.Words, StringComparison.Ordinal);
    }

    private static Evaluated Evaluation(double loss) => new(2, Evaluated.OwnSet, loss, loss, loss, []);

    private static MemberOrigin[] Origins(StartedSuite suite) => [.. suite.Members.Select(member => member.Origin)];

    private StartedSuite Start(string text, bool reuse = false, string file = "/s/suite.toml")
    {
        var plan = Expand(text);
        Assert.Empty(plan.Problems);
        return new SuiteLauncher(_store, _store).Start(plan, new SuiteText(plan.Name, file, text, plan.IsTransBench), reuse);
    }

    private void End(SuiteMember member, RunStatus status)
    {
        Assert.True(_store.TryTransition(member.Id, RunStatus.Queued, RunStatus.Running, ""));
        Assert.True(_store.TryTransition(member.Id, RunStatus.Running, status, ""));
    }
}
