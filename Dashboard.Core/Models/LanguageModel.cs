using Crossbench.Models.Kernels;
using Crossbench.Models.Parts;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models;

/// <summary>Embedding, blocks, final norm and output head. Parameter names: <c>embed.weight</c>, <c>layers.i.…</c>, <c>norm.weight</c>, <c>lm_head.weight</c>.</summary>
public sealed class LanguageModel : Module<Tensor, ForwardContext, Tensor>
{
    private readonly Rope? _rope;

    // In an array, because it is registered under a name of its own.
    private readonly Prelude[] _prelude;

    [ComponentName(Name = "embed")]
    private readonly Embedding _embed;

    [ComponentName(Name = "layers")]
    private readonly ModuleList<Block> _layers;

    [ComponentName(Name = "norm")]
    private readonly Module<Tensor, ForwardContext, Tensor> _norm;

    [ComponentName(Name = "lm_head")]
    private readonly Linear? _head;

    /// <summary>Builds a model around blocks and draws its initial weights from the stream <c>init</c>, keyed by parameter name.</summary>
    internal LanguageModel(
        ModelShape shape, int vocabulary, Backbone backbone, Prelude? prelude, Block[] blocks, Rope? rope, IReadOnlyList<ParameterShape> declared, Func<string, bool> isTrained,
        RandomStreams random) : base("model")
    {
        Shape = shape;
        Vocabulary = vocabulary;
        Declared = declared.ToDictionary(parameter => parameter.Name);
        _rope = rope;
        _prelude = prelude is null ? [] : [prelude];
        _embed = Embedding(vocabulary, shape.Width);
        if (prelude is not null)
        {
            register_module("embed", _embed);
            register_module(prelude.GetName(), prelude);
        }

        _layers = ModuleList(blocks);
        _norm = backbone.CreateNorm(shape.Width);
        _head = backbone.TiedHead ? null : Linear(shape.Width, vocabulary, hasBias: backbone.HeadBias);
        RegisterComponents();
        InitialWeights.Draw(this, Declared, backbone.InitialDeviation, random);
        foreach (var (name, parameter) in named_parameters().Where(item => !isTrained(item.name)))
        {
            parameter.requires_grad = false;
        }
    }

    /// <summary>The sizes of the model.</summary>
    public ModelShape Shape { get; }

    /// <summary>Number of token ids, V.</summary>
    public int Vocabulary { get; }

    /// <summary>Every parameter and buffer as declared, by name.</summary>
    public IReadOnlyDictionary<string, ParameterShape> Declared { get; }

    /// <summary>The layers.</summary>
    public IReadOnlyList<Block> Layers => [.. _layers];

    /// <summary>Number of scalars in all parameters.</summary>
    public long ParameterCount => parameters().Sum(parameter => parameter.numel());

    private Tensor HeadWeight => _head?.weight ?? _embed.weight!;

    /// <summary>Logits of every position.</summary>
    /// <param name="tokens">Token ids, [B, T] int64.</param>
    /// <param name="context">Context of the pass.</param>
    /// <returns>[B, T, V]</returns>
    public override Tensor forward(Tensor tokens, ForwardContext context) => Head(Hidden(tokens, context), context);

    /// <summary>Mean loss over counted targets, in nats.</summary>
    /// <param name="tokens">Token ids, [B, T] int64.</param>
    /// <param name="targets">Target ids, [B, T] int64; <see cref="KernelSet.NotCounted"/> where not scored.</param>
    /// <param name="context">Context of the pass.</param>
    /// <returns>A scalar.</returns>
    public Tensor Loss(Tensor tokens, Tensor targets, ForwardContext context)
    {
        var hidden = Hidden(tokens, context).view(-1, Shape.Width); // [B·T, d]
        return context.Kernels.HeadLoss(hidden, HeadWeight, _head?.bias, targets.view(-1));
    }

    /// <summary>Loss of every target, and whether it is the likeliest token.</summary>
    /// <inheritdoc cref="Loss" path="/param"/>
    /// <returns>[B, T] each.</returns>
    public TokenScores TokenScores(Tensor tokens, Tensor targets, ForwardContext context)
    {
        var hidden = Hidden(tokens, context).view(-1, Shape.Width); // [B·T, d]
        var (losses, right) = context.Kernels.TokenScores(hidden, HeadWeight, _head?.bias, targets.view(-1));
        return new TokenScores(losses.view(targets.shape), right.view(targets.shape));
    }

    /// <summary>An empty state for decoding.</summary>
    public ModelState CreateState() => new(_prelude.FirstOrDefault()?.CreateState(), [.. _layers.Select(layer => layer.CreateState())]);

    /// <summary>Logits of further tokens of sequences whose earlier tokens the state has seen.</summary>
    /// <param name="tokens">Token ids, [B, T] int64, T ≥ 1.</param>
    /// <param name="state">State of this model; updated.</param>
    /// <param name="context">Context of the pass; not training.</param>
    /// <returns>[B, T, V]</returns>
    public Tensor Continue(Tensor tokens, ModelState state, ForwardContext context)
    {
        context.Begin();
        var x = _embed.call(tokens); // [B, T, d]
        x = _prelude.Aggregate(x, (current, prelude) => prelude.Continue(current, state.Prelude!, context));
        for (var layer = 0; layer < _layers.Count; layer++)
        {
            context.Enter(layer);
            x = _layers[layer].Continue(x, state.Layers[layer], context);
        }

        return Head(_norm.call(x, context), context);
    }

    /// <summary>Name of the first part whose output on these tokens is not finite, or null when all are.</summary>
    public string? FirstNonFinite(Tensor tokens, ForwardContext context)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var x = Embedded(tokens, context);
        for (var layer = 0; layer < _layers.Count; layer++)
        {
            if (!IsFinite(x))
            {
                return layer == 0 ? "embed" : $"layers.{layer - 1}";
            }

            context.Enter(layer);
            x = _layers[layer].call(x, context);
        }

        return !IsFinite(x) ? $"layers.{_layers.Count - 1}" : IsFinite(forward(tokens, context)) ? null : "lm_head";
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _rope?.Dispose();
        }

        base.Dispose(disposing);
    }

    private static bool IsFinite(Tensor x) => x.isfinite().all().item<bool>();

    private Tensor Embedded(Tensor tokens, ForwardContext context)
    {
        context.Begin();
        return _prelude.Aggregate(_embed.call(tokens), (current, prelude) => prelude.call(current, context)); // [B, T, d]
    }

    private Tensor Hidden(Tensor tokens, ForwardContext context)
    {
        var x = Embedded(tokens, context); // [B, T, d]
        for (var layer = 0; layer < _layers.Count; layer++)
        {
            context.Enter(layer);
            x = _layers[layer].call(x, context);
            context.Diagnostics?.RootMeanSquare(BlockDiagnostics.ResidualRms, x);
        }

        return _norm.call(x, context);
    }

    private Tensor Head(Tensor hidden, ForwardContext context) => context.Kernels.Linear(hidden, HeadWeight, _head?.bias); // [B, T, V]
}
