namespace Crossbench.Web.Components.Plots;

/// <summary>A point with intervals.</summary>
/// <param name="X">Position.</param>
/// <param name="Y">Value.</param>
/// <param name="Colour">Colour, as a CSS variable.</param>
/// <param name="Variant">0 for the first of its colour, 1 for the second …, which sets the shape.</param>
/// <param name="Title">All about it, in words.</param>
public sealed record PlotMark(double X, double Y, string Colour, int Variant, string Title)
{
    /// <summary>Interval along the axis of positions.</summary>
    public (double Low, double High)? Across { get; init; }

    /// <summary>Interval along the axis of values.</summary>
    public (double Low, double High)? Along { get; init; }

    /// <summary>Whether it takes no part in any comparison.</summary>
    public bool IsHollow { get; init; }

    /// <summary>Its name beside it; empty for none.</summary>
    public string Label { get; init; } = "";
}

/// <summary>A line through points.</summary>
/// <param name="Points">The points; one that is not finite breaks it.</param>
/// <param name="Colour">Colour, as a CSS variable.</param>
/// <param name="Variant">Sets the dash.</param>
public sealed record PlotCurve(IReadOnlyList<(double X, double Y)> Points, string Colour, int Variant);

/// <summary>A part of the axis of positions that means something.</summary>
/// <param name="From">Where it begins.</param>
/// <param name="To">Where it ends.</param>
/// <param name="Colour">Colour, as a CSS variable.</param>
/// <param name="Label">What it means.</param>
public sealed record PlotZone(double From, double To, string Colour, string Label);

/// <summary>What a plot shows, whatever draws it.</summary>
/// <param name="Words">The plot in a sentence, for those who do not see it.</param>
/// <param name="X">Axis of positions.</param>
/// <param name="Y">Axis of values.</param>
public sealed record PlotFigure(string Words, PlotScale X, PlotScale Y)
{
    /// <summary>Name of the axis of positions.</summary>
    public string XTitle { get; init; } = "";

    /// <summary>A position in words.</summary>
    public Func<double, string> XText { get; init; } = value => Format.Typed(value);

    /// <summary>A value in words.</summary>
    public Func<double, string> YText { get; init; } = value => Format.Typed(Math.Round(value, 6));

    /// <summary>Positions to mark; round ones when absent.</summary>
    public IReadOnlyList<double>? XTicks { get; init; }

    /// <summary>The points.</summary>
    public IReadOnlyList<PlotMark> Marks { get; init; } = [];

    /// <summary>The lines.</summary>
    public IReadOnlyList<PlotCurve> Curves { get; init; } = [];

    /// <summary>The parts of the axis that mean something.</summary>
    public IReadOnlyList<PlotZone> Zones { get; init; } = [];

    /// <summary>Values to compare with, by name.</summary>
    public IReadOnlyList<(string Name, double Value)> References { get; init; } = [];
}
