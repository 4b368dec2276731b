using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Crossbench.Models.Parts;

/// <summary>Adds a learned vector for each position to the token embeddings (Radford et al., 2018); its parameter is <c>positions.weight</c>, [block, d].</summary>
internal sealed class LearnedPositions : Prelude
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    /// <summary>Positions 0 … block − 1 for vectors of a width.</summary>
    public LearnedPositions(long block, long width) : base("positions")
    {
        _weight = new Parameter(zeros(block, width));
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override MixerState CreateState() => new Seen();

    /// <inheritdoc/>
    public override Tensor forward(Tensor embeddings, ForwardContext context) => Add(embeddings, 0);

    /// <inheritdoc/>
    public override Tensor Continue(Tensor embeddings, MixerState state, ForwardContext context)
    {
        var seen = (Seen)state;
        var result = Add(embeddings, seen.Count);
        seen.Count += embeddings.shape[1];
        return result;
    }

    /// <summary>Its parameter.</summary>
    internal static IEnumerable<ParameterShape> Parameters(Extent block, Extent width) => [new("positions.weight", [block, width], "Positions")];

    private Tensor Add(Tensor embeddings, long first)
    {
        var length = embeddings.shape[1];
        RelativePositions.ThrowIfBeyond(first + length, _weight.shape[0]);
        return embeddings + _weight.narrow(0, first, length); // [B, T, d]
    }

    /// <summary>How many tokens were seen; a number, no tensor.</summary>
    private sealed class Seen : MixerState
    {
        public long Count { get; set; }

        public override long Bytes => 0;

        protected override void Dispose(bool disposing)
        {
        }
    }
}
