using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

[assembly: DisableRuntimeMarshalling]

namespace Dashboard.Torch;

/// <summary>Finds and loads the native library, once, with the environment that libtorch's BLAS and OpenMP read while they load.</summary>
internal static partial class TorchLibrary
{
    internal const string Name = "crossbench_torch";
    private const string File = "lib" + Name + ".so";

    private static readonly Lock Gate = new();
    private static nint _handle;

    [ModuleInitializer]
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Usage", "CA2255", Justification = "The resolver must stand before the first native call is bound; nothing is loaded here.")]
    internal static void Register() => NativeLibrary.SetDllImportResolver(typeof(TorchLibrary).Assembly, Resolve);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Name)
        {
            return 0;
        }

        lock (Gate)
        {
            return _handle != 0 ? _handle : _handle = Load(Path.GetDirectoryName(assembly.Location));
        }
    }

    private static nint Load(string? assemblyFolder)
    {
        SetEnvironment();
        var folders = new[] { assemblyFolder, Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory) }.Where(f => !string.IsNullOrEmpty(f)).Distinct();
        var places = folders.SelectMany(f => new[] { Path.Combine(f!, "runtimes", "linux-x64", "native", File), Path.Combine(f!, File) }).ToList();
        var place = places.Find(System.IO.File.Exists)
            ?? throw new TorchUnavailableException($"{File} is missing (looked for {string.Join(", ", places)}): build the solution again, with TorchProvider=system.");
        try
        {
            return UseBlockAllocator(NativeLibrary.Load(place));
        }
        catch (DllNotFoundException e)
        {
            throw new TorchUnavailableException(
                "libtorch is missing or too old: install it (Debian or Ubuntu: apt install libtorch1.13 libdnnl2 libopenblas0-pthread libgomp1), or build with LibTorchPath set to a libtorch folder. "
                + Reason(e), e);
        }
    }

    /// <summary>Training asks for the same sizes at each step: blocks are kept and reused, on huge pages.</summary>
    private static unsafe nint UseBlockAllocator(nint library)
    {
        ((delegate* unmanaged<int>)NativeLibrary.GetExport(library, "xb_use_block_allocator"))();
        return library;
    }

    /// <summary>The loader's last line, which names what it did not find; the advice before it is for its own developers.</summary>
    private static string Reason(DllNotFoundException e) => "The loader said: " + e.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[^1];

    /// <summary>By libc, because Environment.SetEnvironmentVariable is invisible to native code. A value that the user set is kept.</summary>
    private static void SetEnvironment()
    {
        if (Avx512F.IsSupported)
        {
            // OpenBLAS 0.3.21 takes CPUs that are newer than itself for a Haswell, at half their speed.
            setenv("OPENBLAS_CORETYPE", "SkylakeX", 0);
        }

        // Threads of OpenBLAS beside those of OpenMP fight for the same cores.
        setenv("OPENBLAS_NUM_THREADS", "1", 0);
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}
