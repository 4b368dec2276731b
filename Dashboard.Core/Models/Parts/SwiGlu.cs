using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models.Parts;

/// <summary>Gated feed-forward network W_d(SiLU(W_g x) ⊙ W_u x), without biases (Shazeer, 2020): [..., d] → [..., d].</summary>
public sealed class SwiGlu : Module<Tensor, ForwardContext, Tensor>
{
    [ComponentName(Name = "gate")]
    private readonly Linear _gate;

    [ComponentName(Name = "up")]
    private readonly Linear _up;

    [ComponentName(Name = "down")]
    private readonly Linear _down;

    /// <summary>A network of inner width f.</summary>
    public SwiGlu(long width, long inner) : base("mlp")
    {
        _gate = Linear(width, inner, hasBias: false);
        _up = Linear(width, inner, hasBias: false);
        _down = Linear(inner, width, hasBias: false);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor x, ForwardContext context)
    {
        var kernels = context.Kernels;
        var gated = functional.silu(kernels.Linear(x, _gate.weight)) * kernels.Linear(x, _up.weight); // [..., f]
        return kernels.Linear(gated, _down.weight);                                                   // [..., d]
    }

    /// <summary>Its forward operations per token.</summary>
    internal static double Flops(ModelShape shape) => 6.0 * shape.Width * shape.Ffn;

    /// <summary>Its parameters in a layer whose names begin with a prefix.</summary>
    internal static IEnumerable<ParameterShape> Parameters(string prefix, ModelShape shape) =>
    [
        new(prefix + "gate.weight", [shape.Extents.Ffn, shape.Extents.Width], "FFN"),
        new(prefix + "up.weight", [shape.Extents.Ffn, shape.Extents.Width], "FFN"),
        new(prefix + "down.weight", [shape.Extents.Width, shape.Extents.Ffn], "FFN"),
    ];
}
