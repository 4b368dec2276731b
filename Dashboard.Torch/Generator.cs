namespace TorchSharp;

public static partial class torch
{
    public sealed unsafe class Generator : IDisposable
    {
        private static Generator? _default;
        private nint _handle;

        public Generator(ulong seed = 0, Device? device = null)
            : this(NativeMethods.xb_generator_new(seed, (int)(device?.type ?? DeviceType.CPU), device?.index ?? -1), device)
        {
        }

        private Generator(nint handle, Device? device)
        {
            if (handle == 0)
            {
                NativeMethods.Throw();
            }

            _handle = handle;
            this.device = device ?? CPU;
        }

        ~Generator() => Free();

        public static Generator Default => _default ??= new Generator(NativeMethods.xb_generator_default(), CPU);

        public IntPtr Handle => _handle != 0 ? _handle : throw new ObjectDisposedException(nameof(Generator));

        public Device device { get; }

        public Tensor get_state() => Tensor.Result(NativeMethods.xb_generator_get_state(Handle), this);

        public void set_state(Tensor value)
        {
            NativeMethods.Check(NativeMethods.xb_generator_set_state(Handle, value.Handle));
            GC.KeepAlive(value);
            GC.KeepAlive(this);
        }

        public Generator manual_seed(long seed)
        {
            NativeMethods.Check(NativeMethods.xb_generator_manual_seed(Handle, seed));
            return this;
        }

        /// <summary>Takes a new seed from the operating system's randomness, and returns it.</summary>
        public long seed()
        {
            long result;
            NativeMethods.Check(NativeMethods.xb_generator_seed(Handle, &result));
            GC.KeepAlive(this);
            return result;
        }

        public long initial_seed()
        {
            long result;
            NativeMethods.Check(NativeMethods.xb_generator_initial_seed(Handle, &result));
            GC.KeepAlive(this);
            return result;
        }

        public void Dispose()
        {
            if (!ReferenceEquals(this, _default))
            {
                Free();
                GC.SuppressFinalize(this);
            }
        }

        internal static nint HandleOf(Generator? generator) => generator is null ? 0 : generator.Handle;

        private void Free()
        {
            if (_handle != 0)
            {
                NativeMethods.xb_generator_delete(_handle);
                _handle = 0;
            }
        }
    }
}
