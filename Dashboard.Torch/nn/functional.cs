using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static unsafe partial class functional
        {
            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null)
                => Tensor.Result(NativeMethods.xb_linear(input.Handle, weights.Handle, Tensor.HandleOf(bias)), input, weights, bias);

            public static Tensor gelu(Tensor x, bool inplace) => gelu(x, Modules.GELU.Approximate.none, inplace);

            public static Tensor gelu(Tensor x, GELU.Approximate approximate, bool inplace = false)
                => inplace
                    ? throw new NotSupportedException("GELU in place is not bound; use the result.")
                    : Tensor.Result(NativeMethods.xb_gelu(x.Handle, approximate == Modules.GELU.Approximate.tanh ? 1 : 0), x);

            public static Tensor gelu(Tensor x) => gelu(x, Modules.GELU.Approximate.none);

            public static Tensor log_softmax(Tensor x, long dim) => x.log_softmax(dim);

            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => input.softmax(dim, dtype);

            public static Tensor relu(Tensor x, bool inplace = false)
                => inplace ? x.Done(NativeMethods.xb_relu_(x.Handle)) : Tensor.Result(NativeMethods.xb_relu(x.Handle), x);

            public static Tensor sigmoid(Tensor x, bool inplace) => inplace ? x.Done(NativeMethods.xb_sigmoid_(x.Handle)) : x.sigmoid();

            public static Tensor sigmoid(Tensor x) => x.sigmoid();

            public static Tensor silu(Tensor x, bool inplace = false)
                => inplace ? x.Done(NativeMethods.xb_silu_(x.Handle)) : Tensor.Result(NativeMethods.xb_silu(x.Handle), x);

            public static Tensor softplus(Tensor x, double beta = 1, double threshold = 20) => Tensor.Result(NativeMethods.xb_softplus(x.Handle, beta, threshold), x);

            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false)
                => inplace
                    ? input.Done(NativeMethods.xb_dropout_(input.Handle, p, training ? 1 : 0))
                    : Tensor.Result(NativeMethods.xb_dropout(input.Handle, p, training ? 1 : 0), input);

            public static Tensor conv1d(
                Tensor input, Tensor weight, Tensor? bias = null, long? stride = null, long? padding = null, long? dilation = null, long groups = 1)
                => Tensor.Result(
                    NativeMethods.xb_conv1d(input.Handle, weight.Handle, Tensor.HandleOf(bias), stride ?? 1, padding ?? 0, dilation ?? 1, groups), input, weight, bias);

            public static Tensor normalize(Tensor input, double p = 2, long dim = 1, double eps = 1e-12)
                => Tensor.Result(NativeMethods.xb_normalize(input.Handle, p, dim, eps), input);

            public static Tensor cosine_similarity(Tensor x1, Tensor x2, long dim = 1, double eps = 1e-08)
                => Tensor.Result(NativeMethods.xb_cosine_similarity(x1.Handle, x2.Handle, dim, eps), x1, x2);

            public static Tensor layer_norm(Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-05)
            {
                fixed (long* size = normalized_shape)
                {
                    var result = NativeMethods.xb_layer_norm(input.Handle, size, normalized_shape.Length, Tensor.HandleOf(weight), Tensor.HandleOf(bias), eps);
                    return Tensor.Result(result, input, weight, bias);
                }
            }

            public static Tensor one_hot(Tensor x, long num_classes = -1) => Tensor.Result(NativeMethods.xb_one_hot(x.Handle, num_classes), x);

            /// <summary>A boolean mask marks with true what takes part; a floating-point mask is added to the scores. is_casual starts at the top left corner.</summary>
            public static Tensor scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask = null, double p = 0, bool is_casual = false)
            {
                var result = NativeMethods.xb_attention(query.Handle, key.Handle, value.Handle, Tensor.HandleOf(attn_mask), p, is_casual ? 1 : 0);
                GC.KeepAlive(attn_mask);
                return Tensor.Result(result, query, key, value);
            }

            public static Tensor pad(Tensor input, long[] pad, PaddingModes mode = PaddingModes.Constant, double value = 0)
            {
                fixed (long* pads = pad)
                {
                    return Tensor.Result(NativeMethods.xb_pad(input.Handle, pads, pad.Length, (int)mode, value), input);
                }
            }

            public static Tensor pad(Tensor input, long pad, PaddingModes mode = PaddingModes.Constant, double value = 0)
                => functional.pad(input, [pad, pad], mode, value);
        }
    }
}
