namespace TorchSharp;

public sealed class Scalar : IDisposable
{
    private Scalar(NativeScalar native, torch.ScalarType type)
    {
        Native = native;
        Type = type;
    }

    public torch.ScalarType Type { get; }

    internal NativeScalar Native { get; }

    public static implicit operator Scalar(int value) => new(value, torch.ScalarType.Int64);

    public static implicit operator Scalar(long value) => new(value, torch.ScalarType.Int64);

    public static implicit operator Scalar(float value) => new((double)value, torch.ScalarType.Float64);

    public static implicit operator Scalar(double value) => new(value, torch.ScalarType.Float64);

    public static implicit operator Scalar(bool value) => new(NativeScalar.Of(value), torch.ScalarType.Bool);

    /// <summary>Nothing to free: the value lives on the managed side.</summary>
    public void Dispose()
    {
    }
}

public static class ScalarExtensionMethods
{
    public static Scalar ToScalar(this int value) => value;

    public static Scalar ToScalar(this long value) => value;

    public static Scalar ToScalar(this float value) => value;

    public static Scalar ToScalar(this double value) => value;

    public static Scalar ToScalar(this bool value) => value;

    public static float ToSingle(this Scalar value) => (float)value.Native.AsDouble;

    public static double ToDouble(this Scalar value) => value.Native.AsDouble;

    public static long ToInt64(this Scalar value) => value.Native.AsInt64;
}
