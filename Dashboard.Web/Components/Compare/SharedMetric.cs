using Crossbench.Metrics;
using Crossbench.Reports;
using Crossbench.Runs;
using Crossbench.Training;
using Crossbench.Web.Components.Charts;

namespace Crossbench.Web.Components.Compare;

/// <summary>One specification's course of a metric.</summary>
/// <param name="Group">Index of the specification.</param>
/// <param name="Seeds">Seeds that have measured it.</param>
/// <param name="Points">Mean over seeds with its 95 % t interval, by step; of a metric of layers or heads that of their mean.</param>
public sealed record SharedCourse(int Group, int Seeds, IReadOnlyList<WhiskerPoint> Points);

/// <summary>A metric that specifications have in common.</summary>
/// <param name="Metric">What it is.</param>
/// <param name="Courses">Its course in each specification that has measured it.</param>
public sealed record SharedMetric(MetricSpec Metric, IReadOnlyList<SharedCourse> Courses)
{
    /// <summary>Kinds that tell what an architecture does inside, in the order in which they are shown.</summary>
    public static IReadOnlyList<MetricKind> Kinds { get; } = [MetricKind.Gate, MetricKind.Router, MetricKind.Rule, MetricKind.State];

    private const int Columns = 120;

    /// <summary>Reads every scalar of these kinds that at least two of the specifications declare, or the only one.</summary>
    /// <param name="store">The store.</param>
    /// <param name="groups">The specifications.</param>
    public static IReadOnlyList<SharedMetric> Read(IRunStore store, IReadOnlyList<SeedGroup> groups)
    {
        var declared = groups.Select(group => DeclaredBy(group.Runs[0].Spec)).ToArray();
        var shared = declared.SelectMany(metrics => metrics).DistinctBy(metric => metric.Name).Where(metric => declared.Count(metrics => metrics.Any(own => own.Name == metric.Name)) >= Math.Min(2, groups.Count));
        var edges = StepColumns.Linear(0, groups.SelectMany(group => group.Runs).Max(result => Math.Max(result.Spec.Training.Steps, result.Run.Step)), Columns);
        return
        [
            .. from metric in shared
               let holders = groups.Index().Where(item => declared[item.Index].Any(own => own.Name == metric.Name)).ToArray()
               let courses = ReadCourses(store, metric, holders, edges)
               where courses.Length > 0
               orderby Kinds.ToList().IndexOf(metric.Kind)
               select new SharedMetric(metric, courses),
        ];
    }

    /// <summary>Scalars of these kinds that a specification declares; the ends of a range belong to the metric whose range they are, and are left out.</summary>
    internal static MetricSpec[] DeclaredBy(RunSpec spec)
    {
        var all = TrainingMetrics.Of(spec);
        var ends = all.Select(metric => metric.NullRange).OfType<(string Low, string High)>().SelectMany(range => new[] { range.Low, range.High }).ToHashSet();
        return [.. all.Where(metric => metric.Form == MetricForm.Scalar && Kinds.Contains(metric.Kind) && !ends.Contains(metric.Name)).DistinctBy(metric => metric.Name)];
    }

    private static SharedCourse[] ReadCourses(IRunStore store, MetricSpec metric, (int Index, SeedGroup Item)[] holders, long[] edges)
    {
        var runs = holders.SelectMany(group => group.Item.Followed).ToArray();
        var parts = runs.ToDictionary(run => run.Run.Id, _ => new List<SeriesColumns>());
        foreach (var (name, having) in Names(metric, runs))
        {
            var columns = having.Select(run => (run.Run.Id, Columns: new SeriesColumns(edges, means: true))).ToArray();
            store.ReadColumns(name, columns);
            foreach (var (id, read) in columns.Where(item => item.Columns.Total > 0))
            {
                parts[id].Add(read);
            }
        }

        return
        [
            .. from holder in holders
               let members = holder.Item.Followed.Select(run => MeanOf(parts[run.Run.Id])).Where(points => points.Count > 0).ToArray()
               where members.Length > 0
               select new SharedCourse(holder.Index, members.Length, SeedBand.Of(members)),
        ];
    }

    /// <summary>Its names in the store, with the runs that can have each.</summary>
    private static IEnumerable<(string Name, RunResult[] Runs)> Names(MetricSpec metric, RunResult[] runs) => metric.Scope == MetricScope.Model
        ? [(metric.Name, runs)]
        : Enumerable.Range(0, runs.Max(run => run.Spec.Shape.Layers)).Select(layer => ($"layer{layer}.{metric.Name}", runs.Where(run => run.Spec.Shape.Layers > layer).ToArray()));

    /// <summary>The mean of several series, where all of them have points.</summary>
    private static List<LinePoint> MeanOf(List<SeriesColumns> series) =>
    [
        .. series.SelectMany(part => part.Columns).Where(column => double.IsFinite(column.Mean.Y)).GroupBy(column => column.Index).Where(column => column.Count() == series.Count).OrderBy(column => column.Key)
            .Select(column => new LinePoint(column.First().Mean.X, column.Average(part => part.Mean.Y))),
    ];
}
