using Crossbench.Metrics;
using Crossbench.Models;
using Crossbench.Tests.Support;
using Crossbench.Training;
using Xunit;

namespace Crossbench.Tests.Training;

/// <summary>A real training run of every architecture: it reports what it declares, on data with classes and on prose, and its loss falls.</summary>
public sealed class RunReportTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public static TheoryData<string> Ids => [.. ModelZoo.All.Select(architecture => architecture.Id)];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Ids))]
    public void OnSparseSignal_OnlyDeclaredMetricsAreReported_AndOnlyAtTheirInterval(string id)
    {
        var spec = Spec(id, "sparse_signal", ("shape.vocabulary", "64"), ("training.steps", "7"), ("training.diagnosticsEvery", "3"), ("training.evaluateEvery", "4"));
        var events = Train(spec);
        var declared = TrainingMetrics.Of(spec).Select(metric => metric.Name).ToHashSet();
        var measured = events.OfType<Measured>().ToArray();
        var points = measured.SelectMany(e => e.Points).Concat(events.OfType<Evaluated>().SelectMany(e => e.Points)).ToArray();
        var snapshots = measured.SelectMany(e => e.Snapshots).Concat(events.OfType<Evaluated>().SelectMany(e => e.Snapshots)).ToArray();
        Assert.DoesNotContain(points.Select(point => point.Metric).Concat(snapshots.Select(snapshot => snapshot.Metric)).Select(Base).Distinct(), name => !declared.Contains(name));
        Assert.All(points, point => Assert.True(double.IsFinite(point.Value), $"{point.Metric} at {point.Step}"));
        Assert.Equal([1L, 3, 6, 7], measured.SelectMany(e => e.Points).Where(point => point.Metric == "layer0.residualRms").Select(point => point.Step));
        Assert.Contains(points, point => point.Metric == TrainingMetrics.ClassLossName(Crossbench.Datasets.TokenClass.Signal));
        Assert.Contains(points, point => point.Metric.StartsWith("updateRatio.", StringComparison.Ordinal) && point.Value > 0);
        Assert.Contains(snapshots, snapshot => snapshot.Metric == TrainingMetrics.PositionLoss.Name && snapshot.Values.Length == 5);
        Assert.Equal(16, snapshots.First(snapshot => snapshot.Metric == TrainingMetrics.SampleTokens.Name).Values.Length);
        AssertVectorsFitTheirDeclaration(spec, snapshots);
        Assert.Empty(measured.SelectMany(e => e.Points).GroupBy(point => (point.Metric, point.Step)).Where(group => group.Count() > 1).Select(group => group.Key.Metric));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void OnStories_TheLossFalls(string id)
    {
        var events = Train(Spec(id, "stories", ("training.steps", "40"), ("training.learningRate", "0.005"), ("training.minLearningRate", "0.001"), ("shape.width", "32"), ("shape.ffn", "48")));
        var losses = events.OfType<Evaluated>().Select(e => e.Loss).ToArray();
        Assert.True(losses[^1] < losses[0] - 0.5, $"{losses[0]} → {losses[^1]}");
    }

    // A page names every column and tints by the declared range.
    private static void AssertVectorsFitTheirDeclaration(RunSpec spec, IEnumerable<MetricSnapshot> snapshots)
    {
        var declared = TrainingMetrics.Of(spec).Where(metric => metric.Form == MetricForm.Vector).ToDictionary(metric => metric.Name);
        foreach (var snapshot in snapshots.Where(snapshot => declared.ContainsKey(Base(snapshot.Metric))))
        {
            var metric = declared[Base(snapshot.Metric)];
            var parts = metric.Columns.Parts(snapshot.Values.Length, spec.Shape.ContextLength);
            var columns = snapshot.Values.Length / parts;
            Assert.Equal(snapshot.Values.Length, parts * columns);
            Assert.Equal(columns, Enumerable.Range(0, columns).Select(i => metric.Columns.Name(i, columns)).Distinct().Count());
            Assert.All(snapshot.Values, value => Assert.InRange(value, (metric.Range?.Low ?? double.MinValue) - 1e-4, (metric.Range?.High ?? double.MaxValue) + 1e-4));
        }
    }

    private static string Base(string metric) =>
        metric.StartsWith("layer", StringComparison.Ordinal) && metric.IndexOf('.', StringComparison.Ordinal) is var dot and > 5 && char.IsDigit(metric[5]) ? metric[(dot + 1)..] : metric;

    private static RunSpec Spec(string id, string dataset, params (string Path, string Text)[] further) => RunSpecReader.Read(
    [
        new("architecture.id", id), new("dataset.id", dataset), new("shape.layers", "2"), new("shape.width", "16"), new("shape.ffn", "24"), new("shape.contextLength", "16"),
        new("training.batchSize", "4"), new("training.threads", "1"), new("training.evaluationSequences", "8"), .. further.Select(item => new KeyValuePair<string, string>(item.Path, item.Text)),
    ]).OrThrow();

    private List<TrainingEvent> Train(RunSpec spec)
    {
        var events = new List<TrainingEvent>();
        new Trainer(_folder.Data, TimeProvider.System).Run(spec, _folder.File("run"), new Recorder(events), new TrainingControl());
        return events;
    }

    private sealed class Recorder(List<TrainingEvent> events) : ITrainingObserver
    {
        public void OnEvent(TrainingEvent trainingEvent) => events.Add(trainingEvent);
    }
}
