using Crossbench.Models.Architectures;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models.Parts;

/// <summary>
/// A block of a mixture of architectures (MoA model cards): x += s₁ ⊙ Σ_b w_b γ_b branch_b(n), where n is the normed x, w the router's shares and γ in (0, 2)
/// the gates of the branches; then x += s₂ ⊙ HyperFfn(n).
/// </summary>
internal sealed class MoaBlock : Block
{
    /// <summary>Branches of a block: convolution, many-head attention, channel network, one-key attention.</summary>
    public const int Branches = 4;

    private const string MultiHead = "mh";
    private const string MultiQuery = "mqa";
    private const string Router = "Router";

    private readonly MoaMetricOptions _options;
    private readonly int _waves;

    [ComponentName(Name = "ls1")]
    private readonly Parameter _scale1;

    [ComponentName(Name = "ls2")]
    private readonly Parameter _scale2;

    [ComponentName(Name = "norm1")]
    private readonly Module<Tensor, ForwardContext, Tensor> _norm1;

    [ComponentName(Name = "router")]
    private readonly Linear _router;

    [ComponentName(Name = "tilt")]
    private readonly Linear? _tilt;

    [ComponentName(Name = "gate")]
    private readonly Linear _gate;

    [ComponentName(Name = "conv")]
    private readonly SeparableConv _conv;

    [ComponentName(Name = MultiHead)]
    private readonly MetricAttention _multiHead;

    [ComponentName(Name = "channel")]
    private readonly GeluMlp _channel;

    [ComponentName(Name = MultiQuery)]
    private readonly MetricAttention _multiQuery;

    [ComponentName(Name = "norm2")]
    private readonly Module<Tensor, ForwardContext, Tensor> _norm2;

    [ComponentName(Name = "ffn")]
    private readonly HyperFfn _ffn;

    public MoaBlock(LayerContext layer, MoaMetricOptions options) : base("block")
    {
        var (shape, width) = (layer.Shape, layer.Shape.Width);
        (_options, _waves) = (options, options.PhasesOf(shape));
        _scale1 = new Parameter(zeros(width));
        _scale2 = new Parameter(zeros(width));
        _norm1 = layer.Backbone.CreateNorm(width);
        _router = Linear(width, Branches);
        _tilt = options.RouterBias ? Linear(width, Branches, hasBias: false) : null;
        _gate = Linear(width, Branches);
        _conv = new SeparableConv(width, options.ConvWidth);
        _multiHead = new MetricAttention(layer, options, MultiHead, shape.Heads);
        _channel = new GeluMlp(width, options.ChannelWidthOf(shape), hasBias: true);
        _multiQuery = new MetricAttention(layer, options, MultiQuery, 1);
        _norm2 = layer.Backbone.CreateNorm(width);
        _ffn = new HyperFfn(shape, options);
        RegisterComponents();
    }

    /// <summary>Beginnings of the names of the two attentions.</summary>
    public static IReadOnlyList<(string Prefix, string Label)> Attentions { get; } = [(MultiHead, "Many-head attention"), (MultiQuery, "One-key attention")];

    /// <summary>Ablation points beside those of every block.</summary>
    public static IEnumerable<AblationPoint> Points(MoaMetricOptions options)
    {
        string[] branches = ["Output of the convolution.", "Output of many-head attention.", "Output of the channel network.", "Output of one-key attention."];
        string[] networks = ["Output of the SwiGLU network.", "Output of the convolution of the feed-forward part.", "Output of the low-rank network."];
        var points = MoaPoints.Branches.Zip(branches).Concat(MoaPoints.FfnBranches.Zip(networks)).Select(item => new AblationPoint(item.First, item.Second)).ToList();
        points.Add(new(MoaPoints.Router, "Shares of the branches; their mean, or a quarter each, removes the choice of the token.") { Weights = ["router.weight"] });
        points.Add(new(MoaPoints.Gate, "Gates on the branches; 1 removes them.") { Weights = ["gate.weight"] });
        points.Add(new(MoaPoints.FfnRouter, "Shares of the networks of the feed-forward part.") { Weights = ["ffn.router.weight"] });
        foreach (var (prefix, label) in Attentions)
        {
            points.Add(new(MoaPoints.Sharpness(prefix), $"{label}: factor of the distance in the scores; 0 reads all tokens alike."));
            points.Add(new(MoaPoints.Energy(prefix), $"{label}: factor on values; 1 removes it."));
            points.Add(new(MoaPoints.Heads(prefix), $"{label}: values mixed by the heads."));
            if (options.Phases > 0)
            {
                points.Add(new(MoaPoints.Phase(prefix), $"{label}: what the waves add to the rotary angles; 0 leaves plain rotary positions."));
            }
        }

        return points;
    }

