namespace TorchSharp;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        public Tensor all() => Result(NativeMethods.xb_all(Handle), this);

        public Tensor all(long dim, bool keepdim = false) => Result(NativeMethods.xb_all_dim(Handle, dim, keepdim ? 1 : 0), this);

        public Tensor any() => Result(NativeMethods.xb_any(Handle), this);

        public Tensor any(long dim, bool keepdim = false) => Result(NativeMethods.xb_any_dim(Handle, dim, keepdim ? 1 : 0), this);

        public Tensor argmax() => Result(NativeMethods.xb_argmax(Handle), this);

        public Tensor argmax(long dim, bool keepdim = false) => Result(NativeMethods.xb_argmax_dim(Handle, dim, keepdim ? 1 : 0), this);

        public Tensor max() => Result(NativeMethods.xb_max(Handle), this);

        public Tensor min() => Result(NativeMethods.xb_min(Handle), this);

        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false) => Pair(&NativeMethods.xb_max_dim, dim, keepdim);

        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false) => Pair(&NativeMethods.xb_min_dim, dim, keepdim);

        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true)
        {
            var results = stackalloc nint[2];
            NativeMethods.Check(NativeMethods.xb_topk(Handle, k, dim, largest ? 1 : 0, sorted ? 1 : 0, results));
            return (Result(results[0], this), Result(results[1]));
        }

        public Tensor mean() => Result(NativeMethods.xb_mean(Handle), this);

        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null)
        {
            fixed (long* dims = dimensions)
            {
                return Result(NativeMethods.xb_mean_dim(Handle, dims, dimensions.Length, keepdim ? 1 : 0, TypeOf(type)), this);
            }
        }

        public Tensor norm(float p = 2) => Result(NativeMethods.xb_norm(Handle, p), this);

        public Tensor norm(int dim, bool keepdim = false, float p = 2) => Result(NativeMethods.xb_norm_dim(Handle, dim, keepdim ? 1 : 0, p), this);

        public Tensor var(bool unbiased = true) => Result(NativeMethods.xb_var(Handle, unbiased ? 1 : 0), this);

        public Tensor var(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null)
        {
            using var converted = type is { } target ? to_type(target, copy: true) : null;
            var source = converted ?? this;
            fixed (long* dims = dimensions)
            {
                return Result(NativeMethods.xb_var_dim(source.Handle, dims, dimensions.Length, unbiased ? 1 : 0, keepdim ? 1 : 0), this, source);
            }
        }

        public Tensor var(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => var([dim], unbiased, keepdim, type);

        public Tensor sum(ScalarType? type = null) => Result(NativeMethods.xb_sum(Handle, TypeOf(type)), this);

        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null)
        {
            fixed (long* dims = dim)
            {
                return Result(NativeMethods.xb_sum_dim(Handle, dims, dim.Length, keepdim ? 1 : 0, TypeOf(type)), this);
            }
        }

        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => Result(NativeMethods.xb_sum_dim(Handle, &dim, 1, keepdim ? 1 : 0, TypeOf(type)), this);

        public Tensor sum(long dim0, long dim1, bool keepdim = false, ScalarType? type = null) => sum([dim0, dim1], keepdim, type);

        public Tensor sum(long dim0, long dim1, long dim2, bool keepdim = false, ScalarType? type = null) => sum([dim0, dim1, dim2], keepdim, type);

        public Tensor cumsum(long dim, ScalarType? type = null) => Result(NativeMethods.xb_cumsum(Handle, dim, TypeOf(type)), this);

        public Tensor logsumexp(long dim, bool keepdim = false) => Result(NativeMethods.xb_logsumexp(Handle, dim, keepdim ? 1 : 0), this);

        public Tensor softmax(long dim, ScalarType? dtype = null) => Result(NativeMethods.xb_softmax(Handle, dim, TypeOf(dtype)), this);

        public Tensor log_softmax(long dim, ScalarType? dtype = null) => Result(NativeMethods.xb_log_softmax(Handle, dim, TypeOf(dtype)), this);

        public Tensor multinomial(long num_samples, bool replacement = false, Generator? generator = null)
            => Result(NativeMethods.xb_multinomial(Handle, num_samples, replacement ? 1 : 0, Generator.HandleOf(generator)), this, generator);

        public Tensor nonzero() => Result(NativeMethods.xb_nonzero(Handle), this);

        internal static int TypeOf(ScalarType? type) => type is { } t ? (int)t : -1;

        private (Tensor values, Tensor indexes) Pair(delegate*<nint, long, int, nint*, int> operation, long dim, bool keepdim)
        {
            var results = stackalloc nint[2];
            NativeMethods.Check(operation(Handle, dim, keepdim ? 1 : 0, results));
            return (Result(results[0], this), Result(results[1]));
        }
    }
}
