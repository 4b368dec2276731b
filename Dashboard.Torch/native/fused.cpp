// Fused operations as autograd functions and optimiser steps over the kernels.
#include "api.h"
#include "kernels/kernels.h"

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>

namespace
{
constexpr int64_t rowsPerPart = 64;
constexpr int64_t entriesPerPart = 1 << 15;

// Parts are fixed by the sizes alone, so that sums do not depend on the number of threads.
template <typename F> void parts(int64_t count, int64_t perPart, F&& body)
{
    const int64_t number = (count + perPart - 1) / perPart;
    at::parallel_for(0, number, 1, [&](int64_t begin, int64_t end) {
        for (int64_t part = begin; part < end; part++)
        {
            const int64_t first = part * perPart;
            body(part, first, std::min(perPart, count - first));
        }
    });
}

bool plain(const at::Tensor& tensor) { return tensor.is_cpu() && tensor.scalar_type() == at::kFloat && tensor.is_contiguous(); }

class RmsNorm : public torch::autograd::Function<RmsNorm>
{
public:
    static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& input, const at::Tensor& weight, double epsilon)
    {
        const at::Tensor x = input.contiguous();
        const int64_t width = x.size(-1), rows = width == 0 ? 0 : x.numel() / width;
        TORCH_CHECK(width > 0 && plain(x) && plain(weight) && weight.dim() == 1 && weight.size(0) == width,
            "needs contiguous fp32 tensors on the CPU, and a weight of the last dimension's size ", width, "; the weight is ", weight.sizes());
        at::Tensor y = at::empty_like(x), inverse = at::empty({rows}, x.options());
        const float *px = x.data_ptr<float>(), *pw = weight.data_ptr<float>();
        float *py = y.data_ptr<float>(), *pi = inverse.data_ptr<float>();
        parts(rows, rowsPerPart, [&](int64_t, int64_t first, int64_t count) {
            xb::kernels::rms_norm(px + first * width, pw, py + first * width, pi + first, count, width, static_cast<float>(epsilon));
        });
        context->save_for_backward({x, weight, inverse});
        return y;
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context, torch::autograd::variable_list gradients)
    {
        TORCH_CHECK(!at::GradMode::is_enabled(), "has no second derivative; use the reference form");
        const auto saved = context->get_saved_variables();
        const at::Tensor &x = saved[0], &weight = saved[1], &inverse = saved[2];
        const at::Tensor gradient = gradients[0].contiguous();
        const int64_t width = x.size(-1), rows = x.numel() / width, number = (rows + rowsPerPart - 1) / rowsPerPart;
        at::Tensor xGradient = at::empty_like(x), weightParts = at::zeros({number, width}, x.options());
        const float *pg = gradient.data_ptr<float>(), *px = x.data_ptr<float>(), *pw = weight.data_ptr<float>(), *pi = inverse.data_ptr<float>();
        float *po = xGradient.data_ptr<float>(), *pp = weightParts.data_ptr<float>();
        parts(rows, rowsPerPart, [&](int64_t part, int64_t first, int64_t count) {
            xb::kernels::rms_norm_backward(
                pg + first * width, px + first * width, pw, pi + first, po + first * width, pp + part * width, count, width);
        });
        return {xGradient, weightParts.sum(0), at::Tensor()};
    }
};

}

// 1 when a tensor is a contiguous fp32 tensor on the CPU, which is what the fused operations take.
XB_API int32_t xb_fused_takes(T tensor) { return plain(*tensor) ? 1 : 0; }

XB_TENSOR(fused_rms_norm, (T x, T weight, double epsilon), RmsNorm::apply(*x, *weight, epsilon))

// Global norm of the gradients; tensors without a gradient count as zero.
XB_API double xb_fused_gradient_norm(const T* parameters, int64_t count)
{
    return xb::guard("fused_gradient_norm", [&]() -> double {
        double total = 0;
        for (int64_t i = 0; i < count; i++)
        {
            const at::Tensor& gradient = parameters[i]->grad();
            if (!gradient.defined())
            {
                continue;
            }
            const at::Tensor g = gradient.contiguous();
            TORCH_CHECK(plain(g), "needs fp32 gradients on the CPU");
            std::vector<double> sums((g.numel() + entriesPerPart - 1) / entriesPerPart);
            const float* p = g.data_ptr<float>();
            parts(g.numel(), entriesPerPart, [&](int64_t part, int64_t first, int64_t n) { sums[part] = xb::kernels::squares(p + first, n); });
            for (const double sum : sums)
            {
                total += sum;
            }
        }
        return std::sqrt(total);
    }, -1.0);
}

// One AdamW update of a parameter from its gradient; does nothing without one.
XB_DO(fused_adamw, (T parameter, T mean, T variance, double scale, double learningRate, double decay, double beta1, double beta2, double epsilon, int64_t updates),
    const at::Tensor& gradient = parameter->grad();
    if (gradient.defined())
    {
        const at::Tensor g = gradient.contiguous();
        for (const at::Tensor& t : {*parameter, g, *mean, *variance})
        {
            TORCH_CHECK(plain(t) && t.numel() == parameter->numel(), "needs contiguous fp32 tensors of one size on the CPU");
        }
        const xb::kernels::AdamW constants{
            static_cast<float>(scale), static_cast<float>(1 - learningRate * decay), static_cast<float>(beta1), static_cast<float>(beta2),
            static_cast<float>(learningRate / (1 - std::pow(beta1, updates))), static_cast<float>(1 / std::sqrt(1 - std::pow(beta2, updates))), static_cast<float>(epsilon)};
        float *pp = parameter->data_ptr<float>(), *pm = mean->data_ptr<float>(), *pv = variance->data_ptr<float>();
        const float* pg = g.data_ptr<float>();
        parts(g.numel(), entriesPerPart, [&](int64_t, int64_t first, int64_t n) {
            xb::kernels::adamw(pp + first, pg + first, pm + first, pv + first, n, constants);
        });
        parameter->unsafeGetTensorImpl()->bump_version();
    })
