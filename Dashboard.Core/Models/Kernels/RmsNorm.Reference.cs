using static TorchSharp.torch;

namespace Crossbench.Models.Kernels;

public sealed partial class KernelSet
{
    /// <summary>Root-mean-square norm: w ⊙ x / √(mean(x²) + ε), computed in at least fp32 (Zhang and Sennrich, 2019).</summary>
    /// <param name="x">[..., d]</param>
    /// <param name="weight">[d]</param>
    /// <param name="epsilon">ε, added to the mean square.</param>
    /// <returns>[..., d] in the type of x.</returns>
    internal static Tensor RmsNormReference(Tensor x, Tensor weight, double epsilon)
    {
        var wide = x.dtype is ScalarType.Float64 or ScalarType.Float32 ? x : x.to(ScalarType.Float32);
        var inverse = (wide.square().mean([-1], keepdim: true) + epsilon).rsqrt();
        var normed = wide * inverse;
        return (ReferenceEquals(wide, x) ? normed : normed.to(x.dtype)) * weight;
    }
}
