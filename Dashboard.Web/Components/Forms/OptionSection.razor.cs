using Crossbench.Training;
using Crossbench.Web.Forms;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Forms;

/// <summary>The rows of several options.</summary>
public sealed partial class OptionSection : ComponentBase
{
    /// <summary>The options, in order.</summary>
    [Parameter, EditorRequired]
    public IEnumerable<SpecField> Options { get; set; } = [];

    /// <summary>Called with the path and each text, as it is typed.</summary>
    [Parameter]
    public EventCallback<(string Path, string? Text)> OnText { get; set; }

    /// <summary>Called once a text has been typed.</summary>
    [Parameter]
    public EventCallback OnSettled { get; set; }

    /// <summary>Called when a remedy is taken.</summary>
    [Parameter]
    public EventCallback<SpecFix> OnFix { get; set; }

    [CascadingParameter]
    internal SpecForm Form { get; set; } = null!;
}
