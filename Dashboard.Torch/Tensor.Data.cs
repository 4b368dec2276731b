using System.Runtime.CompilerServices;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        public long ndim => dim();

        public long NumberOfElements => numel();

        public long ElementSize => Kept(NativeMethods.xb_element_size(Handle));

        public bool is_cuda => device_type == DeviceType.CUDA;

        public bool is_leaf => Kept(NativeMethods.xb_is_leaf(Handle)) != 0;

        public ScalarType dtype => (ScalarType)Kept(NativeMethods.xb_dtype(Handle));

        public DeviceType device_type => (DeviceType)Kept(NativeMethods.xb_device_type(Handle));

        public Device device => new(device_type, (int)Kept(NativeMethods.xb_device_index(Handle)));

        public long[] shape
        {
            get
            {
                var result = new long[ndim];
                fixed (long* sizes = result)
                {
                    Done(NativeMethods.xb_sizes(Handle, sizes));
                }

                return result;
            }
        }

        /// <summary>The elements as bytes, in place: a contiguous tensor in host memory, for as long as it lives.</summary>
        public Span<byte> bytes
        {
            get
            {
                var count = checked((int)(numel() * ElementSize));
                return new Span<byte>((void*)HostData(requireContiguous: true), count);
            }

            set
            {
                var target = bytes;
                if (value.Length != target.Length)
                {
                    throw new ArgumentException($"The tensor holds {target.Length} bytes, not {value.Length}.", nameof(value));
                }

                value.CopyTo(target);
            }
        }

        public long dim() => Kept(NativeMethods.xb_dim(Handle));

        public long numel() => Kept(NativeMethods.xb_numel(Handle));

        public long[] size() => shape;

        public long size(int dim)
        {
            var result = Kept(NativeMethods.xb_size(Handle, dim));
            NativeMethods.Check(result);
            return result;
        }

        public long[] stride()
        {
            var result = new long[ndim];
            fixed (long* strides = result)
            {
                Done(NativeMethods.xb_strides(Handle, strides));
            }

            return result;
        }

        public long stride(int dim)
        {
            var result = Kept(NativeMethods.xb_stride_of(Handle, dim));
            NativeMethods.Check(result);
            return result;
        }

        public bool is_contiguous() => Kept(NativeMethods.xb_is_contiguous(Handle)) != 0;

        public TensorAccessor<T> data<T>()
            where T : unmanaged
        {
            CheckType<T>();
            return new TensorAccessor<T>(this);
        }

        public T item<T>()
            where T : unmanaged
        {
            CheckType<T>();
            if (numel() != 1)
            {
                throw new ArgumentException($"item<T>() needs a tensor of one element; this one has {numel()}.");
            }

            using var host = is_cuda ? cpu() : null;
            var value = *(T*)(host ?? this).HostData(requireContiguous: false);
            GC.KeepAlive(this);
            return value;
        }

        public override string ToString() => IsInvalid ? "(disposed)" : $"[{string.Join("x", shape)}], type = {dtype}, device = {device}";

        /// <summary>The address of the first element.</summary>
        internal nint HostData(bool requireContiguous)
        {
            if (device_type != DeviceType.CPU)
            {
                throw new InvalidOperationException($"The elements lie on {device}; copy them with cpu() first.");
            }

            if (requireContiguous && !is_contiguous())
            {
                throw new InvalidOperationException("The elements are not contiguous; take contiguous() first.");
            }

            var data = Kept(NativeMethods.xb_data(Handle));
            return data == 0 && numel() > 0 ? throw new InvalidOperationException("This tensor has no storage.") : data;
        }

        private void CheckType<T>()
            where T : unmanaged
        {
            if (dtype != Element<T>.Type)
            {
                throw new ArgumentException($"The elements are {dtype}, not {typeof(T).Name}.");
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private TValue Kept<TValue>(TValue value)
        {
            GC.KeepAlive(this);
            return value;
        }

        /// <summary>Which element type a C# type stands for.</summary>
        private static class Element<T>
            where T : unmanaged
        {
            internal static readonly ScalarType Type = Of();

            private static ScalarType Of() => default(T) switch
            {
                byte => ScalarType.Byte,
                sbyte => ScalarType.Int8,
                short => ScalarType.Int16,
                int => ScalarType.Int32,
                long => ScalarType.Int64,
                Half => ScalarType.Float16,
                float => ScalarType.Float32,
                double => ScalarType.Float64,
                bool => ScalarType.Bool,
                _ => (ScalarType)sbyte.MaxValue,
            };
        }
    }
}
