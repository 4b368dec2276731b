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

    /// <summary>Counts the operations of matrix products; null when nobody asks.</summary>
    public FlopCount? Count { get; init; }

    /// <summary>x Wᵀ + b over the last dimension. With bf16, x and W are rounded first; the sum with b is fp32.</summary>
    /// <param name="x">[..., in]</param>
    /// <param name="weight">[out, in]</param>
    /// <param name="bias">[out], or none.</param>
    /// <returns>[..., out] in the type of x.</returns>
    public Tensor Linear(Tensor x, Tensor weight, Tensor? bias = null)
    {
        Count?.Add(2.0 * x.numel() * weight.shape[0]);
        if (Precision == MatrixPrecision.Fp32 || x.dtype != ScalarType.Float32)
        {
            return nn.functional.linear(x, weight, bias);
        }

        var product = nn.functional.linear(x.to(ScalarType.BFloat16), weight.to(ScalarType.BFloat16)).to(ScalarType.Float32);
        return bias is null ? product : product + bias;
    }

    /// <summary>Matrix product over the last two dimensions, the others broadcast. With bf16, both are rounded first.</summary>
    /// <param name="left">[..., m, k]</param>
    /// <param name="right">[..., k, n]</param>
    /// <returns>[..., m, n] in the type of the left one.</returns>
    public Tensor Product(Tensor left, Tensor right)
    {
        var product = Rounded(left, right);
        Count?.Add(2.0 * product.numel() * left.shape[^1]);
        return product;
    }

    /// <summary>Products of every query with every key, for scores that a causal mask is laid on later. Only the pairs that it lets through are counted.</summary>
    /// <param name="query">[..., Q, E]; stand at the end of the keys.</param>
    /// <param name="key">[..., T, E], T ≥ Q.</param>
    /// <returns>[..., Q, T]</returns>
    public Tensor CausalProduct(Tensor query, Tensor key)
    {
        var product = Rounded(query, key.transpose(-2, -1));
        Count?.Add(2 * query.numel() / (double)query.shape[^2] * CausalPairs(query.shape[^2], key.shape[^2]));
        return product;
    }

    /// <summary>Pairs of a query and a key that it sees, when queries stand at the end of the keys.</summary>
    private static double CausalPairs(long queries, long keys) => (queries * (keys - queries)) + (queries * (queries + 1) / 2.0);

    private Tensor Rounded(Tensor left, Tensor right) => Precision == MatrixPrecision.Fp32 || left.dtype != ScalarType.Float32
        ? matmul(left, right)
        : matmul(left.to(ScalarType.BFloat16), right.to(ScalarType.BFloat16)).to(ScalarType.Float32);
}

/// <summary>Counts floating-point operations of matrix products; 1 multiply-add = 2. Attention counts the pairs that the causal mask lets through.</summary>
public sealed class FlopCount
{
    /// <summary>Operations so far.</summary>
    public double Total { get; private set; }

    /// <summary>Adds operations.</summary>
    public void Add(double operations) => Total += operations;
}
