using static TorchSharp.torch;

namespace TorchSharp.Modules;

public class Parameter : Tensor
{
    /// <summary>Takes the tensor over: data is invalid afterwards.</summary>
    public Parameter(Tensor data, bool requires_grad = true)
        : base(data.Release()) => this.requires_grad = requires_grad;

    /// <summary>Clears the gradient, or fills it with zeros in place.</summary>
    internal void ZeroGrad(bool setToNone)
    {
        if (setToNone)
        {
            grad = null;
            return;
        }

        var handle = GradHandle();
        if (handle != 0)
        {
            try
            {
                // A gradient that came from a graph of its own is cut off from it first.
                NativeMethods.Check(NativeMethods.xb_detach_(handle));
                NativeMethods.Check(NativeMethods.xb_zero_(handle));
            }
            finally
            {
                NativeMethods.xb_delete(handle);
            }
        }
    }
}

public abstract class ParameterLessModule<T1, TResult> : nn.Module<T1, TResult>
{
    protected ParameterLessModule(string name)
        : base(name)
    {
    }
}
