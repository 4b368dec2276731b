using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models.Parts;

/// <summary>
/// A gate in (0, 1) for each token: g = σ(W2 SiLU(W1 x) + b2), one each head, or with inner width 0 a single g = σ(w·x + b): [B, T, d] → [B, T, H or 1].
/// </summary>
internal sealed class TokenGate : Module<Tensor, ForwardContext, Tensor>
{
    [ComponentName(Name = "w1")]
    private readonly Linear? _inner;

    [ComponentName(Name = "w2")]
    private readonly Linear? _outer;

    [ComponentName(Name = "w")]
    private readonly Linear? _single;

    /// <summary>A gate of inner width <paramref name="inner"/>.</summary>
    public TokenGate(long width, int inner, int heads) : base("gate")
    {
        if (inner == 0)
        {
            _single = Linear(width, 1);
        }
        else
        {
            _inner = Linear(width, inner, hasBias: false);
            _outer = Linear(inner, heads);
        }

        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor x, ForwardContext context)
    {
        var kernels = context.Kernels;
        return _single is not null
            ? kernels.Linear(x, _single.weight!, _single.bias).sigmoid()                                                                    // [B, T, 1]
            : kernels.Linear(functional.silu(kernels.Linear(x, _inner!.weight!)), _outer!.weight!, _outer.bias).sigmoid(); // [B, T, H]
    }

    /// <summary>Its parameters; the bias of the gate with an inner layer starts at −2, so that the gate starts at 0.119.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="inner">Inner width; 0 for a single gate.</param>
    /// <param name="isCloned">Whether all layers start from the same weights of the outer layer.</param>
    public static IEnumerable<ParameterShape> Parameters(ModelShape shape, int inner, bool isCloned)
    {
        const string Part = "Gate";
        var (width, m) = (shape.Extents.Width, Extent.Of("m", "gate width", inner));
        return inner == 0
            ? [new("gate.w.weight", [1, width], Part), new("gate.w.bias", [1], Part)]
            :
            [
                new("gate.w1.weight", [m, width], Part),
                new("gate.w2.weight", [shape.Extents.Heads, m], Part) { Initial = new Initial.Normal(0.02) { SameInAllLayers = isCloned } },
                new("gate.w2.bias", [shape.Extents.Heads], Part) { Initial = new Initial.Constant(-2) },
            ];
    }

    /// <summary>Its forward operations per token.</summary>
    public static double Flops(ModelShape shape, int inner) => inner == 0 ? 2.0 * shape.Width : 2.0 * inner * (shape.Width + shape.Heads);
}
