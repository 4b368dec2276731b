using Crossbench.Models.Architectures;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models.Parts;

/// <summary>
/// Attention with a similarity of tokens in its scores and a gate on its values. ŝ = W_s h / ‖W_s h‖ is one direction for each token, shared by the heads;
/// scores are q·k/√dh + λ ŝ_i·ŝ_j + positions, and values are G_j v_j with G_j = σ(w_g·h_j + μ c_j + β), where c_j is the mean similarity of token j to
/// the tokens up to itself.
/// </summary>
internal sealed class SemanticAttention : GroupedQueryMixer
{
    /// <summary>Strength of the similarity in the scores, λ.</summary>
    public const string Lambda = "lambda";

    /// <summary>Directions of tokens, ŝ.</summary>
    public const string Directions = "similarity";

    /// <summary>Mean similarity to the tokens up to itself, c.</summary>
    public const string Centrality = "centrality";

    /// <summary>Gate on values, G.</summary>
    public const string Gate = "gate";

    private readonly SmatOptions _options;

    [ComponentName(Name = "lambda_raw")]
    private readonly Parameter? _lambda;

    [ComponentName(Name = "mu")]
    private readonly Parameter? _mu;

    [ComponentName(Name = "beta")]
    private readonly Parameter? _beta;

    [ComponentName(Name = "positions")]
    private readonly Parameter? _positions;

    [ComponentName(Name = "semantic")]
    private readonly Linear? _semantic;

    [ComponentName(Name = "gate")]
    private readonly TokenScore? _gate;

    public SemanticAttention(LayerContext layer, SmatOptions options) : base(layer, 0)
    {
        _options = options;
        if (options.HasSimilarity)
        {
            _lambda = new Parameter(zeros(1));
            _semantic = Linear(Shape.Width, options.SemanticWidthOf(Shape), hasBias: false);
        }

        if (options.HasGate)
        {
            _beta = new Parameter(zeros(1));
            _gate = new TokenScore(Shape.Width);
        }

        _mu = options.HasCentrality ? new Parameter(zeros(1)) : null;
        _positions = options.Position == SmatPosition.RelTable ? new Parameter(zeros(Shape.Heads, options.Block)) : null;
        RegisterComponents();
    }

    /// <exception cref="NotSupportedException">The centrality divides by the length of the sequence, which is not known while decoding.</exception>
    public override MixerState CreateState() => _options.SeesTheLength
        ? throw new NotSupportedException("With the centrality norm seqlen every output depends on the length of the whole sequence, so it cannot be continued. Use prefix or block.")
        : new SemanticState();

    public override Tensor forward(Tensor x, ForwardContext context)
    {
        var (query, key, value) = Project(x, 0, context);
        var directions = DirectionsOf(x, context);                                                          // [B, T, ds]
        var gate = GateOf(x, directions, _mu is null ? null : directions!.cumsum(1), 0, context);           // [B, T]
        SemanticDiagnostics.Gate(context, gate, value);
        return Mix(query, key, Gated(value, gate), directions, directions, context);
    }

    public override Tensor Continue(Tensor x, MixerState state, ForwardContext context)
    {
        var seen = (SemanticState)state;
        var first = seen.Cache.Count;
        var (query, key, value) = Project(x, first, context);
        var directions = DirectionsOf(x, context);                                                          // [B, t, ds]
        var gate = GateOf(x, directions, _mu is null ? null : seen.SumUpTo(directions!), first, context);   // [B, t]
        seen.Append(key, Gated(value, gate), directions);
        return Mix(query, seen.Cache.Keys, seen.Cache.Values, directions, seen.Directions, context);
    }

