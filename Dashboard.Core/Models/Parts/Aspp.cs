using Crossbench.Metrics;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models.Parts;

/// <summary>What a refinement is built from.</summary>
/// <param name="Width">Width of the residual stream, d.</param>
/// <param name="Hidden">Width that is refined, a; no projections when it is d.</param>
/// <param name="Inner">Inner width of φ.</param>
/// <param name="MaxSteps">Most steps, K_max.</param>
/// <param name="IsSoft">Whether the number of steps is a weight that learns, else a whole number that does not.</param>
/// <param name="SeesPrevious">Whether φ also reads the sum of a token's and its predecessor's vectors.</param>
/// <param name="Activation">Activation of φ.</param>
/// <param name="Dropout">Share dropped of the refined vectors before and after the steps, while training.</param>
/// <param name="PhiDropout">Share dropped inside φ while training.</param>
internal sealed record AsppShape(
    int Width, int Hidden, int Inner, int MaxSteps, bool IsSoft, bool SeesPrevious, Activation Activation, double Dropout, double PhiDropout);

/// <summary>
/// Iterated refinement of each token's vector by one operator: h⁰ = W_dn x, h^s = LN(h^{s−1} + α φ(h^{s−1})) for K steps with φ(h) = W2 act(W1 h + b1) + b2,
/// p = W_up h^K (the ASPP branch of NoesisLab's Asterisk model card): [B, T, d] → [B, T, d]. K = max(1, ⌊σ(κ) K_max⌋), or with soft steps σ(κ) K_max, whose
/// last step counts by its fraction.
/// </summary>
internal sealed class Aspp : Module<Tensor, ForwardContext, Tensor>
{
    /// <summary>ε of the norm.</summary>
    public const double NormEpsilon = 1e-5;

    private const string Steps = "steps";
    private const string Phi = "phi";
    private const string ResidualScale = "residualScale";
    private readonly AsppShape _shape;

    [ComponentName(Name = "k_logit")]
    private readonly Parameter _stepLogit;

    [ComponentName(Name = "residual_scale")]
    private readonly Parameter _residualScale;

    [ComponentName(Name = "down")]
    private readonly Linear? _down;

    [ComponentName(Name = "phi")]
    private readonly PhiLayers _phi;

    [ComponentName(Name = "ln")]
    private readonly LayerNorm _norm;

    [ComponentName(Name = "up")]
    private readonly Linear? _up;

    public Aspp(AsppShape shape) : base("aspp")
    {
        _shape = shape;
        _stepLogit = new Parameter(zeros(Array.Empty<long>()));
        _residualScale = new Parameter(zeros(Array.Empty<long>()));
        _down = shape.Hidden == shape.Width ? null : Linear(shape.Width, shape.Hidden);
        _phi = new PhiLayers(shape);
        _norm = new LayerNorm(shape.Hidden, NormEpsilon);
        _up = shape.Hidden == shape.Width ? null : Linear(shape.Hidden, shape.Width);
        RegisterComponents();
    }

    /// <summary>What it reports.</summary>
    public static IReadOnlyList<MetricSpec> Diagnostics { get; } =
    [
        new("kSteps", "Refinement steps", "steps", "Number of refinement steps K of each layer.") { Scope = MetricScope.Layer },
        new("kLogit", "Step logit κ", "", "K is σ(κ) times the most steps. With whole steps it gets no gradient, so it stays where it began.") { Scope = MetricScope.Layer },
        new("residualScale", "Residual scale α", "", "Factor of φ in each refinement step.") { Scope = MetricScope.Layer },
        Vector("stepResiduals", "Step residuals", "How far each step moves the vector, relative to its length: towards 0 when the steps converge.", 1),
        Vector("contractionRatios", "Contraction ratios", "Each step residual over the one before: below 1 the steps contract, above 1 they move apart.", 2),
        Vector("preNormVariance", "Variance before the norm", "Mean variance of what enters the norm of each step.", 1),
    ];

    /// <summary>Where it can be intervened on.</summary>
    public static IReadOnlyList<AblationPoint> Points { get; } =
    [
        new(Steps, "Number of refinement steps K; 0 leaves the vector as it was projected."),
        new(ResidualScale, "Factor α of φ; 0 leaves only the repeated norm."),
        new(Phi, "Output of φ in each step.") { Weights = ["aspp.phi.w1.weight", "aspp.phi.w2.weight"] },
    ];

