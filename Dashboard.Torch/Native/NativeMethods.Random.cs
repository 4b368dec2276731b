using System.Runtime.InteropServices;

namespace TorchSharp;

internal static unsafe partial class NativeMethods
{
    [LibraryImport(Lib)]
    internal static partial int xb_manual_seed(long seed);

    [LibraryImport(Lib)]
    internal static partial int xb_cuda_manual_seed(long seed, int everyDevice);

    [LibraryImport(Lib)]
    internal static partial nint xb_generator_new(ulong seed, int deviceType, int deviceIndex);

    [LibraryImport(Lib)]
    internal static partial nint xb_generator_default();

    [LibraryImport(Lib)]
    internal static partial void xb_generator_delete(nint g);

    [LibraryImport(Lib)]
    internal static partial nint xb_generator_get_state(nint g);

    [LibraryImport(Lib)]
    internal static partial int xb_generator_set_state(nint g, nint state);

    [LibraryImport(Lib)]
    internal static partial int xb_generator_manual_seed(nint g, long seed);

    [LibraryImport(Lib)]
    internal static partial int xb_generator_seed(nint g, long* @out);

    [LibraryImport(Lib)]
    internal static partial int xb_generator_initial_seed(nint g, long* @out);
}
