using System.Runtime.InteropServices;

namespace TorchSharp;

internal static unsafe partial class NativeMethods
{
    [LibraryImport(Lib)]
    internal static partial int xb_fused_takes(nint tensor);

    [LibraryImport(Lib)]
    internal static partial nint xb_fused_rms_norm(nint x, nint weight, double epsilon);

    [LibraryImport(Lib)]
    internal static partial double xb_fused_gradient_norm(nint* parameters, long count);

    [LibraryImport(Lib)]
    internal static partial int xb_fused_adamw(
        nint parameter, nint mean, nint variance, double scale, double learningRate, double decay, double beta1, double beta2, double epsilon, long updates);

    [LibraryImport(Lib)]
    internal static partial void xb_block_bytes(long* mapped, long* free);
}
