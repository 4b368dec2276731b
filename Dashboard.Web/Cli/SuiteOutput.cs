using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Crossbench.Launching;
using Crossbench.Runs;
using Crossbench.Suites;
using Spectre.Console;

namespace Crossbench.Web.Cli;

/// <summary>What <c>suite</c> prints while it runs: lines, with a bar below them on a terminal.</summary>
internal class SuiteOutput : IDisposable
{
    private readonly ProgressLine? _bar;
    private int _count;
    private int _ended;

    private protected SuiteOutput(bool withBar) => _bar = withBar ? new ProgressLine() : null;

    /// <summary>The form that fits: JSON when asked for, a bar on a terminal, plain lines when piped.</summary>
    public static SuiteOutput Create(bool json) => json ? new JsonSuiteOutput() : new SuiteOutput(AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected);

    /// <summary>The runs are in the store.</summary>
    public virtual void Begin(StartedSuite suite, SuitePlan plan)
    {
        _count = suite.Members.Count;
        var parts = Enum.GetValues<MemberOrigin>().Select(origin => (origin, count: suite.Members.Count(member => member.Origin == origin))).Where(part => part.count > 0);
        Line($"Suite {plan.Name}: {string.Join(", ", parts.Select(part => $"{part.count} {part.origin.ToString().ToLowerInvariant()}"))}.");
        foreach (var note in plan.Notes)
        {
            Line($"Note: {note}");
        }

        if (suite.Left.Count > 0)
        {
            var waiting = suite.Left.Count(run => !run.Status.IsEnded());
            Line($"Note: {SuitePreview.Count(suite.Left.Count, "run")} of an earlier edition of the file still {(suite.Left.Count == 1 ? "belongs" : "belong")} to the suite{(waiting == 0 ? "" : $", {waiting} queued or running: end them with stop ID")}.");
        }
    }

    /// <summary>A run has another status.</summary>
    public virtual void Changed(SuiteMember member, RunRecord run)
    {
        _ended += run.Status.IsEnded() ? 1 : 0;
        var place = run.Status.IsEnded() ? $"[{_ended} of {_count}] " : "";
        Line(Text($"{place}{run.Status.ToString().ToLowerInvariant()}  {run.Spec.Name}{(run.Status.IsEnded() && run.EvalLoss is { } loss ? Text($"  evaluation {loss:F4}") : "")}  run {run.Id}{(run.Reason.Length > 0 ? $"  {run.Reason}" : "")}"));
    }

    /// <summary>The suite as of now.</summary>
    public virtual void Progress(SuiteProgress progress) => _bar?.Show(progress.Share, Text($"{progress.Ended:N0} of {progress.Runs.Count:N0} runs, {progress.Count(RunStatus.Running)} running"));

    /// <summary>Ctrl-C.</summary>
    public virtual void Interrupted(SuiteProgress progress, IReadOnlyList<RunRecord> paused)
    {
        _bar?.End();
        var queued = progress.Count(RunStatus.Queued);
        Line($"Ended early: {progress.Ended - paused.Count(run => run.Status == RunStatus.Paused)} of {progress.Runs.Count} runs have ended, {paused.Count} paused, {queued} wait in the queue. The same command goes on with all of them; a started ./run takes those that wait.");
    }

    /// <summary>All runs have ended.</summary>
    public virtual void End(SuiteProgress progress, IReadOnlyList<CheckedExpectation> expectations)
    {
        _bar?.End();
        foreach (var item in expectations)
        {
            Line($"{(item.IsMet switch { true => "met", false => "NOT MET", _ => "undecided" })}: {item.Expectation}: {item.Words}.");
        }

        var parts = progress.Runs.GroupBy(run => run?.Status.ToString().ToLowerInvariant() ?? "deleted").Select(group => $"{group.Count()} {group.Key}");
        Line($"The suite has ended: {string.Join(", ", parts)}.");
    }

    public virtual void Dispose() => _bar?.End();

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private void Line(string text)
    {
        if (_bar is not null)
        {
            ProgressLine.Line(text);
            return;
        }

        Console.Out.WriteLine(text);
        Console.Out.Flush();
    }
}

/// <summary>One JSON object a line.</summary>
internal sealed class JsonSuiteOutput() : SuiteOutput(withBar: false)
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public override void Begin(StartedSuite suite, SuitePlan plan) => Write(new
    {
        @event = "suite", suite = suite.Suite.Id, name = plan.Name, file = suite.Suite.File, notes = plan.Notes,
        runs = suite.Members.Select(member => new { run = member.Id.Value, name = member.Planned.Spec.Name, hash = member.Planned.Hash, origin = member.Origin.ToString().ToLowerInvariant() }),
    });

    public override void Changed(SuiteMember member, RunRecord run) => Write(new
    {
        @event = run.Status.ToString().ToLowerInvariant(), run = run.Id.Value, name = run.Spec.Name, step = run.Step, evalLoss = run.EvalLoss, reason = run.Reason,
    });

    public override void Progress(SuiteProgress progress)
    {
    }

    public override void Interrupted(SuiteProgress progress, IReadOnlyList<RunRecord> paused) => Write(new
    {
        @event = "interrupted", ended = progress.Ended, queued = progress.Count(RunStatus.Queued), paused = paused.Select(run => run.Id.Value),
    });

    public override void End(SuiteProgress progress, IReadOnlyList<CheckedExpectation> expectations) => Write(new
    {
        @event = "ended",
        statuses = progress.Runs.GroupBy(run => run?.Status.ToString().ToLowerInvariant() ?? "deleted").ToDictionary(group => group.Key, group => group.Count()),
        expectations = expectations.Select(item => new { text = item.Expectation.ToString(), met = item.IsMet, words = item.Words }),
    });

    private static void Write<T>(T line)
    {
        Console.Out.WriteLine(JsonSerializer.Serialize(line, Json));
        Console.Out.Flush();
    }
}
