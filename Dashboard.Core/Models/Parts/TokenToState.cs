using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Crossbench.Models.Parts;

/// <summary>
/// The holographic state S⁰ that all layers start from: every token's embedding, projected and turned by its position, collected over the tokens seen
/// (NoesisLab's NanoHammer model card). Pair k of neighbouring entries (2k, 2k + 1) turns by t · θ_k. Angles are computed in fp64. The embeddings go on as they
/// are; state and turns travel in the context.
/// </summary>
internal sealed class TokenToState : Prelude
{
    /// <summary>Name of the module.</summary>
    public const string ModuleName = "token_to_state";

    /// <summary>Where the state of the pass is carried, [B, T, ds].</summary>
    public const string State = "holographic state";

    /// <summary>Where the turns of the pass are carried.</summary>
    public const string Cosines = "state cosines";

    /// <inheritdoc cref="Cosines"/>
    public const string Sines = "state sines";

    /// <summary>Where the frequencies are carried, [ds/2] fp64.</summary>
    public const string Frequencies = "state frequencies";

    private const string Rotation = "rotation";
    private const string History = "history";
    private readonly HolographicShape _shape;

    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    [ComponentName(Name = "log_frequencies")]
    private readonly Parameter? _logFrequencies;

    public TokenToState(HolographicShape shape) : base(ModuleName)
    {
        _shape = shape;
        _weight = new Parameter(zeros(shape.StateWidth, shape.Width));
        _logFrequencies = shape.LearnsFrequencies ? new Parameter(zeros(shape.StateWidth / 2)) : null;
        RegisterComponents();
    }

    /// <summary>Its parameters, with their full names.</summary>
    public static IEnumerable<ParameterShape> Parameters(HolographicShape shape)
    {
        yield return new($"{ModuleName}.weight", [shape.StateExtent, shape.WidthExtent], "State");
        if (shape.LearnsFrequencies)
        {
            var initial = new Initial.Formula((ref _, k) => Math.Log(Frequency(shape, k)));
            yield return new($"{ModuleName}.log_frequencies", [Extent.Of("p", "pairs of the state, d_s/2", shape.StateWidth / 2)], "State") { Initial = initial };
        }
    }

    /// <summary>Where it can be intervened on.</summary>
    public static IReadOnlyList<AblationPoint> Points(HolographicShape shape) =>
    [
        new(Rotation, "Positions by which the state turns; 0 turns nothing, so that it no longer knows how old its tokens are."),
        .. shape.Accumulation == StateAccumulation.None ? Array.Empty<AblationPoint>() : [new(History, "What the state holds of earlier tokens; 0 leaves each token its own.")],
    ];

    /// <summary>Bytes (fp32) that decoding keeps.</summary>
    public static long StateBytes(HolographicShape shape) => shape.Accumulation == StateAccumulation.None ? 0 : (long)shape.StateWidth * sizeof(float);

    /// <summary>Turns pairs: by the angles of the tables, or back with the sines negated.</summary>
    /// <param name="x">[B, T, ds]</param>
    /// <param name="cos">[T, ds/2], or [ds/2].</param>
    /// <param name="sin">Shaped like the cosines.</param>
    /// <returns>[B, T, ds]</returns>
    public static Tensor Turn(Tensor x, Tensor cos, Tensor sin)
    {
        var pairs = x.view(x.shape[0], x.shape[1], x.shape[2] / 2, 2);
        var (a, b) = (pairs.select(3, 0), pairs.select(3, 1));                                     // [B, T, ds/2]
        return stack([(a * cos) - (b * sin), (b * cos) + (a * sin)], 3).view(x.shape);
    }

    /// <inheritdoc/>
    public override MixerState CreateState() => new AccumulatedState();

    /// <inheritdoc/>
    public override Tensor forward(Tensor embeddings, ForwardContext context) => Collect(embeddings, null, context);

    /// <inheritdoc/>
    public override Tensor Continue(Tensor embeddings, MixerState state, ForwardContext context) => Collect(embeddings, (AccumulatedState)state, context);

