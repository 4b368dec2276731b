using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models.Parts;

/// <summary>
/// Projections of grouped-query attention (Ainslie et al., 2023): queries of H heads read keys and values of KV heads. Mixers that build on it derive from it
/// and register their components themselves, so that its parameters keep their names: <c>attn.q.weight</c>.
/// </summary>
internal abstract class GroupedQueryMixer : TokenMixer
{
    [ComponentName(Name = "q")]
    protected readonly Linear _q;

    [ComponentName(Name = "k")]
    protected readonly Linear _k;

    [ComponentName(Name = "v")]
    protected readonly Linear _v;

    [ComponentName(Name = "o")]
    protected readonly Linear _o;

    private readonly double _dropout;

    protected GroupedQueryMixer(LayerContext layer, double dropout) : base("attn")
    {
        Shape = layer.Shape;
        Rope = layer.Rope;
        _dropout = dropout;
        _q = Linear(Shape.Width, Shape.Width, hasBias: Shape.Bias);
        _k = Linear(Shape.Width, Shape.KvWidth, hasBias: Shape.Bias);
        _v = Linear(Shape.Width, Shape.KvWidth, hasBias: Shape.Bias);
        _o = Linear(Shape.Width, Shape.Width, hasBias: Shape.Bias);
    }

    protected ModelShape Shape { get; }

    protected Rope? Rope { get; }

    /// <summary>Parameters, with names relative to the mixer.</summary>
    public static IEnumerable<ParameterShape> Parameters(ModelShape shape)
    {
        var (width, kvWidth) = (shape.Extents.Width, shape.Extents.KvWidth);
        (string Name, Extent Out)[] projections = [("q", width), ("k", kvWidth), ("v", kvWidth), ("o", width)];
        foreach (var (name, size) in projections)
        {
            yield return new($"{name}.weight", [size, width], "Attention");
            if (shape.Bias)
            {
                yield return new($"{name}.bias", [size], "Attention");
            }
        }
    }

    /// <summary>Forward operations per token at the average causal context.</summary>
    public static double Flops(ModelShape shape) =>
        (4.0 * shape.Width * shape.Width) + (4.0 * shape.Width * shape.KvWidth) + (2.0 * (shape.ContextLength + 1) * shape.Width);

    /// <summary>Bytes of keys and values per sequence at full context.</summary>
    public static long StateBytes(ModelShape shape) => 2L * shape.KvWidth * sizeof(float) * shape.ContextLength;

    /// <summary>Attention over the input alone.</summary>
    /// <param name="x">[B, T, d]</param>
    /// <param name="context">Context of the pass.</param>
    /// <returns>[B, T, d]</returns>
    protected Tensor Attend(Tensor x, ForwardContext context)
    {
        var (query, key, value) = Project(x, 0, context);
        AttentionDiagnostics.Write(context, query, key);
        return Output(context.Kernels.Attention(query, key, value, weights => Dropped(weights, context)), context);
    }

    /// <summary>Attention over what the cache holds and the input, which is added to the cache.</summary>
    /// <returns>[B, T, d]</returns>
    protected Tensor Attend(Tensor x, KvCache cache, ForwardContext context)
    {
        var (query, key, value) = Project(x, cache.Count, context);
        cache.Append(key, value);
        return Output(context.Kernels.Attention(query, cache.Keys, cache.Values), context);
    }

    /// <summary>Queries, keys and values, turned to their positions.</summary>
    /// <param name="x">[B, T, d]</param>
    /// <param name="firstPosition">Position of the first token.</param>
    /// <param name="context">Context of the pass.</param>
    /// <returns>[B, T, H, dh] and twice [B, T, KV, dh]</returns>
    protected (Tensor Query, Tensor Key, Tensor Value) Project(Tensor x, long firstPosition, ForwardContext context) =>
        Project(x, vectors => Turn(vectors, firstPosition), context);

    /// <summary>Queries, keys and values of tokens that stand where <paramref name="turn"/> turns them to.</summary>
    protected (Tensor Query, Tensor Key, Tensor Value) Project(Tensor x, Func<Tensor, Tensor> turn, ForwardContext context)
    {
        var kernels = context.Kernels;
        var query = Heads(kernels.Linear(x, _q.weight!, _q.bias), Shape.Heads);     // [B, T, H, dh]
        var key = Heads(kernels.Linear(x, _k.weight!, _k.bias), Shape.KvHeads);     // [B, T, KV, dh]
        var value = Heads(kernels.Linear(x, _v.weight!, _v.bias), Shape.KvHeads);   // [B, T, KV, dh]
        return (turn(query), turn(key), value);
    }

    /// <summary>Queries or keys, turned to their positions where there are any.</summary>
    /// <param name="vectors">[B, T, heads, dh]</param>
    /// <param name="firstPosition">Position of the first token.</param>
    /// <returns>[B, T, heads, dh]</returns>
    protected Tensor Turn(Tensor vectors, long firstPosition) => Rope is null ? vectors : Rope.Apply(vectors, firstPosition);

    /// <summary>Attention weights after dropout.</summary>
    protected Tensor Dropped(Tensor weights, ForwardContext context) => context.Drop("weights", weights, _dropout);

    /// <summary>The output projection of mixed values; heads are an ablation point.</summary>
    /// <param name="mixed">[B, T, H · dh]</param>
    /// <param name="context">Context of the pass.</param>
    /// <returns>[B, T, d]</returns>
    protected Tensor Output(Tensor mixed, ForwardContext context) =>
        context.Kernels.Linear(context.Intervene(AttentionDiagnostics.Heads, mixed), _o.weight!, _o.bias); // [B, T, d]

    /// <summary>The heads of projected tokens.</summary>
    /// <returns>[B, T, heads, dh]</returns>
    protected Tensor Heads(Tensor x, int heads) => x.view(x.shape[0], x.shape[1], heads, Shape.HeadWidth);
}

/// <summary>Grouped-query attention as a mixer.</summary>
internal sealed class GroupedQueryAttention : GroupedQueryMixer
{
    public GroupedQueryAttention(LayerContext layer, double dropout) : base(layer, dropout) => RegisterComponents();

    public override MixerState CreateState() => new KvCache();

    public override Tensor forward(Tensor x, ForwardContext context) => Attend(x, context);

    public override Tensor Continue(Tensor x, MixerState state, ForwardContext context) => Attend(x, (KvCache)state, context);
}
