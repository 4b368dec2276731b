namespace Crossbench.Models.Parts;

/// <summary>How rotary frequencies are changed to reach beyond the context that a model was trained on first.</summary>
public enum RopeScaling
{
    /// <summary>As they are.</summary>
    None,

    /// <summary>
    /// Llama 3.2's: a frequency whose wavelength exceeds 8192 tokens is divided by 32, one below 2048 tokens stays, those between are blended
    /// (<c>rope_scaling</c> of the published configuration: factor 32, low 1, high 4, original context 8192).
    /// </summary>
    Llama3,
}

/// <summary>The formula of each <see cref="RopeScaling"/>.</summary>
internal static class RopeScalings
{
    private const double Factor = 32;
    private const double Low = 1;
    private const double High = 4;
    private const double OriginalContext = 8192;

    /// <summary>The frequency that takes the place of another.</summary>
    /// <param name="scaling">How it is changed.</param>
    /// <param name="frequency">ω, in radians a token.</param>
    public static double Apply(this RopeScaling scaling, double frequency)
    {
        if (scaling == RopeScaling.None)
        {
            return frequency;
        }

        var turns = OriginalContext * frequency / (2 * Math.PI);
        var kept = Math.Clamp((turns - Low) / (High - Low), 0, 1);
        return ((1 - kept) * frequency / Factor) + (kept * frequency);
    }

    /// <summary>What keeps a scaling from having an effect.</summary>
    /// <param name="scaling">What was asked for.</param>
    /// <param name="shape">Shape of the model.</param>
    public static IEnumerable<SpecProblem> Problems(this RopeScaling scaling, ModelShape shape)
    {
        if (scaling != RopeScaling.None && shape.Positions != PositionEncoding.Rope)
        {
            yield return new SpecProblem("architecture.ropeScaling", $"{scaling} scales rotary frequencies, and positions are none.", "Set positions to rope, or the scaling to none.")
            {
                Fixes = [new SpecFix("architecture.ropeScaling", "none"), new SpecFix("shape.positions", "rope")],
            };
        }
    }
}
