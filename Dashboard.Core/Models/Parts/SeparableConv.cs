using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models.Parts;

/// <summary>Causal depthwise convolution, SiLU, and a mix of channels without bias: W SiLU(conv(x)), [B, T, d] → [B, T, d].</summary>
internal sealed class SeparableConv : Module<Tensor, ForwardContext, Tensor>
{
    [ComponentName(Name = "dw")]
    private readonly CausalConv _depthwise;

    [ComponentName(Name = "pw")]
    private readonly Linear _pointwise;

    /// <summary>A convolution of a number of taps.</summary>
    public SeparableConv(long width, int taps) : base("conv")
    {
        _depthwise = new CausalConv(width, taps);
        _pointwise = Linear(width, width, hasBias: false);
        RegisterComponents();
    }

    /// <summary>An empty window for decoding.</summary>
    public TokenWindow CreateWindow() => _depthwise.CreateWindow();

    /// <inheritdoc/>
    public override Tensor forward(Tensor x, ForwardContext context) => Mix(_depthwise.call(x, context), context);

    /// <summary>Continues sequences whose last inputs the window holds; without a window there are none.</summary>
    public Tensor Continue(Tensor x, TokenWindow? window, ForwardContext context) =>
        window is null ? call(x, context) : Mix(_depthwise.Continue(x, window, context), context);

    /// <summary>Its forward operations per token.</summary>
    public static double Flops(long width, int taps) => CausalConv.Flops(width, taps) + (2.0 * width * width);

    /// <summary>Its parameters, with names that begin with a prefix.</summary>
    public static IEnumerable<ParameterShape> Parameters(string prefix, Extent width, Extent taps, string part) =>
        [.. CausalConv.Parameters(prefix + "dw", width, taps, part), new(prefix + "pw.weight", [width, width], part)];

    private Tensor Mix(Tensor convolved, ForwardContext context) => context.Kernels.Linear(functional.silu(convolved), _pointwise.weight); // [B, T, d]
}
