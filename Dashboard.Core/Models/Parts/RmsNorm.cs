using Crossbench.Models.Kernels;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models.Parts;

/// <summary>Root-mean-square norm with a learned weight: [..., d] → [..., d].</summary>
public sealed class RmsNorm : Module<Tensor, ForwardContext, Tensor>
{
    private readonly double _epsilon;
    private readonly int _groups;

    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    /// <summary>A norm over vectors of this width; weights start at 1.</summary>
    /// <param name="width">d.</param>
    /// <param name="epsilon">ε, added to the mean square.</param>
    /// <param name="groups">Parts of equal width that are normed each by itself; 1 norms the whole vector.</param>
    public RmsNorm(long width, double epsilon, int groups = 1) : base("norm")
    {
        _epsilon = epsilon;
        _groups = groups;
        _weight = new Parameter(ones(width));
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor x, ForwardContext context)
    {
        if (_groups == 1)
        {
            return context.Kernels.RmsNorm(x, _weight, _epsilon);
        }

        var parts = x.reshape([.. x.shape[..^1], _groups, x.shape[^1] / _groups]); // [..., G, d / G]
        return KernelSet.RmsNormReference(parts, _weight.view(_groups, -1), _epsilon).reshape(x.shape);
    }
}
