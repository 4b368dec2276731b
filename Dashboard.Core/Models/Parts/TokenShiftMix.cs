using Crossbench.Models.Architectures;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models.Parts;

/// <summary>
/// Five blends of each token with the one before (RWKV-6's data-dependent token shift): with δ = x_{t−1} − x_t and a = tanh(W₁(x + δ ⊙ μ)) in five parts,
/// x_n = x + δ ⊙ (W₂ₙ aₙ + βₙ), n in the order r, w, k, v, g.
/// </summary>
internal sealed class TokenShiftMix : Module
{
    /// <summary>Blends: r, w, k, v, g.</summary>
    public const int Blends = 5;

    /// <summary>Diagnostic: the mean of each blend's share.</summary>
    public const string MixMeans = "mixMeans";

    private readonly int _rank;

    [ComponentName(Name = "x")]
    private readonly Parameter _start;

    [ComponentName(Name = "base")]
    private readonly Parameter _base;

    [ComponentName(Name = "w1")]
    private readonly Linear _w1;

    [ComponentName(Name = "w2")]
    private readonly Linear _w2;

    public TokenShiftMix(int width, int rank) : base("mix")
    {
        _rank = rank;
        _start = new Parameter(zeros(width));
        _base = new Parameter(zeros(Blends, width));
        _w1 = Linear(width, Blends * rank, hasBias: false);
        _w2 = Linear(Blends * rank, width, hasBias: false);
        RegisterComponents();
    }

    /// <summary>Forward operations per token.</summary>
    public static double Flops(double width, double rank) => 4 * Blends * width * rank;

    /// <summary>Its parameters, with names relative to the mixer.</summary>
    public static IEnumerable<ParameterShape> Parameters(int layer, ModelShape shape, int rank, RwkvInit init, string part)
    {
        var isOfficial = init == RwkvInit.Official;
        var (width, inner) = (shape.Extents.Width, Blends * Extent.Of("r", "blend rank", rank));
        return
        [
            new("mix.x", [width], part) { Initial = isOfficial ? new Initial.Formula((ref RandomSequence _, long i) => Share(1, i, layer, shape)) : new Initial.Constant(0) },
            new("mix.base", [Blends, width], part)
            {
                Decays = false,
                Initial = isOfficial ? new Initial.Formula((ref RandomSequence _, long i) => Share((int)(i / shape.Width), i % shape.Width, layer, shape)) : new Initial.Constant(0),
            },
            new("mix.w1.weight", [inner, width], part) { Initial = isOfficial ? new Initial.Constant(0) : null },
            new("mix.w2.weight", [width, inner], part) { Initial = isOfficial ? new Initial.Uniform(-0.01, 0.01) : null },
        ];
    }

    /// <summary>The five blends.</summary>
    /// <param name="x">[B, T, d]</param>
    /// <param name="shift">δ, [B, T, d]</param>
    /// <param name="context">Context of the pass.</param>
    /// <returns>[B, T, d] each, in the order r, w, k, v, g.</returns>
    public Tensor[] Blend(Tensor x, Tensor shift, ForwardContext context)
    {
        var kernels = context.Kernels;
        var (batch, length, width) = (x.shape[0], x.shape[1], x.shape[2]);
        var inner = kernels.Linear(x.addcmul(shift, _start, 1), _w1.weight!).tanh();                  // [B, T, 5r]
        var parts = inner.view(batch * length, Blends, _rank).transpose(0, 1);                        // [5, B·T, r]
        var weights = _w2.weight!.view(width, Blends, _rank).permute(1, 2, 0);                        // [5, r, d]
        var shares = (kernels.Product(parts, weights) + _base.unsqueeze(1)).view(Blends, batch, length, width);
        if (context.Diagnostics?.Takes(MixMeans) == true)
        {
            context.Diagnostics.Vector(MixMeans, shares.detach().mean([1, 2, 3]));
        }

        return x.addcmul(shift, shares, 1).unbind(0);
    }

    /// <summary>RWKV's own start: later channels look back less, deeper layers more evenly.</summary>
    private static double Share(int blend, long channel, int layer, ModelShape shape)
    {
        var place = (double)channel / shape.Width;
        var (depth, rest) = (shape.Layers > 1 ? (double)layer / (shape.Layers - 1) : 0, 1 - ((double)layer / shape.Layers));
        return blend switch
        {
            0 or 4 => 1 - Math.Pow(place, 0.5 * rest), // r, g
            3 => 1 - (Math.Pow(place, rest) + (0.3 * depth)), // v
            _ => 1 - Math.Pow(place, rest), // w, k
        };
    }
}
