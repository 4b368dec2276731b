using System.ComponentModel.DataAnnotations;
using Crossbench.Metrics;
using Crossbench.Models.Kernels;
using Crossbench.Models.Parts;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models.Architectures;

/// <summary>Options of <see cref="RetNet"/>.</summary>
public sealed record RetNetOptions : ArchitectureOptions
{
    /// <summary>Width of all keys over that of the model: dk = factor · d.</summary>
    [Range(0.0, 16.0, MinimumIsExclusive = true)]
    [Display(Name = "Key expansion", Description = "Width of all keys over that of the model; a head's keys must have an even width up to 256.")]
    public double ExpandKey { get; init; } = 1;

    /// <summary>Width of all values over that of the model: dv = factor · d.</summary>
    [Range(0.0, 16.0, MinimumIsExclusive = true)]
    [Display(Name = "Value expansion", Description = "Width of all values over that of the model; the public implementation's own default is 2.")]
    public double ExpandValue { get; init; } = 1;

    /// <summary>Tokens in a chunk, C.</summary>
    [Range(1, 4096)]
    [Display(Name = "Chunk", Description = "Tokens computed as one product; changes the speed, not the result.", Prompt = "tokens")]
    public int Chunk { get; init; } = 64;

    /// <summary>ε of the norm of each head.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    [Display(Name = "Norm epsilon", Description = "Added to the mean square in the norm of each head.")]
    public double NormEpsilon { get; init; } = 1e-5;
}

/// <summary>
/// Multi-scale retention (Sun et al., 2023), as in the public implementation fla: o_i = K^(−1/2) Σ_{j≤i} γ_h^{i−j} (q_i · k_j) v_j with rotary positions,
/// γ_h = 1 − 2^(−5−h), a norm of each head and a gate; without a softmax and without the paper's row normalisers, which the norm absorbs.
/// </summary>
public sealed class RetNet : MixerArchitecture<RetNetOptions>
{
    private const double RotaryBase = 10000;
    private const int WidestKey = 256;

    /// <inheritdoc/>
    public override string Id => "retnet";

    /// <inheritdoc/>
    public override string Title => "RetNet";

    /// <inheritdoc/>
    public override string Summary => "Retention: linear attention that forgets at a fixed rate in each head. Constant memory while decoding.";

    /// <inheritdoc/>
    public override ArchitectureFamily Family => ArchitectureFamily.Recurrence;

