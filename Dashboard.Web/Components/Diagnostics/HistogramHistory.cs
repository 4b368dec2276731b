using Crossbench.Metrics;
using Crossbench.Runs;

namespace Crossbench.Web.Components.Diagnostics;

/// <summary>Histograms of neighbouring measurements, added up.</summary>
/// <param name="FirstStep">Step of the first.</param>
/// <param name="LastStep">Step of the last.</param>
/// <param name="Count">Number of measurements.</param>
/// <param name="Values">Counts of signal, noise and other tokens, as many bins each.</param>
public sealed record HistogramColumn(long FirstStep, long LastStep, int Count, float[] Values)
{
    /// <summary>The steps, as text.</summary>
    public string Steps => FirstStep == LastStep ? Format.Count(FirstStep) : $"{Format.Count(FirstStep)}–{Format.Count(LastStep)}";

    /// <summary>The same with later measurements.</summary>
    public HistogramColumn With(HistogramColumn later) => new(FirstStep, later.LastStep, Count + later.Count, [.. Values.Zip(later.Values, (own, other) => own + other)]);

    /// <summary>Mean of a class, every token at the middle of its bin; not a number of a class without tokens.</summary>
    public double Mean(int index, (double Low, double High) bins)
    {
        var counts = ClassCounts.Of(Values, index);
        var width = (bins.High - bins.Low) / counts.Length;
        return counts.Select((count, bin) => count * (bins.Low + ((bin + 0.5) * width))).Sum() / counts.Sum(count => (double)count);
    }

    /// <summary>Quantile of a class, tokens spread evenly over their bin; not a number of a class without tokens.</summary>
    public double Quantile(int index, double share, (double Low, double High) bins)
    {
        var counts = ClassCounts.Of(Values, index);
        var (width, wanted) = ((bins.High - bins.Low) / counts.Length, share * counts.Sum(count => (double)count));
        for (var (bin, before) = (0, 0.0); wanted > 0 && bin < counts.Length; before += counts[bin++])
        {
            if (before + counts[bin] >= wanted)
            {
                return bins.Low + ((bin + ((wanted - before) / counts[bin])) * width);
            }
        }

        return double.NaN;
    }
}

/// <summary>A histogram over training, in so few columns that it can be drawn: once there are too many, neighbours are added up, and none is left out.</summary>
/// <param name="store">The store.</param>
/// <param name="run">The run.</param>
/// <param name="name">Name of the metric in the store.</param>
/// <param name="bins">Ends of the bins.</param>
internal sealed class HistogramHistory(IRunStore store, RunId run, string name, (double Low, double High) bins)
{
    /// <summary>Columns at most.</summary>
    public const int MostColumns = 60;

    private readonly List<HistogramColumn> _columns = [];
    private int _perColumn = 1;
    private long _cursor = -1;
    private long _read = -1;

    /// <summary>The columns, ascending.</summary>
    public IReadOnlyList<HistogramColumn> Columns => _columns;

    /// <summary>Ends of the bins.</summary>
    public (double Low, double High) Bins => bins;

    /// <summary>Reads what was recorded since the last call.</summary>
    /// <param name="step">Step of the run; nothing is read twice at one.</param>
    public void ReadOn(long step)
    {
        if (step == _read && _columns.Count > 0)
        {
            return;
        }

        _read = step;
        foreach (var snapshot in store.ReadSnapshots(run, name, _cursor))
        {
            Add(snapshot);
        }
    }

    private void Add(MetricSnapshot snapshot)
    {
        _cursor = snapshot.Step;
        var next = new HistogramColumn(snapshot.Step, snapshot.Step, 1, snapshot.Values);
        if (_columns.Count > 0 && _columns[^1].Count < _perColumn)
        {
            _columns[^1] = _columns[^1].With(next);
            return;
        }

        _columns.Add(next);
        if (_columns.Count <= MostColumns)
        {
            return;
        }

        var pairs = _columns.Chunk(2).Select(pair => pair.Length == 2 ? pair[0].With(pair[1]) : pair[0]).ToArray();
        _columns.Clear();
        _columns.AddRange(pairs);
        _perColumn *= 2;
    }
}
