using System.Globalization;

namespace Crossbench.Models.Parts;

/// <summary>Widths that an option gives as a factor of the model's width.</summary>
internal static class Expansion
{
    /// <summary>The width that a factor gives.</summary>
    public static int Of(double factor, ModelShape shape) => (int)Math.Round(factor * shape.Width);

    /// <summary>Refuses a factor whose width is not a multiple of something.</summary>
    /// <param name="path">Path of the option.</param>
    /// <param name="factor">Its value.</param>
    /// <param name="shape">The shape.</param>
    /// <param name="divisor">What the width must be a multiple of.</param>
    /// <param name="what">What that is: "4 heads".</param>
    public static IEnumerable<SpecProblem> Validate(string path, double factor, ModelShape shape, int divisor, string what)
    {
        var width = factor * shape.Width;
        if (Math.Abs(width - Math.Round(width)) < 1e-6 && Math.Round(width) >= 1 && Math.Round(width) % divisor == 0)
        {
            return [];
        }

        var nearest = Math.Max(1, Math.Round(width / divisor)) * divisor / shape.Width;
        var text = nearest.ToString("R", CultureInfo.InvariantCulture);
        var found = string.Create(CultureInfo.InvariantCulture, $"{factor} times the width of {shape.Width} is {width}, which is not a multiple of {what}.");
        return [new SpecProblem(path, found, $"Give {text}, or change width or heads.") { Fixes = [new SpecFix(path, text)] }];
    }
}
