using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models.Parts;

/// <summary>Layer norm of each of several parts of a vector by itself, with a weight and a bias for each channel (Wu and He, 2018): [..., d] → [..., d].</summary>
internal sealed class GroupNorm : Module<Tensor, ForwardContext, Tensor>
{
    private readonly double _epsilon;
    private readonly int _groups;

    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    [ComponentName(Name = "bias")]
    private readonly Parameter _bias;

    /// <summary>A norm; weights start at 1, biases at 0.</summary>
    /// <param name="width">d.</param>
    /// <param name="groups">Parts, of equal width.</param>
    /// <param name="epsilon">ε, added to the variance.</param>
    public GroupNorm(long width, int groups, double epsilon) : base("norm")
    {
        (_groups, _epsilon) = (groups, epsilon);
        _weight = new Parameter(ones(width));
        _bias = new Parameter(zeros(width));
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor x, ForwardContext context)
    {
        var part = x.shape[^1] / _groups;
        var normed = functional.layer_norm(x.reshape([.. x.shape[..^1], _groups, part]), [part], null, null, _epsilon); // [..., G, d / G]
        return _bias.addcmul(normed.reshape(x.shape), _weight, 1);
    }
}
