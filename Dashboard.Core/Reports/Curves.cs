using System.Globalization;
using Crossbench.Metrics;
using Crossbench.Training;

namespace Crossbench.Reports;

/// <summary>Charts of losses: one for the runs that share dataset, chance and floor, with at most so many lines as can be told apart.</summary>
internal static class Curves
{
    private const int LinesInChart = 12;
    private const int PointsOfLine = 900;
    private const int EvaluationRows = 40;
    private const int TrainingRows = 10;
    private const double Smoothing = 0.9;

    public static IEnumerable<ReportBlock> Of(IReadOnlyList<RunResult> runs, IReadOnlyList<string> names)
    {
        var shown = runs.Zip(names).Where(item => item.First.SeriesOf(TrainingMetrics.TrainLoss.Name).Count > 0 || item.First.Evaluations.Count > 0).ToArray();
        if (shown.Length == 0)
        {
            yield break;
        }

        yield return new ReportHeading("Curves");
        foreach (var group in shown.GroupBy(item => (item.First.Spec.Dataset.Id, item.First.Run.Chance, item.First.Run.Floor)))
        {
            foreach (var part in group.Chunk(LinesInChart))
            {
                yield return Chart(part, group.Key.Id, group.Key.Chance, group.Key.Floor);
            }
        }
    }

    private static ReportChart Chart((RunResult First, string Second)[] runs, string dataset, double? chance, double? floor)
    {
        var lines = runs.Select((item, i) => Line(item.First, item.Second, runs.Take(i).Count(before => before.First.Spec.Architecture.Id == item.First.Spec.Architecture.Id))).ToArray();
        (string Name, double? Value)[] references = [("chance", chance), ("floor", floor)];
        return new ReportChart(
            $"Loss on {dataset} by step, in nats per scored token. Thin: training loss; thick: its running mean (weight {Smoothing.ToString(CultureInfo.InvariantCulture)}); dots: evaluation with its 95 % interval.",
            lines,
            [.. references.Where(item => item.Value is { } value && double.IsFinite(value)).Select(item => (item.Name, item.Value!.Value))],
            Values(runs));
    }

    private static ReportLine Line(RunResult result, string name, int variant)
    {
        var series = result.SeriesOf(TrainingMetrics.TrainLoss.Name);
        var (raw, smooth) = (new DownsampledLine(PointsOfLine), new DownsampledLine(PointsOfLine));
        raw.Append(series.Steps.Select((step, i) => new LinePoint(step, series.Values[i])));
        smooth.Append(Averages(series).Select((value, i) => new LinePoint(series.Steps[i], value)));
        return new ReportLine(name, result.Spec.Architecture.Id, variant, [.. raw.Points], [.. smooth.Points], [.. result.Evaluations.Where(item => item.Set == Evaluated.OwnSet)]);
    }

    private static IEnumerable<double> Averages(MetricSeries series)
    {
        var average = new DebiasedAverage(Smoothing);
        return series.Values.Select(average.Next);
    }

    /// <summary>The chart as a table: at the steps of evaluations, and some steps between them.</summary>
    private static ReportTable Values((RunResult First, string Second)[] runs)
    {
        var training = runs.Select(item => item.First.SeriesOf(TrainingMetrics.TrainLoss.Name)).Select(series => series.Steps.Zip(Averages(series)).ToDictionary(pair => pair.First, pair => pair.Second)).ToArray();
        var scored = runs.Select(item => item.First.Evaluations.Where(evaluation => evaluation.Set == Evaluated.OwnSet).ToDictionary(evaluation => evaluation.Step)).ToArray();
        var steps = Some([.. scored.SelectMany(item => item.Keys).Distinct().Order()], EvaluationRows)
            .Concat(Some([.. training.SelectMany(item => item.Keys).Distinct().Order()], TrainingRows)).Distinct().Order();
        return new ReportTable(
            "The chart in numbers",
            [new("Step", true), .. runs.SelectMany(item => new ReportColumn[] { new($"{item.Second}: training, running mean", true), new($"{item.Second}: evaluation", true) })],
            [
                .. steps.Select(step => (IReadOnlyList<string>)
                [
                    Figures.Count(step),
                    .. runs.SelectMany((_, i) => new[]
                    {
                        training[i].TryGetValue(step, out var loss) ? Figures.Loss(loss) : Figures.Unknown,
                        scored[i].TryGetValue(step, out var item) ? Figures.WithInterval(item.Loss, item.Low, item.High) : Figures.Unknown,
                    }),
                ]),
            ]);
    }

    /// <summary>At most so many, evenly spread, the last among them.</summary>
    private static IEnumerable<long> Some(IReadOnlyList<long> steps, int most) => steps.Count <= most
        ? steps
        : Enumerable.Range(0, most).Select(i => steps[(int)Math.Round((double)i * (steps.Count - 1) / (most - 1))]);
}
