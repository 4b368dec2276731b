using Crossbench.Models.Architectures;
using static TorchSharp.torch;

namespace Crossbench.Models.Parts;

/// <summary>What a block of a mixture of architectures keeps while decoding: two caches, two windows, and the last input.</summary>
/// <param name="window">Window of the convolution branch.</param>
/// <param name="ffnWindow">Window of the convolution in the feed-forward part.</param>
internal sealed class MoaState(TokenWindow window, TokenWindow ffnWindow) : MixerState
{
    private Tensor? _before;

    /// <summary>Keys and values of many-head attention.</summary>
    public KvCache MultiHead { get; } = new();

    /// <summary>Keys and values of one-key attention.</summary>
    public KvCache MultiQuery { get; } = new();

    /// <summary>Window of the convolution branch.</summary>
    public TokenWindow Window => window;

    /// <summary>Window of the convolution in the feed-forward part.</summary>
    public TokenWindow FfnWindow => ffnWindow;

    /// <summary>The last input, [B, 1, d]; null before the first.</summary>
    public Tensor? Before => _before;

    public override long Bytes => MultiHead.Bytes + MultiQuery.Bytes + window.Bytes + ffnWindow.Bytes + (_before is null ? 0 : _before.numel() * _before.ElementSize);

    /// <summary>Bytes (fp32) per sequence at full context.</summary>
    public static long BytesOf(ModelShape shape, MoaMetricOptions options)
    {
        var caches = 2L * (shape.Width + shape.HeadWidth) * sizeof(float) * shape.ContextLength;
        var last = options.Discrepancy ? (long)shape.Width * sizeof(float) : 0;
        return caches + CausalConv.StateBytes(shape.Width, options.ConvWidth) + CausalConv.StateBytes(shape.Width, options.FfnConvWidth) + last;
    }

    /// <summary>Keeps the last of further inputs, [B, T, d].</summary>
    public void Keep(Tensor x) => Replace(ref _before, x.narrow(1, x.shape[1] - 1, 1).clone());

    protected override void Dispose(bool disposing)
    {
        MultiHead.Dispose();
        MultiQuery.Dispose();
        window.Dispose();
        ffnWindow.Dispose();
        _before?.Dispose();
    }
}
