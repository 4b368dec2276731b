using System.Runtime.InteropServices;

namespace TorchSharp;

[StructLayout(LayoutKind.Sequential)]
internal readonly struct NativeScalar
{
    private readonly long _bits;
    private readonly int _kind;

    private NativeScalar(long bits, int kind) => (_bits, _kind) = (bits, kind);

    internal static NativeScalar None => new(0, -1);

    internal static NativeScalar One => new(1, 0);

    internal static NativeScalar Of(bool value) => new(value ? 1 : 0, 2);

    internal static NativeScalar Of(Scalar? value) => value is null ? None : value.Native;

    public static implicit operator NativeScalar(long value) => new(value, 0);

    public static implicit operator NativeScalar(double value) => new(BitConverter.DoubleToInt64Bits(value), 1);

    internal double AsDouble => _kind == 1 ? BitConverter.Int64BitsToDouble(_bits) : _bits;

    internal long AsInt64 => _kind == 1 ? (long)BitConverter.Int64BitsToDouble(_bits) : _bits;
}

[StructLayout(LayoutKind.Sequential)]
internal readonly struct NativeOptions(int dtype, int deviceType, int deviceIndex, bool requiresGrad)
{
    private readonly int _dtype = dtype;
    private readonly int _deviceType = deviceType;
    private readonly int _deviceIndex = deviceIndex;
    private readonly int _requiresGrad = requiresGrad ? 1 : 0;
}

[StructLayout(LayoutKind.Sequential)]
internal readonly struct NativeIndex(long kind, long a, long b, long c, nint tensor)
{
    private readonly long _kind = kind;
    private readonly long _a = a;
    private readonly long _b = b;
    private readonly long _c = c;
    private readonly nint _tensor = tensor;
}

[StructLayout(LayoutKind.Sequential)]
internal struct NativeAdamW
{
    internal double LearningRate;
    internal double Beta1;
    internal double Beta2;
    internal double Epsilon;
    internal double WeightDecay;
    internal int Maximize;
}
