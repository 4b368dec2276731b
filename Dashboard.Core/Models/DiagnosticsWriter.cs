using Crossbench.Metrics;
using Crossbench.Statistics;
using TorchSharp;
using static TorchSharp.torch;

namespace Crossbench.Models;

/// <summary>
/// Takes the diagnostics of one forward pass. A mixer writes all it has; what belongs to the other kind of pass (training step or evaluation) is left out.
/// Names are those of declared <see cref="MetricSpec"/>s; those of layers are stored as <c>layer0.name</c>.
/// </summary>
/// <param name="declared">The metrics that the architecture declares.</param>
/// <param name="atEvaluation">Whether the pass evaluates held-out sequences; else it is a training step.</param>
/// <param name="signal">[B, T] bool, inputs that carry signal, where the dataset knows them.</param>
/// <param name="noise">[B, T] bool, inputs that are noise.</param>
public sealed class DiagnosticsWriter(IEnumerable<MetricSpec> declared, bool atEvaluation, Tensor? signal = null, Tensor? noise = null)
{
    /// <summary>Bins of a histogram.</summary>
    public const int BinCount = 32;

    private readonly Dictionary<string, MetricSpec> _declared = declared.ToDictionary(spec => spec.Name);
    private readonly List<(string Name, double Value)> _scalars = [];
    private readonly List<(string Name, float[] Values)> _snapshots = [];
    private int _layer = -1;

    /// <summary>Whether this pass takes a metric: a reason to compute what is costly.</summary>
    public bool Takes(string name) => Declared(name).AtEvaluation == atEvaluation;

    /// <summary>Inputs that carry signal, [B, T] bool, where the dataset knows them.</summary>
    public Tensor? Signal => signal;

    /// <summary>One number.</summary>
    /// <param name="name">Name of a scalar metric.</param>
    /// <param name="value">A tensor with one element.</param>
    public void Scalar(string name, Tensor value)
    {
        if (Takes(name))
        {
            Scalar(name, value.detach().to(ScalarType.Float64).ToDouble());
        }
    }

    /// <summary>One number.</summary>
    public void Scalar(string name, double value)
    {
        if (Takes(name))
        {
            _scalars.Add((Stored(name), value));
        }
    }

    /// <summary>Root of the mean square, as a scalar metric.</summary>
    public void RootMeanSquare(string name, Tensor value)
    {
        if (Takes(name))
        {
            Scalar(name, value.detach().to(ScalarType.Float32).square().mean().sqrt());
        }
    }

    /// <summary>Several numbers of fixed meaning.</summary>
    /// <param name="name">Name of a vector metric.</param>
    /// <param name="values">[n]</param>
    public void Vector(string name, Tensor values)
    {
        if (Takes(name))
        {
            _snapshots.Add((Stored(name), Floats(values)));
        }
    }

    /// <summary>A value for each token: gives the histogram <c>name.histogram</c> by token class at training steps, and the strip <c>name.strip</c> of the first sequence at evaluations.</summary>
    /// <param name="name">Name that <see cref="TokenMetrics.Of"/> declared.</param>
    /// <param name="values">[B, T]</param>
    public void Tokens(string name, Tensor values)
    {
        if (Takes(name + TokenMetrics.Histogram))
        {
            _snapshots.Add((Stored(name + TokenMetrics.Histogram), Count(Floats(values), Declared(name + TokenMetrics.Histogram).Bins)));
        }

        if (Takes(name + TokenMetrics.Strip))
        {
            _snapshots.Add((Stored(name + TokenMetrics.Strip), Floats(values.select(0, 0))));
        }
    }

    /// <summary>How well a value separates signal from noise: gives the metrics of <see cref="TokenMetrics.Separation"/>. Without both classes in the batch nothing is written.</summary>
    /// <param name="name">Name that <see cref="TokenMetrics.Separation"/> declared.</param>
    /// <param name="values">[B, T]</param>
    public void Separation(string name, Tensor values)
    {
        if (!Takes(name + TokenMetrics.Auroc) || signal is null || noise is null)
        {
            return;
        }

        var (all, isSignal, isNoise) = (Floats(values), Flags(signal), Flags(noise));
        if (Auroc.Of(all, isSignal, isNoise, (int)values.shape[^1]) is not { } area)
        {
            return;
        }

        var (signalMean, noiseMean) = (all.Where((_, i) => isSignal[i]).Average(value => (double)value), all.Where((_, i) => isNoise[i]).Average(value => (double)value));
        Scalar(name + TokenMetrics.SignalMean, signalMean);
        Scalar(name + TokenMetrics.NoiseMean, noiseMean);
        Scalar(name + TokenMetrics.Ratio, signalMean / noiseMean);
        Scalar(name + TokenMetrics.Auroc, area.Value);
        Scalar(name + TokenMetrics.NullLow, area.NullLow);
        Scalar(name + TokenMetrics.NullHigh, area.NullHigh);
    }

    /// <summary>The scalars of the pass as points.</summary>
    public IReadOnlyList<MetricPoint> Points(long step) => [.. _scalars.Select(item => new MetricPoint(item.Name, step, item.Value))];

    /// <summary>Vectors, histograms and strips of the pass.</summary>
    public IReadOnlyList<MetricSnapshot> Snapshots(long step) => [.. _snapshots.Select(item => new MetricSnapshot(item.Name, step, item.Values))];

    internal void Enter(int layer) => _layer = layer;

    private MetricSpec Declared(string name) =>
        _declared.GetValueOrDefault(name) ?? throw new ArgumentException($"The metric {name} is written but not declared by the architecture.", nameof(name));

    private string Stored(string name) => Declared(name).Scope == MetricScope.Model ? name : $"layer{_layer}.{name}";

    private static float[] Floats(Tensor values) => values.detach().to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();

    private static bool[] Flags(Tensor values) => values.cpu().contiguous().data<bool>().ToArray();

    /// <summary>Counts of signal, noise and other tokens, one row of bins each; values beyond the ends count in the last bins.</summary>
    private float[] Count(float[] values, (double Low, double High) bins)
    {
        var (isSignal, isNoise) = (signal is null ? null : Flags(signal), noise is null ? null : Flags(noise));
        var counts = new float[3 * BinCount];
        for (var i = 0; i < values.Length; i++)
        {
            if (float.IsFinite(values[i]))
            {
                var row = isSignal?[i] == true ? 0 : isNoise?[i] == true ? 1 : 2;
                var bin = (int)Math.Clamp(Math.Floor((values[i] - bins.Low) / (bins.High - bins.Low) * BinCount), 0, BinCount - 1);
                counts[(row * BinCount) + bin]++;
            }
        }

        return counts;
    }
}