    /// <summary>Parameters, with names relative to the block.</summary>
    public static IEnumerable<ParameterShape> Parameters(ModelShape shape, MoaMetricOptions options)
    {
        var width = shape.Extents.Width;
        var scale = new Initial.Constant(options.LayerScaleInitial);
        return
        [
            new("ls1", [width], "Norms") { Initial = scale },
            new("ls2", [width], "Norms") { Initial = scale },
            new("norm1.weight", [width], "Norms"),
            new("router.weight", [Branches, width], Router),
            new("router.bias", [Branches], Router),
            .. options.RouterBias ? new ParameterShape[] { new("tilt.weight", [Branches, width], Router) } : [],
            new("gate.weight", [Branches, width], Router) { Initial = new Initial.Constant(0) },
            new("gate.bias", [Branches], Router),
            .. SeparableConv.Parameters("conv.", width, Extent.Of("t", "taps of the convolution branch", options.ConvWidth), "Convolution"),
            .. MetricAttention.Parameters(MultiHead, shape.Extents.Heads, shape, options, "Many-head attention"),
            .. GeluMlp.Parameters("channel.", width, Extent.Of("c", "channel branch width", options.ChannelWidthOf(shape)), hasBias: true, "Channel network"),
            .. MetricAttention.Parameters(MultiQuery, 1, shape, options, "One-key attention"),
            new("norm2.weight", [width], "Norms"),
            .. HyperFfn.Parameters("ffn.", shape, options),
        ];
    }

    /// <summary>Forward operations per token at the average causal context.</summary>
    public static double Flops(ModelShape shape, MoaMetricOptions options) =>
        (2.0 * shape.Width * Branches * (options.RouterBias ? 3 : 2)) + SeparableConv.Flops(shape.Width, options.ConvWidth)
        + MetricAttention.Flops(shape.Heads, shape, options) + GeluMlp.Flops(shape.Width, options.ChannelWidthOf(shape))
        + MetricAttention.Flops(1, shape, options) + HyperFfn.Flops(shape, options);

    public override MixerState CreateState() => new MoaState(_conv.CreateWindow(), _ffn.CreateWindow());

    public override Tensor forward(Tensor x, ForwardContext context) => Run(x, null, context);

    public override Tensor Continue(Tensor x, MixerState state, ForwardContext context) => Run(x, (MoaState)state, context);

    private Tensor Run(Tensor x, MoaState? state, ForwardContext context)
    {
        var discrepancy = DiscrepancyOf(x, state, context);                                                         // [B, T]
        var mixed = _scale1 * Mixture(_norm1.call(x, context), discrepancy, state, context);                        // [B, T, d]
        x += Mixed(Dropped(BlockDiagnostics.Mixer, mixed, context), context);
        var fed = _scale2 * _ffn.Mix(_norm2.call(x, context), state?.FfnWindow, context);                           // [B, T, d]
        return x + Fed(Dropped(BlockDiagnostics.FeedForward, fed, context), context);
    }

    private Tensor Mixture(Tensor n, Tensor? discrepancy, MoaState? state, ForwardContext context)
    {
        var shares = context.Intervene(MoaPoints.Router, MoaRouting.Weights(Scores(n, context), _options.TopK));    // [B, T, 4]
        var gates = context.Kernels.Linear(n, _gate.weight, _gate.bias).sigmoid() * 2;                              // [B, T, 4]
        gates = context.Intervene(MoaPoints.Gate, gates);
        var waves = _waves == 0 ? null : PeriodicBasis.At(_waves, _options.MaxPosition, state?.MultiHead.Count ?? 0, n.shape[1], n);
        Tensor[] branches =
        [
            _conv.Continue(n, state?.Window, context),
            _multiHead.Mix(n, waves, discrepancy, state?.MultiHead, context),
            _channel.call(n, context),
            _multiQuery.Mix(n, waves, discrepancy, state?.MultiQuery, context),
        ];
        var weights = shares * gates;
        MoaDiagnostics.Router(context, shares, gates, branches);
        return MoaRouting.Sum(MoaPoints.Branches, branches, weights, context);                                      // [B, T, d]
    }

    private Tensor Scores(Tensor n, ForwardContext context)
    {
        var scores = context.Kernels.Linear(n, _router.weight, _router.bias);                                       // [B, T, 4]
        return _tilt is null ? scores : scores + (context.Kernels.Linear(n, _tilt.weight).tanh() * _options.RouterBiasLimit);
    }

    private Tensor? DiscrepancyOf(Tensor x, MoaState? state, ForwardContext context)
    {
        if (!_options.Discrepancy)
        {
            return null;
        }

        var discrepancy = ValueEnergy.Discrepancy(x, state?.Before);
        MoaDiagnostics.Discrepancy(context, discrepancy);
        state?.Keep(x);
        return discrepancy;
    }

    private Tensor Dropped(string name, Tensor x, ForwardContext context) =>
        context.Drop(name + "/path", context.Drop(name + "/dropout", x, _options.Dropout), _options.DropPath, x.shape[0], 1, 1);
}
