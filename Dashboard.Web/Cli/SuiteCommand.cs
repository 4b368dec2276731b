using System.CommandLine;
using Crossbench.Datasets;
using Crossbench.Launching;
using Crossbench.Runs;
using Crossbench.Runs.Sqlite;
using Crossbench.Suites;
using Crossbench.Training;
using Crossbench.Web.Suites;

namespace Crossbench.Web.Cli;

/// <summary><c>suite FILE</c>: many runs from one file, shown beforehand or queued and followed to their ends.</summary>
internal static class SuiteCommand
{
    private static readonly TimeSpan PausePatience = TimeSpan.FromSeconds(30);
    private static readonly Argument<string> Suite = new("FILE") { Description = "A suite in TOML, ours or TransBench's." };
    private static readonly SpecOptions Specification = SpecOptions.OfSuite();
    private static readonly Option<bool> Preview = new("--preview") { Description = "Shows the runs with their time, and everything that is wrong; starts nothing." };
    private static readonly Option<bool> Reuse = new("--reuse") { Description = "Takes completed runs of the same specification from outside the suite instead of running them again." };
    private static readonly Option<bool> NoWait = new("--no-wait") { Description = "Queues the runs and ends; the pages' process runs them." };
    private static readonly Option<bool> Json = new("--json") { Description = "JSON on standard output: one object with --preview, else one a line." };

    public static Command Create()
    {
        var command = new Command("suite", "Runs all runs that a file describes; the same command again goes on where it was.") { Suite, Preview, Reuse, NoWait, Json };
        Specification.AddTo(command);
        command.SetAction((parsed, cancellation) => Task.Run(() => RunAsync(parsed, cancellation), CancellationToken.None));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var overrides = Specification.Overrides(parsed);
        var (file, content) = Read(parsed.GetValue(Suite)!);
        var folder = CommandLine.DataFolderOf(parsed);
        var plan = SuiteExpander.Expand(file, content, new SuiteContext { ReadFile = new SuiteFolder(folder).ReadBeside, Overrides = overrides, DeviceProblem = DeviceProblem });
        if (parsed.GetValue(Preview))
        {
            return Show(plan, folder, parsed.GetValue(Json));
        }

        if (plan.Problems.Count > 0)
        {
            return Refuse(plan);
        }

        TrainingBackend.Ensure();
        using var store = SqliteRunStore.Open(folder, TimeProvider.System);
        using var output = SuiteOutput.Create(parsed.GetValue(Json));
        var text = new SuiteText(plan.Name, Path.GetFullPath(file), System.Text.Encoding.UTF8.GetString(content), plan.IsTransBench);
        var suite = new SuiteLauncher(store, store).Start(plan, text, parsed.GetValue(Reuse));
        output.Begin(suite, plan);
        if (parsed.GetValue(NoWait))
        {
            return ExitCode.Completed;
        }

        var progress = await FollowAsync(suite, store, folder, output, cancellation);
        return cancellation.IsCancellationRequested && progress.Ended < progress.Runs.Count ? ExitCode.StoppedOrPaused : End(suite, plan, store, progress, output);
    }

    private static async Task<SuiteProgress> FollowAsync(StartedSuite suite, SqliteRunStore store, DataFolder folder, SuiteOutput output, CancellationToken cancellation)
    {
        using var logs = LoggerFactory.Create(logging => logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace).SetMinimumLevel(LogLevel.Warning));
        await using var queue = new QueueSession(store, folder, new DeviceSlots(), TimeProvider.System, logs);
        await queue.LookAsync();
        var watch = new SuiteWatch(store, store, suite, TimeProvider.System);
        var progress = await watch.RunAsync(output.Changed, TellAsync, cancellation);
        if (progress.Ended < progress.Runs.Count)
        {
            var paused = await queue.PauseAsync(PausePatience);
            progress = watch.Look();
            output.Interrupted(progress, paused);
        }

        return progress;

        async Task TellAsync(SuiteProgress now)
        {
            output.Progress(now);
            await queue.LookAsync();
        }
    }

    /// <summary>Says what became of the suite. An expectation that is not met is a fault.</summary>
    private static int End(StartedSuite suite, SuitePlan plan, SqliteRunStore store, SuiteProgress progress, SuiteOutput output)
    {
        var check = new ExpectationCheck(store, suite.Members);
        CheckedExpectation[] all = [.. plan.Expectations.Select(check.Check)];
        output.End(progress, all);
        return progress.ExitCode != ExitCode.Completed ? progress.ExitCode : Array.TrueForAll(all, item => item.IsMet == true) ? ExitCode.Completed : ExitCode.Fault;
    }

    private static int Show(SuitePlan plan, DataFolder folder, bool asJson)
    {
        // A look must not make a store where there is none.
        using var store = File.Exists(folder.StoreFile) ? SqliteRunStore.OpenToRead(folder, TimeProvider.System) : null;
        var speeds = new MeasuredSpeeds(store);
        (double Seconds, SpeedSource Source)?[] seconds = [.. plan.Runs.Select(run => run.Problems.Count > 0 ? ((double, SpeedSource)?)null : speeds.Estimate(run.Spec))];
        if (asJson)
        {
            SuitePreview.WriteJson(Console.Out, plan, seconds);
        }
        else
        {
            SuitePreview.WriteTable(Console.Out, plan, seconds);
        }

        return plan.Problems.Count > 0 ? Refuse(plan) : ExitCode.Completed;
    }

    private static int Refuse(SuitePlan plan)
    {
        foreach (var problem in plan.Problems)
        {
            Console.Error.WriteLine(problem);
        }

        return ExitCode.BadInput;
    }

    private static SpecProblem? DeviceProblem(string device) => TrainingBackend.Problem() ?? TrainingBackend.DeviceProblem(device);

    private static (string File, byte[] Content) Read(string file)
    {
        try
        {
            return (file, File.ReadAllBytes(file));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new SpecException(new SpecProblem("", $"The suite {file} cannot be read: {FileFault.Reason(file, error)}.", "Give the path of a file; suites that come along are in data/suites."));
        }
    }
}
