using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models.Parts;

/// <summary>Feed-forward network W_d GELU(W_u x + b_u) + b_d with the exact GELU, x · Φ(x) (Hendrycks and Gimpel, 2016): [..., d] → [..., d].</summary>
internal sealed class GeluMlp : Module<Tensor, ForwardContext, Tensor>
{
    [ComponentName(Name = "up")]
    private readonly Linear _up;

    [ComponentName(Name = "down")]
    private readonly Linear _down;

    /// <summary>A network of inner width f.</summary>
    public GeluMlp(long width, long inner, bool hasBias) : base("mlp")
    {
        _up = Linear(width, inner, hasBias);
        _down = Linear(inner, width, hasBias);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor x, ForwardContext context)
    {
        var inner = functional.gelu(context.Kernels.Linear(x, _up.weight, _up.bias));   // [..., f]
        return context.Kernels.Linear(inner, _down.weight, _down.bias);                 // [..., d]
    }

    /// <summary>Its forward operations per token.</summary>
    public static double Flops(long width, long inner) => 4.0 * width * inner;

    /// <summary>Its parameters, with names that begin with a prefix.</summary>
    public static IEnumerable<ParameterShape> Parameters(string prefix, Extent width, Extent inner, bool hasBias, string part)
    {
        foreach (var (name, rows, columns) in new[] { ("up", inner, width), ("down", width, inner) })
        {
            yield return new($"{prefix}{name}.weight", [rows, columns], part);
            if (hasBias)
            {
                yield return new($"{prefix}{name}.bias", [rows], part);
            }
        }
    }
}
