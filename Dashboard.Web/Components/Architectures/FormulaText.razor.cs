using System.Globalization;
using Crossbench.Models;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Architectures;

/// <summary>The formula of one part of a model.</summary>
public sealed partial class FormulaText : ComponentBase
{
    /// <summary>The part.</summary>
    [Parameter, EditorRequired]
    public FormulaPart Part { get; set; } = null!;

    private static RenderFragment Sum(Extent extent) => builder =>
    {
        foreach (var (index, term) in extent.Terms.Index())
        {
            builder.AddContent(0, index > 0 ? " + " : "");
            builder.AddContent(1, Product(term));
        }
    };

    private static RenderFragment Product(ExtentTerm term) => builder =>
    {
        builder.AddContent(0, term.Factor == 1 && term.Symbols.Count > 0 ? "" : term.Factor.ToString(CultureInfo.InvariantCulture));
        foreach (var (symbol, power) in term.Powers)
        {
            builder.AddContent(1, "\u2009"); // a thin space
            builder.OpenComponent<SizeName>(2);
            builder.AddComponentParameter(3, nameof(SizeName.Name), symbol.Name);
            builder.CloseComponent();
            if (power > 1)
            {
                builder.OpenElement(4, "sup");
                builder.AddContent(5, power);
                builder.CloseElement();
            }
        }
    };
}
