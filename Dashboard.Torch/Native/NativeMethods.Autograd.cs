using System.Runtime.InteropServices;

namespace TorchSharp;

internal static unsafe partial class NativeMethods
{
    [LibraryImport(Lib)]
    internal static partial int xb_grad_enabled();

    [LibraryImport(Lib)]
    internal static partial void xb_set_grad_enabled(int enabled);

    [LibraryImport(Lib)]
    internal static partial nint xb_inference_enter(int mode);

    [LibraryImport(Lib)]
    internal static partial void xb_inference_leave(nint guard);

    [LibraryImport(Lib)]
    internal static partial int xb_set_requires_grad(nint a, int value);

    [LibraryImport(Lib)]
    internal static partial int xb_detach_(nint a);

    [LibraryImport(Lib)]
    internal static partial int xb_set_grad(nint a, nint grad);

    [LibraryImport(Lib)]
    internal static partial nint xb_grad(nint a);

    [LibraryImport(Lib)]
    internal static partial int xb_backward(nint* tensors, long count, nint* grads, long gradCount, int retain, int create, nint* inputs, long inputCount);

    [LibraryImport(Lib)]
    internal static partial int xb_autograd_grad(nint* outputs, long count, nint* inputs, long inputCount, nint* grads, long gradCount, int retain, int create, int unused, nint* @out);
}
