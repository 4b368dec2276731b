namespace Crossbench.Models.Parts;

/// <summary>A layer of GPT-2 (Radford et al., 2019) around a mixer: x += Mixer(LayerNorm(x)); x += GeluMlp(LayerNorm(x)).</summary>
internal static class GptBlock
{
    /// <summary>A block around a mixer; the network has biases when the shape has.</summary>
    public static PreNormBlock Create(LayerContext layer, TokenMixer mixer) => new(layer, mixer, new GeluMlp(layer.Shape.Width, layer.Shape.Ffn, layer.Shape.Bias));

    /// <summary>Parameters of a layer around those of its mixer, whose names are relative to it.</summary>
    public static IEnumerable<ParameterShape> Parameters(int layer, ModelShape shape, Backbone backbone, IEnumerable<ParameterShape> mixer)
    {
        var prefix = $"layers.{layer}.";
        return
        [
            .. backbone.NormParameters(prefix + "norm1", shape.Extents.Width),
            .. mixer.Select(parameter => parameter with { Name = prefix + "attn." + parameter.Name }),
            .. backbone.NormParameters(prefix + "norm2", shape.Extents.Width),
            .. GeluMlp.Parameters(prefix + "mlp.", shape.Extents.Width, shape.Extents.Ffn, shape.Bias, "FFN"),
        ];
    }
}
