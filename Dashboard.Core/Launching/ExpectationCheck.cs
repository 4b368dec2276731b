using System.Globalization;
using Crossbench.Runs;
using Crossbench.Suites;

namespace Crossbench.Launching;

/// <summary>What became of an expectation.</summary>
/// <param name="Expectation">The expectation.</param>
/// <param name="IsMet">Whether it holds; null where a run that it needs has not completed.</param>
/// <param name="Words">The numbers that decide it, or what is missing.</param>
public sealed record CheckedExpectation(SuiteExpectation Expectation, bool? IsMet, string Words);

/// <summary>Compares the results of a suite with its expectations. A number or a line of the data must hold for each run; other runs are compared by their means.</summary>
/// <param name="store">The store.</param>
/// <param name="members">The runs of the suite.</param>
public sealed class ExpectationCheck(IRunStore store, IReadOnlyList<SuiteMember> members)
{
    /// <summary>Checks one expectation.</summary>
    public CheckedExpectation Check(SuiteExpectation expectation)
    {
        var values = Values(expectation.Runs, expectation.Metric, out var missing);
        var failures = new List<string>();
        foreach (var (bound, sign) in new[] { (expectation.Below, 1), (expectation.Above, -1) }.Where(item => item.Item1 is not null))
        {
            var limits = Limits(bound!, expectation.Metric, values, ref missing);
            failures.AddRange(limits.Where(pair => !(sign * (pair.Limit - pair.Value) > 0 && sign * (pair.Limit - pair.Value) >= expectation.Margin))
                .Select(pair => Text($"{pair.Name} has {pair.Value:0.####}, which is not {(sign > 0 ? "below" : "above")} {pair.Limit:0.####}{(expectation.Margin > 0 ? Text($" by {expectation.Margin}") : "")}")));
        }

        return missing is not null ? new CheckedExpectation(expectation, null, missing)
            : failures.Count > 0 ? new CheckedExpectation(expectation, false, string.Join("; ", failures))
            : new CheckedExpectation(expectation, true, values.Count == 1 ? Text($"{values[0].Value:0.####}") : Text($"{values.Min(item => item.Value):0.####} to {values.Max(item => item.Value):0.####} over {values.Count} runs"));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private List<(string Name, double Value, RunRecord Run)> Values(string pattern, string metric, out string? missing)
    {
        missing = null;
        var values = new List<(string, double, RunRecord)>();
        foreach (var member in members.Where(member => SuiteExpectation.IsMatch(pattern, member.Planned.Spec.Name)))
        {
            var (name, run) = (member.Planned.Spec.Name, store.Find(member.Id));
            if (run is not { Status: RunStatus.Completed })
            {
                missing ??= $"{name} is {run?.Status.ToString().ToLowerInvariant() ?? "deleted"}";
            }
            else if (ValueOf(run, metric) is { } value)
            {
                values.Add((name, value, run));
            }
            else
            {
                missing ??= $"{name} has no value of {metric}";
            }
        }

        return values;
    }

    private double? ValueOf(RunRecord run, string metric)
    {
        if (metric == SuiteExpectation.EvaluationLoss)
        {
            return run.EvalLoss;
        }

        var series = store.ReadSeries(run.Id, metric, -1);
        return series.Values.Length > 0 && double.IsFinite(series.Values[^1]) ? series.Values[^1] : null;
    }

    /// <summary>Values with the limits that they are held against.</summary>
    private List<(string Name, double Value, double Limit)> Limits(ExpectedBound bound, string metric, List<(string Name, double Value, RunRecord Run)> values, ref string? missing)
    {
        if (values.Count == 0)
        {
            return [];
        }

        if (bound.Runs is { } pattern)
        {
            var others = Values(pattern, metric, out var absent);
            missing ??= absent;
            return others.Count == 0 ? [] : [("The mean", values.Average(item => item.Value), others.Average(item => item.Value))];
        }

        var limits = values.Select(item => (item.Name, item.Value, Limit: bound.Number ?? (bound.Line == ExpectedLine.Chance ? item.Run.Chance : item.Run.Floor))).ToList();
        if (limits.Exists(item => item.Limit is null))
        {
            missing ??= $"{limits.Find(item => item.Limit is null).Name} has no {bound}";
        }

        return [.. limits.Where(item => item.Limit is not null).Select(item => (item.Name, item.Value, item.Limit!.Value))];
    }
}
