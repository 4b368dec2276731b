namespace TorchSharp;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        public Tensor T => ndim < 2 ? alias() : ndim == 2 ? transpose(0, 1) : permute(Enumerable.Range(0, (int)ndim).Reverse().Select(i => (long)i));

        public Tensor mT => transpose(-2, -1);

        public Tensor alias() => Result(NativeMethods.xb_alias(Handle), this);

        public Tensor view(params long[] shape)
        {
            fixed (long* size = shape)
            {
                return Result(NativeMethods.xb_view(Handle, size, shape.Length), this);
            }
        }

        public Tensor reshape(params long[] shape)
        {
            fixed (long* size = shape)
            {
                return Result(NativeMethods.xb_reshape(Handle, size, shape.Length), this);
            }
        }

        public Tensor expand(long[] sizes, bool isImplicit = false)
        {
            fixed (long* size = sizes)
            {
                return Result(NativeMethods.xb_expand(Handle, size, sizes.Length, isImplicit ? 1 : 0), this);
            }
        }

        public Tensor expand(params long[] sizes) => expand(sizes, false);

        public Tensor repeat(params long[] sizes)
        {
            fixed (long* size = sizes)
            {
                return Result(NativeMethods.xb_repeat(Handle, size, sizes.Length), this);
            }
        }

        public Tensor permute(params long[] permutation)
        {
            fixed (long* dims = permutation)
            {
                return Result(NativeMethods.xb_permute(Handle, dims, permutation.Length), this);
            }
        }

        public Tensor permute(IEnumerable<long> permutation) => permute(permutation.ToArray());

        public Tensor flatten(long start_dim = 0, long end_dim = -1) => Result(NativeMethods.xb_flatten(Handle, start_dim, end_dim), this);

        public Tensor transpose(long dim0, long dim1) => Result(NativeMethods.xb_transpose(Handle, dim0, dim1), this);

        public Tensor unsqueeze(long dim) => Result(NativeMethods.xb_unsqueeze(Handle, dim), this);

        public Tensor squeeze(long? dim = null)
            => Result(dim is { } d ? NativeMethods.xb_squeeze_dim(Handle, d) : NativeMethods.xb_squeeze(Handle), this);

        public Tensor narrow(long dim, long start, long length) => Result(NativeMethods.xb_narrow(Handle, dim, start, length), this);

        public Tensor slice(long dim, long start, long finish, long step) => Result(NativeMethods.xb_slice(Handle, dim, start, finish, step), this);

        public Tensor select(long dim, long index) => Result(NativeMethods.xb_select(Handle, dim, index), this);

        public Tensor tril(long diagonal = 0) => Result(NativeMethods.xb_tril(Handle, diagonal), this);

        public Tensor triu(long diagonal = 0) => Result(NativeMethods.xb_triu(Handle, diagonal), this);

        public Tensor contiguous() => Result(NativeMethods.xb_contiguous(Handle), this);

        public Tensor clone() => Result(NativeMethods.xb_clone(Handle), this);

        public Tensor[] unbind(long dimension = 0)
        {
            nint* list;
            return Results(NativeMethods.xb_unbind(Handle, dimension, &list), list);
        }

        public Tensor[] split(long size, int dim = 0)
        {
            nint* list;
            return Results(NativeMethods.xb_split(Handle, size, dim, &list), list);
        }

        public Tensor[] split(long[] sizes, long dim = 0)
        {
            fixed (long* size = sizes)
            {
                nint* list;
                return Results(NativeMethods.xb_split_sizes(Handle, size, sizes.Length, dim, &list), list);
            }
        }

        public Tensor[] split(params long[] sizes) => split(sizes, 0);

        public Tensor[] chunk(long chunks, long dim = 0)
        {
            nint* list;
            return Results(NativeMethods.xb_chunk(Handle, chunks, dim, &list), list);
        }

        internal Tensor[] Results(long count, nint* list)
        {
            NativeMethods.Check(count);
            GC.KeepAlive(this);
            var results = new Tensor[count];
            for (var i = 0; i < count; i++)
            {
                results[i] = new Tensor(list[i]);
            }

            NativeMethods.xb_free_array(list);
            return results;
        }
    }
}
