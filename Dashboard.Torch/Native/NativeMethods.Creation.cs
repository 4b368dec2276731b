using System.Runtime.InteropServices;

namespace TorchSharp;

internal static unsafe partial class NativeMethods
{
    [LibraryImport(Lib)]
    internal static partial nint xb_empty(long* size, long dims, NativeOptions o);

    [LibraryImport(Lib)]
    internal static partial nint xb_zeros(long* size, long dims, NativeOptions o);

    [LibraryImport(Lib)]
    internal static partial nint xb_ones(long* size, long dims, NativeOptions o);

    [LibraryImport(Lib)]
    internal static partial nint xb_full(long* size, long dims, NativeScalar value, NativeOptions o);

    [LibraryImport(Lib)]
    internal static partial nint xb_arange(NativeScalar start, NativeScalar stop, NativeScalar step, NativeOptions o);

    [LibraryImport(Lib)]
    internal static partial nint xb_rand(long* size, long dims, nint g, NativeOptions o);

    [LibraryImport(Lib)]
    internal static partial nint xb_randn(long* size, long dims, nint g, NativeOptions o);

    [LibraryImport(Lib)]
    internal static partial nint xb_randint(long low, long high, long* size, long dims, nint g, NativeOptions o);

    [LibraryImport(Lib)]
    internal static partial nint xb_randperm(long n, nint g, NativeOptions o);

    [LibraryImport(Lib)]
    internal static partial int xb_randperm_out(long n, nint @out, nint g);

    [LibraryImport(Lib)]
    internal static partial nint xb_empty_like(nint t, NativeOptions o);

    [LibraryImport(Lib)]
    internal static partial nint xb_zeros_like(nint t, NativeOptions o);

    [LibraryImport(Lib)]
    internal static partial nint xb_ones_like(nint t, NativeOptions o);

    [LibraryImport(Lib)]
    internal static partial nint xb_rand_like(nint t, NativeOptions o);

    [LibraryImport(Lib)]
    internal static partial nint xb_randn_like(nint t, NativeOptions o);

    [LibraryImport(Lib)]
    internal static partial nint xb_from_data(void* data, int dtype, long* size, long dims, NativeOptions o);

    [LibraryImport(Lib)]
    internal static partial nint xb_scalar_tensor(NativeScalar value, NativeOptions o);
}
