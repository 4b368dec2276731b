using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Crossbench.Datasets;
using Crossbench.Metrics;
using Crossbench.Runs;
using Crossbench.Runs.Sqlite;
using Crossbench.Training;

namespace Crossbench.Bench;

/// <summary>
/// What logging costs a training loop: gqa at the size that runs open on, one thread, every step logged, its diagnostics every tenth. Blocks of ten steps
/// whose numbers go through recorder and store take turns with blocks whose numbers are dropped. And how many points a second are committed.
/// </summary>
internal static class LoggingBench
{
    private const int BlockSteps = 10;
    private const int WarmupBlocks = 2;
    private const int PointsPerEvent = 40;

    public static int Run(string[] args)
    {
        var quick = args.Contains("--quick");
        var steps = Steps(quick ? 20 : 80);
        var (with, without) = (Median(steps.With), Median(steps.Without));
        var calls = Median(steps.Calls);
        var (differences, processor) = (Differences(steps.BlockMeans), Differences(steps.BlockProcessor));
        var points = quick ? 400_000 : 2_000_000;
        var rates = Enumerable.Range(0, 3).Select(_ => PointsPerSecond(points)).Order().ToArray();
        Write($"step with recorder {with:0.00} ms, without {without:0.00} ms: {100 * ((with / without) - 1):+0.00;-0.00} % by medians of {steps.With.Count} and {steps.Without.Count} steps");
        Write($"differences of neighbouring blocks: quartiles {differences[differences.Length / 4]:+0.00;-0.00}, {differences[differences.Length / 2]:+0.00;-0.00}, {differences[3 * differences.Length / 4]:+0.00;-0.00} %");
        Write($"the same by CPU time of the process, the recorder's own thread among it: {processor[processor.Length / 4]:+0.00;-0.00}, {processor[processor.Length / 2]:+0.00;-0.00}, {processor[3 * processor.Length / 4]:+0.00;-0.00} %");
        Write($"inside the recorder's call: {1000 * calls:0.0} µs a step, {100 * calls / without:0.000} % of it");
        Write($"committed: {rates[1]:N0} points/s (median of 3 times {points:N0})");
        if (args.Contains("--json"))
        {
            Console.WriteLine(JsonSerializer.Serialize(new { withRecorder = with, without, callMilliseconds = calls, callShare = calls / without, medianDifference = differences[differences.Length / 2] / 100, medianProcessorDifference = processor[processor.Length / 2] / 100, pointsPerSecond = rates[1] }));
        }

        return 0;
    }

    private static void Write(FormattableString line) => Console.Error.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static double[] Differences(List<double> blocks) => [.. blocks.Chunk(2).Where(pair => pair.Length == 2).Select(pair => 100 * ((pair[0] / pair[1]) - 1)).Order()];

    private static Turns Steps(int blocks) => InFolder(folder =>
    {
        var spec = RunSpecReader.Read(
        [
            new("dataset.id", "sparse_signal"), new("shape.vocabulary", "256"), new("training.threads", "1"), new("training.steps", $"{(blocks + WarmupBlocks) * BlockSteps}"),
            new("training.evaluateEvery", "0"), new("training.evaluationSequences", "2"), new("training.checkpointEvery", "0"),
        ]).OrThrow();
        using var store = SqliteRunStore.Open(folder, TimeProvider.System);
        var run = store.Create(spec);
        using var recorder = new RunRecorder(store, run.Id, TimeProvider.System);
        var turns = new Turns(recorder);
        new Trainer(folder, TimeProvider.System).Run(spec, folder.CheckpointsOf(run.Id.Value), turns, new TrainingControl());
        recorder.Complete();
        return turns;
    });

    private static double PointsPerSecond(int points) => InFolder(folder =>
    {
        using var store = SqliteRunStore.Open(folder, TimeProvider.System);
        var id = store.Create(RunSpecReader.Read([]).Spec).Id;
        string[] names = [.. Enumerable.Range(0, PointsPerEvent).Select(metric => $"metric{metric}")];
        var begun = Stopwatch.GetTimestamp();
        using (var recorder = new RunRecorder(store, id, TimeProvider.System))
        {
            for (var step = 1; step <= points / PointsPerEvent; step++)
            {
                var at = step;
                recorder.OnEvent(new Measured(step, step, Array.ConvertAll(names, name => new MetricPoint(name, at, 1.0 / at))));
            }

            recorder.Complete();
        }

        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        using var fresh = SqliteRunStore.Open(folder, TimeProvider.System);
        var stored = names.Sum(name => fresh.ReadSeries(id, name, -1).Count);
        return stored == points ? points / seconds : throw new InvalidOperationException($"{stored} of {points} points are in the store.");
    });

    private static T InFolder<T>(Func<DataFolder, T> work)
    {
        var root = Directory.CreateTempSubdirectory("crossbench-bench-");
        try
        {
            return work(new DataFolder(root.FullName));
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    /// <summary>Hands the events of every other block of steps to the recorder, and times all steps from event to event.</summary>
    private sealed class Turns(RunRecorder recorder) : ITrainingObserver
    {
        private readonly List<double> _block = [];
        private long _last;
        private TimeSpan _processor;

        public List<double> With { get; } = [];

        public List<double> Without { get; } = [];

        public List<double> Calls { get; } = [];

        /// <summary>Mean step time of each block; those with the recorder have even places.</summary>
        public List<double> BlockMeans { get; } = [];

        /// <summary>CPU seconds of the whole process in each block.</summary>
        public List<double> BlockProcessor { get; } = [];

        public void OnEvent(TrainingEvent trainingEvent)
        {
            if (trainingEvent is not Measured measured)
            {
                recorder.OnEvent(trainingEvent);
                return;
            }

            var block = (measured.Step - 1) / BlockSteps;
            if (block % 2 == 0)
            {
                var begun = Stopwatch.GetTimestamp();
                recorder.OnEvent(measured);
                Calls.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            }

            var now = Stopwatch.GetTimestamp();
            if (block >= WarmupBlocks)
            {
                Count(block, Stopwatch.GetElapsedTime(_last, now).TotalMilliseconds);
            }

            _last = now;
            _processor = block < WarmupBlocks ? Environment.CpuUsage.TotalTime : _processor;
        }

        private void Count(long block, double milliseconds)
        {
            (block % 2 == 0 ? With : Without).Add(milliseconds);
            _block.Add(milliseconds);
            if (_block.Count == BlockSteps)
            {
                var used = Environment.CpuUsage.TotalTime;
                BlockMeans.Add(_block.Average());
                BlockProcessor.Add((used - _processor).TotalSeconds);
                _processor = used;
                _block.Clear();
            }
        }
    }
}
