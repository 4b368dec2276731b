using System.Diagnostics;
using System.Globalization;
using Crossbench.Launching;
using Crossbench.Metrics;
using Crossbench.Runs;
using Crossbench.Runs.Sqlite;
using Crossbench.Tests.Runs;
using Crossbench.Tests.Support;
using Crossbench.Training;
using Xunit;

namespace Crossbench.Tests.Launching;

/// <summary>A data folder with real servers and workers on it; all of them are ended with the test.</summary>
internal sealed class RealRuns : IDisposable
{
    /// <summary>Numbers of a run that do not depend on how long anything took.</summary>
    private static readonly string[] Exact = [TrainingMetrics.TrainLoss.Name, TrainingMetrics.GradientNorm.Name, TrainingMetrics.LearningRate.Name, TrainingMetrics.EvalLoss.Name];

    private readonly TempFolder? _own;
    private readonly List<Process> _servers = [];

    public RealRuns(string? root = null)
    {
        _own = root is null ? new TempFolder() : null;
        Folder = new(root ?? _own!.Path);
        Store = SqliteRunStore.Open(Folder, TimeProvider.System);
        Launcher = new RunLauncher(Store, Folder);
    }

    public Crossbench.Datasets.DataFolder Folder { get; }

    public SqliteRunStore Store { get; }

    public RunLauncher Launcher { get; }

    /// <summary>The server that was started last.</summary>
    public Process? Server => _servers.Count > 0 ? _servers[^1] : null;

    /// <summary>A tiny run that logs every step and evaluates now and then.</summary>
    public static RunSpec Spec(params (string Path, string Value)[] settings) => TestStore.Spec(
    [
        ("dataset.id", "sparse_signal"), ("shape.layers", "1"), ("shape.width", "16"), ("shape.ffn", "24"), ("shape.contextLength", "16"), ("shape.vocabulary", "64"),
        ("training.threads", "1"), ("training.batchSize", "2"), ("training.steps", "1000000"), ("training.checkpointEvery", "25"), ("training.evaluationSequences", "4"), .. settings,
    ]);

    public static void Signal(string name, int process)
    {
        using var kill = Process.Start("kill", [$"-{name}", "--", process.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public static void Wait(Func<bool> reached, int seconds = 60) => Assert.True(SpinWait.SpinUntil(reached, TimeSpan.FromSeconds(seconds)), "It did not come to that.");

    /// <summary>A queue in this process that starts the real program.</summary>
    public RunQueue Queue(WorkerPatience? patience = null) => new(
        Store, Folder, new DeviceSlots(), null, TimeProvider.System, new TestLog<RunQueue>(), (folder, id) => WorkerProcess.Start(folder, id, new WorkerCommand(CrossbenchProcess.Executable, [])), patience);

    /// <summary>A server in a process of its own.</summary>
    public async Task ServeAsync()
    {
        var server = Process.Start(new ProcessStartInfo("setsid", [CrossbenchProcess.Executable, "serve", "--port", "0", "--data", Folder.Root]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _servers.Add(server);
        Assert.Contains("http://", await server.StandardOutput.ReadLineAsync(), StringComparison.Ordinal);
    }

    public void WaitForStep(RunId id, long step) => Wait(() => Store.Find(id) switch
    {
        { Status: RunStatus.Running or RunStatus.Queued } run => run.Step >= step,
        var run => throw new InvalidOperationException($"The run is {run?.Status}: {run?.Reason}"),
    });

    /// <summary>Processes that train on this folder, whether or not they have come to say so.</summary>
    public IReadOnlyList<int> Workers() => [.. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(name => int.Parse(name!, CultureInfo.InvariantCulture)).Where(IsWorker)];

    /// <summary>Everything of a run that must not depend on how often it was interrupted.</summary>
    public string Numbers(RunId id)
    {
        var series = Exact.Select(metric => (metric, Store.ReadSeries(id, metric, -1))).Select(pair => $"{pair.metric}: {Text(pair.Item2)}");
        var evaluations = Store.ReadEvaluations(id, -1).Select(item => string.Create(CultureInfo.InvariantCulture, $"{item.Set} {item.Step} {item.Loss:R} {item.Low:R} {item.High:R} {string.Join(' ', Store.ReadSequences(id, item.Set, item.Step))}"));
        return string.Join('\n', [.. series, .. evaluations]);
    }

    public void Dispose()
    {
        foreach (var server in _servers)
        {
            server.Kill();
            server.WaitForExit();
            server.Dispose();
        }

        foreach (var worker in Workers())
        {
            Signal("KILL", worker);
        }

        Wait(() => Workers().Count == 0);
        Store.Dispose();
        _own?.Dispose();
    }

    private static string Text(MetricSeries series) => string.Join(' ', series.Steps.Zip(series.Values, (step, value) => string.Create(CultureInfo.InvariantCulture, $"{step}={value:R}")));

    private bool IsWorker(int process)
    {
        try
        {
            var command = File.ReadAllText($"/proc/{process}/cmdline").Split('\0');
            return command.Contains("worker") && command.Contains(Folder.Root) && command[0] != "setsid";
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
