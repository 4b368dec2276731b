#include "api.h"

XB_DO(fill_, (T a, XbScalar value), a->fill_(xb::scalar(value)))
XB_DO(zero_, (T a), a->zero_())
XB_DO(sqrt_, (T a), a->sqrt_())
XB_DO(add_, (T a, T b, XbScalar alpha), a->add_(*b, xb::scalar(alpha)))
XB_DO(add_scalar_, (T a, XbScalar b, XbScalar alpha), a->add_(xb::scalar(b), xb::scalar(alpha)))
XB_DO(sub_, (T a, T b), a->sub_(*b))
XB_DO(sub_scalar_, (T a, XbScalar b), a->sub_(xb::scalar(b)))
XB_DO(mul_, (T a, T b), a->mul_(*b))
XB_DO(mul_scalar_, (T a, XbScalar b), a->mul_(xb::scalar(b)))
XB_DO(addcmul_, (T a, T b, T c, XbScalar value), a->addcmul_(*b, *c, xb::scalar(value)))
XB_DO(addcdiv_, (T a, T b, T c, XbScalar value), a->addcdiv_(*b, *c, xb::scalar(value)))
XB_DO(lerp_, (T a, T end, T weight), a->lerp_(*end, *weight))
XB_DO(masked_fill_, (T a, T mask, XbScalar value), a->masked_fill_(*mask, xb::scalar(value)))
XB_DO(index_add_, (T a, int64_t dim, T index, T source, XbScalar alpha), a->index_add_(dim, *index, *source, xb::scalar(alpha)))
XB_DO(scatter_, (T a, int64_t dim, T index, T source), a->scatter_(dim, *index, *source))
XB_DO(scatter_add_, (T a, int64_t dim, T index, T source), a->scatter_add_(dim, *index, *source))
XB_DO(copy_, (T a, T source, int32_t nonBlocking), a->copy_(*source, nonBlocking != 0))
XB_DO(relu_, (T a), at::relu_(*a))
XB_DO(silu_, (T a), at::silu_(*a))
XB_DO(sigmoid_, (T a), at::sigmoid_(*a))
XB_DO(dropout_, (T a, double p, int32_t train), at::dropout_(*a, p, train != 0))
XB_DO(normal_, (T a, double mean, double std, G g), a->normal_(mean, std, xb::generator(g)))
XB_DO(uniform_, (T a, double from, double to, G g), a->uniform_(from, to, xb::generator(g)))

// A normal distribution cut at a and b: uniform in the range of its distribution function, mapped back.
XB_DO(trunc_normal_, (T t, double mean, double std, double a, double b, G g), {
    auto cdf = [](double x) { return (1 + std::erf(x / std::sqrt(2.0))) / 2; };
    auto low = 2 * cdf((a - mean) / std) - 1;
    auto high = 2 * cdf((b - mean) / std) - 1;
    t->uniform_(low, high, xb::generator(g)).erfinv_().mul_(std * std::sqrt(2.0)).add_(mean).clamp_(a, b);
})
