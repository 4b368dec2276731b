using Crossbench.Models;

namespace Crossbench.Tests.Models;

/// <summary>The gqa model once more, for one sequence, in loops over doubles, from the formulas alone. Models that differ in the mixer override it.</summary>
internal class GqaByLoops(LanguageModel model, ModelShape shape) : PreNormByLoops(model, shape)
{
    protected override double[][] Mix(double[][] x, int layer) => Attention(x, $"layers.{layer}.attn.");

    protected override double[] Norm(double[] x, string name) => RmsNorm(x, name, 1e-6);

    protected double[][] Attention(double[][] x, string prefix)
    {
        var width = Shape.Width / Shape.Heads;
        var q = x.Select((row, t) => Rotate(Linear(row, prefix + "q", Shape.Width), t, width)).ToArray();
        var k = x.Select((row, t) => Rotate(Linear(row, prefix + "k", Shape.KvHeads * width), t, width)).ToArray();
        var v = x.Select(row => Linear(row, prefix + "v", Shape.KvHeads * width)).ToArray();
        var outputs = new double[x.Length][];
        for (var i = 0; i < x.Length; i++)
        {
            var mixed = new double[Shape.Width];
            for (var h = 0; h < Shape.Heads; h++)
            {
                var group = h * Shape.KvHeads / Shape.Heads;
                var weights = new double[i + 1];
                for (var j = 0; j <= i; j++)
                {
                    var dot = 0.0;
                    for (var c = 0; c < width; c++)
                    {
                        dot += q[i][(h * width) + c] * k[j][(group * width) + c];
                    }

                    weights[j] = Math.Exp(dot / Math.Sqrt(width));
                }

                var total = weights.Sum();
                for (var j = 0; j <= i; j++)
                {
                    for (var c = 0; c < width; c++)
                    {
                        mixed[(h * width) + c] += weights[j] / total * v[j][(group * width) + c];
                    }
                }
            }

            outputs[i] = Linear(mixed, prefix + "o", Shape.Width);
        }

        return outputs;
    }

    protected double[] Rotate(double[] x, int position, int width) =>
        Shape.Positions == PositionEncoding.None ? x : Turned(x, width, i => position / Math.Pow(10000, 2.0 * i / width));
}
