using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models.Parts;

/// <summary>Root-mean-square norm with a learned weight: [..., d] → [..., d].</summary>
public sealed class RmsNorm : Module<Tensor, ForwardContext, Tensor>
{
    private readonly double _epsilon;

    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    /// <summary>A norm over vectors of this width; weights start at 1.</summary>
    public RmsNorm(long width, double epsilon) : base("norm")
    {
        _epsilon = epsilon;
        _weight = new Parameter(ones(width));
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor x, ForwardContext context) => context.Kernels.RmsNorm(x, _weight, _epsilon);
}
