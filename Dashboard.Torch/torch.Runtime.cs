namespace TorchSharp;

public static unsafe partial class torch
{
    public static string __version__ => NativeMethods.Text(NativeMethods.xb_version());

    public static DisposeScope NewDisposeScope() => new();

    public static Tensor WrappedTensorDisposeScope(Func<Tensor> expr)
    {
        using var scope = NewDisposeScope();
        return expr().MoveToOuterDisposeScope();
    }

    public static IDisposable no_grad() => new GradMode(false);

    public static IDisposable enable_grad(bool enabled = true) => new GradMode(enabled);

    public static IDisposable set_grad_enabled(bool mode = true) => new GradMode(mode);

    public static bool is_grad_enabled() => NativeMethods.xb_grad_enabled() != 0;

    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);

    public static int get_num_threads() => NativeMethods.xb_get_num_threads();

    public static void set_num_threads(int num) => NativeMethods.Check(NativeMethods.xb_set_num_threads(num));

    public static void set_default_dtype(ScalarType dtype) => NativeMethods.Check(NativeMethods.xb_set_default_dtype((int)dtype));

    public static ScalarType get_default_dtype() => (ScalarType)NativeMethods.xb_get_default_dtype();

    public static bool TryInitializeDeviceType(DeviceType deviceType) => deviceType switch
    {
        DeviceType.CPU => true,
        DeviceType.CUDA => cuda.is_available(),
        _ => false,
    };

    public static void InitializeDeviceType(DeviceType deviceType)
    {
        if (!TryInitializeDeviceType(deviceType))
        {
            throw new InvalidOperationException($"{deviceType} is not available: libtorch {__version__} was built without it, or there is no such device.");
        }
    }

    public static bool cuda_is_available() => cuda.is_available();

    /// <summary>Switches this thread's gradient mode and puts the old one back.</summary>
    private sealed class GradMode : IDisposable
    {
        private readonly bool _before = is_grad_enabled();

        internal GradMode(bool enabled) => NativeMethods.xb_set_grad_enabled(enabled ? 1 : 0);

        public void Dispose() => NativeMethods.xb_set_grad_enabled(_before ? 1 : 0);
    }

    private sealed class InferenceMode : IDisposable
    {
        private nint _guard;

        internal InferenceMode(bool mode)
        {
            _guard = NativeMethods.xb_inference_enter(mode ? 1 : 0);
            if (_guard == 0)
            {
                NativeMethods.Throw();
            }
        }

        public void Dispose()
        {
            if (_guard != 0)
            {
                NativeMethods.xb_inference_leave(_guard);
                _guard = 0;
            }
        }
    }
}
