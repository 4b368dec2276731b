namespace Crossbench.Models;

/// <summary>What surrounds the blocks of a model: norms, head, initialisation.</summary>
/// <param name="NormEpsilon">ε of every RMSNorm.</param>
/// <param name="HeadBias">Whether the output head has a bias.</param>
/// <param name="TiedHead">Whether the output head shares the embedding's weight.</param>
/// <param name="InitialDeviation">Standard deviation of initial weights.</param>
public sealed record Backbone(double NormEpsilon, bool HeadBias, bool TiedHead, double InitialDeviation = 0.02)
{
    /// <summary>The backbone that a shape asks for: ε = 1e-6, head bias with <see cref="ModelShape.Bias"/> unless the head is tied.</summary>
    public static Backbone For(ModelShape shape) => new(1e-6, shape.Bias && !shape.TiedHead, shape.TiedHead);

    /// <summary>Every parameter of a model with these blocks.</summary>
    internal IEnumerable<ParameterShape> Parameters(ModelShape shape, int vocabulary, IEnumerable<ParameterShape> blocks)
    {
        yield return new("embed.weight", [vocabulary, shape.Width], "Token embedding");
        foreach (var parameter in blocks)
        {
            yield return parameter;
        }

        yield return new("norm.weight", [shape.Width], "Norms");
        if (!TiedHead)
        {
            yield return new("lm_head.weight", [vocabulary, shape.Width], "Output head");
        }

        if (HeadBias)
        {
            yield return new("lm_head.bias", [vocabulary], "Output head");
        }
    }
}

/// <summary>What a block is built from.</summary>
/// <param name="Index">0-based layer.</param>
/// <param name="Shape">Shape of the model.</param>
/// <param name="Backbone">What surrounds the blocks.</param>
/// <param name="Rope">Rotary positions shared by all layers, or null without positions.</param>
public sealed record LayerContext(int Index, ModelShape Shape, Backbone Backbone, Parts.Rope? Rope);
