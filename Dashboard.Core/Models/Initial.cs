namespace Crossbench.Models;

/// <summary>How the initial values of a parameter are drawn.</summary>
public abstract record Initial
{
    /// <summary>Whether all layers start from the same draw, as in TransBench, which copies one mixer into all layers.</summary>
    public bool SameInAllLayers { get; init; }

    /// <summary>N(0, deviation²).</summary>
    /// <param name="Deviation">Standard deviation.</param>
    public sealed record Normal(double Deviation) : Initial;

    /// <summary>U(low, high).</summary>
    /// <param name="Low">Lower end.</param>
    /// <param name="High">Upper end.</param>
    public sealed record Uniform(double Low, double High) : Initial;

    /// <summary>The same number everywhere.</summary>
    /// <param name="Value">The number.</param>
    public sealed record Constant(double Value) : Initial;

    /// <summary>A formula of the place and of random draws.</summary>
    /// <param name="Draw">The formula.</param>
    public sealed record Formula(InitialValue Draw) : Initial;
}

/// <summary>The initial value at one place of a parameter.</summary>
/// <param name="draws">Draws of the parameter, in row-major order of its places.</param>
/// <param name="index">Row-major place.</param>
public delegate double InitialValue(ref RandomSequence draws, long index);
