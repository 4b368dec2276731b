using System.Runtime.InteropServices;

namespace TorchSharp;

internal static unsafe partial class NativeMethods
{
    [LibraryImport(Lib)]
    internal static partial byte* xb_last_error();

    [LibraryImport(Lib)]
    internal static partial void xb_free_array(nint* array);

    [LibraryImport(Lib)]
    internal static partial void xb_delete(nint tensor);

    [LibraryImport(Lib)]
    internal static partial byte* xb_version();

    [LibraryImport(Lib)]
    internal static partial byte* xb_show_config();

    [LibraryImport(Lib)]
    internal static partial byte* xb_parallel_info();

    [LibraryImport(Lib)]
    internal static partial int xb_get_num_threads();

    [LibraryImport(Lib)]
    internal static partial int xb_set_num_threads(int count);

    [LibraryImport(Lib)]
    internal static partial int xb_get_default_dtype();

    [LibraryImport(Lib)]
    internal static partial int xb_set_default_dtype(int dtype);

    [LibraryImport(Lib)]
    internal static partial int xb_cuda_is_available();

    [LibraryImport(Lib)]
    internal static partial int xb_cuda_device_count();

    [LibraryImport(Lib)]
    internal static partial int xb_cuda_has_cudnn();

    [LibraryImport(Lib)]
    internal static partial int xb_cuda_synchronize(int index);

    [LibraryImport(Lib)]
    internal static partial int xb_get_backend_flag(int flag);

    [LibraryImport(Lib)]
    internal static partial int xb_set_backend_flag(int flag, int value);

    [LibraryImport(Lib)]
    internal static partial long xb_dim(nint t);

    [LibraryImport(Lib)]
    internal static partial long xb_numel(nint t);

    [LibraryImport(Lib)]
    internal static partial long xb_element_size(nint t);

    [LibraryImport(Lib)]
    internal static partial int xb_dtype(nint t);

    [LibraryImport(Lib)]
    internal static partial int xb_device_type(nint t);

    [LibraryImport(Lib)]
    internal static partial int xb_device_index(nint t);

    [LibraryImport(Lib)]
    internal static partial int xb_requires_grad(nint t);

    [LibraryImport(Lib)]
    internal static partial int xb_is_leaf(nint t);

    [LibraryImport(Lib)]
    internal static partial int xb_is_contiguous(nint t);

    [LibraryImport(Lib)]
    internal static partial long xb_size(nint t, long dim);

    [LibraryImport(Lib)]
    internal static partial long xb_stride_of(nint t, long dim);

    [LibraryImport(Lib)]
    internal static partial int xb_sizes(nint t, long* @out);

    [LibraryImport(Lib)]
    internal static partial int xb_strides(nint t, long* @out);

    [LibraryImport(Lib)]
    internal static partial nint xb_data(nint t);
}
