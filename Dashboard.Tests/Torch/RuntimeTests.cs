using Dashboard.Torch;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Crossbench.Tests.Torch;

[Collection(nameof(ProcessWide))]
public sealed class RuntimeTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Versions_OfTheLoadedLibrary_AreKnown()
    {
        Assert.Matches(@"^\d+\.\d+\.\d+", __version__);
        Assert.Equal(__version__, TorchRuntime.Version);
        Assert.Contains("BLAS", TorchRuntime.BuildInformation, StringComparison.Ordinal);
        Assert.Contains("at::get_num_threads()", TorchRuntime.ParallelInformation, StringComparison.Ordinal);
    }

    [Fact]
    public void NumThreads_Set_IsReadBack()
    {
        var before = get_num_threads();
        set_num_threads(2);
        Assert.Equal(2, get_num_threads());
        set_num_threads(before);
    }

    [Fact]
    public void Cuda_WithoutADevice_IsRefusedWithAReason()
    {
        Assert.Equal(cuda.is_available(), cuda_is_available());
        Assert.SkipWhen(cuda.is_available(), "this machine has a CUDA device");
        Assert.Equal((0, false), (cuda.device_count(), cuda.is_cudnn_available()));
        Assert.False(TryInitializeDeviceType(DeviceType.CUDA));
        Assert.Contains("CUDA", Assert.Throws<InvalidOperationException>(() => InitializeDeviceType(DeviceType.CUDA)).Message, StringComparison.Ordinal);
        Assert.ThrowsAny<Exception>(() => zeros(1).cuda());
        Assert.ThrowsAny<Exception>(() => cuda.synchronize());
        cuda.manual_seed_all(1);
        cuda.manual_seed(1);
    }

    [Fact]
    public void BackendFlags_Set_AreReadBack()
    {
        var before = backends.cuda.matmul.allow_tf32;
        backends.cuda.matmul.allow_tf32 = !before;
        Assert.Equal(!before, backends.cuda.matmul.allow_tf32);
        backends.cuda.matmul.allow_tf32 = before;
        backends.cuda.enable_flash_sdp(backends.cuda.flash_sdp_enabled());
        backends.cuda.enable_math_sdp(backends.cuda.math_sdp_enabled());
        backends.cudnn.allow_tf32 = backends.cudnn.allow_tf32;
        backends.cuda.matmul.allow_fp16_reduced_precision_reduction = backends.cuda.matmul.allow_fp16_reduced_precision_reduction;
        Assert.Equal(before, backends.cuda.matmul.allow_tf32);
    }

    [Fact]
    public void DefaultType_Changed_DecidesForNewTensors()
    {
        Assert.Equal(ScalarType.Float32, get_default_dtype());
        set_default_dtype(ScalarType.Float64);
        Assert.Equal(ScalarType.Float64, zeros(1).dtype);
        set_default_dtype(ScalarType.Float32);
        Assert.Equal(ScalarType.Float32, zeros(1).dtype);
    }

    [Fact]
    public void ElementTypes_OfArraysAndScalars_AreThoseOfTorchSharp()
    {
        Assert.Equal(ScalarType.Int32, tensor(new[] { 1, 2 }).dtype);
        Assert.Equal(ScalarType.Int64, tensor(new[] { 1L }).dtype);
        Assert.Equal(ScalarType.Float32, tensor(1f).dtype);
        Assert.Equal(ScalarType.Float64, tensor(1.0).dtype);
        Assert.Equal(ScalarType.Int64, arange(3).dtype);
        Assert.Equal(ScalarType.Float32, arange(0, 1, 0.5).dtype);
        Assert.Equal([uint8, int32, int64, bfloat16, float16, float32, float64, torch.@bool],
            new[] { uint8, int32, int64, bfloat16, float16, float32, float64, torch.@bool }.Select(t => zeros(1, t).dtype));
    }

    [Theory]
    [InlineData("cpu", DeviceType.CPU, -1, "cpu")]
    [InlineData("cuda", DeviceType.CUDA, 0, "cuda:0")]
    [InlineData("cuda:1", DeviceType.CUDA, 1, "cuda:1")]
    public void Device_FromADescription_HasTypeAndIndex(string description, DeviceType type, int index, string text)
    {
        Device parsed = description;
        Assert.Equal((type, index, text), (parsed.type, parsed.index, parsed.ToString()));
    }

    [Theory]
    [InlineData("gpu")]
    [InlineData("cuda:x")]
    [InlineData("cuda:-1")]
    public void Device_FromNonsense_IsRefused(string description) => Assert.Throws<ArgumentException>(() => device(description));

    [Fact]
    public void Data_OfATransposedTensor_ComesInLogicalOrder()
    {
        var t = arange(6).reshape(2, 3).T;
        var data = t.data<long>();
        Assert.Equal([0, 3, 1, 4, 2, 5], data.ToArray());
        Assert.Equal([0L, 3, 1, 4, 2, 5], data.ToList());
        Assert.Equal(4, data[1, 1]);
        data[1, 1] = 40;
        data.CopyFrom([7, 8], tensorIndex: 4);
        Assert.Equal([0, 3, 1, 40, 7, 8], data.ToArray());
        var part = new long[3];
        data.CopyTo(part, 1, 4);
        Assert.Equal([0, 7, 8], part);
        Assert.Equal([3, 2], t.size());
        Assert.Equal([1, 3], t.stride());
        Assert.Equal((2, 3, false), (t.size(-1), t.stride(1), t.is_contiguous()));
        Assert.Throws<ArgumentOutOfRangeException>(() => data[3, 0]);
        Assert.Throws<ArgumentException>(() => data[3]);
        Assert.Throws<InvalidOperationException>(() => t.bytes.Length);
    }

    [Fact]
    public void Data_OfAnotherType_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => zeros(2).data<double>());
        Assert.Throws<ArgumentException>(() => zeros(2).item<float>());
        Assert.Throws<ArgumentException>(() => zeros(1, ScalarType.BFloat16).item<short>());
    }

    [Fact]
    public void Data_AfterDisposal_IsRefused()
    {
        var t = zeros(2);
        var data = t.data<float>();
        t.Dispose();
        Assert.Throws<ObjectDisposedException>(() => data[0]);
        Assert.Equal("(disposed)", t.ToString());
    }

    [Fact]
    public void Bytes_OfATensor_AreItsMemory()
    {
        var t = tensor(new[] { 1f, 2 });
        BitConverter.TryWriteBytes(t.bytes[4..], 5f);
        Assert.Equal([1, 5], t.data<float>().ToArray());
        t.bytes = new byte[8];
        Assert.Equal(0, t.sum().item<float>());
        Assert.Throws<ArgumentException>(() => t.bytes = new byte[7]);
        Assert.Equal((4, 2, 1, DeviceType.CPU), (t.ElementSize, t.NumberOfElements, t.ndim, t.device_type));
        Assert.Equal("[2], type = Float32, device = cpu", t.ToString());
        Assert.Equal("cpu", t.device.ToString());
        Assert.False(t.is_cuda);
    }

    [Fact]
    public void Allclose_OfNearAndFar_Tells()
    {
        var t = tensor(new[] { 1.0, double.NaN });
        Assert.True(allclose(t, t + 1e-9, equal_nan: true));
        Assert.False(allclose(t, t));
        Assert.False(allclose(ones(2), ones(2) * 1.1));
    }

    [Fact]
    public void Scalars_OfEveryType_KeepTheirValue()
    {
        Assert.Equal((3, 3.0, 3f), (3.ToScalar().ToInt64(), 3L.ToScalar().ToDouble(), 3f.ToScalar().ToSingle()));
        Assert.Equal((ScalarType.Int64, ScalarType.Float64, ScalarType.Bool), (3.ToScalar().Type, 3f.ToScalar().Type, true.ToScalar().Type));
        Assert.Equal((0.1, 3, 1, 2f, true), (tensor(0.1).ToDouble(), tensor(3.9).ToInt32(), tensor(true).ToInt64(), tensor(2).ToSingle(), tensor(2).ToBoolean()));
        Assert.Throws<NotSupportedException>(() => zeros(1, names: ["x"]));
    }
}
