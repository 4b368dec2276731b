namespace Crossbench.Web.Components.Diagnostics;

/// <summary>Colours of layers: ordered, pale for the first, strong for the last.</summary>
internal static class LayerColour
{
    /// <summary>The tint of the first layer.</summary>
    public const int First = 3;

    private const int Single = 6;

    /// <summary>Tint of a layer, as a CSS variable.</summary>
    /// <param name="layer">The layer; null for what belongs to the whole model.</param>
    /// <param name="layers">Layers of the model.</param>
    public static string Of(int? layer, int layers) =>
        $"--seq-{(layer is { } index && layers > 1 ? First + (int)Math.Round((double)(ValueScale.Strongest - First) * index / (layers - 1)) : Single)}";
}
