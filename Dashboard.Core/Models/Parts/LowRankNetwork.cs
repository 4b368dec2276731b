using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models.Parts;

/// <summary>A narrow network W_v SiLU(W_u x), without biases: [..., d] → [..., d].</summary>
internal sealed class LowRankNetwork : Module<Tensor, ForwardContext, Tensor>
{
    [ComponentName(Name = "up")]
    private readonly Linear _up;

    [ComponentName(Name = "down")]
    private readonly Linear _down;

    /// <summary>A network of an inner width.</summary>
    public LowRankNetwork(long width, long inner) : base("low")
    {
        _up = Linear(width, inner, hasBias: false);
        _down = Linear(inner, width, hasBias: false);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor x, ForwardContext context) =>
        context.Kernels.Linear(functional.silu(context.Kernels.Linear(x, _up.weight)), _down.weight); // [..., d]

    /// <summary>Its forward operations per token.</summary>
    public static double Flops(long width, long inner) => 4.0 * width * inner;

    /// <summary>Its parameters, with names that begin with a prefix.</summary>
    public static IEnumerable<ParameterShape> Parameters(string prefix, Extent width, Extent inner, string part) =>
        [new(prefix + "up.weight", [inner, width], part), new(prefix + "down.weight", [width, inner], part)];
}
