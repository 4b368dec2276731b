namespace TorchSharp;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => Put(indices, value);
        }

        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => Put(Places(indices), value);
        }

        public Tensor this[long i1]
        {
            get => select(0, i1);
            set => Put([i1], value);
        }

        public Tensor this[long i1, long i2]
        {
            get => At(i1, i2);
            set => Put([i1, i2], value);
        }

        public Tensor this[long i1, long i2, long i3]
        {
            get => At(i1, i2, i3);
            set => Put([i1, i2, i3], value);
        }

        public Tensor this[long i1, long i2, long i3, long i4]
        {
            get => At(i1, i2, i3, i4);
            set => Put([i1, i2, i3, i4], value);
        }

        public Tensor index(params TensorIndex[] indices)
        {
            var places = stackalloc NativeIndex[indices.Length];
            Fill(places, indices);
            return Result(NativeMethods.xb_index(Handle, places, indices.Length), this, indices);
        }

        public Tensor index(params Tensor[] indices) => index(Places(indices));

        public Tensor index_select(long dim, Tensor index) => Result(NativeMethods.xb_index_select(Handle, dim, index.Handle), this, index);

        public Tensor gather(long dim, Tensor index) => Result(NativeMethods.xb_gather(Handle, dim, index.Handle), this, index);

        public Tensor scatter(long dim, Tensor index, Tensor src) => Result(NativeMethods.xb_scatter(Handle, dim, index.Handle, src.Handle), this, index, src);

        public Tensor masked_fill(Tensor mask, Scalar value) => Result(NativeMethods.xb_masked_fill(Handle, mask.Handle, value.Native), this, mask);

        private static TensorIndex[] Places(Tensor[] indices) => Array.ConvertAll(indices, TensorIndex.Tensor);

        private static void Fill(NativeIndex* places, TensorIndex[] indices)
        {
            for (var i = 0; i < indices.Length; i++)
            {
                places[i] = indices[i].Native;
            }
        }

        private Tensor At(params ReadOnlySpan<long> indices)
        {
            var places = stackalloc NativeIndex[indices.Length];
            for (var i = 0; i < indices.Length; i++)
            {
                places[i] = TensorIndex.Single(indices[i]).Native;
            }

            return Result(NativeMethods.xb_index(Handle, places, indices.Length), this);
        }

        private void Put(TensorIndex[] indices, Tensor value)
        {
            var places = stackalloc NativeIndex[indices.Length];
            Fill(places, indices);
            Done(NativeMethods.xb_index_put_(Handle, places, indices.Length, value.Handle), indices, value);
        }
    }
}
