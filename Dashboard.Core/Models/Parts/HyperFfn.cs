using Crossbench.Models.Architectures;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models.Parts;

/// <summary>Feed-forward part that mixes three networks token by token: SwiGLU, a separable causal convolution and a low-rank network.</summary>
internal sealed class HyperFfn : Module
{
    private const string Part = "FFN";

    [ComponentName(Name = "router")]
    private readonly Linear _router;

    [ComponentName(Name = "mlp")]
    private readonly SwiGlu _mlp;

    [ComponentName(Name = "conv")]
    private readonly SeparableConv _conv;

    [ComponentName(Name = "low")]
    private readonly LowRankNetwork _low;

    public HyperFfn(ModelShape shape, MoaMetricOptions options) : base("ffn")
    {
        _router = Linear(shape.Width, MoaPoints.FfnBranches.Count);
        _mlp = new SwiGlu(shape.Width, shape.Ffn);
        _conv = new SeparableConv(shape.Width, options.FfnConvWidth);
        _low = new LowRankNetwork(shape.Width, options.LowRank);
        RegisterComponents();
    }

    /// <summary>Its parameters, with names that begin with a prefix.</summary>
    public static IEnumerable<ParameterShape> Parameters(string prefix, ModelShape shape, MoaMetricOptions options) =>
    [
        new(prefix + "router.weight", [MoaPoints.FfnBranches.Count, shape.Extents.Width], Part),
        new(prefix + "router.bias", [MoaPoints.FfnBranches.Count], Part),
        .. SwiGlu.Parameters(prefix + "mlp.", shape),
        .. SeparableConv.Parameters(prefix + "conv.", shape.Extents.Width, Extent.Of("t_f", "taps of the FFN convolution", options.FfnConvWidth), Part),
        .. LowRankNetwork.Parameters(prefix + "low.", shape.Extents.Width, Extent.Of("r", "low-rank width", options.LowRank), Part),
    ];

    /// <summary>Its forward operations per token.</summary>
    public static double Flops(ModelShape shape, MoaMetricOptions options) =>
        (2.0 * shape.Width * MoaPoints.FfnBranches.Count) + SwiGlu.Flops(shape) + SeparableConv.Flops(shape.Width, options.FfnConvWidth)
        + LowRankNetwork.Flops(shape.Width, options.LowRank);

    /// <summary>An empty window for decoding.</summary>
    public TokenWindow CreateWindow() => _conv.CreateWindow();

    /// <summary>The mixture.</summary>
    /// <param name="x">[B, T, d]</param>
    /// <param name="window">Earlier inputs; null when there are none.</param>
    /// <param name="context">Context of the pass.</param>
    /// <returns>[B, T, d]</returns>
    public Tensor Mix(Tensor x, TokenWindow? window, ForwardContext context)
    {
        var weights = context.Kernels.Linear(x, _router.weight, _router.bias).softmax(-1);  // [B, T, 3]
        MoaDiagnostics.FfnRouter(context, weights);
        weights = context.Intervene(MoaPoints.FfnRouter, weights);
        return MoaRouting.Sum(MoaPoints.FfnBranches, [_mlp.call(x, context), _conv.Continue(x, window, context), _low.call(x, context)], weights, context);
    }
}