    /// <summary>W_s h at length 1; at most 10⁶ times longer than W_s h itself.</summary>
    /// <returns>[B, T, ds], or null without similarity.</returns>
    private Tensor? DirectionsOf(Tensor x, ForwardContext context)
    {
        if (_semantic is null)
        {
            return null;
        }

        var s = context.Kernels.Linear(x, _semantic.weight);                                                // [B, T, ds]
        var length = s.square().sum(-1, keepdim: true).clamp(min: 1e-12.ToScalar()).rsqrt();                // of the square: a root of 0 has no gradient
        return context.Intervene(Directions, s * length);
    }

    /// <summary>σ(w_g·h + μc + β), where c comes from the sum of the directions up to each token.</summary>
    /// <returns>[B, T], or null without a gate.</returns>
    private Tensor? GateOf(Tensor x, Tensor? directions, Tensor? sums, long first, ForwardContext context)
    {
        if (_gate is null)
        {
            return null;
        }

        var logit = _gate.call(x, context) + _beta!;                                                        // [B, T]
        if (sums is not null)
        {
            context.Kernels.Count?.Add(2.0 * sums.numel());
            var centrality = (directions! * sums).sum(-1) / Count(first, x.shape[1], x);                    // [B, T]
            SemanticDiagnostics.CentralityOf(context, centrality);
            logit += _mu! * context.Intervene(Centrality, centrality);
        }

        return context.Intervene(Gate, logit.sigmoid());
    }

    /// <summary>What the sums are divided by.</summary>
    /// <returns>[T] or one number.</returns>
    private Tensor Count(long first, long length, Tensor like) => _options.CentralityNorm switch
    {
        SmatCentralityNorm.Prefix => arange(first + 1, first + length + 1, dtype: like.dtype, device: like.device),
        SmatCentralityNorm.Block => full([1], _options.Block, dtype: like.dtype, device: like.device),
        _ => full([1], length, dtype: like.dtype, device: like.device),
    };

    /// <summary>The gate depends on its own token and earlier ones, so it can be kept with the value.</summary>
    private static Tensor Gated(Tensor value, Tensor? gate) => gate is null ? value : value * gate.unsqueeze(-1).unsqueeze(-1); // [B, T, KV, dh]

    /// <summary>Attention of queries that stand at the end of the keys, and the output projection.</summary>
    private Tensor Mix(Tensor query, Tensor key, Tensor value, Tensor? from, Tensor? to, ForwardContext context)
    {
        if (from is not null)
        {
            var strength = functional.softplus(_lambda!).view(1, 1, 1).expand(from.shape[0], from.shape[1], 1);
            from *= context.Intervene(Lambda, strength);                                                    // λ ŝ_i, [B, Q, ds]
        }

        Report(query, key, from, to, context);
        if (_options.Scores == SmatScores.Explicit)
        {
            return Output(context.Kernels.Attention(query, key, value, bias: Bias(query, key, from, to, context)), context);
        }

        var (wideQuery, wideKey, wideValue) = Fold(query, key, value, from, to);
        var table = _positions is null ? null : RelativePositions.Lookup(_positions, query.shape[1], key.shape[1]);
        return Output(context.Kernels.Attention(wideQuery, wideKey, wideValue, scale: 1, bias: table), context);
    }

    /// <summary>What is added to q·k/√dh: λ ŝ_i·ŝ_j, computed once for all heads, and positions.</summary>
    /// <returns>Broadcasts to [B, H, Q, T]; null for none.</returns>
    private Tensor? Bias(Tensor query, Tensor key, Tensor? from, Tensor? to, ForwardContext context)
    {
        var positions = PositionBias(query, key);
        if (from is null)
        {
            return positions;
        }

        var similarity = context.Kernels.CausalProduct(from, to!).unsqueeze(1);                             // [B, 1, Q, T]
        return positions is null ? similarity : similarity + positions;
    }

    private Tensor? PositionBias(Tensor query, Tensor key) => _options.Position switch
    {
        SmatPosition.Alibi => Alibi.Bias(Shape.Heads, query.shape[1], key.shape[1], query),
        SmatPosition.RelTable => RelativePositions.Lookup(_positions!, query.shape[1], key.shape[1]),
        _ => null,
    };

