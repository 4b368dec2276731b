using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public enum Reduction : long
        {
            None = 0,
            Mean = 1,
            Sum = 2,
        }

        public static Linear Linear(long inputSize, long outputSize, bool hasBias = true, Device? device = null, ScalarType? dtype = null)
        {
            var bound = 1 / Math.Sqrt(inputSize);
            return new Linear(Uniform([outputSize, inputSize], bound, device, dtype), hasBias ? Uniform([outputSize], bound, device, dtype) : null);
        }

        public static Linear Linear(Parameter weight, Parameter? bias = null) => new(weight, bias);

        public static Embedding Embedding(
            long num_embeddings,
            long embedding_dims,
            long? padding_idx = null,
            double? max_norm = null,
            double norm_type = 2,
            bool scale_grad_by_freq = false,
            bool sparse = false,
            Device? device = null,
            ScalarType? dtype = null)
        {
            if (max_norm is not null)
            {
                throw new NotSupportedException("max_norm is not bound; normalise the rows explicitly.");
            }

            return new Embedding(new Parameter(init.normal_(empty([num_embeddings, embedding_dims], dtype, device))), padding_idx, scale_grad_by_freq, sparse);
        }

        public static LayerNorm LayerNorm(
            long[] normalized_shape, double eps = 1e-05, bool elementwise_affine = true, bool bias = true, Device? device = null, ScalarType? dtype = null)
            => new(normalized_shape, eps, elementwise_affine, bias, device, dtype);

        public static LayerNorm LayerNorm(
            long normalized_shape, double eps = 1e-05, bool elementwise_affine = true, bool bias = true, Device? device = null, ScalarType? dtype = null)
            => new([normalized_shape], eps, elementwise_affine, bias, device, dtype);

        public static Dropout Dropout(double p = 0.5, bool inplace = false) => new(p, inplace);

        public static SiLU SiLU() => new(false);

        public static SiLU SiLU(bool inplace) => new(inplace);

        public static GELU GELU() => new(Modules.GELU.Approximate.none, false);

        public static GELU GELU(bool inplace) => new(Modules.GELU.Approximate.none, inplace);

        public static GELU GELU(GELU.Approximate approximate, bool inplace = false) => new(approximate, inplace);

        public static Conv1d Conv1d(
            long in_channels,
            long out_channels,
            long kernel_size,
            long stride = 1,
            long padding = 0,
            long dilation = 1,
            PaddingModes padding_mode = PaddingModes.Zeros,
            long groups = 1,
            bool bias = true,
            Device? device = null,
            ScalarType? dtype = null)
            => new([out_channels, in_channels / groups, kernel_size], new(stride, padding, dilation, groups), padding_mode, bias, device, dtype);

        public static ModuleList<Module> ModuleList(params Module[] modules) => new(modules);

        public static ModuleList<T> ModuleList<T>(params T[] modules)
            where T : Module => new(modules);

        public static Sequential Sequential() => new([]);

        public static Sequential Sequential(params Module<Tensor, Tensor>[] modules) => Sequential((IEnumerable<Module<Tensor, Tensor>>)modules);

        public static Sequential Sequential(params Tuple<string, Module<Tensor, Tensor>>[] modules)
            => Sequential((IEnumerable<Tuple<string, Module<Tensor, Tensor>>>)modules);

        public static Sequential Sequential(IEnumerable<(string name, Module<Tensor, Tensor> submodule)> modules)
            => new(modules.Select(m => (m.name, (IModule<Tensor, Tensor>)m.submodule)));

        public static Sequential Sequential(IEnumerable<Tuple<string, Module<Tensor, Tensor>>> modules)
            => new(modules.Select(m => (m.Item1, (IModule<Tensor, Tensor>)m.Item2)));

        public static Sequential Sequential(IEnumerable<Module<Tensor, Tensor>> modules)
            => new(modules.Select((m, i) => (i.ToString(System.Globalization.CultureInfo.InvariantCulture), (IModule<Tensor, Tensor>)m)));

        /// <summary>The default of libtorch for linear and convolution: uniform within plus and minus one over the root of the fan-in.</summary>
        internal static Parameter Uniform(long[] size, double bound, Device? device, ScalarType? dtype)
            => new(init.uniform_(empty(size, dtype, device), -bound, bound));
    }
}
