using System.Runtime.InteropServices;

namespace TorchSharp;

internal static unsafe partial class NativeMethods
{
    [LibraryImport(Lib)]
    internal static partial nint xb_abs(nint a);

    [LibraryImport(Lib)]
    internal static partial nint xb_cos(nint a);

    [LibraryImport(Lib)]
    internal static partial nint xb_exp(nint a);

    [LibraryImport(Lib)]
    internal static partial nint xb_floor(nint a);

    [LibraryImport(Lib)]
    internal static partial nint xb_isfinite(nint a);

    [LibraryImport(Lib)]
    internal static partial nint xb_isnan(nint a);

    [LibraryImport(Lib)]
    internal static partial nint xb_log(nint a);

    [LibraryImport(Lib)]
    internal static partial nint xb_logical_not(nint a);

    [LibraryImport(Lib)]
    internal static partial nint xb_neg(nint a);

    [LibraryImport(Lib)]
    internal static partial nint xb_relu(nint a);

    [LibraryImport(Lib)]
    internal static partial nint xb_rsqrt(nint a);

    [LibraryImport(Lib)]
    internal static partial nint xb_sigmoid(nint a);

    [LibraryImport(Lib)]
    internal static partial nint xb_sin(nint a);

    [LibraryImport(Lib)]
    internal static partial nint xb_sqrt(nint a);

    [LibraryImport(Lib)]
    internal static partial nint xb_square(nint a);

    [LibraryImport(Lib)]
    internal static partial nint xb_tanh(nint a);

    [LibraryImport(Lib)]
    internal static partial nint xb_bitwise_not(nint a);

    [LibraryImport(Lib)]
    internal static partial nint xb_bmm(nint a, nint b);

    [LibraryImport(Lib)]
    internal static partial nint xb_matmul(nint a, nint b);

    [LibraryImport(Lib)]
    internal static partial nint xb_mul(nint a, nint b);

    [LibraryImport(Lib)]
    internal static partial nint xb_outer(nint a, nint b);

    [LibraryImport(Lib)]
    internal static partial nint xb_maximum(nint a, nint b);

    [LibraryImport(Lib)]
    internal static partial nint xb_minimum(nint a, nint b);

    [LibraryImport(Lib)]
    internal static partial nint xb_logical_and(nint a, nint b);

    [LibraryImport(Lib)]
    internal static partial nint xb_logical_or(nint a, nint b);

    [LibraryImport(Lib)]
    internal static partial nint xb_bitwise_and(nint a, nint b);

    [LibraryImport(Lib)]
    internal static partial nint xb_bitwise_or(nint a, nint b);

    [LibraryImport(Lib)]
    internal static partial nint xb_bitwise_xor(nint a, nint b);

    [LibraryImport(Lib)]
    internal static partial nint xb_eq(nint a, nint b);

    [LibraryImport(Lib)]
    internal static partial nint xb_eq_scalar(nint a, NativeScalar b);

    [LibraryImport(Lib)]
    internal static partial nint xb_ne(nint a, nint b);

    [LibraryImport(Lib)]
    internal static partial nint xb_ne_scalar(nint a, NativeScalar b);

    [LibraryImport(Lib)]
    internal static partial nint xb_lt(nint a, nint b);

    [LibraryImport(Lib)]
    internal static partial nint xb_lt_scalar(nint a, NativeScalar b);

    [LibraryImport(Lib)]
    internal static partial nint xb_le(nint a, nint b);

    [LibraryImport(Lib)]
    internal static partial nint xb_le_scalar(nint a, NativeScalar b);

    [LibraryImport(Lib)]
    internal static partial nint xb_gt(nint a, nint b);

    [LibraryImport(Lib)]
    internal static partial nint xb_gt_scalar(nint a, NativeScalar b);

    [LibraryImport(Lib)]
    internal static partial nint xb_ge(nint a, nint b);

    [LibraryImport(Lib)]
    internal static partial nint xb_ge_scalar(nint a, NativeScalar b);

    [LibraryImport(Lib)]
    internal static partial nint xb_pow(nint a, nint b);

    [LibraryImport(Lib)]
    internal static partial nint xb_pow_scalar(nint a, NativeScalar b);

    [LibraryImport(Lib)]
    internal static partial nint xb_remainder(nint a, nint b);

    [LibraryImport(Lib)]
    internal static partial nint xb_remainder_scalar(nint a, NativeScalar b);

    [LibraryImport(Lib)]
    internal static partial nint xb_mul_scalar(nint a, NativeScalar b);

    [LibraryImport(Lib)]
    internal static partial nint xb_add(nint a, nint b, NativeScalar alpha);

    [LibraryImport(Lib)]
    internal static partial nint xb_add_scalar(nint a, NativeScalar b, NativeScalar alpha);

    [LibraryImport(Lib)]
    internal static partial nint xb_sub(nint a, nint b);

    [LibraryImport(Lib)]
    internal static partial nint xb_sub_scalar(nint a, NativeScalar b);

    [LibraryImport(Lib)]
    internal static partial nint xb_rsub_scalar(nint a, NativeScalar b);

    [LibraryImport(Lib)]
    internal static partial nint xb_rdiv_scalar(NativeScalar a, nint b);

    [LibraryImport(Lib)]
    internal static partial nint xb_div(nint a, nint b, int mode);

    [LibraryImport(Lib)]
    internal static partial nint xb_div_scalar(nint a, NativeScalar b, int mode);

    [LibraryImport(Lib)]
    internal static partial int xb_div_(nint a, nint b, int mode);

    [LibraryImport(Lib)]
    internal static partial int xb_div_scalar_(nint a, NativeScalar b, int mode);

    [LibraryImport(Lib)]
    internal static partial nint xb_addcmul(nint a, nint b, nint c, NativeScalar value);

    [LibraryImport(Lib)]
    internal static partial nint xb_clamp(nint a, NativeScalar low, NativeScalar high);

    [LibraryImport(Lib)]
    internal static partial nint xb_clamp_tensor(nint a, nint low, nint high);

    [LibraryImport(Lib)]
    internal static partial nint xb_where(nint condition, nint a, nint b);

    [LibraryImport(Lib, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint xb_einsum(string equation, nint* tensors, long count);

    [LibraryImport(Lib)]
    internal static partial int xb_allclose(nint a, nint b, double rtol, double atol, int equalNan);
}
