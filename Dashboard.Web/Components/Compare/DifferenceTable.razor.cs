using Crossbench.Reports;
using Crossbench.Web.Components.Charts;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Compare;

/// <summary>Things in which runs are not alike: a row each, a column for each specification.</summary>
public sealed partial class DifferenceTable : ComponentBase
{
    private const int ShownValues = 3;

    /// <summary>What the table is about.</summary>
    [Parameter, EditorRequired]
    public string Title { get; set; } = "";

    /// <summary>What it leaves out.</summary>
    [Parameter]
    public string Note { get; set; } = "";

    /// <summary>The things, with a value for each run, in the order of the groups' runs.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<Difference> Rows { get; set; } = [];

    /// <summary>The specifications.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<ShownGroup> Groups { get; set; } = [];

    /// <summary>What stands in place of a table without rows.</summary>
    [Parameter]
    public string Empty { get; set; } = "";

    private IEnumerable<(string Text, string All)> Cells(Difference row)
    {
        var at = 0;
        foreach (var group in Groups.Select(item => item.Group))
        {
            var values = row.Values.Skip(at).Take(group.Runs.Count).Select(value => value.Length == 0 ? Format.Unknown : value).Distinct().ToArray();
            at += group.Runs.Count;
            yield return (string.Join(", ", values.Take(ShownValues)) + (values.Length > ShownValues ? $" and {values.Length - ShownValues} more" : ""), string.Join(", ", values));
        }
    }
}
