using System.Text.Json;
using Crossbench.Models;
using Crossbench.Tests.Support;
using Xunit;

namespace Crossbench.Tests.Cli;

[Trait("Category", "Process")]
public sealed class ModelCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Architectures_AreListedAsJson_WithOptionsRangesCountsAndBadge()
    {
        var (code, output, errors) = await CrossbenchProcess.RunAsync(_folder, "architectures", "--json");
        Assert.True(code == 0, errors);
        var items = JsonDocument.Parse(output).RootElement.EnumerateArray().ToArray();
        Assert.Equal(ModelZoo.All.Select(item => item.Id), items.Select(item => item.GetProperty("id").GetString()));
        Assert.All(items, item => Assert.True(item.GetProperty("parameters").GetInt64() > 1_000_000 && item.GetProperty("title").GetString()!.Length > 3));
        var dropout = items[0].GetProperty("options").EnumerateArray().Single(option => option.GetProperty("name").GetString() == "dropout");
        Assert.Equal((0.0, 0.0, 1.0, "number"), (dropout.GetProperty("default").GetDouble(), dropout.GetProperty("minimum").GetDouble(), dropout.GetProperty("maximum").GetDouble(), dropout.GetProperty("type").GetString()));
        Assert.True(items[0].GetProperty("causal").GetBoolean());
        Assert.All(items, item =>
        {
            Assert.InRange(item.GetProperty("equations").GetArrayLength(), 3, 8);
            Assert.Equal(item.GetProperty("parameters").GetInt64(), item.GetProperty("formula").GetProperty("parts").EnumerateArray().Sum(part => part.GetProperty("parameters").GetInt64()));
            Assert.NotEmpty(item.GetProperty("readings").EnumerateArray());
        });
    }

    [Fact]
    public async Task Architecture_IsPrintedWithItsEquationsItsFormulaAndWhatToRead()
    {
        var (code, output, errors) = await CrossbenchProcess.RunAsync(_folder, "architectures", "gqa", "--set", "shape.width=256");
        Assert.True(code == 0, errors);
        foreach (var part in new[] { @"\operatorname*{softmax}", "2,359,296 = 3 L d f", "arXiv 2305.13245" })
        {
            Assert.Contains(part, output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Parameters_OfAPublishedSize_AreListedWithoutTheirMemory()
    {
        var (code, output, errors) = await CrossbenchProcess.RunAsync(_folder, "architectures", "gqa", "--preset", "transbench", "--parameters", "--json");
        Assert.True(code == 0, errors);
        var items = JsonDocument.Parse(output).RootElement.EnumerateArray().ToArray();
        Assert.Equal(5_648_128, items.Sum(item => item.GetProperty("shape").EnumerateArray().Aggregate(1L, (product, size) => product * size.GetInt64())));
        Assert.Contains(items, item => item.GetProperty("name").GetString() == "layers.5.attn.q.bias");
    }

    [Fact]
    public async Task Logits_OfSavedWeights_AreThoseOfTheSeed()
    {
        var file = _folder.File("weights.safetensors");
        string[] model = ["logits", "--architecture", "gqa", "--set", "shape.layers=2", "--set", "shape.vocabulary=23", "--json"];
        var first = await CrossbenchProcess.RunAsync(_folder, [.. model, "--seed", "3", "--tokens", "1,2,3", "--tokens", "4", "--save", file]);
        var second = await CrossbenchProcess.RunAsync(_folder, [.. model, "--seed", "9", "--tokens", "1,2,3", "--tokens", "4", "--weights", file]);
        Assert.True(first.Item1 == 0 && second.Item1 == 0, first.Item3 + second.Item3);
        Assert.Equal(first.Item2, second.Item2);
        var lines = first.Item2.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("logits")).ToArray();
        Assert.Equal([3, 1], lines.Select(line => line.GetArrayLength()));
        Assert.All(lines, line => Assert.All(line.EnumerateArray(), row => Assert.Equal(23, row.GetArrayLength())));
    }

    [Fact]
    public async Task Logits_OfWeightsThatAreNotFinite_AreToldByTheirPosition()
    {
        var file = _folder.File("weights.safetensors");
        string[] model = ["logits", "--architecture", "gqa", "--set", "shape.layers=1", "--set", "shape.vocabulary=7", "--tokens", "1,2", "--json"];
        Assert.Equal(0, (await CrossbenchProcess.RunAsync(_folder, [.. model, "--save", file])).Item1);
        var bytes = File.ReadAllBytes(file);
        BitConverter.GetBytes(float.NaN).CopyTo(bytes, bytes.Length - 4);
        File.WriteAllBytes(file, bytes);
        var (code, output, errors) = await CrossbenchProcess.RunAsync(_folder, [.. model, "--weights", file]);
        Assert.Equal((1, ""), (code, output));
        Assert.Contains("The logits of position 0 are not all finite", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mistakes_AreToldAtOnce_WithExitCode2()
    {
        var (code, output, errors) = await CrossbenchProcess.RunAsync(
            _folder, "logits", "--architecture", "gqa", "--preset", "transbenhc", "--tokens", "1,x,300", "--set", "shape.heads=3");
        Assert.Equal((2, ""), (code, output));
        foreach (var part in new[] { "\"transbenhc\" is no preset of gqa", "\"x\" is no token id", "\"300\" is no token id", "not a multiple of 3" })
        {
            Assert.Contains(part, errors, StringComparison.Ordinal);
        }

        var other = _folder.File("other.safetensors");
        Assert.Equal(0, (await CrossbenchProcess.RunAsync(_folder, "logits", "--architecture", "gqa", "--set", "shape.layers=1", "--tokens", "1", "--save", other)).Item1);
        var misfit = await CrossbenchProcess.RunAsync(_folder, "logits", "--architecture", "gqa", "--set", "shape.layers=2", "--set", "shape.bias=false", "--set", "shape.ffn=32", "--tokens", "1", "--weights", other);
        Assert.Equal(2, misfit.Item1);
        foreach (var part in new[] { "lacks layers.1.norm1.weight", "has layers.0.attn.q.bias", "Shapes differ: layers.0.mlp.gate.weight [384, 128] for [32, 128]" })
        {
            Assert.Contains(part, misfit.Item3, StringComparison.Ordinal);
        }
    }
}