    /// <summary>Its parameters, with names relative to the layer.</summary>
    public static IEnumerable<ParameterShape> Parameters(AsppShape shape, double stepLogit, double residualScale)
    {
        const string Part = "Refinement";
        var (d, a, m) = (Extent.Of("d", "width", shape.Width), Extent.Of("a", "refined width", shape.Hidden), Extent.Of("m", "inner width of the operator φ", shape.Inner));
        var isProjected = shape.Hidden != shape.Width;
        return
        [
            new("aspp.k_logit", [], Part) { Initial = new Initial.Constant(stepLogit) },
            new("aspp.residual_scale", [], Part) { Initial = new Initial.Constant(residualScale) },
            .. isProjected ? [new("aspp.down.weight", [a, d], Part), new("aspp.down.bias", [a], Part)] : Array.Empty<ParameterShape>(),
            new("aspp.phi.w1.weight", [m, shape.SeesPrevious ? 2 * a : a], Part),
            new("aspp.phi.w1.bias", [m], Part),
            new("aspp.phi.w2.weight", [a, m], Part),
            new("aspp.phi.w2.bias", [a], Part),
            new("aspp.ln.weight", [a], Part),
            new("aspp.ln.bias", [a], Part),
            .. isProjected ? [new("aspp.up.weight", [d, a], Part), new("aspp.up.bias", [d], Part)] : Array.Empty<ParameterShape>(),
        ];
    }

    /// <summary>Its forward operations per token at the initial number of steps.</summary>
    public static double Flops(AsppShape shape, double stepLogit)
    {
        var projections = shape.Hidden == shape.Width ? 0 : 4.0 * shape.Width * shape.Hidden;
        var steps = Math.Ceiling(StepCount(shape, stepLogit));
        return projections + (2 * steps * shape.Inner * (Seen(shape) + shape.Hidden));
    }

    /// <summary>Bytes (fp32) of the vectors of the last token that decoding keeps: room for the most steps, because their number may be learnt.</summary>
    public static long StateBytes(AsppShape shape) => shape.SeesPrevious ? (long)shape.MaxSteps * shape.Hidden * sizeof(float) : 0;

    /// <summary>An empty state for decoding, or null where tokens do not see each other.</summary>
    public AsppState? CreateState() => _shape.SeesPrevious ? new AsppState() : null;

    /// <inheritdoc/>
    public override Tensor forward(Tensor x, ForwardContext context) => Refine(x, null, context);

    /// <summary>Refines tokens that follow those of the state.</summary>
    /// <param name="x">[B, T, d]</param>
    /// <param name="state">State of this refinement, updated; null for sequences from their beginning.</param>
    /// <param name="context">Context of the pass.</param>
    /// <returns>[B, T, d]</returns>
    public Tensor Refine(Tensor x, AsppState? state, ForwardContext context)
    {
        var kernels = context.Kernels;
        var h = context.Drop("aspp/in", _down is null ? x : kernels.Linear(x, _down.weight, _down.bias), _shape.Dropout);    // [B, T, a]
        h = Iterate(h, state, context);
        return context.Drop("aspp/out", _up is null ? h : kernels.Linear(h, _up.weight, _up.bias), _shape.Dropout);           // [B, T, d]
    }

    private static long Seen(AsppShape shape) => shape.SeesPrevious ? 2L * shape.Hidden : shape.Hidden;

    private static double StepCount(AsppShape shape, double stepLogit)
    {
        var steps = Math.Max(1, shape.MaxSteps / (1 + Math.Exp(-stepLogit)));
        return shape.IsSoft ? steps : Math.Floor(steps);
    }

    private static MetricSpec Vector(string name, string label, string help, int firstStep) =>
        new(name, label, "", help) { Scope = MetricScope.Layer, Form = MetricForm.Vector, Axis = VectorAxis.Counted("step", firstStep), Range = MetricRange.NotNegative, AtEvaluation = true };

    private Tensor Iterate(Tensor h, AsppState? state, ForwardContext context)
    {
        var count = context.Intervene(Steps, CountSteps());                                             // [1, 1]
        var steps = (int)Math.Ceiling(_shape.IsSoft ? count.ToDouble() : Math.Floor(count.ToDouble()));
        var scale = context.Intervene(ResidualScale, _residualScale.view(1, 1));
        var trace = new AsppTrace(context.Diagnostics);
        var last = new List<Tensor>();
        for (var step = 0; step < steps; step++)
        {
            last.Add(h.narrow(1, h.shape[1] - 1, 1));                                                   // [B, 1, a]
            var moved = h + (scale * context.Intervene(Phi, _phi.Apply(Neighbours(h, state, step), step, context)));
            var next = _norm.call(moved, context);
            trace.Add(h, moved, next);
            var isFraction = _shape.IsSoft && step == steps - 1;
            h = isFraction ? h + ((next - h) * (count - step).clamp(0.ToScalar(), 1.ToScalar())) : next;
        }

        state?.Set(last, _shape.MaxSteps);
        trace.Write();
        context.Diagnostics?.Scalar("kSteps", count);
        context.Diagnostics?.Scalar("kLogit", _stepLogit);
        context.Diagnostics?.Scalar("residualScale", _residualScale);
        return h;
    }

