using TorchSharp;

namespace Dashboard.Torch;

/// <summary>What is known of the libtorch in use and of this process.</summary>
public static unsafe class TorchRuntime
{
    /// <summary>The version that the binding was built against, such as "1.13.0".</summary>
    public static string Version => NativeMethods.Text(NativeMethods.xb_version());

    /// <summary>How libtorch was built: compiler, BLAS, instruction sets.</summary>
    public static string BuildInformation => NativeMethods.Text(NativeMethods.xb_show_config());

    /// <summary>Its thread pools and the variables that steer them.</summary>
    public static string ParallelInformation => NativeMethods.Text(NativeMethods.xb_parallel_info());

    /// <summary>Tensors alive on the managed side, in every thread.</summary>
    public static long LiveTensors => torch.Tensor.TotalCount;

    /// <summary>Resident memory of this process in bytes, native allocations included.</summary>
    public static long ResidentBytes => Environment.WorkingSet;
}
