using System.Text.RegularExpressions;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Crossbench.Models;

/// <summary>Draws initial weights.</summary>
internal static partial class InitialWeights
{
    /// <summary>
    /// Each parameter as declared; without a declaration matrices are N(0, deviation²), biases 0, other vectors as built. Each draw is keyed by the
    /// parameter's name, so that models that share a name and a shape share the weight, and adding a parameter moves no other.
    /// </summary>
    public static void Draw(nn.Module model, IReadOnlyDictionary<string, ParameterShape> declared, double deviation, RandomStreams random)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        foreach (var (name, parameter) in model.named_parameters())
        {
            var initial = declared.GetValueOrDefault(name)?.Initial;
            var key = initial?.SameInAllLayers == true ? LayerNumber().Replace(name, "layers.") : name;
            Fill(parameter, initial ?? Usual(name, parameter, deviation), $"{RandomStreams.Init}/{key}", random);
        }
    }

    private static Initial? Usual(string name, Parameter parameter, double deviation) =>
        parameter.ndim >= 2 ? new Initial.Normal(deviation) : name.EndsWith("bias", StringComparison.Ordinal) ? new Initial.Constant(0) : null;

    private static void Fill(Parameter parameter, Initial? initial, string key, RandomStreams random)
    {
        switch (initial)
        {
            case Initial.Normal normal:
                using (var generator = new Generator((ulong)random.SeedFor(key)))
                {
                    nn.init.normal_(parameter, 0, normal.Deviation, generator);
                }

                break;
            case Initial.Uniform uniform:
                using (var generator = new Generator((ulong)random.SeedFor(key)))
                {
                    nn.init.uniform_(parameter, uniform.Low, uniform.High, generator);
                }

                break;
            case Initial.Constant constant:
                parameter.fill_(constant.Value);
                break;
            case Initial.Formula formula:
                var draws = random.Stream(key);
                var values = new double[parameter.numel()];
                for (var i = 0L; i < values.Length; i++)
                {
                    values[i] = formula.Draw(ref draws, i);
                }

                parameter.copy_(tensor(values).view(parameter.shape));
                break;
        }
    }

    [GeneratedRegex(@"layers\.\d+\.")]
    private static partial Regex LayerNumber();
}
