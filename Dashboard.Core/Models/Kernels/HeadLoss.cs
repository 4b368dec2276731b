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

    /// <summary>How well each target is predicted.</summary>
    /// <inheritdoc cref="HeadLoss" path="/param"/>
    public TokenScores TokenScores(Tensor hidden, Tensor weight, Tensor? bias, Tensor targets)
    {
        var logits = Linear(hidden, weight, bias); // [N, V]
        var losses = nn.functional.cross_entropy(logits, targets, ignore_index: NotCounted, reduction: nn.Reduction.None); // [N]

        // One pass over the logits: with its own taken out, the largest that is left must be smaller.
        using var _ = no_grad();
        var isCounted = targets >= 0; // [N]
        var places = targets.clamp(min: 0).unsqueeze(-1); // [N, 1]
        var own = logits.gather(-1, places); // [N, 1]
        var others = logits.detach().scatter_(-1, places, full(own.shape, double.NegativeInfinity, own.dtype, own.device)).max(-1, keepdim: true).values; // [N, 1]
        return new TokenScores(losses, (own > others).squeeze(-1) & isCounted);
    }
}

/// <summary>How well each target is predicted.</summary>
/// <param name="Losses">Cross-entropy in nats; 0 where a target is not scored.</param>
/// <param name="Right">Whether its logit is larger than every other; a tie is not right. False where a target is not scored.</param>
public readonly record struct TokenScores(Tensor Losses, Tensor Right);
