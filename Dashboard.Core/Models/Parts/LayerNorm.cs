using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models.Parts;

/// <summary>Layer norm with weight and bias, biased variance (Ba et al., 2016): [..., d] → [..., d].</summary>
public sealed class LayerNorm : Module<Tensor, ForwardContext, Tensor>
{
    private readonly double _epsilon;

    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    [ComponentName(Name = "bias")]
    private readonly Parameter _bias;

    /// <summary>A norm over vectors of this width; weights start at 1, biases at 0.</summary>
    public LayerNorm(long width, double epsilon) : base("norm")
    {
        _epsilon = epsilon;
        _weight = new Parameter(ones(width));
        _bias = new Parameter(zeros(width));
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor x, ForwardContext context) => functional.layer_norm(x, [x.shape[^1]], _weight, _bias, _epsilon);
}
