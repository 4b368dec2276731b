using Crossbench.Models.Kernels;

namespace Crossbench.Models;

/// <summary>What a forward pass carries beside its input.</summary>
/// <param name="kernels">The kernels to compute with.</param>
/// <param name="training">Whether dropout and training-only noise apply.</param>
public sealed class ForwardContext(KernelSet kernels, bool training)
{
    /// <summary>The kernels to compute with.</summary>
    public KernelSet Kernels { get; } = kernels;

    /// <summary>Whether dropout and training-only noise apply.</summary>
    public bool Training { get; } = training;
}