    private static double Frequency(HolographicShape shape, long pair) => Math.Pow(shape.RotationBase, -2.0 * pair / shape.StateWidth);

    private Tensor Collect(Tensor embeddings, AccumulatedState? held, ForwardContext context)
    {
        var first = held?.Count ?? 0;
        var (cos, sin) = Tables(first, embeddings, context);                                       // [T, ds/2]
        var turned = Turn(context.Kernels.Linear(embeddings, _weight), cos, sin);                  // [B, T, ds]
        var state = _shape.Accumulation == StateAccumulation.None ? turned : Accumulate(turned, held, context);
        held?.Advance(embeddings.shape[1]);
        if (_shape.Accumulation == StateAccumulation.Mean)
        {
            state /= arange(first + 1, first + 1 + embeddings.shape[1], dtype: state.dtype, device: state.device).unsqueeze(1);
        }

        context.Carry(State, state);
        context.Carry(Cosines, cos);
        context.Carry(Sines, sin);
        HolographicDiagnostics.WriteAccumulated(context, state, _shape.StateHeads);
        return embeddings;
    }

    /// <summary>Turned tokens with what came before them; what came before is a value of its own, so that it can be intervened on.</summary>
    /// <returns>[B, T, ds]</returns>
    private Tensor Accumulate(Tensor turned, AccumulatedState? held, ForwardContext context)
    {
        var length = turned.shape[1];
        var isDecaying = _shape.Accumulation == StateAccumulation.Ema;
        var before = held?.Sum ?? zeros_like(turned.narrow(1, 0, 1));                              // [B, 1, ds]
        var whole = cat([before, turned], 1);                                                      // [B, 1 + T, ds]
        var sums = isDecaying ? DecayingSums(whole) : whole.cumsum(1);
        held?.Keep(sums.narrow(1, length, 1));
        var earlier = sums.narrow(1, 0, length);                                                   // up to the token before
        return turned + context.Intervene(History, isDecaying ? earlier * _shape.Decay : earlier);
    }

    /// <summary>Σ λ^(t−l) x_l by doubling: after step i each place holds the sum over the last 2^i places.</summary>
    /// <returns>[B, T, ds]</returns>
    private Tensor DecayingSums(Tensor x)
    {
        for (var reach = 1L; reach < x.shape[1]; reach *= 2)
        {
            var added = x.narrow(1, 0, x.shape[1] - reach) * Math.Pow(_shape.Decay, reach);
            x = cat([x.narrow(1, 0, reach), x.narrow(1, reach, x.shape[1] - reach) + added], 1);
        }

        return x;
    }

    private (Tensor Cos, Tensor Sin) Tables(long first, Tensor like, ForwardContext context)
    {
        var frequencies = _logFrequencies?.to(ScalarType.Float64).exp()
            ?? tensor(Enumerable.Range(0, _shape.StateWidth / 2).Select(k => Frequency(_shape, k)).ToArray()).to(like.device);
        var positions = context.Intervene(Rotation, arange(first, first + like.shape[1], dtype: ScalarType.Float64, device: like.device).unsqueeze(0)); // [1, T]
        context.Carry(Frequencies, frequencies);
        var angles = positions.view(-1, 1) * frequencies;                                          // [T, ds/2]
        return (angles.cos().to(like.dtype), angles.sin().to(like.dtype));
    }
}

/// <summary>The sum over the tokens seen, and their number. Its size does not grow.</summary>
internal sealed class AccumulatedState : MixerState
{
    private Tensor? _sum;

    /// <summary>Tokens seen.</summary>
    public long Count { get; private set; }

    /// <summary>[B, 1, ds], or null before the first token.</summary>
    public Tensor? Sum => _sum;

    public override long Bytes => _sum is null ? 0 : _sum.numel() * _sum.ElementSize;

    public void Keep(Tensor sum) => Replace(ref _sum, sum.clone());

    public void Advance(long tokens) => Count += tokens;

    protected override void Dispose(bool disposing) => _sum?.Dispose();
}
