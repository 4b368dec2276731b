using TorchSharp;
using TorchSharp.Modules;

namespace Dashboard.Torch;

/// <summary>Native operations beyond the TorchSharp API. They take contiguous fp32 tensors on the CPU; ask <see cref="Takes"/> first.</summary>
public static unsafe class Fused
{
    /// <summary>Whether a tensor is a contiguous fp32 tensor on the CPU.</summary>
    public static bool Takes(torch.Tensor tensor) => NativeMethods.xb_fused_takes(tensor.Handle) != 0;

    /// <summary>w ⊙ x / √(mean(x²) + ε) over the last dimension, forward and backward in one pass each.</summary>
    /// <param name="x">[..., d]</param>
    /// <param name="weight">[d]</param>
    /// <param name="epsilon">ε.</param>
    /// <returns>[..., d]</returns>
    public static torch.Tensor RmsNorm(torch.Tensor x, torch.Tensor weight, double epsilon) =>
        torch.Tensor.Result(NativeMethods.xb_fused_rms_norm(x.Handle, weight.Handle, epsilon), x, weight);

    /// <summary>Global norm of the gradients of some parameters, summed in double, independent of the number of threads.</summary>
    public static double GradientNorm(IReadOnlyList<Parameter> parameters)
    {
        Span<nint> handles = stackalloc nint[Math.Min(parameters.Count, 64)];
        var squares = 0.0;
        for (var first = 0; first < parameters.Count; first += handles.Length)
        {
            var count = Math.Min(handles.Length, parameters.Count - first);
            for (var i = 0; i < count; i++)
            {
                handles[i] = parameters[first + i].Handle;
            }

            fixed (nint* pointer = handles)
            {
                var norm = NativeMethods.xb_fused_gradient_norm(pointer, count);
                NativeMethods.Check(norm < 0 ? -1 : 0);
                squares += norm * norm;
            }
        }

        return Math.Sqrt(squares);
    }

    /// <summary>One AdamW update of a parameter from its gradient, in one pass; nothing happens without a gradient.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="mean">First moment.</param>
    /// <param name="variance">Second moment.</param>
    /// <param name="scale">Factor of the gradient, from clipping.</param>
    /// <param name="learningRate">Learning rate.</param>
    /// <param name="decay">Decoupled weight decay.</param>
    /// <param name="beta1">Rate of the first moment.</param>
    /// <param name="beta2">Rate of the second moment.</param>
    /// <param name="epsilon">Added to the root of the second moment.</param>
    /// <param name="updates">Updates done, this one included.</param>
    public static void AdamW(
        Parameter parameter, torch.Tensor mean, torch.Tensor variance, double scale, double learningRate, double decay, double beta1, double beta2, double epsilon, long updates) =>
        NativeMethods.Check(NativeMethods.xb_fused_adamw(parameter.Handle, mean.Handle, variance.Handle, scale, learningRate, decay, beta1, beta2, epsilon, updates));

    /// <summary>Bytes that the block allocator has mapped, and how many of them are free for reuse.</summary>
    public static (long Mapped, long Free) BlockBytes
    {
        get
        {
            long mapped, free;
            NativeMethods.xb_block_bytes(&mapped, &free);
            return (mapped, free);
        }
    }
}
