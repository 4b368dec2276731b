using Crossbench.Models;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Architectures;

/// <summary>Papers and model cards.</summary>
public sealed partial class ReadingList : ComponentBase
{
    /// <summary>The readings, the most important first.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<Reading> Readings { get; set; } = [];
}
