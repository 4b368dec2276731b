using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models.Parts;

/// <summary>
/// Rotary positions whose angles are modulated by slow waves: Θ_i(t) = t ω_i + ε tanh(Σ_m A_im sin ν_m t + B_im cos ν_m t) (BlackHoleRoPE of the MoA model
/// cards). A turn keeps lengths. Where A and B are 0 it is plain rotary embedding; elsewhere scores no longer depend on distances of positions alone.
/// </summary>
internal sealed class BlackHoleRope : Module
{
    private readonly double _scale;

    [ComponentName(Name = "sin")]
    private readonly Parameter _sin;

    [ComponentName(Name = "cos")]
    private readonly Parameter _cos;

    /// <summary>Modulation for a number of heads.</summary>
    /// <param name="heads">Heads with angles of their own.</param>
    /// <param name="headWidth">dh, even.</param>
    /// <param name="waves">M, 1 or more.</param>
    /// <param name="scale">ε, in radians.</param>
    public BlackHoleRope(int heads, int headWidth, int waves, double scale) : base("rope")
    {
        _scale = scale;
        _sin = new Parameter(zeros(heads, headWidth / 2, waves));
        _cos = new Parameter(zeros(heads, headWidth / 2, waves));
        RegisterComponents();
    }

    /// <summary>Its parameters, with names that begin with a prefix.</summary>
    public static IEnumerable<ParameterShape> Parameters(string prefix, Extent heads, Extent pairs, Extent waves, string part) =>
        new[] { "sin", "cos" }.Select(name => new ParameterShape(prefix + name, [heads, pairs, waves], part) { Initial = new Initial.Constant(0) });

    /// <summary>What the waves add to the angles.</summary>
    /// <param name="waves">Waves at positions, [T, 2M].</param>
    /// <returns>[1, T, heads, dh/2], in radians.</returns>
    public Tensor Phases(Tensor waves)
    {
        var (heads, half) = (_sin.shape[0], _sin.shape[1]);
        var amplitudes = cat([_sin, _cos], -1).view(heads * half, -1);                                  // [heads · dh/2, 2M]
        var phases = matmul(waves, amplitudes.transpose(0, 1)).tanh() * _scale;                         // once for all sequences, and always exact: not a counted product
        return phases.view(1, -1, heads, half);
    }

    /// <summary>cos and sin of Θ from those of t ω and the phases.</summary>
    /// <param name="tables">[T, 1, dh/2] each.</param>
    /// <param name="phases">[1, T, heads, dh/2]</param>
    /// <returns>[1, T, heads, dh/2] each.</returns>
    public static (Tensor Cos, Tensor Sin) Add((Tensor Cos, Tensor Sin) tables, Tensor phases)
    {
        var (cos, sin) = (phases.cos(), phases.sin());
        return ((tables.Cos * cos) - (tables.Sin * sin), (tables.Sin * cos) + (tables.Cos * sin));
    }
}
