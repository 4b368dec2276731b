namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public static Tensor operator ==(Tensor left, Tensor right) => Result(NativeMethods.xb_eq(left.Handle, right.Handle), left, right);

        public static Tensor operator ==(Tensor left, Scalar right) => Result(NativeMethods.xb_eq_scalar(left.Handle, right.Native), left);

        public static Tensor operator ==(Scalar left, Tensor right) => Result(NativeMethods.xb_eq_scalar(right.Handle, left.Native), right);

        public static Tensor operator !=(Tensor left, Tensor right) => Result(NativeMethods.xb_ne(left.Handle, right.Handle), left, right);

        public static Tensor operator !=(Tensor left, Scalar right) => Result(NativeMethods.xb_ne_scalar(left.Handle, right.Native), left);

        public static Tensor operator !=(Scalar left, Tensor right) => Result(NativeMethods.xb_ne_scalar(right.Handle, left.Native), right);

        public static Tensor operator <(Tensor left, Tensor right) => Result(NativeMethods.xb_lt(left.Handle, right.Handle), left, right);

        public static Tensor operator <(Tensor left, Scalar right) => Result(NativeMethods.xb_lt_scalar(left.Handle, right.Native), left);

        public static Tensor operator <(Scalar left, Tensor right) => Result(NativeMethods.xb_gt_scalar(right.Handle, left.Native), right);

        public static Tensor operator <=(Tensor left, Tensor right) => Result(NativeMethods.xb_le(left.Handle, right.Handle), left, right);

        public static Tensor operator <=(Tensor left, Scalar right) => Result(NativeMethods.xb_le_scalar(left.Handle, right.Native), left);

        public static Tensor operator <=(Scalar left, Tensor right) => Result(NativeMethods.xb_ge_scalar(right.Handle, left.Native), right);

        public static Tensor operator >(Tensor left, Tensor right) => Result(NativeMethods.xb_gt(left.Handle, right.Handle), left, right);

        public static Tensor operator >(Tensor left, Scalar right) => Result(NativeMethods.xb_gt_scalar(left.Handle, right.Native), left);

        public static Tensor operator >(Scalar left, Tensor right) => Result(NativeMethods.xb_lt_scalar(right.Handle, left.Native), right);

        public static Tensor operator >=(Tensor left, Tensor right) => Result(NativeMethods.xb_ge(left.Handle, right.Handle), left, right);

        public static Tensor operator >=(Tensor left, Scalar right) => Result(NativeMethods.xb_ge_scalar(left.Handle, right.Native), left);

        public static Tensor operator >=(Scalar left, Tensor right) => Result(NativeMethods.xb_le_scalar(right.Handle, left.Native), right);
    }
}
