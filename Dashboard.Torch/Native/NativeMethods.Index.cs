using System.Runtime.InteropServices;

namespace TorchSharp;

internal static unsafe partial class NativeMethods
{
    [LibraryImport(Lib)]
    internal static partial nint xb_index(nint a, NativeIndex* indices, long count);

    [LibraryImport(Lib)]
    internal static partial int xb_index_put_(nint a, NativeIndex* indices, long count, nint value);

    [LibraryImport(Lib)]
    internal static partial nint xb_index_select(nint a, long dim, nint index);

    [LibraryImport(Lib)]
    internal static partial nint xb_gather(nint a, long dim, nint index);

    [LibraryImport(Lib)]
    internal static partial nint xb_scatter(nint a, long dim, nint index, nint source);

    [LibraryImport(Lib)]
    internal static partial nint xb_masked_fill(nint a, nint mask, NativeScalar value);

    [LibraryImport(Lib)]
    internal static partial nint xb_nonzero(nint a);

    [LibraryImport(Lib)]
    internal static partial long xb_where_list(nint condition, nint** @out);
}
