using Crossbench.Runs;
using Crossbench.Training;
using Xunit;

namespace Crossbench.Tests.Launching;

/// <summary>Workers, servers and both are killed at random moments, while runs are started, trained, saved and ended.</summary>
[Trait("Category", "Process")]
public sealed class RandomKillTests
{
    private const int Seed = 20_261;

    [Fact]
    public Task AHandfulOfKills_LosesNothing() => Kill(4, runs: 1, steps: 600, pause: 2000);

    [Fact]
    [Trait("Category", "Long")]
    public Task FiftyKills_LoseNothing() => Kill(50, runs: 3, steps: 3000, pause: 4000);

    private static async Task Kill(int kills, int runs, int steps, int pause)
    {
        var output = TestContext.Current.TestOutputHelper;
        output?.WriteLine($"Seed {Seed}, {kills} kills.");
        var random = new Random(Seed);
        var expected = await Uninterrupted(runs, steps);
        using var real = new RealRuns();
        var ids = new List<RunId>();
        for (var run = 0; run < runs; run++)
        {
            ids.Add(await real.Launcher.EnqueueAsync(Spec(steps, run)));
        }

        await real.ServeAsync();
        for (var kill = 0; kill < kills; kill++)
        {
            // There is something to kill; how far it has come by then is chance.
            await SomethingToKill(real, ids);
            await Task.Delay(random.Next(0, pause), TestContext.Current.CancellationToken);
            var target = random.Next(3);
            var workers = target == 1 ? [] : real.Workers();
            foreach (var worker in workers)
            {
                RealRuns.Signal("KILL", worker);
            }

            if (target != 0)
            {
                RealRuns.Signal("KILL", real.Server!.Id);
                await real.Server.WaitForExitAsync(TestContext.Current.CancellationToken);
                await real.ServeAsync();
            }

            output?.WriteLine($"{kill + 1}: {(target == 1 ? "server" : target == 0 ? "worker" : "both")} ({workers.Count} workers); {string.Join(", ", ids.Select(id => $"{real.Store.Find(id)!.Status} {real.Store.Find(id)!.Step}"))}");
            await GoOn(real, ids);
            if (ids.All(id => real.Store.Find(id)!.Status == RunStatus.Completed))
            {
                // Nothing would be left to kill.
                Check(real, ids, expected);
                await Task.WhenAll(ids.Select(real.Launcher.RestartAsync));
            }
        }

        await Finish(real, ids);
        Check(real, ids, expected);
    }

    /// <summary>Waits for a worker, or for the end of all. A server notices the death of a worker later than the one who killed it, so runs are resumed meanwhile.</summary>
    private static async Task SomethingToKill(RealRuns real, List<RunId> ids)
    {
        for (var tries = 0; real.Workers().Count == 0 && ids.Any(id => real.Store.Find(id)!.Status != RunStatus.Completed); tries++)
        {
            Assert.True(tries < 600, "No worker came: " + string.Join(", ", ids.Select(id => real.Store.Find(id)!).Select(run => $"{run.Status} {run.Step} {run.Reason}")));
            await GoOn(real, ids);
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>What a person does who finds runs without their workers.</summary>
    private static async Task GoOn(RealRuns real, List<RunId> ids)
    {
        foreach (var id in ids.Where(id => real.Store.Find(id)!.Status is RunStatus.Interrupted or RunStatus.Failed))
        {
            Assert.Contains("killed", Normal(real.Store.Find(id)!.Reason), StringComparison.Ordinal);
            await real.Launcher.ResumeAsync(id);
        }
    }

    // A worker that was killed together with its server, or that another server started, leaves no exit code.
    private static string Normal(string reason) => reason.Replace("ended without saying why", "was killed", StringComparison.Ordinal);

    private static async Task Finish(RealRuns real, List<RunId> ids)
    {
        for (var tries = 0; tries < 600 && ids.Any(id => real.Store.Find(id)!.Status != RunStatus.Completed); tries++)
        {
            await GoOn(real, ids);
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }
    }

    private static void Check(RealRuns real, List<RunId> ids, string[] expected)
    {
        Assert.Equal(ids.Order(Comparer<RunId>.Create((a, b) => string.CompareOrdinal(a.Value, b.Value))), real.Store.Query(new RunQuery { Archived = null }).Runs.Select(run => run.Id).OrderBy(id => id.Value, StringComparer.Ordinal));
        Assert.Empty(real.Store.Check(quick: false));
        for (var run = 0; run < ids.Count; run++)
        {
            var found = real.Store.Find(ids[run])!;
            Assert.True(found.Status == RunStatus.Completed, $"Run {run} is {found.Status} at step {found.Step}: {found.Reason}");
            Assert.Equal(expected[run], real.Numbers(ids[run]));
            var history = real.Store.History(ids[run]);
            Assert.Null(history[0].From);
            Assert.All(history.Skip(1).Zip(history), pair => Assert.True(pair.First.From == pair.Second.To && RunTransitions.IsLegal(pair.Second.To, pair.First.To), $"{pair.Second.To} to {pair.First.From}, {pair.First.To}"));
        }
    }

    private static async Task<string[]> Uninterrupted(int runs, int steps)
    {
        using var real = new RealRuns();
        var ids = new List<RunId>();
        for (var run = 0; run < runs; run++)
        {
            ids.Add(await real.Launcher.EnqueueAsync(Spec(steps, run)));
        }

        await real.ServeAsync();
        RealRuns.Wait(() => ids.All(id => real.Store.Find(id)!.Status.IsEnded()), seconds: 300);
        Assert.All(ids, id => Assert.Equal(RunStatus.Completed, real.Store.Find(id)!.Status));
        return [.. ids.Select(real.Numbers)];
    }

    private static RunSpec Spec(int steps, int seed) => RealRuns.Spec(
        ("seed", $"{seed}"), ("training.steps", $"{steps}"), ("training.checkpointEvery", "40"), ("training.evaluateEvery", "150"));
}
