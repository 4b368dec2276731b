using System.Runtime.InteropServices;

namespace TorchSharp;

internal static unsafe partial class NativeMethods
{
    [LibraryImport(Lib)]
    internal static partial nint xb_sum(nint a, int dtype);

    [LibraryImport(Lib)]
    internal static partial nint xb_sum_dim(nint a, long* dim, long dims, int keepdim, int dtype);

    [LibraryImport(Lib)]
    internal static partial nint xb_mean(nint a);

    [LibraryImport(Lib)]
    internal static partial nint xb_mean_dim(nint a, long* dim, long dims, int keepdim, int dtype);

    [LibraryImport(Lib)]
    internal static partial nint xb_var(nint a, int unbiased);

    [LibraryImport(Lib)]
    internal static partial nint xb_var_dim(nint a, long* dim, long dims, int unbiased, int keepdim);

    [LibraryImport(Lib)]
    internal static partial nint xb_norm(nint a, double p);

    [LibraryImport(Lib)]
    internal static partial nint xb_norm_dim(nint a, long dim, int keepdim, double p);

    [LibraryImport(Lib)]
    internal static partial nint xb_max(nint a);

    [LibraryImport(Lib)]
    internal static partial nint xb_min(nint a);

    [LibraryImport(Lib)]
    internal static partial nint xb_all(nint a);

    [LibraryImport(Lib)]
    internal static partial nint xb_all_dim(nint a, long dim, int keepdim);

    [LibraryImport(Lib)]
    internal static partial nint xb_any(nint a);

    [LibraryImport(Lib)]
    internal static partial nint xb_any_dim(nint a, long dim, int keepdim);

    [LibraryImport(Lib)]
    internal static partial nint xb_argmax(nint a);

    [LibraryImport(Lib)]
    internal static partial nint xb_argmax_dim(nint a, long dim, int keepdim);

    [LibraryImport(Lib)]
    internal static partial nint xb_cumsum(nint a, long dim, int dtype);

    [LibraryImport(Lib)]
    internal static partial nint xb_logsumexp(nint a, long dim, int keepdim);

    [LibraryImport(Lib)]
    internal static partial nint xb_softmax(nint a, long dim, int dtype);

    [LibraryImport(Lib)]
    internal static partial nint xb_log_softmax(nint a, long dim, int dtype);

    [LibraryImport(Lib)]
    internal static partial nint xb_multinomial(nint a, long count, int replacement, nint g);

    [LibraryImport(Lib)]
    internal static partial int xb_max_dim(nint a, long dim, int keepdim, nint* @out);

    [LibraryImport(Lib)]
    internal static partial int xb_min_dim(nint a, long dim, int keepdim, nint* @out);

    [LibraryImport(Lib)]
    internal static partial int xb_topk(nint a, long k, long dim, int largest, int sorted, nint* @out);
}