    /// <summary>The same scores as one product of wider queries and keys: [q/√dh, λŝ_i, 1] · [k, ŝ_j, m_h j], which differs by a constant for each query.</summary>
    /// <returns>[B, Q, H, E], [B, T, KV or H, E] and the values with as many heads as the keys.</returns>
    private (Tensor Query, Tensor Key, Tensor Value) Fold(Tensor query, Tensor key, Tensor value, Tensor? from, Tensor? to)
    {
        var (batch, queries, keys) = (query.shape[0], query.shape[1], key.shape[1]);
        var isAlibi = _options.Position == SmatPosition.Alibi;
        if (isAlibi)
        {
            (key, value) = (ForEachHead(key), ForEachHead(value));                                          // slopes differ by head
        }

        List<Tensor> left = [query * (1 / Math.Sqrt(Shape.HeadWidth))], right = [key];
        if (from is not null)
        {
            left.Add(from.unsqueeze(2).expand(batch, queries, Shape.Heads, from.shape[2]));
            right.Add(to!.unsqueeze(2).expand(batch, keys, key.shape[2], from.shape[2]));
        }

        if (isAlibi)
        {
            left.Add(ones([1], dtype: query.dtype, device: query.device).expand(batch, queries, Shape.Heads, 1));
            right.Add(Alibi.KeyColumn(Shape.Heads, keys, query).expand(batch, keys, Shape.Heads, 1));
        }

        return (cat(left, -1), cat(right, -1), value);
    }

    private Tensor ForEachHead(Tensor x)
    {
        var (batch, length, groups, width) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3]);
        return x.unsqueeze(3).expand(batch, length, groups, Shape.Heads / groups, width).reshape(batch, length, Shape.Heads, width); // [B, T, H, dh]
    }

    private void Report(Tensor query, Tensor key, Tensor? from, Tensor? to, ForwardContext context)
    {
        using var _ = no_grad();
        SemanticDiagnostics.Constants(context, _lambda, _mu, _beta);
        if (!AttentionDiagnostics.AreTaken(context))
        {
            return;
        }

        using var scope = NewDisposeScope();
        var positions = PositionBias(query, key);
        var similarity = from is null ? null : matmul(from, to!.transpose(1, 2)).unsqueeze(1);              // [B, 1, Q, T]
        var bias = similarity is null ? positions : positions is null ? similarity : similarity + positions;
        AttentionDiagnostics.Write(context, query, key, bias: bias);
        SemanticDiagnostics.Similarity(context, query, key, positions, bias, to);
    }

    /// <summary>Parameters, with names relative to the mixer.</summary>
    public static IEnumerable<ParameterShape> Parameters(ModelShape shape, SmatOptions options)
    {
        if (options.HasSimilarity)
        {
            yield return new("lambda_raw", [1], "Similarity") { Initial = Softplus.StartAt(options.LambdaInitial) };
        }

        if (options.HasCentrality)
        {
            yield return new("mu", [1], "Value gate") { Initial = new Initial.Constant(options.MuInitial) };
        }

        if (options.HasGate)
        {
            yield return new("beta", [1], "Value gate") { Initial = new Initial.Constant(options.BetaInitial) };
        }

        if (options.Position == SmatPosition.RelTable)
        {
            yield return new("positions", [shape.Extents.Heads, options.BlockExtent], "Positions");
        }

        if (options.HasSimilarity)
        {
            yield return new("semantic.weight", [options.SemanticExtentOf(shape), shape.Extents.Width], "Similarity");
        }

        if (options.HasGate)
        {
            yield return new("gate.weight", [shape.Extents.Width], "Value gate") { Initial = new Initial.Normal(options.GateInitialDeviation) };
        }

        foreach (var parameter in GroupedQueryMixer.Parameters(shape))
        {
            yield return parameter;
        }
    }
}
