namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static unsafe partial class functional
        {
            public static Tensor cross_entropy(
                Tensor input, Tensor target, Tensor? weight = null, long ignore_index = -100, Reduction reduction = Reduction.Mean, double label_smoothing = 0)
            {
                var result = NativeMethods.xb_cross_entropy(input.Handle, target.Handle, Tensor.HandleOf(weight), (long)reduction, ignore_index, label_smoothing);
                return Tensor.Result(result, input, target, weight);
            }

            public static Tensor nll_loss(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean)
                => Tensor.Result(NativeMethods.xb_nll_loss(input.Handle, target.Handle, Tensor.HandleOf(weight), (long)reduction), input, target, weight);

            public static Tensor mse_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean)
                => Tensor.Result(NativeMethods.xb_mse_loss(input.Handle, target.Handle, (long)reduction), input, target);

            public static Tensor kl_div(Tensor input, Tensor target, bool log_target = true, Reduction reduction = Reduction.Mean)
                => Tensor.Result(NativeMethods.xb_kl_div(input.Handle, target.Handle, (long)reduction, log_target ? 1 : 0), input, target);

            public static Tensor binary_cross_entropy_with_logits(
                Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean, Tensor? pos_weights = null)
            {
                var result = NativeMethods.xb_bce_with_logits(input.Handle, target.Handle, Tensor.HandleOf(weight), Tensor.HandleOf(pos_weights), (long)reduction);
                GC.KeepAlive(pos_weights);
                return Tensor.Result(result, input, target, weight);
            }
        }
    }
}
