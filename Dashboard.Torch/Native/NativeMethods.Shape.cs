using System.Runtime.InteropServices;

namespace TorchSharp;

internal static unsafe partial class NativeMethods
{
    [LibraryImport(Lib)]
    internal static partial nint xb_alias(nint a);

    [LibraryImport(Lib)]
    internal static partial nint xb_view(nint a, long* size, long dims);

    [LibraryImport(Lib)]
    internal static partial nint xb_reshape(nint a, long* size, long dims);

    [LibraryImport(Lib)]
    internal static partial nint xb_expand(nint a, long* size, long dims, int isImplicit);

    [LibraryImport(Lib)]
    internal static partial nint xb_repeat(nint a, long* size, long dims);

    [LibraryImport(Lib)]
    internal static partial nint xb_permute(nint a, long* size, long dims);

    [LibraryImport(Lib)]
    internal static partial nint xb_flatten(nint a, long start, long end);

    [LibraryImport(Lib)]
    internal static partial nint xb_transpose(nint a, long dim0, long dim1);

    [LibraryImport(Lib)]
    internal static partial nint xb_unsqueeze(nint a, long dim);

    [LibraryImport(Lib)]
    internal static partial nint xb_squeeze(nint a);

    [LibraryImport(Lib)]
    internal static partial nint xb_squeeze_dim(nint a, long dim);

    [LibraryImport(Lib)]
    internal static partial nint xb_narrow(nint a, long dim, long start, long length);

    [LibraryImport(Lib)]
    internal static partial nint xb_slice(nint a, long dim, long start, long finish, long step);

    [LibraryImport(Lib)]
    internal static partial nint xb_select(nint a, long dim, long index);

    [LibraryImport(Lib)]
    internal static partial nint xb_tril(nint a, long diagonal);

    [LibraryImport(Lib)]
    internal static partial nint xb_triu(nint a, long diagonal);

    [LibraryImport(Lib)]
    internal static partial nint xb_contiguous(nint a);

    [LibraryImport(Lib)]
    internal static partial nint xb_clone(nint a);

    [LibraryImport(Lib)]
    internal static partial nint xb_detach(nint a);

    [LibraryImport(Lib)]
    internal static partial nint xb_cat(nint* tensors, long count, long dim);

    [LibraryImport(Lib)]
    internal static partial nint xb_stack(nint* tensors, long count, long dim);

    [LibraryImport(Lib)]
    internal static partial long xb_split(nint a, long size, long dim, nint** @out);

    [LibraryImport(Lib)]
    internal static partial long xb_split_sizes(nint a, long* size, long dims, long dim, nint** @out);

    [LibraryImport(Lib)]
    internal static partial long xb_chunk(nint a, long chunks, long dim, nint** @out);

    [LibraryImport(Lib)]
    internal static partial long xb_unbind(nint a, long dim, nint** @out);

    [LibraryImport(Lib)]
    internal static partial nint xb_to(nint a, int dtype, int deviceType, int deviceIndex, int nonBlocking, int copy);
}
