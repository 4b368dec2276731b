using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models.Parts;

/// <summary>A gated network W_dn((W_up o) ⊙ σ(W_gt o)), without biases, in place of attention's output projection: [..., d] → [..., d].</summary>
internal sealed class ValueMixer : Module<Tensor, ForwardContext, Tensor>
{
    [ComponentName(Name = "up")]
    private readonly Linear _up;

    [ComponentName(Name = "gate")]
    private readonly Linear _gate;

    [ComponentName(Name = "down")]
    private readonly Linear _down;

    /// <summary>A network of inner width m.</summary>
    public ValueMixer(long width, long inner) : base("mix")
    {
        _up = Linear(width, inner, hasBias: false);
        _gate = Linear(width, inner, hasBias: false);
        _down = Linear(inner, width, hasBias: false);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor x, ForwardContext context)
    {
        var kernels = context.Kernels;
        var gated = kernels.Linear(x, _up.weight) * kernels.Linear(x, _gate.weight).sigmoid();  // [..., m]
        return kernels.Linear(gated, _down.weight);                                             // [..., d]
    }

    /// <summary>Its forward operations per token.</summary>
    public static double Flops(long width, long inner) => 6.0 * width * inner;

    /// <summary>Its parameters, with names that begin with a prefix.</summary>
    public static IEnumerable<ParameterShape> Parameters(string prefix, Extent width, Extent inner, string part) =>
    [
        new(prefix + "up.weight", [inner, width], part),
        new(prefix + "gate.weight", [inner, width], part),
        new(prefix + "down.weight", [width, inner], part),
    ];
}