    /// <summary>K; only soft steps carry a gradient to κ.</summary>
    /// <returns>[1, 1]</returns>
    private Tensor CountSteps() => _shape.IsSoft
        ? (_stepLogit.sigmoid() * _shape.MaxSteps).clamp(min: 1.ToScalar()).view(1, 1)
        : full(1, 1, StepCount(_shape, _stepLogit.ToDouble()), dtype: _stepLogit.dtype, device: _stepLogit.device);

    /// <summary>What φ reads: the vectors, and beside them their sum with their predecessors' where tokens see each other. Never a later token's.</summary>
    /// <returns>[B, T, a] or [B, T, 2a]</returns>
    private Tensor Neighbours(Tensor h, AsppState? state, int step)
    {
        if (!_shape.SeesPrevious)
        {
            return h;
        }

        var before = state?.Before(step) ?? zeros_like(h.narrow(1, 0, 1));                              // [B, 1, a]
        var previous = cat([before, h.narrow(1, 0, h.shape[1] - 1)], 1);                                // [B, T, a]
        return cat([h, h + previous], -1);                                                              // [B, T, 2a]
    }

    /// <summary>φ(h) = W2 act(W1 h + b1) + b2.</summary>
    private sealed class PhiLayers : Module
    {
        private readonly AsppShape _shape;

        [ComponentName(Name = "w1")]
        private readonly Linear _first;

        [ComponentName(Name = "w2")]
        private readonly Linear _second;

        public PhiLayers(AsppShape shape) : base("phi")
        {
            _shape = shape;
            _first = Linear(Seen(shape), shape.Inner);
            _second = Linear(shape.Inner, shape.Hidden);
            RegisterComponents();
        }

        public Tensor Apply(Tensor h, int step, ForwardContext context)
        {
            var kernels = context.Kernels;
            var inner = context.Drop($"phi/{step}", _shape.Activation.Apply(kernels.Linear(h, _first.weight, _first.bias)), _shape.PhiDropout); // [B, T, m]
            return kernels.Linear(inner, _second.weight, _second.bias);                                                     // [B, T, a]
        }
    }
}

/// <summary>The vectors of the last token that entered each step.</summary>
internal sealed class AsppState : MixerState
{
    private Tensor? _last;

    public override long Bytes => _last is null ? 0 : _last.numel() * _last.ElementSize;

    /// <summary>[B, 1, a], or null before the first token.</summary>
    public Tensor? Before(int step) => _last?.narrow(1, step, 1);

    /// <summary>Keeps the vectors of each step, with room for the most steps.</summary>
    /// <param name="last">[B, 1, a] each.</param>
    /// <param name="room">Most steps.</param>
    public void Set(List<Tensor> last, int room)
    {
        if (last.Count == 0)
        {
            return;
        }

        while (last.Count < room)
        {
            last.Add(zeros_like(last[0]));
        }

        Replace(ref _last, cat(last, 1)); // [B, K_max, a]
    }

    protected override void Dispose(bool disposing) => _last?.Dispose();
}

/// <summary>How far the steps of one refinement move, where an evaluation asks for it.</summary>
internal sealed class AsppTrace(DiagnosticsWriter? writer)
{
    private readonly List<Tensor> _residuals = [];
    private readonly List<Tensor> _variances = [];
    private readonly bool _isOn = writer?.Takes("stepResiduals") == true;

    public void Add(Tensor before, Tensor moved, Tensor after)
    {
        if (_isOn)
        {
            using var _ = no_grad();
            _residuals.Add(((after - before).norm(-1) / before.norm(-1)).mean());
            _variances.Add(moved.var(-1, unbiased: false).mean());
        }
    }

    public void Write()
    {
        if (_isOn && _residuals.Count > 0)
        {
            var residuals = stack(_residuals); // [K]
            writer!.Vector("stepResiduals", residuals);
            writer.Vector("contractionRatios", residuals.narrow(0, 1, _residuals.Count - 1) / residuals.narrow(0, 0, _residuals.Count - 1));
            writer.Vector("preNormVariance", stack(_variances));
        }
    }
}
