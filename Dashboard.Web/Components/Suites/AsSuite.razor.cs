using Crossbench.Suites;
using Crossbench.Web.Forms;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Suites;

/// <summary>Turns the specification of a form into a suite: seeds, and a grid over one field.</summary>
public sealed partial class AsSuite : ComponentBase
{
    private string _field = "";
    private string _values = "";
    private string _seeds = "0-4";

    [CascadingParameter]
    private SpecForm Form { get; set; } = null!;

    private IEnumerable<string> Paths => ["architecture.id", .. Form.Fields.Sections.SelectMany(section => section.Fields).Select(item => item.Path)];

    private bool IsLegal => SuiteWriter.ReadSeeds(_seeds) is not null;
}
