using Crossbench.Models;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Architectures;

/// <summary>The number of parameters, part by part: how it comes about, and how many there are now.</summary>
public sealed partial class FormulaTable : ComponentBase
{
    /// <summary>The formula.</summary>
    [Parameter, EditorRequired]
    public ParameterFormula Formula { get; set; } = null!;
}
