using System.Buffers.Binary;
using System.Text;
using Crossbench.Models;
using Crossbench.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Crossbench.Tests.Models;

public sealed class SafetensorsTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly TempFolder _folder = new();

    private string File_ => Path.Combine(_folder.Path, "weights.safetensors");

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Save_ThenLoad_GivesEveryTypeBackToTheBit()
    {
        var types = new[]
        {
            ScalarType.Float64, ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16, ScalarType.Int64, ScalarType.Int32, ScalarType.Byte, ScalarType.Bool,
        };
        var saved = types.Select((type, i) => ($"x.{type}", (TinyModels.Normal(i, ScalarType.Float32, 3, 5) * 3).to(type))).ToList();
        Safetensors.Save(File_, saved, new Dictionary<string, string> { ["format"] = "pt", ["note"] = "ä \"quoted\"" });
        var loaded = Safetensors.Load(File_);
        Assert.Equal(saved.Select(item => item.Item1), loaded.Keys);
        Assert.All(saved, item =>
        {
            Assert.Equal((item.Item2.dtype, "3,5"), (loaded[item.Item1].dtype, string.Join(",", loaded[item.Item1].shape)));
            Assert.Equal(item.Item2.bytes.ToArray(), loaded[item.Item1].bytes.ToArray());
        });
        Assert.Equal(["pt", "ä \"quoted\""], Safetensors.ReadMetadata(File_).Values);
        Assert.Equal([File_], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Save_OfViewsScalarsAndEmptyTensors_WritesTheirElements()
    {
        var matrix = arange(6).reshape(2, 3);
        Safetensors.Save(File_, [("t", matrix.T), ("row", matrix[1]), ("scalar", tensor(7L)), ("none", zeros(0, 3)), ("grad", ones([2], requires_grad: true))]);
        var loaded = Safetensors.Load(File_);
        Assert.Equal([0, 3, 1, 4, 2, 5], loaded["t"].data<long>().ToArray());
        Assert.Equal([3, 4, 5], loaded["row"].data<long>().ToArray());
        Assert.Equal((0, 7), (loaded["scalar"].ndim, loaded["scalar"].item<long>()));
        Assert.Equal([0, 3], loaded["none"].shape);
        Assert.False(loaded["grad"].requires_grad);
        var entry = Safetensors.ReadHeader(File_)[0];
        Assert.Equal(("t", ScalarType.Int64, 0L, 48L), (entry.Name, entry.Type, entry.Begin, entry.Bytes));
    }

    [Fact]
    public void Save_OverAFile_ReplacesItOnlyWhenItSucceeds()
    {
        Safetensors.Save(File_, [("a", ones(2))]);
        var before = File.ReadAllBytes(File_);
        Assert.Throws<ArgumentException>(() => Safetensors.Save(File_, [("a", ones(2)), ("a", ones(3))]));
        Assert.Throws<ArgumentException>(() => Safetensors.Save(File_, [("a", ones(2, ScalarType.Int8))]));
        Assert.Equal(before, File.ReadAllBytes(File_));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Load_OfAFileMadeByHand_ReadsIt()
    {
        Hand("""{"__metadata__":{"k":"v"},"b":{"dtype":"U8","shape":[2],"data_offsets":[4,6]},"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}   """, [0, 0, 0x80, 0x3f, 7, 255]);
        var loaded = Safetensors.Load(File_);
        Assert.Equal(1f, loaded["a"].item<float>());
        Assert.Equal([7, 255], loaded["b"].data<byte>().ToArray());
        Assert.Equal("v", Safetensors.ReadMetadata(File_)["k"]);
    }

    [Theory]
    [InlineData("not json", "not JSON")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "'a'")]
    [InlineData("""{"a":5}""", "entry a")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", "entry a")]
    [InlineData("""{"a":{"dtype":"F32","shape":"1","data_offsets":[0,4]}}""", "entry a")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", "entry a")]
    [InlineData("""{"a":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}}""", "F8_E4M3")]
    [InlineData("""{"a":{"dtype":null,"shape":[4],"data_offsets":[0,4]}}""", "a has type")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", "needs 8 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]}}""", "[-1, -1]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}""", "entry a")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}""", "[0, 4, 8]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", "[4, 0]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""", "[-4, 0]")]
    [InlineData("""{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}""", "it has")]
    [InlineData("""{"a":{"dtype":"U8","shape":[5],"data_offsets":[0,5]}}""", "it has")]
    [InlineData("""{"a":{"dtype":"U8","shape":[3],"data_offsets":[1,4]}}""", "begins at byte 1")]
    [InlineData("""{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}""", "b begins at byte 2")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}""", "b begins at byte 2")]
    [InlineData("""{"__metadata__":{"a":1},"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", "__metadata__")]
    [InlineData("""{"a\ud800":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", "weight file")]
    [InlineData("""{"a":{"dtype":"BOOL","shape":[4],"data_offsets":[0,4]}}""", "neither 0 nor 1")]
    public void Load_OfAHostileHeader_NamesFileAndReason(string header, string reason)
    {
        Hand(header, [0, 0, 0x80, 0x3f]);
        var exception = Assert.Throws<InvalidDataException>(() => Safetensors.Load(File_));
        Assert.StartsWith(File_, exception.Message, StringComparison.Ordinal);
        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 2, 0, 0 })]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 255, 255, 255, 255, 255, 255, 255, 127, 123, 125 })]
    [InlineData(new byte[] { 255, 255, 255, 255, 255, 255, 255, 255, 123, 125 })]
    [InlineData(new byte[] { 3, 0, 0, 0, 0, 0, 0, 0, 123, 125 })]
    [InlineData(new byte[] { 10, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'"', 255, (byte)'"', (byte)':', (byte)'{', (byte)'}', (byte)'}', 32, 32 })]
    public void Load_OfABrokenBeginning_IsRefused(byte[] content)
    {
        File.WriteAllBytes(File_, content);
        Assert.StartsWith(File_, Assert.Throws<InvalidDataException>(() => Safetensors.Load(File_)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OfATruncatedFile_IsRefusedWhereverItEnds()
    {
        Safetensors.Save(File_, [("a", ones(3)), ("b", zeros(2, ScalarType.Int64))]);
        var whole = File.ReadAllBytes(File_);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(File_, whole[..length]);
            Assert.Throws<InvalidDataException>(() => Safetensors.Load(File_));
        }
    }

    private void Hand(string header, byte[] data)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        File.WriteAllBytes(File_, [.. length, .. json, .. data]);
    }
}
