using Crossbench.Metrics;
using Crossbench.Reports;
using Crossbench.Runs;

namespace Crossbench.Web.Components.Charts;

/// <summary>One metric of one run.</summary>
/// <param name="Run">The run.</param>
/// <param name="Metric">Name of the metric.</param>
/// <param name="Name">What its line is called.</param>
public sealed record CurveSource(RunRecord Run, string Metric, string Name);

/// <summary>What is one line of a chart: a curve, or several seeds of the same.</summary>
/// <param name="Key">Names it in addresses.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Colour">Colour, as a CSS variable.</param>
/// <param name="Members">Its curves.</param>
public sealed record CurveGroup(string Key, string Name, string Colour, IReadOnlyList<CurveSource> Members)
{
    /// <summary>Its place among the lines of one colour.</summary>
    public int Dash { get; init; }

    /// <summary>Colour of its name, as a CSS variable.</summary>
    public string TextColour { get; init; } = "--text-2";

    /// <summary>What makes two groups the same lines.</summary>
    public string Identity => $"{Key} {Name} {Colour} {Dash} {string.Join(' ', Members.Select(member => $"{member.Run.Id}:{member.Metric}"))}";

    /// <summary>One metric of one run by itself.</summary>
    public static CurveGroup Of(RunRecord run, MetricSpec metric, string? colour = null) =>
        new($"{run.Id}.{metric.Name}", metric.Label, colour ?? RunFacts.Colour(run.Spec.Architecture.Id), [new CurveSource(run, metric.Name, metric.Label)]);

    /// <summary>One metric of several specifications: those runs that differ in the seed alone are one line, one run of each seed.</summary>
    public static IReadOnlyList<CurveGroup> Of(IReadOnlyList<ShownGroup> groups, string metric) =>
    [
        .. groups.Select(item => new CurveGroup(item.Key, item.Name, item.Colour, [.. item.Group.Followed.Select(run => new CurveSource(run.Run, metric, $"{run.Spec.Name}, seed {run.Spec.Seed}"))])
        {
            Dash = item.Dash,
            TextColour = item.Colour + "-text",
        }),
    ];

    /// <summary>A name for each group that no other has: that of a run alone, the architecture of several seeds, with what tells them apart where two have the same.</summary>
    /// <param name="groups">The groups.</param>
    /// <param name="details">What tells a group from others of its architecture; may be empty.</param>
    public static IReadOnlyList<string> NamesOf(IReadOnlyList<SeedGroup> groups, Func<SeedGroup, string> details)
    {
        string[] plain = [.. groups.Select(group => group.Followed.Count == 1 ? group.Followed[0].Spec.Name : $"{group.Runs[0].Spec.Architecture.Id} × {group.Followed.Count}")];
        string[] told = [.. groups.Select((group, i) => plain.Count(name => name == plain[i]) == 1 || details(group).Length == 0 ? plain[i] : $"{plain[i]}, {details(group)}")];
        return [.. groups.Select((group, i) => told.Count(name => name == told[i]) == 1 ? told[i] : $"{told[i]}, {group.Runs[0].Run.Id}")];
    }
}
