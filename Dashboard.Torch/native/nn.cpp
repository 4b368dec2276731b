#include "api.h"

XB_TENSOR(linear, (T a, T weight, T bias), at::linear(*a, *weight, xb::maybe(bias)))
XB_TENSOR(embedding, (T weight, T indices, int64_t padding, int32_t scaleByFrequency, int32_t sparse), at::embedding(*weight, *indices, padding, scaleByFrequency != 0, sparse != 0))
XB_TENSOR(layer_norm, (T a, const int64_t* size, int64_t dims, T weight, T bias, double eps), at::layer_norm(*a, xb::sizes(size, dims), xb::maybe(weight), xb::maybe(bias), eps))
XB_TENSOR(silu, (T a), at::silu(*a))
XB_TENSOR(gelu, (T a, int32_t tanh), at::gelu(*a, tanh ? "tanh" : "none"))
XB_TENSOR(softplus, (T a, double beta, double threshold), at::softplus(*a, beta, threshold))
XB_TENSOR(dropout, (T a, double p, int32_t train), at::dropout(*a, p, train != 0))
XB_TENSOR(conv1d, (T a, T weight, T bias, int64_t stride, int64_t padding, int64_t dilation, int64_t groups), at::conv1d(*a, *weight, xb::maybe(bias), stride, padding, dilation, groups))
XB_TENSOR(conv1d_same, (T a, T weight, T bias, int64_t stride, int64_t dilation, int64_t groups), at::conv1d(*a, *weight, xb::maybe(bias), stride, c10::string_view("same"), dilation, groups))
XB_TENSOR(cross_entropy, (T a, T target, T weight, int64_t reduction, int64_t ignore, double smoothing), at::cross_entropy_loss(*a, *target, xb::maybe(weight), reduction, ignore, smoothing))
XB_TENSOR(nll_loss, (T a, T target, T weight, int64_t reduction), at::nll_loss_nd(*a, *target, xb::maybe(weight), reduction))
XB_TENSOR(mse_loss, (T a, T target, int64_t reduction), at::mse_loss(*a, *target, reduction))
XB_TENSOR(kl_div, (T a, T target, int64_t reduction, int32_t logTarget), at::kl_div(*a, *target, reduction, logTarget != 0))
XB_TENSOR(bce_with_logits, (T a, T target, T weight, T posWeight, int64_t reduction), at::binary_cross_entropy_with_logits(*a, *target, xb::maybe(weight), xb::maybe(posWeight), reduction))
XB_TENSOR(one_hot, (T a, int64_t classes), at::one_hot(*a, classes))
XB_TENSOR(cosine_similarity, (T a, T b, int64_t dim, double eps), at::cosine_similarity(*a, *b, dim, eps))
XB_TENSOR(normalize, (T a, double p, int64_t dim, double eps), *a / at::norm(*a, at::Scalar(p), at::IntArrayRef(dim), true).clamp_min(eps).expand_as(*a))

static const char* padding(int32_t mode)
{
    switch (mode)
    {
        case 1: return "reflect";
        case 2: return "replicate";
        case 3: return "circular";
        default: return "constant";
    }
}

XB_TENSOR(pad, (T a, const int64_t* pads, int64_t count, int32_t mode, double value), mode == 0 || mode == 4
    ? at::constant_pad_nd(*a, xb::sizes(pads, count), value)
    : at::pad(*a, xb::sizes(pads, count), padding(mode), xb::none))

#if XB_TORCH_AT_LEAST(2, 0)
static at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, T mask, double p, bool causal)
{
    return at::scaled_dot_product_attention(q, k, v, xb::maybe(mask), p, causal);
}
#else
// The operation of 2.x, written out: scores over the root of the width, a mask that is boolean (true takes part) or additive, causal from the top left corner.
static at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, T mask, double p, bool causal)
{
    TORCH_CHECK(!(causal && mask), "attn_mask and is_causal exclude each other");
    auto scores = at::matmul(q * (1.0 / std::sqrt(static_cast<double>(q.size(-1)))), k.transpose(-2, -1));
    constexpr auto never = -std::numeric_limits<double>::infinity();
    if (causal)
    {
        auto later = at::ones({q.size(-2), k.size(-2)}, q.options().dtype(at::kBool)).triu(1);
        scores = scores.masked_fill(later, never);
    }
    else if (mask)
    {
        scores = mask->scalar_type() == at::kBool ? scores.masked_fill(mask->logical_not(), never) : scores + *mask;
    }
    auto weights = at::softmax(scores, -1);
    return at::matmul(p > 0 ? at::dropout(weights, p, true) : weights, v);
}
#endif

XB_TENSOR(attention, (T q, T k, T v, T mask, double p, int32_t causal), attention(*q, *k, *v, mask, p, causal != 0))
