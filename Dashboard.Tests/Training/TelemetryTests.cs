using Crossbench.Metrics;
using Crossbench.Tests.Runs;
using Crossbench.Tests.Support;
using Crossbench.Training;
using Xunit;

namespace Crossbench.Tests.Training;

/// <summary>What a run takes of the machine, and when other processes spoil its timings.</summary>
public sealed class TelemetryTests
{
    private const long Mebibyte = 1 << 20;

    [Theory]
    [InlineData(2, 1, 1.0, 0.0, false)] // alone, on its one thread
    [InlineData(2, 2, 2.0, 0.0, false)] // alone, on all cores
    [InlineData(2, 1, 1.0, 0.9, false)] // a busy page on the core that is left
    [InlineData(2, 1, 1.2, 0.8, false)] // its own recorder beside its one thread
    [InlineData(2, 2, 1.8, 0.2, false)] // a page that is looked at lightly
    [InlineData(2, 2, 1.6, 0.4, true)]
    [InlineData(2, 1, 0.6, 1.4, true)]
    [InlineData(64, 8, 8.0, 50.0, false)]
    [InlineData(64, 8, 7.0, 57.0, true)]
    [InlineData(2, 4, 2.0, 0.2, false)] // more threads than cores leave none free, and no less
    public void BusyMachine_IsOneWhereOthersTakeCoresOfTheRun(int cores, int threads, double own, double others, bool isBusy)
    {
        var watch = new BusyMachine(cores, threads);
        Assert.Null(watch.Look(At(cores, 0, own, others)));
        Assert.Null(watch.Look(At(cores, 4.9, own, others)));
        var text = watch.Look(At(cores, 6, own, others));
        Assert.Equal(isBusy, text is not null);
        if (isBusy)
        {
            Assert.Contains(FormattableString.Invariant($"for 6 s other processes took {others:0.0} of {cores} cores, this run {own:0.0}"), text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void BusyMachine_IsNoticedInTheWindowInWhichItIsBusy_AndNeverWhereTheSystemDoesNotTell()
    {
        var watch = new BusyMachine(2, 2);
        watch.Look(At(2, 0, 2, 0));
        Assert.Null(watch.Look(At(2, 5, 2, 0)));
        var later = At(2, 5, 2, 0);
        Assert.NotNull(watch.Look(later with { OwnSeconds = later.OwnSeconds + 6, BusySeconds = later.BusySeconds + 12, TotalSeconds = later.TotalSeconds + 12 }));
        var silent = new BusyMachine(2, 2);
        Assert.All(Enumerable.Range(0, 20), second => Assert.Null(silent.Look(new MachineReading(second, null, null, 1, null))));
    }

    [Fact]
    public void Samples_AreSharesOfAllCores_AtMostOnceASecond_AndTheBusyMarkComesOnce()
    {
        var (clock, machine) = (new TestClock(), new FakeMachine { Cores = 4, PeakIsReset = true });
        using var telemetry = new Telemetry(new TrainingOptions { Threads = 4 }, machine, clock);
        Assert.DoesNotContain(telemetry.Sample(1, isLast: false).Points, point => point.Metric.StartsWith("cpu.", StringComparison.Ordinal));
        var marks = 0;
        for (var step = 2; step < 40; step++)
        {
            clock.Advance(TimeSpan.FromSeconds(0.5));
            machine.Pass(seconds: 0.5, own: 1, others: 2);
            var (points, busy) = telemetry.Sample(step, isLast: false);
            marks += busy is { MarksBusyMachine: true, IsWarning: true } ? 1 : 0;
            Assert.Equal(step % 2 == 1, points.Count > 0);
            if (points.Count > 0)
            {
                Assert.Equal((0.25, 0.75), (Value(points, TrainingMetrics.WorkerCpu)!.Value, Value(points, TrainingMetrics.MachineCpu)!.Value));
            }
        }

        Assert.Equal(1, marks);
        clock.Advance(TimeSpan.FromSeconds(0.25));
        machine.Pass(seconds: 0.25, own: 4, others: 0);
        Assert.Equal(1, Value(telemetry.Sample(40, isLast: true).Points, TrainingMetrics.WorkerCpu));
    }

    [Theory]
    [InlineData(true, 900, 300)] // counted from the run's beginning, the peak is the run's
    [InlineData(false, 900, 200)] // a peak from before the run is not: the largest sample stands for it
    [InlineData(false, 100, 300)] // one beyond what was there before is
    public void PeakMemory_BelongsToTheRun(bool isReset, long before, double expected)
    {
        var (clock, machine) = (new TestClock(), new FakeMachine { PeakIsReset = isReset, Peak = before * Mebibyte, Resident = 50 * Mebibyte });
        using var telemetry = new Telemetry(new TrainingOptions(), machine, clock);
        var peaks = new List<double?>();
        foreach (var (resident, peak) in new[] { (100, 110), (200, 300), (150, 300) })
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            (machine.Resident, machine.Peak) = (resident * Mebibyte, Math.Max(isReset ? 0 : before, peak) * Mebibyte);
            var points = telemetry.Sample(peaks.Count, isLast: false).Points;
            Assert.Equal(resident, Value(points, TrainingMetrics.ResidentMemory));
            peaks.Add(Value(points, TrainingMetrics.PeakMemory));
        }

        Assert.Equal(expected, peaks[^1]);
        Assert.Equal(peaks.Order(), peaks);
    }

    [Fact]
    public void TheSystemsFiles_AreReadAsTheyAreMeant()
    {
        // user nice system idle iowait irq softirq steal guest guest_nice, in hundredths of a second; guests are in user already.
        Assert.Equal((1.0 + 2 + 3 + 6 + 7 + 8, 36.0), ThisMachine.ParseCpu("cpu  100 200 300 400 500 600 700 800 900 1000"));
        Assert.Equal((2048L * 1024, 4096L * 1024), ThisMachine.ParseStatus(["Name:\tx", "VmHWM:\t    4096 kB", "VmRSS:\t    2048 kB", "Threads:\t3"]));
        Assert.Equal((null, null), ThisMachine.ParseStatus(["Name:\tx"]));
        Assert.Equal(new GpuReading(0.37, 1024, 71.5), GpuProbe.Parse("37, 1024, 71.50"));
        Assert.Equal(new GpuReading(0, 3, null), GpuProbe.Parse("0, 3, [N/A]"));
        Assert.Null(GpuProbe.Parse("No devices were found"));
    }

    [Fact]
    public void ThisMachine_TellsWhatIsTrueOfIt()
    {
        var machine = new ThisMachine();
        var reading = machine.Read();
        Assert.InRange(machine.Cores, 1, 4096);
        Assert.InRange(reading.ResidentBytes, 20 * Mebibyte, 1L << 40);
        Assert.True(reading.OwnSeconds > 0);
        if (OperatingSystem.IsLinux())
        {
            Assert.True(reading.OwnSeconds < reading.BusySeconds && reading.BusySeconds < reading.TotalSeconds);
            Assert.InRange(reading.PeakBytes!.Value, reading.ResidentBytes / 2, 1L << 40);
        }
    }

    [Fact]
    public void Quantiles_AreThoseOfTheSortedTimes_ToHalfAPercent()
    {
        var (histogram, random) = (new DurationHistogram(), new Random(3));
        Assert.True(double.IsNaN(histogram.Quantile(0.5)));
        var times = Enumerable.Range(0, 9999).Select(_ => Math.Exp(random.NextDouble() * 12 - 9)).ToArray();
        Array.ForEach(times, histogram.Add);
        Array.Sort(times);
        foreach (var share in new[] { 0.01, 0.25, 0.5, 0.95, 0.999, 1 })
        {
            var exact = times[(int)Math.Ceiling(share * times.Length) - 1];
            Assert.InRange(histogram.Quantile(share), exact / 1.0051, exact * 1.0051);
        }
    }

    [Fact]
    public void StepTimes_AreThoseOfOrdinaryStepsAfterTheWarmUp()
    {
        var clock = new TestClock();
        var timer = new StepTimer(clock, countsEveryStep: false);
        for (var step = 1; step <= 20; step++)
        {
            var looksInside = step % 10 == 0;
            timer.Begin(looksInside);
            foreach (var (phase, milliseconds) in new[] { (StepPhase.Data, 1), (StepPhase.Forward, 10 + step), (StepPhase.Backward, 20), (StepPhase.Update, 5), (StepPhase.Logging, 2) })
            {
                clock.Advance(TimeSpan.FromMilliseconds(step <= StepTimer.WarmupSteps || looksInside ? 1000 : milliseconds));
                timer.Mark(phase);
            }

            timer.End(tokens: 76);
            if (step == StepTimer.WarmupSteps)
            {
                Assert.Empty(timer.Take(step));
            }
        }

        // Counted are the steps 6 to 9 and 11 to 19: their numbers sum to 165, and a step takes 38 ms and its number.
        var points = timer.Take(20);
        double[] expected = [1, 10 + (165.0 / 13), 20, 5, 2];
        Assert.Equal(expected.Select(value => Math.Round(value, 9)), TrainingMetrics.StepTimes.Select(metric => Math.Round(Value(points, metric)!.Value, 9)));
        Assert.InRange(Value(points, TrainingMetrics.StepMedian)!.Value, 51 / 1.0051, 51 * 1.0051);
        Assert.InRange(Value(points, TrainingMetrics.StepPercentile)!.Value, 57 / 1.0051, 57 * 1.0051);
        Assert.Equal(13 * 76 / ((13 * 0.038) + 0.165), Value(points, TrainingMetrics.SteadyTokensPerSecond)!.Value, 6);
        Assert.Empty(timer.Take(21));
    }

    [Fact]
    public void ARun_TellsWhereItTrains_AndWhatItTakes()
    {
        using var folder = new TempFolder();
        var (_, events) = new TrainingRuns(folder).Train(TrainingRuns.Spec(("training.steps", "60"), ("training.evaluateEvery", "0")));
        var here = Assert.Single(events.OfType<Started>()).Machine!;
        Assert.Equal((Environment.ProcessorCount, 1, "cpu"), (here.Cores, here.Threads, here.Device));
        Assert.StartsWith("0.1.0", here.Version, StringComparison.Ordinal);
        Assert.All(new[] { here.Processor, here.Backend, here.System, here.Runtime }, text => Assert.NotEqual("", text));
        var points = events.OfType<Measured>().SelectMany(e => e.Points).ToArray();
        Assert.True(Value(points, TrainingMetrics.PeakMemory) >= Value(points, TrainingMetrics.ResidentMemory));
        Assert.All(TrainingMetrics.StepTimes, metric => Assert.Equal([10L, 20, 30, 40, 50, 60], points.Where(point => point.Metric == metric.Name).Select(point => point.Step)));
        Assert.True(Value(points, TrainingMetrics.StepMedian) <= Value(points, TrainingMetrics.StepPercentile));
        Assert.DoesNotContain(points, point => point.Metric.StartsWith("gpu.", StringComparison.Ordinal));
        Assert.All(TrainingMetrics.Machine.Concat(TrainingMetrics.StepTimes), metric => Assert.True(TrainingMetrics.IsOfMachine(metric.Name)));
    }

    [Fact]
    public void TheStore_KeepsARowForEachStart_AndTheMark()
    {
        using var test = new TestStore();
        var id = test.Running();
        var here = new RunEnvironment("A fine processor", 8, 16L << 30, "cuda:1", 3, "libtorch 1.13.0", "MKL", "0.1.0+abc", "Linux", ".NET 10");
        test.Store.Append(id, [new Started(0, 10, 1, 2, 3, null, false, "cuda:1") { Machine = here }]);
        test.Clock.Advance(TimeSpan.FromMinutes(1));
        test.Store.Append(id, [new Started(4, 10, 1, 2, 3, null, false, "cuda:1") { Machine = here with { Threads = 2 } }]);
        Assert.Equal([(0L, 3), (4, 2)], test.Store.Environments(id).Select(start => (start.Step, start.Environment.Threads)));
        Assert.Equal(here, test.Store.Environments(id)[0].Environment);
        Assert.Equal(TimeSpan.FromMinutes(1), test.Store.Environments(id)[1].At - test.Store.Environments(id)[0].At);

        Assert.False(test.Store.Find(id)!.BusyMachine);
        test.Store.Append(id, [new Noted(5, "Something else.", IsWarning: true)]);
        Assert.False(test.Store.Find(id)!.BusyMachine);
        test.Store.Append(id, [new Noted(5, "Others took the cores.", IsWarning: true) { MarksBusyMachine = true }]);
        Assert.True(test.Store.Find(id)!.BusyMachine);
        Assert.Contains(test.Store.ReadLog(id, 0), line => line.IsWarning && line.Text == "Others took the cores.");
    }

    /// <summary>A machine on which a run and others have used cores at a steady rate.</summary>
    private static MachineReading At(int cores, double seconds, double own, double others) => new(own * seconds, 1000 + ((own + others) * seconds), 5000 + (cores * seconds), 1, null);

    private static double? Value(IEnumerable<MetricPoint> points, MetricSpec metric) => points.LastOrDefault(point => point.Metric == metric.Name) is { Metric: not null } found ? found.Value : null;

    private sealed class FakeMachine : IMachineSource
    {
        private double _own;
        private double _busy;
        private double _total;

        public int Cores { get; init; } = 2;

        public bool PeakIsReset { get; init; }

        public long Resident { get; set; } = Mebibyte;

        public long Peak { get; set; } = Mebibyte;

        public void Pass(double seconds, double own, double others) => (_own, _busy, _total) = (_own + (own * seconds), _busy + ((own + others) * seconds), _total + (Cores * seconds));

        public MachineReading Read() => new(_own, _busy, _total, Resident, Peak);

        public bool ResetPeak() => PeakIsReset;
    }
}
