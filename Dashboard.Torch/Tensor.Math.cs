namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor abs() => Result(NativeMethods.xb_abs(Handle), this);

        public Tensor cos() => Result(NativeMethods.xb_cos(Handle), this);

        public Tensor exp() => Result(NativeMethods.xb_exp(Handle), this);

        public Tensor floor() => Result(NativeMethods.xb_floor(Handle), this);

        public Tensor isfinite() => Result(NativeMethods.xb_isfinite(Handle), this);

        public Tensor isnan() => Result(NativeMethods.xb_isnan(Handle), this);

        public Tensor log() => Result(NativeMethods.xb_log(Handle), this);

        public Tensor logical_not() => Result(NativeMethods.xb_logical_not(Handle), this);

        public Tensor neg() => Result(NativeMethods.xb_neg(Handle), this);

        public Tensor rsqrt() => Result(NativeMethods.xb_rsqrt(Handle), this);

        public Tensor sigmoid() => Result(NativeMethods.xb_sigmoid(Handle), this);

        public Tensor sin() => Result(NativeMethods.xb_sin(Handle), this);

        public Tensor sqrt() => Result(NativeMethods.xb_sqrt(Handle), this);

        public Tensor square() => Result(NativeMethods.xb_square(Handle), this);

        public Tensor tanh() => Result(NativeMethods.xb_tanh(Handle), this);

        public Tensor matmul(Tensor target) => Result(NativeMethods.xb_matmul(Handle, target.Handle), this, target);

        public Tensor bmm(Tensor batch2) => Result(NativeMethods.xb_bmm(Handle, batch2.Handle), this, batch2);

        public Tensor mul(Tensor target) => Result(NativeMethods.xb_mul(Handle, target.Handle), this, target);

        public Tensor mul(Scalar target) => Result(NativeMethods.xb_mul_scalar(Handle, target.Native), this);

        public Tensor sub(Tensor target) => Result(NativeMethods.xb_sub(Handle, target.Handle), this, target);

        public Tensor sub(Scalar target) => Result(NativeMethods.xb_sub_scalar(Handle, target.Native), this);

        public Tensor add(Tensor target) => Result(NativeMethods.xb_add(Handle, target.Handle, NativeScalar.One), this, target);

        public Tensor add(Tensor target, Scalar alpha) => Result(NativeMethods.xb_add(Handle, target.Handle, alpha.Native), this, target);

        public Tensor add(Scalar scalar) => Result(NativeMethods.xb_add_scalar(Handle, scalar.Native, NativeScalar.One), this);

        public Tensor add(Scalar scalar, Scalar alpha) => Result(NativeMethods.xb_add_scalar(Handle, scalar.Native, alpha.Native), this);

        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => Result(NativeMethods.xb_div(Handle, target.Handle, (int)rounding_mode), this, target);

        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => Result(NativeMethods.xb_div_scalar(Handle, target.Native, (int)rounding_mode), this);

        public Tensor pow(Tensor exponent) => Result(NativeMethods.xb_pow(Handle, exponent.Handle), this, exponent);

        public Tensor pow(Scalar exponent) => Result(NativeMethods.xb_pow_scalar(Handle, exponent.Native), this);

        public Tensor remainder(Tensor target) => Result(NativeMethods.xb_remainder(Handle, target.Handle), this, target);

        public Tensor remainder(Scalar scalar) => Result(NativeMethods.xb_remainder_scalar(Handle, scalar.Native), this);

        public Tensor addcmul(Tensor tensor1, Tensor tensor2, Scalar value)
            => Result(NativeMethods.xb_addcmul(Handle, tensor1.Handle, tensor2.Handle, value.Native), this, tensor1, tensor2);

        public Tensor clamp(Scalar? min = null, Scalar? max = null) => Result(NativeMethods.xb_clamp(Handle, NativeScalar.Of(min), NativeScalar.Of(max)), this);

        public Tensor clamp(Tensor? min = null, Tensor? max = null) => Result(NativeMethods.xb_clamp_tensor(Handle, HandleOf(min), HandleOf(max)), this, min, max);

        public Tensor logical_and(Tensor other) => Result(NativeMethods.xb_logical_and(Handle, other.Handle), this, other);

        public Tensor logical_or(Tensor other) => Result(NativeMethods.xb_logical_or(Handle, other.Handle), this, other);

        public Tensor max(Tensor other) => Result(NativeMethods.xb_maximum(Handle, other.Handle), this, other);

        public Tensor min(Tensor other) => Result(NativeMethods.xb_minimum(Handle, other.Handle), this, other);

        public Tensor where(Tensor condition, Tensor y) => Result(NativeMethods.xb_where(condition.Handle, Handle, y.Handle), this, condition, y);

        internal static nint HandleOf(Tensor? tensor) => tensor is null ? 0 : tensor.Handle;
    }
}
