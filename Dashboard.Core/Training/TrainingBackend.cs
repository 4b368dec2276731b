using static TorchSharp.torch;

namespace Crossbench.Training;

/// <summary>The tensor library that training needs and that pages do without.</summary>
public static class TrainingBackend
{
    /// <summary>Loads it.</summary>
    /// <exception cref="SpecException">It is missing or cannot be loaded; says what to install.</exception>
    public static void Ensure()
    {
        if (Problem() is { } problem)
        {
            throw new SpecException(problem);
        }
    }

    /// <summary>Loads it and says what is wrong with it; null when it works.</summary>
    public static SpecProblem? Problem()
    {
        try
        {
            using var probe = zeros(1);
            return null;
        }
        catch (Exception error) when (Cause(error) is { } cause)
        {
            return new SpecProblem("", "The training backend cannot be loaded.", cause);
        }
    }

    /// <summary>Says that a device is not there; null when it is. Loads the library.</summary>
    /// <param name="name">A device by name: <c>cpu</c>, <c>cuda</c>, <c>cuda:1</c>.</param>
    public static SpecProblem? DeviceProblem(string name)
    {
        var index = ComputeDevice.CudaIndex(name);
        var found = index >= 0 && cuda.is_available() ? cuda.device_count() : 0;
        return index < 0 || index < found
            ? null
            : new SpecProblem("training.device", $"{name} is not there: libtorch {__version__} sees {found} CUDA devices.", "Use cpu, or a libtorch build with CUDA by LibTorchPath.")
            {
                Fixes = [new SpecFix("training.device", "cpu")],
            };
    }

    /// <summary>Version and threads in words; the backend must be there.</summary>
    public static string Describe() => $"libtorch {__version__}, {(cuda_is_available() ? $"{cuda.device_count()} CUDA devices" : "CPU only")}";

    /// <summary>Version of libtorch; it must be there.</summary>
    public static string Version => $"libtorch {__version__}";

    /// <summary>How that libtorch was built, in its own words; empty when the binding does not tell.</summary>
    public static string Build =>
#if TORCH_SYSTEM
        Dashboard.Torch.TorchRuntime.BuildInformation.Trim();
#else
        "";
#endif

    /// <summary>Bytes that the tensor library's allocator holds in large blocks; null when the binding does not tell.</summary>
    internal static long? BlockBytes =>
#if TORCH_SYSTEM
        Dashboard.Torch.Fused.BlockBytes.Mapped;
#else
        null;
#endif

    /// <summary>What a loader's exception says, without the wrappers around it; null for other exceptions.</summary>
    private static string? Cause(Exception error) => error switch
    {
        TypeInitializationException { InnerException: { } inner } => Cause(inner) ?? inner.Message,
        DllNotFoundException or BadImageFormatException or NotSupportedException => error.Message,
#if TORCH_SYSTEM
        Dashboard.Torch.TorchUnavailableException => error.Message,
#endif
        _ => null,
    };
}
