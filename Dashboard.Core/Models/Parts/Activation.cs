using TorchSharp;
using static TorchSharp.torch;

namespace Crossbench.Models.Parts;

/// <summary>A pointwise activation.</summary>
public enum Activation
{
    /// <summary>x Φ(x), with Φ the standard normal distribution.</summary>
    Gelu,

    /// <summary>x σ(x).</summary>
    Silu,

    /// <summary>tanh(x).</summary>
    Tanh,

    /// <summary>max(x, 0).</summary>
    Relu,
}

/// <summary>The formula of each <see cref="Activation"/>.</summary>
internal static class Activations
{
    /// <summary>Applies it to each entry.</summary>
    public static Tensor Apply(this Activation activation, Tensor x) => activation switch
    {
        Activation.Gelu => nn.functional.gelu(x),
        Activation.Silu => nn.functional.silu(x),
        Activation.Tanh => x.tanh(),
        _ => nn.functional.relu(x),
    };
}
