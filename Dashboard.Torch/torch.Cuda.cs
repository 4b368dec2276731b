namespace TorchSharp;

public static partial class torch
{
    public static class cuda
    {
        public static bool is_available() => NativeMethods.xb_cuda_is_available() == 1;

        public static bool is_cudnn_available() => NativeMethods.xb_cuda_has_cudnn() == 1;

        public static int device_count() => Math.Max(0, NativeMethods.xb_cuda_device_count());

        public static void manual_seed(long seed) => NativeMethods.Check(NativeMethods.xb_cuda_manual_seed(seed, 0));

        public static void manual_seed_all(long seed) => NativeMethods.Check(NativeMethods.xb_cuda_manual_seed(seed, 1));

        public static void synchronize(Device? device = null) => NativeMethods.Check(NativeMethods.xb_cuda_synchronize(device?.index ?? -1));
    }

    public static class backends
    {
        private enum Flag
        {
            MatmulTf32,
            MatmulReducedPrecision,
            CudnnTf32,
            FlashAttention,
            PlainAttention,
        }

        private static bool Get(Flag flag) => NativeMethods.xb_get_backend_flag((int)flag) != 0;

        private static void Set(Flag flag, bool value) => NativeMethods.Check(NativeMethods.xb_set_backend_flag((int)flag, value ? 1 : 0));

        public static class cuda
        {
            public static bool flash_sdp_enabled() => Get(Flag.FlashAttention);

            public static void enable_flash_sdp(bool enable) => Set(Flag.FlashAttention, enable);

            public static bool math_sdp_enabled() => Get(Flag.PlainAttention);

            public static void enable_math_sdp(bool enable) => Set(Flag.PlainAttention, enable);

            public static class matmul
            {
                public static bool allow_tf32
                {
                    get => Get(Flag.MatmulTf32);
                    set => Set(Flag.MatmulTf32, value);
                }

                public static bool allow_fp16_reduced_precision_reduction
                {
                    get => Get(Flag.MatmulReducedPrecision);
                    set => Set(Flag.MatmulReducedPrecision, value);
                }
            }
        }

        public static class cudnn
        {
            public static bool allow_tf32
            {
                get => Get(Flag.CudnnTf32);
                set => Set(Flag.CudnnTf32, value);
            }
        }
    }
}
