using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Crossbench.Models.Kernels;

/// <summary>One tensor that the optimiser moves, with its two moments.</summary>
/// <param name="Name">Name of the parameter.</param>
/// <param name="Parameter">The parameter.</param>
/// <param name="Mean">First moment, shaped like the parameter.</param>
/// <param name="Variance">Second moment, shaped like the parameter.</param>
/// <param name="Decays">Whether weight decay applies.</param>
public sealed record OptimisedTensor(string Name, Parameter Parameter, Tensor Mean, Tensor Variance, bool Decays);

/// <summary>
/// AdamW with decoupled decay on matrices only (Loshchilov and Hutter, 2019) and clipping by the global norm. β = (0.9, 0.95), ε = 1e-8, the usual values
/// for language models (Brown et al., 2020).
/// </summary>
public sealed partial class AdamW : IDisposable
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.95;
    private const double Epsilon = 1e-8;
    private readonly KernelChoice _choice;

    /// <summary>An optimiser with zero moments over the parameters that take gradients.</summary>
    public AdamW(IEnumerable<(string Name, Parameter Parameter)> parameters, KernelChoice choice)
    {
        _choice = choice;
        Tensors = [.. parameters.Where(item => item.Parameter.requires_grad).Select(item => new OptimisedTensor(
            item.Name,
            item.Parameter,
            zeros_like(item.Parameter).DetachFromDisposeScope(),
            zeros_like(item.Parameter).DetachFromDisposeScope(),
            item.Parameter.ndim >= 2))];
    }

    /// <summary>What it moves.</summary>
    public IReadOnlyList<OptimisedTensor> Tensors { get; }

    /// <summary>Updates done; set when a checkpoint is loaded.</summary>
    public long Updates { get; set; }

    /// <summary>Global norm of the gradients, scaled down to <paramref name="clip"/> where it is larger.</summary>
    /// <param name="clip">Largest norm; 0 leaves gradients alone.</param>
    /// <returns>The norm before clipping; not finite when a gradient is not.</returns>
    public double ClipGradients(double clip)
    {
        var norm = nn.utils.clip_grad_norm_(Tensors.Select(tensor => tensor.Parameter), clip > 0 ? clip : double.MaxValue);
        return norm;
    }

    /// <summary>Moves the parameters by one update, from their gradients.</summary>
    public void Step(double learningRate, double weightDecay)
    {
        Updates++;
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        foreach (var tensor in Tensors)
        {
            StepReference(tensor, learningRate, tensor.Decays ? weightDecay : 0, Updates);
        }
    }

    /// <summary>Drops all gradients.</summary>
    public void ClearGradients()
    {
        foreach (var tensor in Tensors)
        {
            tensor.Parameter.grad = null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in Tensors)
        {
            tensor.Mean.Dispose();
            tensor.Variance.Dispose();
        }
    }

    private static void StepReference(OptimisedTensor tensor, double learningRate, double weightDecay, long updates)
    {
        if (tensor.Parameter.grad is not { } gradient)
        {
            return;
        }

        if (weightDecay > 0)
        {
            tensor.Parameter.mul_(1 - (learningRate * weightDecay));
        }

        tensor.Mean.mul_(Beta1).add_(gradient, 1 - Beta1);
        tensor.Variance.mul_(Beta2).addcmul_(gradient, gradient, 1 - Beta2);
        var correction = Math.Sqrt(1 - Math.Pow(Beta2, updates));
        var denominator = tensor.Variance.sqrt().div_(correction).add_(Epsilon);
        tensor.Parameter.addcdiv_(tensor.Mean, denominator, -learningRate / (1 - Math.Pow(Beta1, updates)));
    }
}
