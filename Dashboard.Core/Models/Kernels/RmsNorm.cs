using static TorchSharp.torch;

namespace Crossbench.Models.Kernels;

public sealed partial class KernelSet
{
    /// <inheritdoc cref="RmsNormReference"/>
    public Tensor RmsNorm(Tensor x, Tensor weight, double epsilon)
    {
#if TORCH_SYSTEM
        if (Choice == KernelChoice.Fused && Dashboard.Torch.Fused.Takes(x) && Dashboard.Torch.Fused.Takes(weight))
        {
            return Dashboard.Torch.Fused.RmsNorm(x, weight, epsilon);
        }
#endif
        return RmsNormReference(x, weight, epsilon);
    }
}
