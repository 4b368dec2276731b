using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static unsafe class utils
        {
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2)
            {
                using var grads = new GradHandles(tensors);
                fixed (nint* list = grads.Handles)
                {
                    var norm = NativeMethods.xb_clip_grad_norm(list, grads.Handles.Length, max_norm, norm_type);
                    return norm < 0 ? throw NativeMethods.Failure() : norm;
                }
            }

            public static void clip_grad_value_(IEnumerable<Parameter> tensors, double clip_value)
            {
                using var grads = new GradHandles(tensors);
                fixed (nint* list = grads.Handles)
                {
                    NativeMethods.Check(NativeMethods.xb_clip_grad_value(list, grads.Handles.Length, clip_value));
                }
            }
        }
    }

    /// <summary>The gradients that exist, held for the length of one operation without managed tensors around them.</summary>
    internal sealed class GradHandles : IDisposable
    {
        internal GradHandles(IEnumerable<Tensor> tensors) => Handles = [.. tensors.Select(t => t.GradHandle()).Where(h => h != 0)];

        internal nint[] Handles { get; }

        public void Dispose() => Array.ForEach(Handles, NativeMethods.xb_delete);
    }
}
