using System.Runtime.InteropServices;

namespace TorchSharp;

internal static unsafe partial class NativeMethods
{
    [LibraryImport(Lib)]
    internal static partial int xb_adamw_step(nint* parameters, nint* grads, nint* first, nint* second, nint* largest, long* steps, long count, NativeAdamW* o);

    [LibraryImport(Lib)]
    internal static partial double xb_clip_grad_norm(nint* grads, long count, double maxNorm, double p);

    [LibraryImport(Lib)]
    internal static partial int xb_clip_grad_value(nint* grads, long count, double value);
}
