using System.Runtime.InteropServices;

namespace TorchSharp;

internal static unsafe partial class NativeMethods
{
    [LibraryImport(Lib)]
    internal static partial nint xb_linear(nint a, nint weight, nint bias);

    [LibraryImport(Lib)]
    internal static partial nint xb_embedding(nint weight, nint indices, long padding, int scaleByFrequency, int sparse);

    [LibraryImport(Lib)]
    internal static partial nint xb_layer_norm(nint a, long* size, long dims, nint weight, nint bias, double eps);

    [LibraryImport(Lib)]
    internal static partial nint xb_silu(nint a);

    [LibraryImport(Lib)]
    internal static partial nint xb_gelu(nint a, int tanh);

    [LibraryImport(Lib)]
    internal static partial nint xb_softplus(nint a, double beta, double threshold);

    [LibraryImport(Lib)]
    internal static partial nint xb_dropout(nint a, double p, int train);

    [LibraryImport(Lib)]
    internal static partial nint xb_conv1d(nint a, nint weight, nint bias, long stride, long padding, long dilation, long groups);

    [LibraryImport(Lib)]
    internal static partial nint xb_conv1d_same(nint a, nint weight, nint bias, long stride, long dilation, long groups);

    [LibraryImport(Lib)]
    internal static partial nint xb_cross_entropy(nint a, nint target, nint weight, long reduction, long ignore, double smoothing);

    [LibraryImport(Lib)]
    internal static partial nint xb_nll_loss(nint a, nint target, nint weight, long reduction);

    [LibraryImport(Lib)]
    internal static partial nint xb_mse_loss(nint a, nint target, long reduction);

    [LibraryImport(Lib)]
    internal static partial nint xb_kl_div(nint a, nint target, long reduction, int logTarget);

    [LibraryImport(Lib)]
    internal static partial nint xb_bce_with_logits(nint a, nint target, nint weight, nint posWeight, long reduction);

    [LibraryImport(Lib)]
    internal static partial nint xb_one_hot(nint a, long classes);

    [LibraryImport(Lib)]
    internal static partial nint xb_cosine_similarity(nint a, nint b, long dim, double eps);

    [LibraryImport(Lib)]
    internal static partial nint xb_normalize(nint a, double p, long dim, double eps);

    [LibraryImport(Lib)]
    internal static partial nint xb_pad(nint a, long* pads, long count, int mode, double value);

    [LibraryImport(Lib)]
    internal static partial nint xb_attention(nint q, nint k, nint v, nint mask, double p, int causal);
}
