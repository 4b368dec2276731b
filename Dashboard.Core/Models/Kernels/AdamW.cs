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
/// AdamW with decoupled decay on matrices only (Loshchilov and Hutter, 2019) and clipping by the global norm. β = (0.9, 0.95), ε = 1e-8, the usual values
/// for language models (Brown et al., 2020). As <see cref="OptimizerKind.Adam"/> the decay is a part of the gradient.
/// </summary>
public sealed partial class AdamW : IDisposable
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.95;
    private const double Epsilon = 1e-8;
    private readonly List<Parameter> _parameters;
    private readonly bool _fused;
    private readonly OptimizerKind _kind;

    /// <summary>An optimiser with zero moments over the parameters that take gradients.</summary>
    /// <param name="parameters">Parameters by name.</param>
    /// <param name="choice">Native forms, or reference forms only.</param>
    /// <param name="kind">How decay enters.</param>
    /// <param name="decays">Which parameters decay; matrices when absent.</param>
    public AdamW(
        IEnumerable<(string Name, Parameter Parameter)> parameters, KernelChoice choice, OptimizerKind kind = OptimizerKind.AdamW, Func<string, bool>? decays = null)
    {
        _kind = kind;
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
    /// <param name="weightDecay">Decay of matrices.</param>
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
