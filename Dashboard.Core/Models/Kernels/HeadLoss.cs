using static TorchSharp.torch;

namespace Crossbench.Models.Kernels;

public sealed partial class KernelSet
{
    /// <summary>Target id that is not scored.</summary>
    public const long NotCounted = -100;

    /// <summary>Mean cross-entropy of the output head over counted targets, in nats.</summary>
    /// <param name="hidden">[N, d]</param>
    /// <param name="weight">Head weight, [V, d]</param>
    /// <param name="bias">Head bias, [V], or none.</param>
    /// <param name="targets">Token ids, [N] int64; <see cref="NotCounted"/> where a target is not scored.</param>
    /// <returns>A scalar.</returns>
    public Tensor HeadLoss(Tensor hidden, Tensor weight, Tensor? bias, Tensor targets) =>
        nn.functional.cross_entropy(Linear(hidden, weight, bias), targets, ignore_index: NotCounted);

    /// <summary>Cross-entropy of each target, in nats; 0 where a target is not scored.</summary>
    /// <inheritdoc cref="HeadLoss" path="/param"/>
    /// <returns>[N]</returns>
    public Tensor TokenLosses(Tensor hidden, Tensor weight, Tensor? bias, Tensor targets) =>
        nn.functional.cross_entropy(Linear(hidden, weight, bias), targets, ignore_index: NotCounted, reduction: nn.Reduction.None);
}
