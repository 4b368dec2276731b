using Crossbench.Tests.Models;
using Crossbench.Tests.Support;
using Crossbench.Training;
using Xunit;

namespace Crossbench.Tests.Training;

/// <summary>
/// A run that is paused, crashed and paused again gives the bits of one that nothing disturbed: weights, moments, every logged number, every evaluation.
/// Where it is disturbed is drawn anew each time, and printed.
/// </summary>
public sealed class ExactResumeTests(ITestOutputHelper output) : IDisposable
{
    private const int Steps = 12;
    private const int CheckpointEvery = 3;
    private const int EvaluateEvery = 4;
    private readonly TempFolder _folder = new();

    public static TheoryData<string> FirstOfEach => ModelCases.FirstOfEach;

    public static TheoryData<string> AllModes => ModelCases.Names;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(FirstOfEach))]
    public void EveryArchitecture_GoesOnWithTheVeryBits(string name) => Check(name);

    [Theory]
    [Trait("Category", "Long")]
    [MemberData(nameof(AllModes))]
    public void EveryMode_GoesOnWithTheVeryBits(string name) => Check(name);

    private void Check(string name)
    {
        var spec = Spec(ModelCases.Find(name));
        var runs = new TrainingRuns(_folder);
        var (outcome, events) = runs.Train(spec, "whole");
        Assert.IsType<Completed>(outcome);
        var whole = Recorded(events);

        var (pause, crash, atEvaluation) = (Random.Shared.Next(1, 4), Random.Shared.Next(4, 8), Random.Shared.Next(2) == 0);
        output.WriteLine($"{name}: paused after step {pause}, crashed after step {crash}, paused {(atEvaluation ? "after" : "before")} the evaluation at step 8");
        var told = new List<TrainingEvent>();
        var first = runs.Train(spec, "parts", TrainingRuns.PauseAt(pause));
        Assert.Equal(new Paused(pause), first.Outcome);
        told.AddRange(first.Events);
        Assert.Throws<CrashException>(() => runs.Train(spec, "parts", (e, _) =>
        {
            told.Add(e);
            if (e is Measured && e.Step == crash)
            {
                throw new CrashException();
            }
        }));
        var third = runs.Train(spec, "parts", (e, control) =>
        {
            if (e.Step == 8 && (atEvaluation ? e is Evaluated { Set: Evaluated.OwnSet } : e is Measured))
            {
                control.Ask(TrainingRequest.Pause);
            }
        });
        told.AddRange(third.Events);
        Assert.Equal(crash > 2 * CheckpointEvery ? 6 : 3, Assert.Single(third.Events.OfType<Started>()).Step);
        Assert.Equal(new Paused(8), third.Outcome);
        var last = runs.Train(spec, "parts");
        told.AddRange(last.Events);

        Assert.Equal(outcome, last.Outcome);
        var parts = Recorded(told);
        Assert.Equal(whole.Keys.Order(StringComparer.Ordinal), parts.Keys.Order(StringComparer.Ordinal));
        Assert.All(whole, pair => Assert.True(pair.Value.SequenceEqual(parts[pair.Key]), $"{pair.Key}: {string.Join(' ', pair.Value)} became {string.Join(' ', parts[pair.Key])}"));
        Assert.Contains(whole.Keys, key => key.StartsWith("eval.loss/", StringComparison.Ordinal));
        foreach (var file in new[] { "model.safetensors", "optimizer.safetensors" })
        {
            Assert.Equal(Saved("whole", file), Saved("parts", file));
        }
    }

    private static RunSpec Spec(ModelCase mode)
    {
        var spec = TrainingRuns.Spec(
            ("training.steps", $"{Steps}"), ("training.accumulation", "2"), ("training.checkpointEvery", $"{CheckpointEvery}"), ("training.evaluateEvery", $"{EvaluateEvery}"),
            ("training.diagnosticsEvery", "2"), ("training.warmup", "5"), ("training.evaluationSequences", "4"), ("evaluations", "(signalRatio=0.05; sequences=3; name=faint)"));
        spec = spec with { Architecture = new ArchitectureSpec(mode.Architecture.Id, mode.Options), Shape = mode.Shape with { Vocabulary = 64 } };
        Assert.Empty(SpecValidator.Validate(spec));
        return spec;
    }

    /// <summary>What a store would hold: every number by name and step, without those that tell of the machine.</summary>
    private static Dictionary<string, double[]> Recorded(IEnumerable<TrainingEvent> events)
    {
        var numbers = new Dictionary<(string Name, long Step), double[]>();
        foreach (var e in events)
        {
            switch (e)
            {
                case Started:
                    foreach (var key in numbers.Keys.Where(key => key.Step > e.Step).ToArray())
                    {
                        numbers.Remove(key);
                    }

                    break;
                case Measured measured:
                    Add(numbers, measured.Points, measured.Snapshots);
                    numbers[("tokens", e.Step)] = [measured.Tokens];
                    break;
                case Evaluated evaluated:
                    Add(numbers, evaluated.Points, evaluated.Snapshots);
                    numbers[($"sequences of {evaluated.Set}", e.Step)] =
                        [evaluated.Loss, evaluated.Low, evaluated.High, .. evaluated.Sequences.SelectMany(row => new[] { row.Sequence, (int)row.Class, row.Tokens, row.Loss })];
                    break;
            }
        }

        return numbers.ToDictionary(pair => $"{pair.Key.Name} at {pair.Key.Step}", pair => pair.Value);
    }

    private static void Add(Dictionary<(string Name, long Step), double[]> numbers, IEnumerable<Crossbench.Metrics.MetricPoint> points, IEnumerable<Crossbench.Metrics.MetricSnapshot> snapshots)
    {
        foreach (var point in points.Where(point => !TrainingMetrics.IsOfMachine(point.Metric)))
        {
            numbers[(point.Metric, point.Step)] = [point.Value];
        }

        foreach (var snapshot in snapshots)
        {
            numbers[(snapshot.Metric, snapshot.Step)] = [.. snapshot.Values.Select(value => (double)value)];
        }
    }

    private byte[] Saved(string run, string file) => File.ReadAllBytes(Path.Combine(Checkpoint.FindLatest(_folder.File(run))!, file));

    private sealed class CrashException : Exception;
}
