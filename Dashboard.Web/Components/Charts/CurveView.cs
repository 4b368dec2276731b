using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;

namespace Crossbench.Web.Components.Charts;

/// <summary>What the horizontal axis of a training chart counts.</summary>
public enum CurveAxis
{
    /// <summary>Optimiser steps.</summary>
    Step,

    /// <summary>Tokens trained on.</summary>
    Tokens,

    /// <summary>Training time.</summary>
    Time,

    /// <summary>Floating-point operations of training, by arithmetic.</summary>
    Flops,
}

/// <summary>How the training charts of a page are shown, as its address says: all of them alike.</summary>
public sealed record CurveView
{
    /// <summary>The weights that the slider goes through.</summary>
    public static IReadOnlyList<double> Weights { get; } = [0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995];

    /// <summary>How charts open.</summary>
    public static CurveView Default { get; } = new();

    /// <summary>What the horizontal axis counts.</summary>
    public CurveAxis Axis { get; init; }

    /// <summary>Weight of the past in the smooth line; 0 for none.</summary>
    public double Smoothing { get; init; } = 0.9;

    /// <summary>Whether values are on a logarithmic scale.</summary>
    public bool IsLog { get; init; }

    /// <summary>Whether positions are on a logarithmic scale.</summary>
    public bool IsLogX { get; init; }

    /// <summary>The part of the horizontal axis that is shown; null for all of it.</summary>
    public (double From, double To)? Zoom { get; init; }

    /// <summary>Whether every seed has its line beside the band.</summary>
    public bool ShowsMembers { get; init; }

    /// <summary>Keys of the lines that are switched off, with commas between; those inside a key are escaped.</summary>
    public string Hidden { get; init; } = "";

    /// <summary>The view of an address; parts that are absent or not known are the default's.</summary>
    public static CurveView Of(string address)
    {
        var query = QueryHelpers.ParseQuery(new Uri(address).Query);
        string? Text(string name) => query.TryGetValue(name, out var values) ? values[^1] : null;
        var smoothing = Number(Text("smooth"));
        return new CurveView
        {
            Axis = Enum.TryParse<CurveAxis>(Text("x"), ignoreCase: true, out var axis) && Enum.IsDefined(axis) ? axis : Default.Axis,
            Smoothing = smoothing is { } weight && Weights.Contains(weight) ? weight : Default.Smoothing,
            IsLog = Text("log") == "true",
            IsLogX = Text("logx") == "true",
            Zoom = (Number(Text("from")), Number(Text("to"))) is ({ } from, { } to) && from < to ? (from, to) : null,
            ShowsMembers = Text("members") == "true",
            Hidden = Text("hide") ?? "",
        };
    }

    /// <summary>Whether a line is switched off.</summary>
    public bool Hides(string key) => Hidden.Split(',').Contains(Escaped(key));

    /// <summary>The keys that are switched off once one of them is switched.</summary>
    public string Toggled(string key) => string.Join(',', Hides(key) ? Hidden.Split(',').Where(item => item != Escaped(key)) : Hidden.Split(',', StringSplitOptions.RemoveEmptyEntries).Append(Escaped(key)));

    private static string Escaped(string key) => key.Replace("%", "%25", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);

    /// <summary>A name for what an axis counts.</summary>
    public static string Name(CurveAxis axis) => axis == CurveAxis.Flops ? "FLOPs" : axis.ToString();

    private static double? Number(string? text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
}
