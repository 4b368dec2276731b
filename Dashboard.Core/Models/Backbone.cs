using Crossbench.Models.Parts;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models;

/// <summary>Kind of the norms between the parts of a model.</summary>
public enum NormKind
{
    /// <summary>Root-mean-square norm with a weight.</summary>
    Rms,

    /// <summary>Layer norm with weight and bias (Ba et al., 2016).</summary>
    Layer,
}

/// <summary>What surrounds the blocks of a model: norms, head, initialisation.</summary>
/// <param name="NormEpsilon">ε of every norm.</param>
/// <param name="HeadBias">Whether the output head has a bias.</param>
/// <param name="TiedHead">Whether the output head shares the embedding's weight.</param>
/// <param name="InitialDeviation">Standard deviation of initial weights.</param>
/// <param name="Norm">Kind of the norms.</param>
public sealed record Backbone(double NormEpsilon, bool HeadBias, bool TiedHead, double InitialDeviation, NormKind Norm = NormKind.Rms)
{
    /// <summary>The backbone that a shape asks for: ε = 1e-6, head bias with <see cref="ModelShape.Bias"/> unless the head is tied.</summary>
    public static Backbone For(ModelShape shape) => new(1e-6, shape.Bias && !shape.TiedHead, shape.TiedHead, shape.InitialDeviation);

    /// <summary>Llama's backbone: ε = 1e-5, no bias on the head (Touvron et al., 2023).</summary>
    public static Backbone Llama(ModelShape shape) => new(1e-5, HeadBias: false, shape.TiedHead, shape.InitialDeviation);

    /// <summary>A norm over vectors of this width.</summary>
    public Module<Tensor, ForwardContext, Tensor> CreateNorm(long width) => Norm == NormKind.Rms ? new RmsNorm(width, NormEpsilon) : new LayerNorm(width, NormEpsilon);

    /// <summary>Parameters of a norm.</summary>
    /// <param name="name">Its name: <c>layers.0.norm1</c>.</param>
    /// <param name="width">Width of the vectors.</param>
    internal IEnumerable<ParameterShape> NormParameters(string name, Extent width) => Norm == NormKind.Rms
        ? [new(name + ".weight", [width], "Norms")]
        : [new(name + ".weight", [width], "Norms"), new(name + ".bias", [width], "Norms")];

    /// <summary>Every parameter of a model with these blocks.</summary>
    internal IEnumerable<ParameterShape> Parameters(ModelShape shape, int vocabulary, IEnumerable<ParameterShape> prelude, IEnumerable<ParameterShape> blocks)
    {
        var (tokens, width) = (Extent.Of("V", "vocabulary", vocabulary), shape.Extents.Width);
        return
        [
            new("embed.weight", [tokens, width], "Token embedding"),
            .. prelude,
            .. blocks,
            .. NormParameters("norm", width),
            .. TiedHead ? Array.Empty<ParameterShape>() : [new("lm_head.weight", [tokens, width], "Output head")],
            .. HeadBias ? [new("lm_head.bias", [tokens], "Output head")] : Array.Empty<ParameterShape>(),
        ];
    }
}

/// <summary>What a block is built from.</summary>
/// <param name="Index">0-based layer.</param>
/// <param name="Shape">Shape of the model.</param>
/// <param name="Backbone">What surrounds the blocks.</param>
/// <param name="Rope">Rotary positions shared by all layers, or null without positions.</param>
public sealed record LayerContext(int Index, ModelShape Shape, Backbone Backbone, Rope? Rope);