    /// <inheritdoc/>
    public override IReadOnlyList<Equation> Equations { get; } =
    [
        new(
            "Queries, keys and values", @"q_i = \rho_i(W_q x_i), \qquad k_j = \rho_j(W_k x_j), \qquad v_j = W_v x_j",
            ("x_i", "normed token i, [d]"), (@"q_i", "[H, k_h]"), ("k_j", "[KV, k_h]; head h reads kv head ⌊h·KV/H⌋"), ("v_j", "[KV, v_h]"), (@"\rho_i", "rotary embedding with base 10000, whatever the shape's positions are")),
        new("Decay of a head", @"\gamma_h = 1 - 2^{-5-h}", ("h", "head, counted from 0: 1/32 is forgotten a token, then 1/64 and so on")),
        new("Retention", @"o_i = \frac{1}{\sqrt{k_h}} \sum_{j \le i} \gamma_h^{\,i-j}\, (q_i \cdot k_j)\, v_j", ("o_i", "[H, v_h]; no softmax, and none of the paper's row normalisers")),
        new("The same as a recurrence", @"S_t = \gamma_h\, S_{t-1} + k_t^{\top} v_t, \qquad o_t = \frac{1}{\sqrt{k_h}}\, q_t S_t", ("S_t", "state of each head, [k_h, v_h]: all that decoding keeps")),
        new("Output", @"y_i = W_o \big(\operatorname{RMSNorm}_h(o_i) \odot \operatorname{SiLU}(W_g x_i)\big)", ("y_i", "[d]; each head is normed by itself, with weights that all share")),
        SharedEquations.Layer(@"\operatorname{Retention}"),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Reading> Readings { get; } =
    [
        Reading.AtArxiv("2307.08621", "Retentive Network: A Successor to Transformer for Large Language Models", "Sun et al.", 2023, "Retention in its parallel, recurrent and chunked forms."),
        Papers.FlashLinearAttention,
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Preset> Presets { get; } =
        [Preset.TransBench(("architecture.expandKey", "1"), ("architecture.expandValue", "1"), ("architecture.normEpsilon", "1e-05"))];

    /// <inheritdoc/>
    public override TransBenchForm TransBench { get; } = new("retnet", "msr", "retention")
    {
        Note = "retnet means the real layer; what TransBench published under this name was the stand-in retnet-stub.",
    };

    /// <inheritdoc/>
    protected override IReadOnlyList<MetricSpec> Diagnostics(RetNetOptions options) => [.. BlockDiagnostics.All, .. StateDiagnostics.All, .. Retention.Metrics];

    /// <inheritdoc/>
    protected override IReadOnlyList<AblationPoint> AblationPoints(RetNetOptions options) => [.. BlockDiagnostics.Points, .. Retention.Points];

    /// <inheritdoc/>
    protected override IEnumerable<SpecProblem> Validate(ModelShape shape, RetNetOptions options)
    {
        var keyWidth = Expansion.Of(options.ExpandKey, shape) / shape.Heads;
        return
        [
            .. Expansion.Validate("architecture.expandKey", options.ExpandKey, shape, 2 * shape.Heads, $"twice the {shape.Heads} heads (rotary positions need even heads)"),
            .. Expansion.Validate("architecture.expandValue", options.ExpandValue, shape, shape.Heads, $"the {shape.Heads} heads"),
            .. keyWidth <= WidestKey ? Array.Empty<SpecProblem>() :
                [new SpecProblem("architecture.expandKey", $"Keys of a head would be {keyWidth} wide, more than {WidestKey}.", "Lower the expansion, or use more heads.")],
        ];
    }

    /// <inheritdoc/>
    protected internal override Rope? CreateRope(ModelShape shape, ArchitectureOptions options) =>
        new(Expansion.Of(((RetNetOptions)options).ExpandKey, shape) / shape.Heads, RotaryBase);

    /// <inheritdoc/>
    protected override TokenMixer CreateMixer(LayerContext layer, RetNetOptions options) => new Retention(layer, options);

    /// <inheritdoc/>
    protected override IEnumerable<ParameterShape> MixerParameters(int layer, ModelShape shape, RetNetOptions options)
    {
        var (width, heads, kvHeads) = (shape.Extents.Width, shape.Extents.Heads, shape.Extents.KvHeads);
        var key = Extent.Of("k_h", "width of a head's keys", Expansion.Of(options.ExpandKey, shape) / shape.Heads);
        var value = Extent.Of("v_h", "width of a head's values", Expansion.Of(options.ExpandValue, shape) / shape.Heads);
        return
        [
            new("q.weight", [heads * key, width], "Retention"),
            new("k.weight", [kvHeads * key, width], "Retention"),
            new("v.weight", [kvHeads * value, width], "Retention"),
            new("g.weight", [heads * value, width], "Retention"),
            new("norm.weight", [value], "Retention"),
            new("o.weight", [width, heads * value], "Retention"),
        ];
    }

    /// <inheritdoc/>
    protected override double MixerFlops(int layer, ModelShape shape, RetNetOptions options)
    {
        double keys = Expansion.Of(options.ExpandKey, shape), values = Expansion.Of(options.ExpandValue, shape), shared = (double)shape.KvHeads / shape.Heads;
        return (2 * shape.Width * (keys + (keys * shared) + (values * shared) + (2 * values)))
            + KernelSet.ScalarRecurrenceFlops(shape.ContextLength, options.Chunk, keys, values, keys / shape.Heads);
    }

    /// <inheritdoc/>
    protected override long MixerStateBytes(int layer, ModelShape shape, RetNetOptions options) =>
        (long)Expansion.Of(options.ExpandKey, shape) / shape.Heads * Expansion.Of(options.ExpandValue, shape) * sizeof(float);
}

/// <summary>The mixer of <see cref="RetNet"/>.</summary>
internal sealed class Retention : TokenMixer
{
    private const string GateMean = "gateMean";
    private const string OutputRms = "retentionRms";
    private const string Memory = "effectiveMemory";
    private const string Decay = "decay";
    private const string Gate = "gate";
    private const string Heads = "heads";

    private readonly ModelShape _shape;
    private readonly Rope _rope;
    private readonly int _chunk;

    [ComponentName(Name = "q")]
    private readonly Linear _q;

    [ComponentName(Name = "k")]
    private readonly Linear _k;

    [ComponentName(Name = "v")]
    private readonly Linear _v;

    [ComponentName(Name = "g")]
    private readonly Linear _g;

    [ComponentName(Name = "norm")]
    private readonly RmsNorm _norm;

    [ComponentName(Name = "o")]
    private readonly Linear _o;

    public Retention(LayerContext layer, RetNetOptions options) : base("attn")
    {
        _shape = layer.Shape;
        _rope = layer.Rope!;
        _chunk = options.Chunk;
        var (keys, values) = (Expansion.Of(options.ExpandKey, _shape), Expansion.Of(options.ExpandValue, _shape));
        _q = Linear(_shape.Width, keys, hasBias: false);
        _k = Linear(_shape.Width, keys / _shape.Heads * _shape.KvHeads, hasBias: false);
        _v = Linear(_shape.Width, values / _shape.Heads * _shape.KvHeads, hasBias: false);
        _g = Linear(_shape.Width, values, hasBias: false);
        _norm = new RmsNorm(values / _shape.Heads, options.NormEpsilon);
        _o = Linear(values, _shape.Width, hasBias: false);
        RegisterComponents();
    }

    public static IReadOnlyList<MetricSpec> Metrics { get; } =
    [
        StateDiagnostics.Head(Memory, "Effective memory", "tokens", "1 / (1 − γ) of each head: how many tokens it remembers; fixed.", MetricRange.NotNegative),
        new(GateMean, "Gate", "", "Mean of SiLU(W_g x), which the heads' outputs are multiplied with.") { Scope = MetricScope.Layer, Kind = MetricKind.Gate },
        new(OutputRms, "Retention output", "", "Root mean square of what the heads read from their states, before the norm.") { Scope = MetricScope.Layer, Kind = MetricKind.State },
    ];

    public static IReadOnlyList<AblationPoint> Points { get; } =
    [
        new(Decay, "Logarithm of the heads' decay γ: factor 0 keeps everything, larger factors shorten the memory."),
        new(Gate, "SiLU(W_g x), which the heads' outputs are multiplied with.") { Weights = ["attn.g.weight"] },
        new(Heads, "What the heads read from their states, before the norm.") { Weights = ["attn.q.weight", "attn.k.weight", "attn.v.weight"] },
    ];

    public override MixerState CreateState() => new RecurrentState();

    public override Tensor forward(Tensor x, ForwardContext context) => Mix(x, null, context);

    public override Tensor Continue(Tensor x, MixerState state, ForwardContext context) => Mix(x, (RecurrentState)state, context);

    private Tensor Mix(Tensor x, RecurrentState? state, ForwardContext context)
    {
        var kernels = context.Kernels;
        var recurrence = Retain(x, state, context);
        state?.Advance(recurrence.State, x.shape[1]);
        var mixed = context.Intervene(Heads, recurrence.Output);                                   // [B, T, H, V]
        var gate = context.Intervene(Gate, functional.silu(kernels.Linear(x, _g.weight!)));        // [B, T, H · V]
        Write(context, recurrence, gate);
        return kernels.Linear(_norm.call(mixed, context).reshape(gate.shape) * gate, _o.weight!);  // [B, T, d]
    }

    private Recurrence Retain(Tensor x, RecurrentState? state, ForwardContext context)
    {
        var kernels = context.Kernels;
        var position = state?.Count ?? 0;
        var query = _rope.Apply(Split(kernels.Linear(x, _q.weight!), _shape.Heads), position);     // [B, T, H, K]
        var key = _rope.Apply(Split(kernels.Linear(x, _k.weight!), _shape.KvHeads), position);     // [B, T, KV, K]
        var value = Split(kernels.Linear(x, _v.weight!), _shape.KvHeads);                          // [B, T, KV, V]
        var decay = LogDecay(x).expand(1, x.shape[1], _shape.Heads);                               // [1, T, H]
        var scaled = query / Math.Sqrt(query.shape[3]);
        return kernels.ScalarRecurrence(scaled, EachHead(key), EachHead(value), context.Intervene(Decay, decay), _chunk, state?.Held);
    }

    /// <summary>ln γ_h = ln(1 − 2^(−5−h)).</summary>
    private Tensor LogDecay(Tensor like) =>
        tensor(Enumerable.Range(0, _shape.Heads).Select(head => Math.Log(1 - Math.Pow(2, -5 - head))).ToArray()).to(like.dtype, like.device); // [H]

    private static Tensor Split(Tensor x, int heads) => x.view(x.shape[0], x.shape[1], heads, -1);

    /// <summary>[B, T, KV, width] → [B, T, H, width]: head h reads kv head ⌊h·KV/H⌋.</summary>
    private Tensor EachHead(Tensor x)
    {
        var (batch, length, groups, width) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3]);
        return groups == _shape.Heads ? x : x.unsqueeze(3).expand(batch, length, groups, _shape.Heads / groups, width).reshape(batch, length, _shape.Heads, width);
    }

    private void Write(ForwardContext context, Recurrence recurrence, Tensor gate)
    {
        if (context.Diagnostics is not { } writer)
        {
            return;
        }

        StateDiagnostics.Write(context, recurrence);
        writer.Scalar(GateMean, gate.detach().mean());
        writer.RootMeanSquare(OutputRms, recurrence.Output);
        if (writer.Takes(Memory))
        {
            writer.Vector(Memory, tensor(Enumerable.Range(0, _shape.Heads).Select(head => (float)Math.Pow(2, 5 + head)).ToArray()));
        }
    }
}
