using System.Text.Json.Serialization;

namespace Crossbench.Models.Kernels;

/// <summary>Number format of matrix products. Weights, sums and optimiser state are fp32 in either.</summary>
public enum MatrixPrecision
{
    /// <summary>32-bit floats throughout.</summary>
    [JsonStringEnumMemberName("fp32")]
    Fp32,

    /// <summary>Inputs of matrix products rounded to bfloat16.</summary>
    [JsonStringEnumMemberName("bf16")]
    Bf16,
}

/// <summary>Which form of a kernel runs.</summary>
public enum KernelChoice
{
    /// <summary>The native form where there is one.</summary>
    Fused,

    /// <summary>Plain tensor operations.</summary>
    Reference,
}
