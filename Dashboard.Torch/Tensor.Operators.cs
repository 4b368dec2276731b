namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public static Tensor operator +(Tensor left, Tensor right) => Result(NativeMethods.xb_add(left.Handle, right.Handle, NativeScalar.One), left, right);

        public static Tensor operator +(Tensor left, Scalar right) => Result(NativeMethods.xb_add_scalar(left.Handle, right.Native, NativeScalar.One), left);

        public static Tensor operator +(Scalar left, Tensor right) => Result(NativeMethods.xb_add_scalar(right.Handle, left.Native, NativeScalar.One), right);

        public static Tensor operator +(Tensor left, int right) => Result(NativeMethods.xb_add_scalar(left.Handle, (long)right, NativeScalar.One), left);

        public static Tensor operator +(int left, Tensor right) => Result(NativeMethods.xb_add_scalar(right.Handle, (long)left, NativeScalar.One), right);

        public static Tensor operator +(Tensor left, long right) => Result(NativeMethods.xb_add_scalar(left.Handle, right, NativeScalar.One), left);

        public static Tensor operator +(long left, Tensor right) => Result(NativeMethods.xb_add_scalar(right.Handle, left, NativeScalar.One), right);

        public static Tensor operator +(Tensor left, float right) => Result(NativeMethods.xb_add_scalar(left.Handle, (double)right, NativeScalar.One), left);

        public static Tensor operator +(float left, Tensor right) => Result(NativeMethods.xb_add_scalar(right.Handle, (double)left, NativeScalar.One), right);

        public static Tensor operator +(Tensor left, double right) => Result(NativeMethods.xb_add_scalar(left.Handle, right, NativeScalar.One), left);

        public static Tensor operator +(double left, Tensor right) => Result(NativeMethods.xb_add_scalar(right.Handle, left, NativeScalar.One), right);

        public static Tensor operator *(Tensor left, Tensor right) => Result(NativeMethods.xb_mul(left.Handle, right.Handle), left, right);

        public static Tensor operator *(Tensor left, Scalar right) => Result(NativeMethods.xb_mul_scalar(left.Handle, right.Native), left);

        public static Tensor operator *(Scalar left, Tensor right) => Result(NativeMethods.xb_mul_scalar(right.Handle, left.Native), right);

        public static Tensor operator *(Tensor left, int right) => Result(NativeMethods.xb_mul_scalar(left.Handle, (long)right), left);

        public static Tensor operator *(int left, Tensor right) => Result(NativeMethods.xb_mul_scalar(right.Handle, (long)left), right);

        public static Tensor operator *(Tensor left, long right) => Result(NativeMethods.xb_mul_scalar(left.Handle, right), left);

        public static Tensor operator *(long left, Tensor right) => Result(NativeMethods.xb_mul_scalar(right.Handle, left), right);

        public static Tensor operator *(Tensor left, float right) => Result(NativeMethods.xb_mul_scalar(left.Handle, (double)right), left);

        public static Tensor operator *(float left, Tensor right) => Result(NativeMethods.xb_mul_scalar(right.Handle, (double)left), right);

        public static Tensor operator *(Tensor left, double right) => Result(NativeMethods.xb_mul_scalar(left.Handle, right), left);

        public static Tensor operator *(double left, Tensor right) => Result(NativeMethods.xb_mul_scalar(right.Handle, left), right);

        public static Tensor operator -(Tensor left, Tensor right) => Result(NativeMethods.xb_sub(left.Handle, right.Handle), left, right);

        public static Tensor operator -(Tensor left, Scalar right) => Result(NativeMethods.xb_sub_scalar(left.Handle, right.Native), left);

        public static Tensor operator -(Scalar left, Tensor right) => Result(NativeMethods.xb_rsub_scalar(right.Handle, left.Native), right);

        public static Tensor operator -(Tensor left, int right) => Result(NativeMethods.xb_sub_scalar(left.Handle, (long)right), left);

        public static Tensor operator -(int left, Tensor right) => Result(NativeMethods.xb_rsub_scalar(right.Handle, (long)left), right);

        public static Tensor operator -(Tensor left, long right) => Result(NativeMethods.xb_sub_scalar(left.Handle, right), left);

        public static Tensor operator -(long left, Tensor right) => Result(NativeMethods.xb_rsub_scalar(right.Handle, left), right);

        public static Tensor operator -(Tensor left, float right) => Result(NativeMethods.xb_sub_scalar(left.Handle, (double)right), left);

        public static Tensor operator -(float left, Tensor right) => Result(NativeMethods.xb_rsub_scalar(right.Handle, (double)left), right);

        public static Tensor operator -(Tensor left, double right) => Result(NativeMethods.xb_sub_scalar(left.Handle, right), left);

        public static Tensor operator -(double left, Tensor right) => Result(NativeMethods.xb_rsub_scalar(right.Handle, left), right);

        public static Tensor operator /(Tensor left, Tensor right) => Result(NativeMethods.xb_div(left.Handle, right.Handle, 0), left, right);

        public static Tensor operator /(Tensor left, Scalar right) => Result(NativeMethods.xb_div_scalar(left.Handle, right.Native, 0), left);

        public static Tensor operator /(Scalar left, Tensor right) => Result(NativeMethods.xb_rdiv_scalar(left.Native, right.Handle), right);

        public static Tensor operator /(Tensor left, int right) => Result(NativeMethods.xb_div_scalar(left.Handle, (long)right, 0), left);

        public static Tensor operator /(int left, Tensor right) => Result(NativeMethods.xb_rdiv_scalar((long)left, right.Handle), right);

        public static Tensor operator /(Tensor left, long right) => Result(NativeMethods.xb_div_scalar(left.Handle, right, 0), left);

        public static Tensor operator /(long left, Tensor right) => Result(NativeMethods.xb_rdiv_scalar(left, right.Handle), right);

        public static Tensor operator /(Tensor left, float right) => Result(NativeMethods.xb_div_scalar(left.Handle, (double)right, 0), left);

        public static Tensor operator /(float left, Tensor right) => Result(NativeMethods.xb_rdiv_scalar((double)left, right.Handle), right);

        public static Tensor operator /(Tensor left, double right) => Result(NativeMethods.xb_div_scalar(left.Handle, right, 0), left);

        public static Tensor operator /(double left, Tensor right) => Result(NativeMethods.xb_rdiv_scalar(left, right.Handle), right);

        public static Tensor operator %(Tensor left, Tensor right) => Result(NativeMethods.xb_remainder(left.Handle, right.Handle), left, right);

        public static Tensor operator %(Tensor left, Scalar right) => Result(NativeMethods.xb_remainder_scalar(left.Handle, right.Native), left);

        public static Tensor operator %(Tensor left, int right) => Result(NativeMethods.xb_remainder_scalar(left.Handle, (long)right), left);

        public static Tensor operator %(Tensor left, long right) => Result(NativeMethods.xb_remainder_scalar(left.Handle, right), left);

        public static Tensor operator %(Tensor left, float right) => Result(NativeMethods.xb_remainder_scalar(left.Handle, (double)right), left);

        public static Tensor operator %(Tensor left, double right) => Result(NativeMethods.xb_remainder_scalar(left.Handle, right), left);

        public static Tensor operator -(Tensor tensor) => Result(NativeMethods.xb_neg(tensor.Handle), tensor);

        public static Tensor operator ~(Tensor left) => Result(NativeMethods.xb_bitwise_not(left.Handle), left);

        public static Tensor operator &(Tensor left, Tensor right) => Result(NativeMethods.xb_bitwise_and(left.Handle, right.Handle), left, right);

        public static Tensor operator |(Tensor left, Tensor right) => Result(NativeMethods.xb_bitwise_or(left.Handle, right.Handle), left, right);

        public static Tensor operator ^(Tensor left, Tensor right) => Result(NativeMethods.xb_bitwise_xor(left.Handle, right.Handle), left, right);
    }
}
