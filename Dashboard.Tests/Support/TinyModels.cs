using Crossbench.Models;
using Crossbench.Models.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Crossbench.Tests.Support;

/// <summary>Small models in fp64 and what tests do with them.</summary>
internal static class TinyModels
{
    public const int Vocabulary = 23;

    public static ModelShape Shape { get; } = new() { Layers = 2, Width = 16, Heads = 4, KvHeads = 2, Ffn = 24, ContextLength = 13 };

    /// <summary>A context of its own for each pass: test classes run side by side, and a context serves one pass at a time.</summary>
    public static ForwardContext Evaluating => new(new KernelSet(), training: false);

    /// <inheritdoc cref="Evaluating"/>
    public static ForwardContext Training => new(new KernelSet(), training: true);

    /// <summary>A model of an architecture with its default options.</summary>
    public static LanguageModel Create(Architecture architecture, ModelShape? shape = null, ScalarType type = ScalarType.Float64, long seed = 1) =>
        Create(architecture, architecture.Defaults, shape ?? Shape, type, seed);

    /// <summary>A model of an architecture.</summary>
    public static LanguageModel Create(Architecture architecture, ArchitectureOptions options, ModelShape shape, ScalarType type = ScalarType.Float64, long seed = 1)
    {
        var model = architecture.CreateModel(shape, Vocabulary, options, new RandomStreams(seed));
        foreach (var (_, parameter) in model.named_parameters())
        {
            using var _ = no_grad();
            if (parameter.ndim < 2)
            {
                // Norm weights of 1 and biases of 0 would hide mistakes.
                using var generator = new Generator(99);
                using var noise = randn(parameter.shape, dtype: parameter.dtype, generator: generator);
                using var small = noise * 0.1;
                parameter.add_(small);
            }
        }

        return model.to(type);
    }

    /// <summary>Random token ids, [rows, length] int64.</summary>
    public static Tensor Tokens(int rows, int length, long seed = 5, int vocabulary = Vocabulary)
    {
        var draws = new RandomStreams(seed).Stream("tokens");
        var ids = new long[rows * length];
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = draws.NextInt32(vocabulary);
        }

        return tensor(ids).view(rows, length);
    }

    /// <summary>Largest absolute difference.</summary>
    public static double Distance(Tensor a, Tensor b)
    {
        using var difference = (a - b).abs().max().to(ScalarType.Float64);
        return difference.item<double>();
    }

    /// <summary>Values in fp64, row-major.</summary>
    public static double[] Values(Tensor tensor) => tensor.detach().to(ScalarType.Float64).contiguous().data<double>().ToArray();
}
