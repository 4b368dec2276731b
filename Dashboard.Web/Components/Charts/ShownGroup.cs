using Crossbench.Reports;
using Crossbench.Training;

namespace Crossbench.Web.Components.Charts;

/// <summary>A specification as a page shows it everywhere: with one name and one look.</summary>
/// <param name="Group">Its runs.</param>
/// <param name="Name">A name that no other has.</param>
/// <param name="Colour">Colour, as a CSS variable.</param>
/// <param name="Dash">Its place among those of its architecture.</param>
public sealed record ShownGroup(SeedGroup Group, string Name, string Colour, int Dash)
{
    /// <summary>Names it in addresses.</summary>
    public string Key => Group.Runs[0].Run.Id.Value;

    /// <summary>What its runs have in common.</summary>
    public RunSpec Spec => Group.Runs[0].Spec;

    /// <summary>Why it takes no part in a ranking; empty when it does.</summary>
    public string Remark => Group.Runs.Any(result => result.Run.SeesTheFuture == true) ? "sees the future" : Group.Counted.Any(result => result.Run.NotLearned) ? "not learned" : "";

    /// <summary>Gives each group its name and look.</summary>
    /// <param name="groups">The groups.</param>
    /// <param name="look">Colour of a group, and what tells it from others of its architecture.</param>
    public static IReadOnlyList<ShownGroup> Of(IReadOnlyList<SeedGroup> groups, Func<SeedGroup, (string Colour, string Details)> look)
    {
        var names = CurveGroup.NamesOf(groups, group => look(group).Details);
        string[] architectures = [.. groups.Select(group => group.Runs[0].Spec.Architecture.Id)];
        return [.. groups.Select((group, i) => new ShownGroup(group, names[i], look(group).Colour, architectures.Take(i).Count(id => id == architectures[i])))];
    }
}
