using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models.Parts;

/// <summary>Whether keys outside a head's ball are left out.</summary>
public enum BallPruning
{
    /// <summary>No balls.</summary>
    Off,

    /// <summary>They score lower, more so the further outside they are.</summary>
    Soft,

    /// <summary>They score lower while training, and are hidden when evaluating; a token always sees itself.</summary>
    Hard,
}

/// <summary>A ball for each head, of learned origin o and radius ρ = softplus(r), around the keys that count.</summary>
internal sealed class KeyBall : Module
{
    private readonly double _strength;
    private readonly double _temperature;
    private readonly bool _isHard;

    [ComponentName(Name = "origin")]
    private readonly Parameter _origin;

    [ComponentName(Name = "radius_raw")]
    private readonly Parameter _radius;

    /// <summary>Balls of a number of heads.</summary>
    /// <param name="heads">H.</param>
    /// <param name="headWidth">dh.</param>
    /// <param name="strength">Factor β of the penalty.</param>
    /// <param name="temperature">Softness τ of the border.</param>
    /// <param name="isHard">Whether keys outside are hidden when evaluating.</param>
    public KeyBall(int heads, int headWidth, double strength, double temperature, bool isHard) : base("ball")
    {
        (_strength, _temperature, _isHard) = (strength, temperature, isHard);
        _origin = new Parameter(zeros(heads, headWidth));
        _radius = new Parameter(zeros(heads));
        RegisterComponents();
    }

    /// <summary>Its parameters, with names that begin with a prefix.</summary>
    public static IEnumerable<ParameterShape> Parameters(string prefix, Extent heads, Extent headWidth, double radius, string part) =>
    [
        new(prefix + "origin", [heads, headWidth], part) { Initial = new Initial.Constant(0) },
        new(prefix + "radius_raw", [heads], part) { Initial = Softplus.StartAt(radius) },
    ];

    /// <summary>How far keys lie outside the balls; negative inside.</summary>
    /// <param name="keys">Features of keys, [B, T, KV, dh].</param>
    /// <returns>[B, H, T]</returns>
    public Tensor Outside(Tensor keys)
    {
        var heads = _radius.shape[0];
        var groups = keys.shape[2];
        var spread = groups == heads ? keys : keys.unsqueeze(3).expand(-1, -1, -1, heads / groups, -1).flatten(2, 3);   // [B, T, H, dh]
        var distance = (spread - _origin).square().sum(-1).clamp(min: 1e-24.ToScalar()).sqrt();                         // a root of 0 has no gradient
        return (distance - functional.softplus(_radius)).transpose(1, 2);                                               // [B, H, T]
    }

    /// <summary>What is added to the scores of queries that stand at the end of the keys.</summary>
    /// <param name="outside">What <see cref="Outside"/> gave for the keys.</param>
    /// <param name="queries">Number of queries, Q.</param>
    /// <param name="training">Whether the pass trains.</param>
    /// <returns>[B, H, 1 or Q, T]</returns>
    public Tensor Bias(Tensor outside, long queries, bool training)
    {
        if (training || !_isHard)
        {
            return -_strength * functional.softplus(outside / _temperature).unsqueeze(2);                               // [B, H, 1, T]
        }

        var isOther = RelativePositions.Distances(queries, outside.shape[2], outside.device) != 0;             // [Q, T]
        var isHidden = (outside > 0).unsqueeze(2).logical_and(isOther);                                                 // [B, H, Q, T]
        return zeros(isHidden.shape, dtype: outside.dtype, device: outside.device).masked_fill(isHidden, double.NegativeInfinity);
    }
}
