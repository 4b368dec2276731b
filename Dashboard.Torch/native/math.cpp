#include "api.h"

#define UNARY(name) XB_TENSOR(name, (T a), at::name(*a))
UNARY(abs)
UNARY(cos)
UNARY(exp)
UNARY(floor)
UNARY(isfinite)
UNARY(isnan)
UNARY(log)
UNARY(logical_not)
UNARY(neg)
UNARY(relu)
UNARY(rsqrt)
UNARY(sigmoid)
UNARY(sin)
UNARY(sqrt)
UNARY(square)
UNARY(tanh)
UNARY(bitwise_not)

#define BINARY(name) XB_TENSOR(name, (T a, T b), at::name(*a, *b))
BINARY(bmm)
BINARY(matmul)
BINARY(mul)
BINARY(outer)
BINARY(maximum)
BINARY(minimum)
BINARY(logical_and)
BINARY(logical_or)
BINARY(bitwise_and)
BINARY(bitwise_or)
BINARY(bitwise_xor)

#define BOTH(name) \
    BINARY(name) \
    XB_TENSOR(name##_scalar, (T a, XbScalar b), at::name(*a, xb::scalar(b)))
BOTH(eq)
BOTH(ne)
BOTH(lt)
BOTH(le)
BOTH(gt)
BOTH(ge)
BOTH(pow)
BOTH(remainder)

XB_TENSOR(mul_scalar, (T a, XbScalar b), at::mul(*a, xb::scalar(b)))
XB_TENSOR(add, (T a, T b, XbScalar alpha), at::add(*a, *b, xb::scalar(alpha)))
XB_TENSOR(add_scalar, (T a, XbScalar b, XbScalar alpha), at::add(*a, xb::scalar(b), xb::scalar(alpha)))
XB_TENSOR(sub, (T a, T b), at::sub(*a, *b))
XB_TENSOR(sub_scalar, (T a, XbScalar b), at::sub(*a, xb::scalar(b)))
XB_TENSOR(rsub_scalar, (T a, XbScalar b), at::rsub(*a, xb::scalar(b)))
// The reciprocal first would round twice.
XB_TENSOR(rdiv_scalar, (XbScalar a, T b), at::div(at::scalar_tensor(xb::scalar(a), at::TensorOptions().dtype(at::isIntegralType(b->scalar_type(), true) ? c10::get_default_dtype_as_scalartype() : b->scalar_type()).device(b->device())), *b))

static xb::optional<c10::string_view> rounding(int32_t mode)
{
    return mode == 0 ? xb::optional<c10::string_view>(xb::none) : c10::string_view(mode == 1 ? "trunc" : "floor");
}

XB_TENSOR(div, (T a, T b, int32_t mode), at::div(*a, *b, rounding(mode)))
XB_TENSOR(div_scalar, (T a, XbScalar b, int32_t mode), at::div(*a, xb::scalar(b), rounding(mode)))
XB_DO(div_, (T a, T b, int32_t mode), a->div_(*b, rounding(mode)))
XB_DO(div_scalar_, (T a, XbScalar b, int32_t mode), a->div_(xb::scalar(b), rounding(mode)))

XB_TENSOR(addcmul, (T a, T b, T c, XbScalar value), at::addcmul(*a, *b, *c, xb::scalar(value)))
XB_TENSOR(clamp, (T a, XbScalar low, XbScalar high), at::clamp(*a, xb::maybe(low), xb::maybe(high)))
XB_TENSOR(clamp_tensor, (T a, T low, T high), at::clamp(*a, xb::maybe(low), xb::maybe(high)))
XB_TENSOR(where, (T condition, T a, T b), at::where(*condition, *a, *b))
XB_TENSOR(einsum, (const char* equation, const T* tensors, int64_t count), at::einsum(equation, xb::list(tensors, count)))

XB_API int32_t xb_allclose(T a, T b, double rtol, double atol, int32_t equalNan)
{
    return xb::guard("allclose", [&]() -> int32_t { return at::allclose(*a, *b, rtol, atol, equalNan != 0); }, -1);
}
