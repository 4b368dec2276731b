using Crossbench.Models.Architectures;
using Crossbench.Models.Kernels;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models.Parts;

/// <summary>
/// Attention that scores by distance (MoA model cards): queries of H heads, keys and values of as many heads or of one, rotary positions modulated by slow
/// waves, a factor on values, and a gated network in place of the output projection. [B, T, d] → [B, T, d].
/// </summary>
internal sealed class MetricAttention : Module
{
    private readonly string _prefix;
    private readonly int _groups;
    private readonly ModelShape _shape;
    private readonly Rope? _positions;
    private readonly MoaMetricOptions _options;

    [ComponentName(Name = "alpha_raw")]
    private readonly Parameter _alpha;

    [ComponentName(Name = "coordinates_raw")]
    private readonly Parameter? _coordinates;

    [ComponentName(Name = "q")]
    private readonly Linear _q;

    [ComponentName(Name = "k")]
    private readonly Linear _k;

    [ComponentName(Name = "v")]
    private readonly Linear _v;

    [ComponentName(Name = "rope")]
    private readonly BlackHoleRope? _rope;

    [ComponentName(Name = "energy")]
    private readonly ValueEnergy _energy;

    [ComponentName(Name = "ball")]
    private readonly KeyBall? _ball;

    [ComponentName(Name = "mix")]
    private readonly ValueMixer _mixer;

    /// <summary>Attention of one layer.</summary>
    /// <param name="layer">What the layer is built from.</param>
    /// <param name="options">Options of the architecture.</param>
    /// <param name="prefix">Beginning of the names of its metrics and ablation points: mh or mqa.</param>
    /// <param name="groups">Heads of keys and values: H or 1.</param>
    public MetricAttention(LayerContext layer, MoaMetricOptions options, string prefix, int groups) : base(prefix)
    {
        (_prefix, _groups, _shape, _positions, _options) = (prefix, groups, layer.Shape, layer.Rope, options);
        var (heads, head, waves) = (_shape.Heads, _shape.HeadWidth, options.PhasesOf(_shape));
        _alpha = new Parameter(zeros(heads));
        _coordinates = options.Metric == AttentionMetric.Mahalanobis ? new Parameter(zeros(groups, head)) : null;
        _q = Linear(_shape.Width, _shape.Width, hasBias: _shape.Bias);
        _k = Linear(_shape.Width, groups * head, hasBias: _shape.Bias);
        _v = Linear(_shape.Width, groups * head, hasBias: _shape.Bias);
        _rope = waves > 0 ? new BlackHoleRope(groups, head, waves, options.PhaseScale) : null;
        _energy = new ValueEnergy(groups, waves, options.EnergyMin, options.EnergyMax, options.Discrepancy);
        _ball = options.BallPruning == BallPruning.Off ? null : new KeyBall(heads, head, options.BallStrength, options.BallTemperature, options.BallPruning == BallPruning.Hard);
        _mixer = new ValueMixer(_shape.Width, options.ValueWidthOf(_shape));
        RegisterComponents();
    }

    /// <summary>Its parameters, with names that begin with its own.</summary>
    /// <param name="name">Its name in the block.</param>
    /// <param name="groups">Heads of keys and values.</param>
    /// <param name="shape">Shape of the model.</param>
    /// <param name="options">Options of the architecture.</param>
    /// <param name="part">What they are counted under.</param>
    public static IEnumerable<ParameterShape> Parameters(string name, Extent groups, ModelShape shape, MoaMetricOptions options, string part)
    {
        var (prefix, heads, head, width) = (name + ".", shape.Extents.Heads, shape.Extents.HeadWidth, shape.Extents.Width);
        var waves = Extent.Of("M", "phase waves", options.PhasesOf(shape));
        yield return new(prefix + "alpha_raw", [heads], part) { Initial = Softplus.StartAt(options.AlphaInitial) };
        if (options.Metric == AttentionMetric.Mahalanobis)
        {
            yield return new(prefix + "coordinates_raw", [groups, head], part) { Initial = Softplus.StartAt(1) };
        }

        foreach (var (projection, rows) in new[] { ("q", width), ("k", groups * head), ("v", groups * head) })
        {
            yield return new($"{prefix}{projection}.weight", [rows, width], part);
            if (shape.Bias)
            {
                yield return new($"{prefix}{projection}.bias", [rows], part);
            }
        }

        ParameterShape[] others =
        [
            .. waves.Value > 0 ? BlackHoleRope.Parameters(prefix + "rope.", groups, Extent.Of("p", "pairs of a head that turn, d_h/2", shape.HeadWidth / 2), waves, part) : [],
            .. ValueEnergy.Parameters(prefix + "energy.", groups, waves, options.EnergyMin, options.EnergyMax, options.Discrepancy, part),
            .. options.BallPruning == BallPruning.Off ? [] : KeyBall.Parameters(prefix + "ball.", heads, head, options.BallRadius ?? Math.Sqrt(shape.HeadWidth), part),
            .. ValueMixer.Parameters(prefix + "mix.", width, Extent.Of("m", "value mixer width", options.ValueWidthOf(shape)), part),
        ];
        foreach (var parameter in others)
        {
            yield return parameter;
        }
    }

