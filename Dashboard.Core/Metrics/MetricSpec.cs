namespace Crossbench.Metrics;

/// <summary>What a metric belongs to.</summary>
public enum MetricScope
{
    /// <summary>The whole model.</summary>
    Model,

    /// <summary>One layer.</summary>
    Layer,

    /// <summary>One head of one layer.</summary>
    Head,

    /// <summary>One token.</summary>
    Token,
}

/// <summary>What a metric tells about; pages choose a chart by kind and form.</summary>
public enum MetricKind
{
    /// <summary>A loss in nats.</summary>
    Loss,

    /// <summary>A gate in [0, 1].</summary>
    Gate,

    /// <summary>Shares of a router.</summary>
    Router,

    /// <summary>Use of discrete rules.</summary>
    Rule,

    /// <summary>A recurrent state.</summary>
    State,

    /// <summary>Anything else.</summary>
    Other,
}

/// <summary>The form of one measurement.</summary>
public enum MetricForm
{
    /// <summary>One number.</summary>
    Scalar,

    /// <summary>Several numbers of fixed meaning.</summary>
    Vector,

    /// <summary>Counts in fixed bins, by token class.</summary>
    Histogram,

    /// <summary>The tokens of one fixed sample with a value each.</summary>
    Strip,
}

/// <summary>Declares a metric once; charts, tables, exports and help use it.</summary>
/// <param name="Name">Name in the store: <c>train.loss</c>; per layer <c>layer0.gateMean</c>.</param>
/// <param name="Label">Name for people.</param>
/// <param name="Unit">Unit, or empty.</param>
/// <param name="Help">One sentence on how to read it.</param>
public sealed record MetricSpec(string Name, string Label, string Unit, string Help)
{
    private static readonly VectorAxis Places = VectorAxis.Counted("place");

    /// <summary>Label and unit.</summary>
    public string Title => Unit.Length > 0 ? $"{Label}, {Unit}" : Label;

    /// <summary>What it belongs to.</summary>
    public MetricScope Scope { get; init; }

    /// <summary>What it tells about.</summary>
    public MetricKind Kind { get; init; } = MetricKind.Other;

    /// <summary>Its form.</summary>
    public MetricForm Form { get; init; }

    /// <summary>Whether it is measured with each evaluation, in evaluation mode on held-out sequences; else at logged training steps.</summary>
    public bool AtEvaluation { get; init; }

    /// <summary>Range of the bins of a histogram.</summary>
    public (double Low, double High) Bins { get; init; } = (0, 1);

    /// <summary>Ends of the values that it can take, where they are known: then a colour means the same in every run.</summary>
    public MetricRange? Range { get; init; }

    /// <summary>What the numbers of a vector stand for; absent for heads, or where they have no meaning but their place.</summary>
    public VectorAxis? Axis { get; init; }

    /// <summary>What the numbers of a vector stand for.</summary>
    public VectorAxis Columns => Axis ?? (Scope == MetricScope.Head ? VectorAxis.Heads : Places);

    /// <summary>Its value at initialisation, where that is known; of a histogram that of every token.</summary>
    public double? InitialValue { get; init; }

    /// <summary>Names of the metrics that hold the ends of its 95 % range when there is no effect; null where that is not measured.</summary>
    public (string Low, string High)? NullRange { get; init; }
}
