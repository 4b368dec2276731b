using Crossbench.Runs;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Suites;

/// <summary>Chooses one run of several, in the address.</summary>
public sealed partial class RunPicker : ComponentBase
{
    /// <summary>The runs.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<RunRecord> Runs { get; set; } = [];

    /// <summary>The one that is shown.</summary>
    [Parameter, EditorRequired]
    public RunRecord Chosen { get; set; } = null!;

    [Inject]
    private NavigationManager Addresses { get; set; } = null!;

    private void Choose(ChangeEventArgs change) => Addresses.NavigateTo(Urls.With(Addresses, ("run", (string?)change.Value)), replace: true);
}