    /// <summary>Forward operations per token at the average causal context.</summary>
    public static double Flops(int groups, ModelShape shape, MoaMetricOptions options)
    {
        var projections = 2.0 * shape.Width * (shape.Width + (2 * groups * shape.HeadWidth));
        var pairs = (shape.ContextLength + 1.0) * shape.Heads * (MetricScores.FoldedWidth(options.Metric, shape.HeadWidth) + shape.HeadWidth);
        return projections + pairs + ValueMixer.Flops(shape.Width, options.ValueWidthOf(shape));
    }

    /// <summary>Attends over the input alone, or over what the cache holds and the input, which is added to the cache.</summary>
    /// <param name="x">[B, T, d]</param>
    /// <param name="waves">Waves at the positions of the input, [T, 2M]; null without.</param>
    /// <param name="discrepancy">[B, T]; null without.</param>
    /// <param name="cache">Keys (as features) and values of earlier tokens; null when there are none.</param>
    /// <param name="context">Context of the pass.</param>
    /// <returns>[B, T, d]</returns>
    public Tensor Mix(Tensor x, Tensor? waves, Tensor? discrepancy, KvCache? cache, ForwardContext context)
    {
        var kernels = context.Kernels;
        var query = Features(Heads(kernels.Linear(x, _q.weight, _q.bias), _shape.Heads), kernels);      // [B, T, H, dh]
        var key = Features(Heads(kernels.Linear(x, _k.weight, _k.bias), _groups), kernels);             // [B, T, KV, dh]
        var value = Heads(kernels.Linear(x, _v.weight, _v.bias), _groups);                              // [B, T, KV, dh]
        (query, key) = Turn(query, key, waves, cache?.Count ?? 0, context);
        var energy = context.Intervene(MoaPoints.Energy(_prefix), _energy.Of(waves, discrepancy, x));   // [B, T, KV]
        MetricDiagnostics.Energy(context, _prefix, energy);
        value *= energy.unsqueeze(-1);
        Regularise(key, context);
        if (cache is not null)
        {
            cache.Append(key, value);
            (key, value) = (cache.Keys, cache.Values);
        }

        var alpha = functional.softplus(_alpha).view(1, 1, -1).expand(x.shape[0], x.shape[1], -1);
        alpha = context.Intervene(MoaPoints.Sharpness(_prefix), alpha);                                 // [B, T, H]
        var bias = Bias(key, x.shape[1], context);
        Report(query, key, alpha, bias, context);
        var (wideQuery, wideKey) = MetricScores.Fold(_options.Metric, query, key, alpha);
        var mixed = kernels.Attention(wideQuery, wideKey, value, scale: 1, bias: bias);                 // [B, T, d]
        return _mixer.call(context.Intervene(MoaPoints.Heads(_prefix), mixed), context);
    }

    private Tensor Heads(Tensor x, int heads) => x.view(x.shape[0], x.shape[1], heads, _shape.HeadWidth);

    /// <summary>Vectors in which the distance is the Euclidean one, squared. A turn keeps it, so this comes before.</summary>
    private Tensor Features(Tensor x, KernelSet kernels) => _options.Metric switch
    {
        AttentionMetric.Cosine => MetricScores.Unit(x, kernels),
        AttentionMetric.Mahalanobis => x * functional.softplus(_coordinates!).sqrt(),
        _ => x,
    };

    private (Tensor Query, Tensor Key) Turn(Tensor query, Tensor key, Tensor? waves, long first, ForwardContext context)
    {
        if (_positions is null)
        {
            return (query, key);
        }

        var tables = _positions.At(first, query.shape[1], query);                                       // [T, 1, dh/2]
        if (_rope is not null)
        {
            var phases = context.Intervene(MoaPoints.Phase(_prefix), _rope.Phases(waves!));             // [1, T, KV, dh/2]
            MetricDiagnostics.Phase(context, _prefix, phases);
            tables = BlackHoleRope.Add(tables, phases);
        }

        return (Rope.Turn(query, tables), Rope.Turn(key, tables));
    }

    private Tensor? Bias(Tensor key, long queries, ForwardContext context)
    {
        if (_ball is null)
        {
            return null;
        }

        var outside = _ball.Outside(key);                                                               // [B, H, T]
        MetricDiagnostics.Ball(context, _prefix, outside);
        return _ball.Bias(outside, queries, context.Training);                                          // [B, H, 1 or T, T]
    }

    /// <summary>Adds the triangle loss of the input's keys while training, and measures how often they break the inequality when asked.</summary>
    private void Regularise(Tensor key, ForwardContext context)
    {
        var isMeasured = _options.HasTriangleLoss && MetricDiagnostics.TakesViolations(context, _prefix);
        if (!_options.HasTriangleLoss || (!context.Training && !isMeasured))
        {
            return;
        }

        var triples = TriangleLoss.Sample(context, _prefix, _options.TiSamples, key.shape[1]);          // [3, n]
        if (context.Training)
        {
            context.Auxiliary.Add(
                new AuxiliaryTerm(TriangleLoss.Name, _options.TiLambda, _options.TiWarmup), TriangleLoss.Of(_options.Metric, _options.TiDistance, key, triples));
        }

        if (isMeasured)
        {
            MetricDiagnostics.Violations(context, _prefix, _options.Metric, key, triples);
        }
    }

    private void Report(Tensor query, Tensor key, Tensor alpha, Tensor? bias, ForwardContext context)
    {
        if (context.Diagnostics is not null)
        {
            using var _ = no_grad();
            MetricDiagnostics.Sharpness(context, _prefix, alpha, _coordinates);
            MetricDiagnostics.Weights(context, _prefix, _options.Metric, query, key, alpha, bias);
        }
    }
}
