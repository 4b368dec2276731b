using Crossbench.Models;
using Crossbench.Models.Kernels;
using TorchSharp;
using Xunit;
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

    /// <summary>A context of an evaluation with interventions.</summary>
    public static ForwardContext Ablating(params IReadOnlyList<Ablation> ablations) => new(new KernelSet(), training: false)
    {
        Ablations = new AblationPlan(ablations, new RandomStreams(1)),
    };

    /// <summary>A context of an evaluation that tells about itself.</summary>
    public static ForwardContext Writing(DiagnosticsWriter writer) => new(new KernelSet(), training: false) { Diagnostics = writer };

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

    /// <summary>Standard normal numbers.</summary>
    public static Tensor Normal(long seed, ScalarType type, params long[] shape)
    {
        using var generator = new Generator((ulong)seed);
        return randn(shape, dtype: type, generator: generator);
    }

    /// <inheritdoc cref="Normal(long, ScalarType, long[])"/>
    public static Tensor Normal(long seed, params long[] shape) => Normal(seed, ScalarType.Float64, shape);

    /// <summary>How far each position's logits move when one token of a sequence is another.</summary>
    /// <param name="model">The model.</param>
    /// <param name="length">Tokens of the sequence.</param>
    /// <param name="changed">Position of the other token.</param>
    /// <param name="context">Context of both passes; an evaluation when absent.</param>
    public static double[] Moves(LanguageModel model, int length, int changed, ForwardContext? context = null)
    {
        using var _ = no_grad();
        var tokens = Tokens(1, length);
        var other = tokens.clone();
        other.narrow(1, changed, 1).fill_((tokens[0, changed].ToInt64() + 1) % Vocabulary);
        var (before, after) = (model.call(tokens, context ?? Evaluating), model.call(other, context ?? Evaluating));
        return [.. Enumerable.Range(0, length).Select(t => Distance(before.select(1, t), after.select(1, t)))];
    }

    /// <summary>Asserts that models which differ in how they are computed alone give the same logits of 37 tokens.</summary>
    /// <param name="forms">What they differ in.</param>
    /// <param name="create">The model of a form, at a shape.</param>
    public static void AssertSameLogits<T>(IEnumerable<T> forms, Func<T, ModelShape, LanguageModel> create)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var logits = forms.Select(form =>
        {
            using var model = create(form, Shape with { ContextLength = 37 });
            return model.call(Tokens(2, 37), Evaluating);
        }).ToArray();
        Assert.All(logits, other => Assert.InRange(Distance(logits[0], other), 0, 1e-10));
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
