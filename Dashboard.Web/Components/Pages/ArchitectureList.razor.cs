using Crossbench.Models;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Pages;

/// <summary>All architectures, side by side at the size they open on.</summary>
public sealed partial class ArchitectureList : ComponentBase
{
    /// <summary>Vocabulary of bytes.</summary>
    internal const int Vocabulary = 256;

    internal static ModelCost CostOf(Architecture architecture) => architecture.Cost(architecture.DefaultShape, Vocabulary, architecture.Defaults);
}
