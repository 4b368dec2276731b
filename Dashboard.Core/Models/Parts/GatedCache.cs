using static TorchSharp.torch;

namespace Crossbench.Models.Parts;

/// <summary>Keys and values of all tokens seen, and what selection by gates needs of them. Dropped tokens stay in it; a mask hides them.</summary>
internal sealed class GatedCache : KvCache
{
    private Tensor? _scores;
    private Tensor? _kept;
    private Tensor? _gates;

    public override long Bytes => base.Bytes + BytesOf(_scores) + BytesOf(_kept) + BytesOf(_gates);

    /// <summary>Adds scores, [B, T]; returns those of all tokens.</summary>
    public Tensor Scores(Tensor added)
    {
        Append(ref _scores, added);
        return _scores!;
    }

    /// <summary>Adds whether tokens are kept, [B, T]; returns that of all tokens.</summary>
    public Tensor Kept(Tensor added)
    {
        Append(ref _kept, added);
        return _kept!;
    }

    /// <summary>Adds gates, [B, T, H or 1]; returns those of all tokens.</summary>
    public Tensor Gates(Tensor added)
    {
        Append(ref _gates, added);
        return _gates!;
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _scores?.Dispose();
        _kept?.Dispose();
        _gates?.Dispose();
    }

    private static long BytesOf(Tensor? held) => held is null ? 0 : held.numel() * held.ElementSize;
}
