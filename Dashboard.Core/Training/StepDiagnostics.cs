using Crossbench.Datasets;
using Crossbench.Metrics;
using Crossbench.Models;
using Crossbench.Models.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Crossbench.Training;

/// <summary>
/// What a step tells beside its loss, at the interval for diagnostics: gradient norms and update sizes by part, auxiliary losses, and
/// what the mixers write. Between two such steps it costs nothing but a flag.
/// </summary>
internal sealed class StepDiagnostics(RunSpec spec, LanguageModel model, AdamW optimizer)
{
    private readonly IReadOnlyList<MetricSpec> _declared = ModelZoo.Find(spec.Architecture.Id)!.Diagnostics(spec.Architecture.Options);
    private readonly ILookup<string, OptimisedTensor> _parts = optimizer.Tensors.ToLookup(tensor => model.Declared[tensor.Name].Part);
    private readonly List<(string Name, double Value)> _scalars = [];
    private readonly Dictionary<string, (double Raw, double Scaled, int Parts)> _auxiliary = [];
    private Dictionary<string, Tensor> _before = [];
    private DiagnosticsWriter? _writer;
    private bool _isOn;

    /// <summary>Begins a step.</summary>
    public void Begin(bool isOn)
    {
        _isOn = isOn;
        _writer = null;
        _scalars.Clear();
        _auxiliary.Clear();
    }

    /// <summary>What mixers write to in this step; null when the step is not measured.</summary>
    public DiagnosticsWriter? Writer(TokenBatch batch, Device device)
    {
        if (_isOn)
        {
            var (signal, noise) = BatchTensors.Classes(batch, device);
            _writer = new DiagnosticsWriter(_declared, atEvaluation: false, signal, noise);
        }

        return _writer;
    }

    /// <summary>The sum of scaled auxiliary losses, noted raw and scaled; null without any.</summary>
    public Tensor? Auxiliary(IReadOnlyList<(AuxiliaryTerm Term, Tensor Raw)> means, long step)
    {
        var sum = null as Tensor;
        foreach (var (term, raw) in means)
        {
            var weight = term.Weight * term.ScaleAt(step);
            var scaled = raw * weight;
            sum = sum is null ? scaled : sum + scaled;
            if (_isOn)
            {
                var value = raw.ToDouble();
                var (former, formerScaled, parts) = _auxiliary.GetValueOrDefault(term.Name);
                _auxiliary[term.Name] = (former + value, formerScaled + (value * weight), parts + 1);
            }
        }

        return sum;
    }

    /// <summary>Looks at gradients and weights before the update.</summary>
    public void BeforeUpdate()
    {
        if (!_isOn)
        {
            return;
        }

        using var _ = no_grad();
        foreach (var part in _parts)
        {
            var squares = part.Select(tensor => tensor.Parameter.grad).OfType<Tensor>().Sum(gradient => gradient.square().sum(ScalarType.Float64).ToDouble());
            _scalars.Add((TrainingMetrics.ComponentName("gradientNorm", part.Key), Math.Sqrt(squares)));
        }

        _before = optimizer.Tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.Parameter.detach().clone());
    }

    /// <summary>Compares the weights with those before the update.</summary>
    public void AfterUpdate()
    {
        if (!_isOn)
        {
            return;
        }

        using var _ = no_grad();
        foreach (var part in _parts)
        {
            var moved = part.Sum(tensor => (tensor.Parameter - _before[tensor.Name]).square().sum(ScalarType.Float64).ToDouble());
            var size = part.Sum(tensor => _before[tensor.Name].square().sum(ScalarType.Float64).ToDouble());
            _scalars.Add((TrainingMetrics.ComponentName("updateRatio", part.Key), size > 0 ? Math.Sqrt(moved / size) : 0));
        }

        _before = [];
    }

    /// <summary>The scalars of the step.</summary>
    public IEnumerable<MetricPoint> Points(long step) =>
    [
        .. _scalars.Select(item => new MetricPoint(item.Name, step, item.Value)),
        .. _auxiliary.SelectMany(item => new[]
        {
            new MetricPoint($"aux.{item.Key}.raw", step, item.Value.Raw / item.Value.Parts),
            new MetricPoint($"aux.{item.Key}.scaled", step, item.Value.Scaled / item.Value.Parts),
        }),
        .. _writer?.Points(step) ?? [],
    ];

    /// <summary>Vectors and histograms of the step.</summary>
    public IReadOnlyList<MetricSnapshot> Snapshots(long step) => _writer?.Snapshots(step) ?? [];

    /// <summary>A pass in evaluation mode over held-out sequences, for what mixers tell there.</summary>
    public Inspection Inspect(TokenBatch batch, Func<DiagnosticsWriter, ForwardContext> context)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var (inputs, _) = BatchTensors.Create(batch, model.Device());
        var (signal, noise) = BatchTensors.Classes(batch, model.Device());
        var writer = new DiagnosticsWriter(_declared, atEvaluation: true, signal, noise);
        model.call(inputs, context(writer));
        return new Inspection(writer, Array.ConvertAll(batch.Inputs[..batch.ContextLength], id => (float)id));
    }

    /// <summary>What an evaluation pass told.</summary>
    internal sealed record Inspection(DiagnosticsWriter Writer, float[] Sample)
    {
        public IReadOnlyList<MetricPoint> Points(long step) => Writer.Points(step);

        public IReadOnlyList<MetricSnapshot> Snapshots(long step) => [.. Writer.Snapshots(step), new MetricSnapshot(TrainingMetrics.SampleTokens.Name, step, Sample)];
    }
}
