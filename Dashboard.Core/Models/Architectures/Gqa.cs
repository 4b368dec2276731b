using System.ComponentModel.DataAnnotations;
using Crossbench.Models.Parts;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models.Architectures;

/// <summary>Options of <see cref="Gqa"/>.</summary>
public sealed record GqaOptions : ArchitectureOptions
{
    /// <summary>Share of attention weights dropped while training.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    [Display(Name = "Dropout", Description = "Share of attention weights dropped while training.")]
    public double Dropout { get; init; }
}

/// <summary>Grouped-query attention (Ainslie et al., 2023): dense causal softmax attention, the baseline.</summary>
public sealed class Gqa : Architecture<GqaOptions>
{
    /// <inheritdoc/>
    public override string Id => "gqa";

    /// <inheritdoc/>
    public override string Title => "Grouped-query attention";

    /// <inheritdoc/>
    public override string Summary => "Dense causal softmax attention whose query heads share key and value heads. The baseline.";

    /// <inheritdoc/>
    protected override TokenMixer CreateMixer(LayerContext layer, GqaOptions options) => new GroupedQueryAttention(layer, options.Dropout);

    /// <inheritdoc/>
    protected override IEnumerable<ParameterShape> MixerParameters(int layer, ModelShape shape, GqaOptions options)
    {
        (string Name, int Out)[] projections = [("q", shape.Width), ("k", shape.KvWidth), ("v", shape.KvWidth), ("o", shape.Width)];
        foreach (var (name, size) in projections)
        {
            yield return new($"{name}.weight", [size, shape.Width], "Attention");
            if (shape.Bias)
            {
                yield return new($"{name}.bias", [size], "Attention");
            }
        }
    }

    /// <inheritdoc/>
    protected override double MixerFlops(int layer, ModelShape shape, GqaOptions options) =>
        (4.0 * shape.Width * shape.Width) + (4.0 * shape.Width * shape.KvWidth) + (2.0 * (shape.ContextLength + 1) * shape.Width);

    /// <inheritdoc/>
    protected override long MixerStateBytes(int layer, ModelShape shape, GqaOptions options) => 2L * shape.KvWidth * sizeof(float) * shape.ContextLength;
}

/// <summary>Queries of H heads read keys and values of KV heads.</summary>
internal sealed class GroupedQueryAttention : TokenMixer
{
    private readonly ModelShape _shape;
    private readonly Rope? _rope;
    private readonly double _dropout;

    [ComponentName(Name = "q")]
    private readonly Linear _q;

    [ComponentName(Name = "k")]
    private readonly Linear _k;

    [ComponentName(Name = "v")]
    private readonly Linear _v;

    [ComponentName(Name = "o")]
    private readonly Linear _o;

    public GroupedQueryAttention(LayerContext layer, double dropout) : base("attn")
    {
        _shape = layer.Shape;
        _rope = layer.Rope;
        _dropout = dropout;
        _q = Linear(_shape.Width, _shape.Width, hasBias: _shape.Bias);
        _k = Linear(_shape.Width, _shape.KvWidth, hasBias: _shape.Bias);
        _v = Linear(_shape.Width, _shape.KvWidth, hasBias: _shape.Bias);
        _o = Linear(_shape.Width, _shape.Width, hasBias: _shape.Bias);
        RegisterComponents();
    }

    public override MixerState CreateState() => new KvCache();

    public override Tensor forward(Tensor x, ForwardContext context)
    {
        var (query, key, value) = Project(x, 0, context);
        var keep = context.Training ? 1 - _dropout : 1;
        return Output(context.Kernels.Attention(query, key, value, keep), context);
    }

    public override Tensor Continue(Tensor x, MixerState state, ForwardContext context)
    {
        var cache = (KvCache)state;
        var (query, key, value) = Project(x, cache.Count, context);
        cache.Append(key, value);
        return Output(context.Kernels.Attention(query, cache.Keys, cache.Values), context);
    }

    private (Tensor Query, Tensor Key, Tensor Value) Project(Tensor x, long firstPosition, ForwardContext context)
    {
        var kernels = context.Kernels;
        var query = Heads(kernels.Linear(x, _q.weight, _q.bias), _shape.Heads);     // [B, T, H, dh]
        var key = Heads(kernels.Linear(x, _k.weight, _k.bias), _shape.KvHeads);     // [B, T, KV, dh]
        var value = Heads(kernels.Linear(x, _v.weight, _v.bias), _shape.KvHeads);   // [B, T, KV, dh]
        return _rope is null ? (query, key, value) : (_rope.Apply(query, firstPosition), _rope.Apply(key, firstPosition), value);
    }

    private Tensor Output(Tensor mixed, ForwardContext context) => context.Kernels.Linear(mixed, _o.weight, _o.bias); // [B, T, d]

    private Tensor Heads(Tensor x, int heads) => x.view(x.shape[0], x.shape[1], heads, _shape.HeadWidth);
}
