using Crossbench.Models;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Pages;

/// <summary>All architectures at the size they open on: a card each, or side by side in a table.</summary>
public sealed partial class ArchitectureList : ComponentBase
{
    /// <summary>Vocabulary of bytes.</summary>
    internal const int Vocabulary = 256;

    private static readonly ArchitectureFamily?[] Families = [null, .. Enum.GetValues<ArchitectureFamily>()];

    [SupplyParameterFromQuery(Name = "table")]
    private bool IsTable { get; set; }

    [SupplyParameterFromQuery(Name = "family")]
    private string? FamilyText { get; set; }

    [Inject]
    private NavigationManager Addresses { get; set; } = null!;

    private ArchitectureFamily? Family => Enum.TryParse<ArchitectureFamily>(FamilyText, ignoreCase: true, out var family) && Enum.IsDefined(family) ? family : null;

    private IEnumerable<(Architecture Architecture, ModelCost Cost)> Shown =>
        ModelZoo.All.Where(architecture => Family is not { } family || architecture.Family == family).Select(architecture => (architecture, CostOf(architecture)));

    internal static ModelCost CostOf(Architecture architecture) => architecture.Cost(architecture.DefaultShape, Vocabulary, architecture.Defaults);

    private void Go(string key, ArchitectureFamily? family) => Addresses.NavigateTo(Urls.With(Addresses, (key, family?.ToString().ToLowerInvariant())));
}
