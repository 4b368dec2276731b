using System.Globalization;

namespace Crossbench.Models;

/// <summary>Parameters of some layers that are alike.</summary>
/// <param name="Layers">How many layers: L where it is all of them, a number where it is some, 1 for what stands outside the layers.</param>
/// <param name="Each">Parameters in each.</param>
public sealed record FormulaTerm(Extent Layers, Extent Each)
{
    /// <summary>The number.</summary>
    public long Value => checked(Layers.Value * Each.Value);

    /// <summary>True outside the layers, where there is nothing to multiply by.</summary>
    public bool StandsAlone => Layers.Terms is [{ Factor: 1, Symbols.Count: 0 }];

    /// <summary>As one product, where it is no more than that: <c>3 L d f</c>.</summary>
    public Extent? Product => StandsAlone || Each.Terms.Count == 1 ? Layers * Each : null;

    /// <summary>As it is written: <c>L (2 d^2 + 2 d)</c>.</summary>
    public string Text => Product?.Text ?? $"{Layers.Text} ({Each.Text})";
}

/// <summary>Parameters of one part of a model.</summary>
/// <param name="Name">The part: "Attention".</param>
/// <param name="Terms">What is summed.</param>
public sealed record FormulaPart(string Name, IReadOnlyList<FormulaTerm> Terms)
{
    /// <summary>The number.</summary>
    public long Count => Terms.Sum(term => term.Value);

    /// <summary>As it is written.</summary>
    public string Text => string.Join(" + ", Terms.Select(term => term.Text));
}

/// <summary>
/// The number of parameters as a formula, by part: made from the declared parameters, each the product of its dimensions, so it cannot differ from them.
/// </summary>
/// <param name="Parts">The parts, in order of first appearance.</param>
public sealed record ParameterFormula(IReadOnlyList<FormulaPart> Parts)
{
    /// <summary>The number.</summary>
    public long Count => Parts.Sum(part => part.Count);

    /// <summary>The sizes in it, each once; in a model of different layers one letter may stand for several.</summary>
    public IReadOnlyList<SizeSymbol> Symbols => [.. Parts.SelectMany(part => part.Terms).SelectMany(term => term.Layers.Symbols.Concat(term.Each.Symbols)).Distinct()];

    /// <summary>The formula of a model.</summary>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="shape">Its shape.</param>
    public static ParameterFormula Of(IEnumerable<ParameterShape> parameters, ModelShape shape) => new(
    [
        .. parameters.Where(parameter => !parameter.IsBuffer).GroupBy(parameter => parameter.Part)
            .Select(part => new FormulaPart(part.Key, [.. Terms(part, shape)])),
    ]);

    private static IEnumerable<FormulaTerm> Terms(IEnumerable<ParameterShape> part, ModelShape shape)
    {
        var byLayer = part.GroupBy(LayerOf, (layer, all) => (Layer: layer, Sum: all.Aggregate((Extent)0, (sum, parameter) => sum + parameter.Extent))).ToArray();
        var inside = byLayer.Where(item => item.Layer is not null).GroupBy(item => Key(item.Sum), (_, alike) => alike.ToArray())
            .Select(alike => new FormulaTerm(alike.Length == shape.Layers ? shape.Extents.Layers : alike.Length, alike[0].Sum));
        return inside.Concat(byLayer.Where(item => item.Layer is null).Select(item => new FormulaTerm(1, item.Sum)));
    }

    /// <summary>Layers are alike when formula and sizes are.</summary>
    private static string Key(Extent extent) => string.Join(' ', extent.Symbols.Select(symbol => string.Create(CultureInfo.InvariantCulture, $"{symbol.Name}={symbol.Value}")).Prepend(extent.Text));

    private static int? LayerOf(ParameterShape parameter) => parameter.Name.Split('.') is ["layers", var index, ..] ? int.Parse(index, CultureInfo.InvariantCulture) : null;
}
