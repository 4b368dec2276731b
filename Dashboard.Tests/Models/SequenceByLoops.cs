using Crossbench.Models;
using Crossbench.Tests.Support;
using Crossbench.Tests.Torch;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Crossbench.Tests.Models;

/// <summary>
/// A model once more, for one sequence, in loops over doubles, from the formulas alone: embedding, layers, norm and output head, and what the formulas of
/// layers are written with.
/// </summary>
internal abstract class SequenceByLoops(LanguageModel model, ModelShape shape)
{
    private readonly Dictionary<string, double[]> _weights = model.named_parameters().ToDictionary(item => item.name, item => TinyModels.Values(item.parameter));

    protected LanguageModel Model { get; } = model;

    protected ModelShape Shape { get; } = shape;

    /// <summary>Logits, row-major.</summary>
    /// <param name="tokens">[1, T]</param>
    public double[] Logits(Tensor tokens)
    {
        var embedding = Weight("embed.weight");
        var stream = Begin([.. tokens.contiguous().data<long>().ToArray().Select(token => embedding[(int)(token * Shape.Width)..(int)((token + 1) * Shape.Width)])]);
        for (var layer = 0; layer < Shape.Layers; layer++)
        {
            stream = Layer(stream, layer);
        }

        var head = Has("lm_head.weight") ? "lm_head" : "embed";
        return [.. stream.SelectMany(x => Linear(Norm(x, "norm"), head, TinyModels.Vocabulary))];
    }

    /// <summary>Asserts that the model's logits are those of the loops.</summary>
    /// <param name="found">[1, T, V]</param>
    /// <param name="tokens">[1, T]</param>
    public void AssertLogits(Tensor found, Tensor tokens)
    {
        var (expected, values) = (Logits(tokens), TinyModels.Values(found));
        Assert.Equal(expected.Length, values.Length);
        Assert.All(Enumerable.Range(0, values.Length), i => Assert.Equal(expected[i], values[i], 1e-11));
    }

    /// <summary>Asserts that the model's logits in evaluation are those of the loops.</summary>
    /// <param name="tokens">[1, T]</param>
    public void AssertEvaluation(Tensor tokens) => AssertLogits(Model.call(tokens, TinyModels.Evaluating), tokens);

    /// <summary>What enters the first layer.</summary>
    protected virtual double[][] Begin(double[][] embeddings) => embeddings;

    /// <summary>One layer: [T][d] to [T][d].</summary>
    protected abstract double[][] Layer(double[][] x, int layer);

    /// <summary>The norm between the parts of the model.</summary>
    protected abstract double[] Norm(double[] x, string name);

    /// <summary>W_down (SiLU(W_gate x) ⊙ W_up x)</summary>
    protected double[] SwiGlu(double[] x, string prefix)
    {
        var (gate, up) = (Linear(x, prefix + "gate", Shape.Ffn), Linear(x, prefix + "up", Shape.Ffn));
        return Linear([.. gate.Zip(up, (g, u) => Silu(g) * u)], prefix + "down", Shape.Width);
    }

    protected bool Has(string name) => _weights.ContainsKey(name);

    protected double[] Weight(string name) => _weights[name];

    protected double[] Linear(double[] x, string name, int size) => Linear(x, Weight(name + ".weight"), _weights.GetValueOrDefault(name + ".bias"), size);

    protected static double[] Linear(double[] x, double[] weight, double[]? bias, int size)
    {
        var result = new double[size];
        for (var o = 0; o < size; o++)
        {
            result[o] = bias?[o] ?? 0;
            for (var i = 0; i < x.Length; i++)
            {
                result[o] += weight[(o * x.Length) + i] * x[i];
            }
        }

        return result;
    }

    protected double[] RmsNorm(double[] x, string name, double epsilon)
    {
        var scale = 1 / Math.Sqrt((x.Sum(value => value * value) / x.Length) + epsilon);
        return [.. x.Select((value, i) => value * scale * Weight(name + ".weight")[i])];
    }

    protected double[] LayerNorm(double[] x, string name) => LayerNorm(x, Weight(name + ".weight"), Weight(name + ".bias"));

    protected static double[] LayerNorm(double[] x, double[] weight, double[] bias)
    {
        var mean = x.Average();
        var variance = x.Sum(value => (value - mean) * (value - mean)) / x.Length;
        return [.. x.Select((value, i) => ((value - mean) / Math.Sqrt(variance + 1e-5) * weight[i]) + bias[i])];
    }

    /// <summary>Vectors of heads of this width, each turned in the pairs (i, i + width / 2) by an angle.</summary>
    protected static double[] Turned(double[] x, int width, Func<int, double> angle)
    {
        var turned = new double[x.Length];
        for (var start = 0; start < x.Length; start += width)
        {
            for (var i = 0; i < width / 2; i++)
            {
                var (a, b) = (x[start + i], x[start + i + (width / 2)]);
                var (sin, cos) = Math.SinCos(angle(i));
                turned[start + i] = (a * cos) - (b * sin);
                turned[start + i + (width / 2)] = (a * sin) + (b * cos);
            }
        }

        return turned;
    }

    protected static double[][] Add(double[][] a, double[][] b) => [.. a.Zip(b, (x, y) => x.Zip(y, (p, q) => p + q).ToArray())];

    protected static double Dot(double[] a, double[] b) => a.Zip(b, (p, q) => p * q).Sum();

    protected static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    protected static double Silu(double x) => x * Sigmoid(x);

    protected static double Gelu(double x) => x * (1 + FunctionalCases.Erf(x / Math.Sqrt(2))) / 2;
}

/// <summary>A model of layers x += Mix(Norm(x)); x += FeedForward(Norm(x)). Models say how they mix.</summary>
internal abstract class PreNormByLoops(LanguageModel model, ModelShape shape) : SequenceByLoops(model, shape)
{
    protected override double[][] Layer(double[][] x, int layer)
    {
        var prefix = $"layers.{layer}.";
        x = Add(x, Mix([.. x.Select(row => Norm(row, prefix + "norm1"))], layer));
        return Add(x, [.. x.Select(row => FeedForward(Norm(row, prefix + "norm2"), prefix + "mlp."))]);
    }

    /// <summary>What a layer adds to the residual stream before its feed-forward network: [T][d] to [T][d].</summary>
    protected abstract double[][] Mix(double[][] x, int layer);

    protected virtual double[] FeedForward(double[] x, string prefix) => SwiGlu(x, prefix);
}
