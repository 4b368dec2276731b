using System.Runtime.InteropServices;

namespace TorchSharp;

internal static unsafe partial class NativeMethods
{
    [LibraryImport(Lib)]
    internal static partial int xb_fill_(nint a, NativeScalar value);

    [LibraryImport(Lib)]
    internal static partial int xb_zero_(nint a);

    [LibraryImport(Lib)]
    internal static partial int xb_sqrt_(nint a);

    [LibraryImport(Lib)]
    internal static partial int xb_add_(nint a, nint b, NativeScalar alpha);

    [LibraryImport(Lib)]
    internal static partial int xb_add_scalar_(nint a, NativeScalar b, NativeScalar alpha);

    [LibraryImport(Lib)]
    internal static partial int xb_sub_(nint a, nint b);

    [LibraryImport(Lib)]
    internal static partial int xb_sub_scalar_(nint a, NativeScalar b);

    [LibraryImport(Lib)]
    internal static partial int xb_mul_(nint a, nint b);

    [LibraryImport(Lib)]
    internal static partial int xb_mul_scalar_(nint a, NativeScalar b);

    [LibraryImport(Lib)]
    internal static partial int xb_addcmul_(nint a, nint b, nint c, NativeScalar value);

    [LibraryImport(Lib)]
    internal static partial int xb_addcdiv_(nint a, nint b, nint c, NativeScalar value);

    [LibraryImport(Lib)]
    internal static partial int xb_lerp_(nint a, nint end, nint weight);

    [LibraryImport(Lib)]
    internal static partial int xb_masked_fill_(nint a, nint mask, NativeScalar value);

    [LibraryImport(Lib)]
    internal static partial int xb_index_add_(nint a, long dim, nint index, nint source, NativeScalar alpha);

    [LibraryImport(Lib)]
    internal static partial int xb_scatter_(nint a, long dim, nint index, nint source);

    [LibraryImport(Lib)]
    internal static partial int xb_scatter_add_(nint a, long dim, nint index, nint source);

    [LibraryImport(Lib)]
    internal static partial int xb_copy_(nint a, nint source, int nonBlocking);

    [LibraryImport(Lib)]
    internal static partial int xb_relu_(nint a);

    [LibraryImport(Lib)]
    internal static partial int xb_silu_(nint a);

    [LibraryImport(Lib)]
    internal static partial int xb_sigmoid_(nint a);

    [LibraryImport(Lib)]
    internal static partial int xb_dropout_(nint a, double p, int train);

    [LibraryImport(Lib)]
    internal static partial int xb_normal_(nint a, double mean, double std, nint g);

    [LibraryImport(Lib)]
    internal static partial int xb_uniform_(nint a, double from, double to, nint g);

    [LibraryImport(Lib)]
    internal static partial int xb_trunc_normal_(nint t, double mean, double std, double a, double b, nint g);
}
