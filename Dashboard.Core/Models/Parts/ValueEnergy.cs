using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models.Parts;

/// <summary>
/// A factor on the values of each head that depends on position and on how much a token differs from the one before:
/// E(t) = e_min + (e_max − e_min) σ(c + Σ_m a_m sin ν_m t + b_m cos ν_m t + κ disc_t). It starts at 1.
/// </summary>
internal sealed class ValueEnergy : Module
{
    private readonly double _low;
    private readonly double _high;

    [ComponentName(Name = "offset")]
    private readonly Parameter _offset;

    [ComponentName(Name = "sin")]
    private readonly Parameter? _sin;

    [ComponentName(Name = "cos")]
    private readonly Parameter? _cos;

    [ComponentName(Name = "kappa")]
    private readonly Parameter? _kappa;

    /// <summary>Factors of a number of heads.</summary>
    /// <param name="heads">Heads with factors of their own.</param>
    /// <param name="waves">M; 0 for no dependence on position.</param>
    /// <param name="low">e_min, above 0 and at most 1.</param>
    /// <param name="high">e_max, at least 1.</param>
    /// <param name="hasDiscrepancy">Whether it depends on the difference of tokens.</param>
    public ValueEnergy(int heads, int waves, double low, double high, bool hasDiscrepancy) : base("energy")
    {
        (_low, _high) = (low, high);
        _offset = new Parameter(zeros(heads));
        _sin = waves > 0 ? new Parameter(zeros(heads, waves)) : null;
        _cos = waves > 0 ? new Parameter(zeros(heads, waves)) : null;
        _kappa = hasDiscrepancy ? new Parameter(zeros(heads)) : null;
        RegisterComponents();
    }

    /// <summary>Its parameters, with names that begin with a prefix.</summary>
    public static IEnumerable<ParameterShape> Parameters(string prefix, Extent heads, Extent waves, double low, double high, bool hasDiscrepancy, string part)
    {
        yield return new(prefix + "offset", [heads], part) { Initial = new Initial.Constant(InitialOffset(low, high)) };
        foreach (var name in waves.Value > 0 ? new[] { "sin", "cos" } : [])
        {
            yield return new(prefix + name, [heads, waves], part) { Initial = new Initial.Constant(0) };
        }

        if (hasDiscrepancy)
        {
            yield return new(prefix + "kappa", [heads], part) { Initial = new Initial.Constant(0) };
        }
    }

    /// <summary>The factors.</summary>
    /// <param name="waves">Waves at positions, [T, 2M]; null without.</param>
    /// <param name="discrepancy">Difference from the token before, [B, T]; null without.</param>
    /// <param name="x">The input that the values come from, [B, T, ...].</param>
    /// <returns>[B, T, heads]</returns>
    public Tensor Of(Tensor? waves, Tensor? discrepancy, Tensor x)
    {
        Tensor logit = _offset;                                                                         // [heads]
        if (_sin is not null)
        {
            logit = matmul(waves!, cat([_sin, _cos!], -1).transpose(0, 1)) + logit;                     // [T, heads]
        }

        if (_kappa is not null)
        {
            logit = (discrepancy!.unsqueeze(-1) * _kappa) + logit;                                      // [B, T, heads]
        }

        return ((logit.sigmoid() * (_high - _low)) + _low).expand(x.shape[0], x.shape[1], _offset.shape[0]);
    }

    /// <summary>‖x_t − x_{t−1}‖ / (‖x_t‖ + ‖x_{t−1}‖), in [0, 1]; 0 for the first token.</summary>
    /// <param name="x">[B, T, d]</param>
    /// <param name="before">The token before the first of x, [B, 1, d]; null when there is none.</param>
    /// <returns>[B, T]</returns>
    public static Tensor Discrepancy(Tensor x, Tensor? before)
    {
        var all = before is null ? x : cat([before, x], 1);                                             // [B, T or T + 1, d]
        var steps = all.shape[1] - 1;
        var lengths = Length(all);
        var sums = lengths.narrow(1, 0, steps) + lengths.narrow(1, 1, steps);
        var discrepancy = Length(all.narrow(1, 1, steps) - all.narrow(1, 0, steps)) / sums;             // [B, T - 1 or T]
        return before is null ? cat([zeros([x.shape[0], 1], dtype: x.dtype, device: x.device), discrepancy], 1) : discrepancy;
    }

    // A root of 0 has no gradient: tokens that repeat in the first layer do not differ at all.
    private static Tensor Length(Tensor x) => (x.square().sum(-1) + 1e-24).sqrt();

    /// <summary>Where E is 1; just inside the range when 1 is at its end.</summary>
    private static double InitialOffset(double low, double high)
    {
        var share = high > low ? Math.Clamp((1 - low) / (high - low), 0.01, 0.99) : 0.5;
        return Math.Log(share / (1 - share));
    }
}
