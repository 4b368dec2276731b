using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models.Parts;

/// <summary>
/// Causal depthwise convolution over time: y_t = b + Σ_k w_k ⊙ x_{t−(w−1)+k}, with zeros before the first token: [B, T, C] → [B, T, C]. The weight is laid
/// out as in torch's Conv1d with one group a channel, [C, 1, w]: its last tap is that of the token itself.
/// </summary>
internal sealed class CausalConv : Module<Tensor, ForwardContext, Tensor>
{
    private readonly int _width;
    private readonly string? _earlierPoint;

    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    [ComponentName(Name = "bias")]
    private readonly Parameter _bias;

    /// <summary>A convolution.</summary>
    /// <param name="channels">C.</param>
    /// <param name="width">w, its taps.</param>
    /// <param name="earlierPoint">Ablation point of what earlier tokens contribute, if there is one; not asked for when w is 1.</param>
    public CausalConv(long channels, int width, string? earlierPoint = null) : base("conv")
    {
        _width = width;
        _earlierPoint = earlierPoint;
        _weight = new Parameter(zeros(channels, 1, width));
        _bias = new Parameter(zeros(channels));
        RegisterComponents();
    }

    /// <summary>Its parameters, uniform in ±1/√w as torch draws them.</summary>
    /// <param name="name">Its name: <c>conv</c>.</param>
    /// <param name="channels">C.</param>
    /// <param name="width">w.</param>
    /// <param name="part">What they are counted under.</param>
    /// <param name="sameInAllLayers">Whether all layers start from the same draw.</param>
    public static IEnumerable<ParameterShape> Parameters(string name, Extent channels, Extent width, string part, bool sameInAllLayers = false)
    {
        var bound = 1 / Math.Sqrt(width.Value);
        var initial = new Initial.Uniform(-bound, bound) { SameInAllLayers = sameInAllLayers };
        return [new(name + ".weight", [channels, 1, width], part) { Initial = initial }, new(name + ".bias", [channels], part) { Initial = initial }];
    }

    /// <summary>Forward operations per token.</summary>
    public static double Flops(long channels, int width) => 2.0 * width * channels;

    /// <summary>Bytes (fp32) of the inputs that decoding keeps.</summary>
    public static long StateBytes(long channels, int width) => (width - 1) * channels * sizeof(float);

    /// <summary>An empty window for decoding.</summary>
    public TokenWindow CreateWindow() => new(_width - 1);

    /// <inheritdoc/>
    public override Tensor forward(Tensor x, ForwardContext context) => Convolve(TokenWindow.Before(x, _width - 1), context);

    /// <summary>Continues sequences whose last inputs the window holds.</summary>
    /// <param name="x">[B, T, C]</param>
    /// <param name="window">Window of this convolution; updated.</param>
    /// <param name="context">Context of the pass.</param>
    /// <returns>[B, T, C]</returns>
    public Tensor Continue(Tensor x, TokenWindow window, ForwardContext context) => Convolve(window.Extend(x), context);

    /// <summary>One shifted product a tap: libtorch's own convolution is slow with one group a channel.</summary>
    /// <param name="x">[B, w − 1 + T, C]</param>
    /// <param name="context">Context of the pass.</param>
    /// <returns>[B, T, C]</returns>
    private Tensor Convolve(Tensor x, ForwardContext context)
    {
        var length = x.shape[1] - _width + 1;
        context.Kernels.Count?.Add(Flops(x.shape[2], _width) * x.shape[0] * length);
        var taps = _weight.squeeze(1).unbind(1); // [C] each
        var own = _bias.addcmul(x.narrow(1, _width - 1, length), taps[^1], 1); // [B, T, C]
        if (_width == 1)
        {
            return own;
        }

        var earlier = x.narrow(1, 0, length) * taps[0]; // [B, T, C]
        for (var tap = 1; tap < _width - 1; tap++)
        {
            earlier = earlier.addcmul(x.narrow(1, tap, length), taps[tap], 1);
        }

        return own + (_earlierPoint is null ? earlier : context.Intervene(_earlierPoint, earlier));
    }
}
