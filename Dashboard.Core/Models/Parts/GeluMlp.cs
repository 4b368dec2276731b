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

    /// <summary>A network of inner width f; biases as the shape has them.</summary>
    public GeluMlp(ModelShape shape) : base("mlp")
    {
        _up = Linear(shape.Width, shape.Ffn, hasBias: shape.Bias);
        _down = Linear(shape.Ffn, shape.Width, hasBias: shape.Bias);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor x, ForwardContext context)
    {
        var inner = functional.gelu(context.Kernels.Linear(x, _up.weight, _up.bias));   // [..., f]
        return context.Kernels.Linear(inner, _down.weight, _down.bias);                 // [..., d]
    }

    /// <summary>Its forward operations per token.</summary>
    public static double Flops(ModelShape shape) => 4.0 * shape.Width * shape.Ffn;

    /// <summary>Its parameters in a layer whose names begin with a prefix.</summary>
    public static IEnumerable<ParameterShape> Parameters(string prefix, ModelShape shape)
    {
        foreach (var (name, rows, columns) in new[] { ("up", shape.Ffn, shape.Width), ("down", shape.Width, shape.Ffn) })
        {
            yield return new($"{prefix}{name}.weight", [rows, columns], "FFN");
            if (shape.Bias)
            {
                yield return new($"{prefix}{name}.bias", [rows], "FFN");
            }
        }
    }
}
