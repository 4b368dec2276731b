namespace Crossbench.Models.Parts;

/// <summary>softplus(x) = ln(1 + eˣ), which keeps learned numbers positive.</summary>
internal static class Softplus
{
    /// <summary>The x whose softplus is a positive value; precise for small values too.</summary>
    public static double Inverse(double value) => value + Math.Log(-double.ExpM1(-value));

    /// <summary>Starts a parameter where its softplus has a value.</summary>
    public static Initial StartAt(double value) => new Initial.Constant(Inverse(value));
}
