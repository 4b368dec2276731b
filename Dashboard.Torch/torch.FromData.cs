namespace TorchSharp;

public static unsafe partial class torch
{
    public static Tensor tensor(bool[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => FromArray<bool>(rawArray, ScalarType.Bool, Options(dtype, device, requires_grad, names));

    public static Tensor tensor(bool scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
        => Tensor.Result(NativeMethods.xb_scalar_tensor(NativeScalar.Of(scalar), Options(dtype ?? ScalarType.Bool, device, requires_grad)));

    public static Tensor tensor(double[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => FromArray<double>(rawArray, ScalarType.Float64, Options(dtype, device, requires_grad, names));

    public static Tensor tensor(double scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
        => Tensor.Result(NativeMethods.xb_scalar_tensor(scalar, Options(dtype ?? ScalarType.Float64, device, requires_grad)));

    public static Tensor tensor(float[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => FromArray<float>(rawArray, ScalarType.Float32, Options(dtype, device, requires_grad, names));

    public static Tensor tensor(float scalar, Device? device = null, bool requires_grad = false)
        => Tensor.Result(NativeMethods.xb_scalar_tensor((double)scalar, Options(ScalarType.Float32, device, requires_grad)));

    public static Tensor tensor(int[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => FromArray<int>(rawArray, ScalarType.Int32, Options(dtype, device, requires_grad, names));

    public static Tensor tensor(int scalar, Device? device = null, bool requires_grad = false)
        => Tensor.Result(NativeMethods.xb_scalar_tensor((long)scalar, Options(ScalarType.Int32, device, requires_grad)));

    public static Tensor tensor(long[] dataArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => FromArray<long>(dataArray, ScalarType.Int64, Options(dtype, device, requires_grad, names));

    public static Tensor tensor(long scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
        => Tensor.Result(NativeMethods.xb_scalar_tensor(scalar, Options(dtype ?? ScalarType.Int64, device, requires_grad)));

    private static Tensor FromArray<T>(ReadOnlySpan<T> values, ScalarType type, NativeOptions options)
        where T : unmanaged
    {
        long length = values.Length;
        fixed (T* data = values)
        {
            T nothing = default;
            return Tensor.Result(NativeMethods.xb_from_data(data == null ? &nothing : data, (int)type, &length, 1, options));
        }
    }
}
