using static TorchSharp.torch;

namespace Crossbench.Models.Kernels;

public sealed partial class KernelSet
{
    /// <inheritdoc cref="RmsNormReference"/>
    public Tensor RmsNorm(Tensor x, Tensor weight, double epsilon) =>
        RmsNormReference(x, weight, epsilon);
}
