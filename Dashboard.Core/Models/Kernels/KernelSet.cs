using static TorchSharp.torch;

namespace Crossbench.Models.Kernels;

/// <summary>
/// The operations that models are made of and that the TorchSharp API lacks or does slowly. Each has a reference form in plain tensor operations
/// (<c>X.Reference.cs</c>), which is what tests compare with and what runs on TorchSharp's own packages, and may have a native form (<c>X.Native.cs</c>).
/// </summary>
/// <param name="precision">Number format of matrix products.</param>
/// <param name="choice">Native forms where there are any, or reference forms only.</param>
public sealed partial class KernelSet(MatrixPrecision precision = MatrixPrecision.Fp32, KernelChoice choice = KernelChoice.Fused)
{
    /// <summary>Number format of matrix products.</summary>
    public MatrixPrecision Precision { get; } = precision;

    /// <summary>Native forms where there are any, or reference forms only.</summary>
    public KernelChoice Choice { get; } = choice;

    /// <summary>x Wᵀ + b over the last dimension. With bf16, x and W are rounded first; the sum with b is fp32.</summary>
    /// <param name="x">[..., in]</param>
    /// <param name="weight">[out, in]</param>
    /// <param name="bias">[out], or none.</param>
    /// <returns>[..., out] in the type of x.</returns>
    public Tensor Linear(Tensor x, Tensor weight, Tensor? bias = null)
    {
        if (Precision == MatrixPrecision.Fp32 || x.dtype != ScalarType.Float32)
        {
            return nn.functional.linear(x, weight, bias);
        }

        var product = nn.functional.linear(x.to(ScalarType.BFloat16), weight.to(ScalarType.BFloat16)).to(ScalarType.Float32);
        return bias is null ? product : product + bias;
    }

    private Tensor Product(Tensor left, Tensor right) => Precision == MatrixPrecision.Fp32 || left.dtype != ScalarType.Float32
        ? matmul(left, right)
        : matmul(left.to(ScalarType.BFloat16), right.to(ScalarType.BFloat16)).to(ScalarType.Float32);
}
