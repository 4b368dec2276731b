using Crossbench.Metrics;
using Crossbench.Runs;
using Crossbench.Training;

namespace Crossbench.Tests.Support;

/// <summary>Diagnostics as they could be, for every metric that a run declares, so that its view can be looked at.</summary>
internal static class SampleDiagnostics
{
    private const int Every = 20;

    /// <summary>Adds scalars over training and the latest of all other forms.</summary>
    public static void Add(IRunStore store, RunId id, RunSpec spec, int done)
    {
        var metrics = TrainingMetrics.Of(spec).Where(metric => metric != TrainingMetrics.TrainLoss && metric != TrainingMetrics.EvalLoss && metric != TrainingMetrics.SteadyTokensPerSecond && (metric.Name.Contains('.', StringComparison.Ordinal) || metric.Scope != MetricScope.Model)).ToArray();
        for (var step = Every; step <= done; step += Every)
        {
            var at = step;
            store.Append(id, [new Measured(step, step * 512L, [.. metrics.Where(metric => metric.Form == MetricForm.Scalar).SelectMany(metric => Points(metric, spec, at))])
            {
                Snapshots = [.. metrics.Where(metric => metric.Form == MetricForm.Histogram).SelectMany(metric => Snapshots(metric, spec, at))],
            }]);
        }

        store.Append(id, [new Measured(done, done * 512L, []) { Snapshots = [.. metrics.Where(metric => metric.Form != MetricForm.Scalar).SelectMany(metric => Snapshots(metric, spec, done))] }]);
    }

    private static IEnumerable<MetricPoint> Points(MetricSpec metric, RunSpec spec, int step) =>
        Names(metric, spec).Select((name, layer) => new MetricPoint(name, step, name.EndsWith(TokenMetrics.NullLow, StringComparison.Ordinal) ? 0.47 : name.EndsWith(TokenMetrics.NullHigh, StringComparison.Ordinal) ? 0.53 : (metric.InitialValue ?? 0.4) + (0.05 * (layer + 1) * Math.Tanh(step / 300.0)) + (0.01 * Math.Sin((step * 0.7) + layer))));

    private static IEnumerable<MetricSnapshot> Snapshots(MetricSpec metric, RunSpec spec, int step) => Names(metric, spec).Select((name, layer) => new MetricSnapshot(name, step, metric.Form switch
    {
        MetricForm.Histogram => [.. Bell(80, 0.12 + (0.43 * Math.Tanh(step / 600.0)), 0.18, layer), .. Bell(400, 0.2, 0.1, layer), .. new float[32]],
        MetricForm.Strip when name == TrainingMetrics.SampleTokens.Name => [.. Enumerable.Range(0, spec.Shape.ContextLength).Select(i => (float)(i * 37 % 256))],
        MetricForm.Strip => [.. Enumerable.Range(0, spec.Shape.ContextLength).Select(i => (float)(0.1 + (0.08 * (i % 7)) + (0.3 * (i % 5 == layer % 5 ? 1 : 0))))],
        _ => [.. Enumerable.Range(0, spec.Shape.Heads).Select(i => (float)(1 + (0.3 * i) + (0.4 * layer)))],
    }));

    private static IEnumerable<float> Bell(int count, double mean, double deviation, int layer) => Enumerable.Range(0, 32)
        .Select(bin => (float)Math.Round(count * Math.Exp(-Math.Pow((((bin + 0.5) / 32) - mean - (0.02 * layer)) / deviation, 2) / 2)));

    private static IEnumerable<string> Names(MetricSpec metric, RunSpec spec) =>
        metric.Scope == MetricScope.Model ? [metric.Name] : Enumerable.Range(0, spec.Shape.Layers).Select(layer => $"layer{layer}.{metric.Name}");
}
