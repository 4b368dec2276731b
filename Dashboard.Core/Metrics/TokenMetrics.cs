namespace Crossbench.Metrics;

/// <summary>Families of metrics over values that each token has.</summary>
public static class TokenMetrics
{
    /// <summary>Ending of the histogram's name.</summary>
    public const string Histogram = ".histogram";

    /// <summary>Ending of the strip's name.</summary>
    public const string Strip = ".strip";

    /// <summary>Ending of the mean over signal tokens.</summary>
    public const string SignalMean = "SignalMean";

    /// <summary>Ending of the mean over noise tokens.</summary>
    public const string NoiseMean = "NoiseMean";

    /// <summary>Ending of the ratio of the two means.</summary>
    public const string Ratio = "Selectivity";

    /// <summary>Ending of the area under the ROC curve.</summary>
    public const string Auroc = "Auroc";

    /// <summary>Ending of the lower end of what the area is when classes are shuffled.</summary>
    public const string NullLow = "AurocNullLow";

    /// <summary>Ending of the upper end.</summary>
    public const string NullHigh = "AurocNullHigh";

    /// <summary>Histogram (rows: signal, noise, other) and strip of a value in each layer.</summary>
    /// <param name="name">Name of the value.</param>
    /// <param name="label">Name for people.</param>
    /// <param name="help">One sentence on how to read it.</param>
    /// <param name="kind">What it tells about.</param>
    /// <param name="low">Lower end of the bins.</param>
    /// <param name="high">Upper end of the bins.</param>
    /// <param name="initial">Value of every token at initialisation, where that is known.</param>
    public static IReadOnlyList<MetricSpec> Of(string name, string label, string help, MetricKind kind, double low = 0, double high = 1, double? initial = null) =>
    [
        new(name + Histogram, $"{label}, distribution", "", $"How tokens are spread. {help}") { Scope = MetricScope.Layer, Kind = kind, Form = MetricForm.Histogram, Bins = (low, high), InitialValue = initial },
        new(name + Strip, $"{label}, by token", "", $"Token by token in one evaluation sequence. {help}") { Scope = MetricScope.Token, Kind = kind, Form = MetricForm.Strip, Bins = (low, high), AtEvaluation = true },
    ];

    /// <summary>How well a value separates signal from noise in each layer; measured where the dataset knows which is which.</summary>
    /// <param name="name">Name of the value.</param>
    /// <param name="label">Name for people.</param>
    /// <param name="kind">What it tells about.</param>
    public static IReadOnlyList<MetricSpec> Separation(string name, string label, MetricKind kind) =>
    [
        Layer(name + SignalMean, $"{label} on signal", $"{label}: mean over the tokens that the dataset marks as signal.", kind),
        Layer(name + NoiseMean, $"{label} on noise", $"{label}: mean over the tokens that the dataset marks as noise.", kind),
        Layer(name + Ratio, $"{label} selectivity", $"{label}: mean on signal over mean on noise; near 1 it can hide a shifted mean, so read the AUROC beside it.", kind),
        Layer(name + Auroc, $"{label} AUROC", $"{label}: chance that a signal token has a larger value than a noise token; 0.5 is no separation.", kind) with { NullRange = (name + NullLow, name + NullHigh) },
        Layer(name + NullLow, $"{label} AUROC, classes shuffled, low", $"{label}: 95 % of shuffles of the classes within sequences give an AUROC between this and the high end.", kind),
        Layer(name + NullHigh, $"{label} AUROC, classes shuffled, high", $"{label}: 95 % of shuffles of the classes within sequences give an AUROC between the low end and this.", kind),
    ];

    private static MetricSpec Layer(string name, string label, string help, MetricKind kind) => new(name, label, "", help) { Scope = MetricScope.Layer, Kind = kind, AtEvaluation = true };
}
