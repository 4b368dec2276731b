namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor fill_(Scalar value) => Done(NativeMethods.xb_fill_(Handle, value.Native));

        public Tensor zero_() => Done(NativeMethods.xb_zero_(Handle));

        public Tensor sqrt_() => Done(NativeMethods.xb_sqrt_(Handle));

        public Tensor add_(Tensor target) => Done(NativeMethods.xb_add_(Handle, target.Handle, NativeScalar.One), target);

        public Tensor add_(Tensor target, Scalar alpha) => Done(NativeMethods.xb_add_(Handle, target.Handle, alpha.Native), target);

        public Tensor add_(Scalar scalar) => Done(NativeMethods.xb_add_scalar_(Handle, scalar.Native, NativeScalar.One));

        public Tensor add_(Scalar scalar, Scalar alpha) => Done(NativeMethods.xb_add_scalar_(Handle, scalar.Native, alpha.Native));

        public Tensor sub_(Tensor target) => Done(NativeMethods.xb_sub_(Handle, target.Handle), target);

        public Tensor sub_(Scalar target) => Done(NativeMethods.xb_sub_scalar_(Handle, target.Native));

        public Tensor mul_(Tensor target) => Done(NativeMethods.xb_mul_(Handle, target.Handle), target);

        public Tensor mul_(Scalar target) => Done(NativeMethods.xb_mul_scalar_(Handle, target.Native));

        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => Done(NativeMethods.xb_div_(Handle, target.Handle, (int)rounding_mode), target);

        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => Done(NativeMethods.xb_div_scalar_(Handle, target.Native, (int)rounding_mode));

        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) => Done(NativeMethods.xb_addcmul_(Handle, tensor1.Handle, tensor2.Handle, value.Native), tensor1, tensor2);

        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) => Done(NativeMethods.xb_addcdiv_(Handle, tensor1.Handle, tensor2.Handle, value.Native), tensor1, tensor2);

        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2) => addcdiv_(tensor1, tensor2, 1);

        public Tensor lerp_(Tensor end, Tensor weight) => Done(NativeMethods.xb_lerp_(Handle, end.Handle, weight.Handle), end, weight);

        public Tensor masked_fill_(Tensor mask, Scalar value) => Done(NativeMethods.xb_masked_fill_(Handle, mask.Handle, value.Native), mask);

        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha)
            => Done(NativeMethods.xb_index_add_(Handle, dim, index.Handle, source.Handle, alpha.Native), index, source);

        public Tensor scatter_(long dim, Tensor index, Tensor src) => Done(NativeMethods.xb_scatter_(Handle, dim, index.Handle, src.Handle), index, src);

        public Tensor scatter_add_(long dim, Tensor index, Tensor src) => Done(NativeMethods.xb_scatter_add_(Handle, dim, index.Handle, src.Handle), index, src);

        public Tensor copy_(Tensor source, bool nonBlocking = false) => Done(NativeMethods.xb_copy_(Handle, source.Handle, nonBlocking ? 1 : 0), source);

        public Tensor normal_(double mean = 0, double std = 1, Generator? generator = null) => Done(NativeMethods.xb_normal_(Handle, mean, std, Generator.HandleOf(generator)), generator);

        public Tensor uniform_(double from, double to, Generator? generator = null) => Done(NativeMethods.xb_uniform_(Handle, from, to, Generator.HandleOf(generator)), generator);
    }
}
