using System.Text.Json.Serialization;
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

/// <summary>How weight decay enters an Adam update.</summary>
public enum OptimizerKind
{
    /// <summary>Decay apart from the gradient (Loshchilov and Hutter, 2019).</summary>
    [JsonStringEnumMemberName("adamw")]
    AdamW,

    /// <summary>Decay as a part of the gradient (Kingma and Ba, 2015).</summary>
    [JsonStringEnumMemberName("adam")]
    Adam,
}

/// <summary>
/// AdamW with decoupled decay (Loshchilov and Hutter, 2019), usually on matrices only, and clipping by the global norm. By default β = (0.9, 0.95); ε = 1e-8: the
/// usual values for language models (Brown et al., 2020). As <see cref="OptimizerKind.Adam"/> the decay is a part of the gradient.
/// </summary>
public sealed partial class AdamW : IDisposable
{
    /// <summary>β₁ unless another is given.</summary>
    public const double DefaultBeta1 = 0.9;

    /// <summary>β₂ unless another is given.</summary>
    public const double DefaultBeta2 = 0.95;

    private const double Epsilon = 1e-8;
    private readonly List<Parameter> _parameters;
    private readonly bool _fused;
    private readonly OptimizerKind _kind;
    private readonly double _beta1;
    private readonly double _beta2;

    /// <summary>An optimiser with zero moments over the parameters that take gradients.</summary>
    /// <param name="parameters">Parameters by name.</param>
    /// <param name="choice">Native forms, or reference forms only.</param>
    /// <param name="kind">How decay enters.</param>
    /// <param name="decays">Which parameters decay; matrices when absent.</param>
    /// <param name="beta1">Share of the first moment that a step keeps.</param>
    /// <param name="beta2">Share of the second moment that a step keeps.</param>
    public AdamW(
        IEnumerable<(string Name, Parameter Parameter)> parameters,
        KernelChoice choice,
        OptimizerKind kind = OptimizerKind.AdamW,
        Func<string, bool>? decays = null,
        double beta1 = DefaultBeta1,
        double beta2 = DefaultBeta2)
    {
        (_kind, _beta1, _beta2) = (kind, beta1, beta2);
        Tensors = [.. parameters.Where(item => item.Parameter.requires_grad).Select(item => new OptimisedTensor(
            item.Name,
            item.Parameter,
            zeros_like(item.Parameter).DetachFromDisposeScope(),
            zeros_like(item.Parameter).DetachFromDisposeScope(),
            decays?.Invoke(item.Name) ?? item.Parameter.ndim >= 2))];
        _parameters = [.. Tensors.Select(tensor => tensor.Parameter)];
        _fused = choice == KernelChoice.Fused && HasNative(_parameters);
    }

    /// <summary>What it moves.</summary>
    public IReadOnlyList<OptimisedTensor> Tensors { get; }

    /// <summary>Updates done; set when a checkpoint is loaded.</summary>
    public long Updates { get; set; }

    /// <summary>Moves the parameters by one update, from their gradients. When a gradient is not finite nothing moves.</summary>
    /// <param name="learningRate">Learning rate.</param>
    /// <param name="weightDecay">Decay of what decays.</param>
    /// <param name="clip">Largest global norm of the gradients; larger ones are scaled down to it. 0 leaves gradients alone.</param>
    /// <returns>The global norm before clipping; not finite when a gradient is not.</returns>
    public double Step(double learningRate, double weightDecay, double clip)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var norm = _fused ? NormNative(_parameters) : NormReference(_parameters);
        if (!double.IsFinite(norm))
        {
            return norm;
        }

        Updates++;
        var scale = clip > 0 && norm > clip ? clip / norm : 1;
        foreach (var tensor in Tensors)
        {
            var decay = tensor.Decays ? weightDecay : 0;
            if (_fused && (_kind == OptimizerKind.AdamW || decay == 0))
            {
                StepNative(tensor, scale, learningRate, decay, Updates);
            }
            else
            {
                StepReference(tensor, scale, learningRate, decay, Updates);
            }
        }

        return norm;
    }

    /// <summary>Drops all gradients.</summary>
    public void ClearGradients()
    {
        foreach (var parameter in _parameters)
        {
            parameter.grad = null;
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
}
