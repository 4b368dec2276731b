using static TorchSharp.torch;

namespace Crossbench.Models;

/// <summary>Draws initial weights.</summary>
internal static class InitialWeights
{
    /// <summary>
    /// Matrices N(0, deviation²), biases 0, other vectors as built. Each draw is keyed by the parameter's name, so that models that share a name and a shape
    /// share the weight, and adding a parameter moves no other.
    /// </summary>
    public static void Draw(nn.Module model, double deviation, RandomStreams random)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        foreach (var (name, parameter) in model.named_parameters())
        {
            if (parameter.ndim >= 2)
            {
                using var generator = new Generator((ulong)random.SeedFor($"{RandomStreams.Init}/{name}"));
                nn.init.normal_(parameter, 0, deviation, generator);
            }
            else if (name.EndsWith("bias", StringComparison.Ordinal))
            {
                parameter.zero_();
            }
        }
    }
}
