#include "api.h"

struct XbAdamW
{
    double lr;
    double beta1;
    double beta2;
    double eps;
    double weightDecay;
    int32_t maximize;
};

// One step for every parameter that has a gradient; steps holds the number of the step about to be made, per parameter; largest is null without amsgrad.
XB_DO(adamw_step, (const T* parameters, const T* grads, const T* first, const T* second, const T* largest, const int64_t* steps, int64_t count, const XbAdamW* o), {
    at::NoGradGuard noGrad;
    for (int64_t i = 0; i < count; i++)
    {
        auto& p = *parameters[i];
        auto g = o->maximize ? grads[i]->neg() : *grads[i];
        auto step = static_cast<double>(steps[i]);
        p.mul_(1 - o->lr * o->weightDecay);
        first[i]->mul_(o->beta1).add_(g, 1 - o->beta1);
        second[i]->mul_(o->beta2).addcmul_(g, g, 1 - o->beta2);
        if (largest)
        {
            at::maximum_out(*largest[i], *largest[i], *second[i]);
        }
        auto root = (largest ? *largest[i] : *second[i]).sqrt();
        auto denominator = root.div_(std::sqrt(1 - std::pow(o->beta2, step))).add_(o->eps);
        p.addcdiv_(*first[i], denominator, -o->lr / (1 - std::pow(o->beta1, step)));
    }
})

// The p-norm over all gradients, before the clipping that scales them to max_norm.
XB_API double xb_clip_grad_norm(const T* grads, int64_t count, double maxNorm, double p)
{
    return xb::guard("clip_grad_norm_", [&]() -> double {
        at::NoGradGuard noGrad;
        std::vector<at::Tensor> norms;
        for (int64_t i = 0; i < count; i++)
        {
            norms.push_back(at::norm(*grads[i], p).to(at::kDouble));
        }
        auto total = count == 0 ? 0.0 : at::norm(at::stack(norms), p).item<double>();
        auto factor = maxNorm / (total + 1e-6);
        for (int64_t i = 0; factor < 1 && i < count; i++)
        {
            grads[i]->mul_(factor);
        }
        return total;
    }, -1.0);
}

XB_DO(clip_grad_value, (const T* grads, int64_t count, double value), {
    at::NoGradGuard noGrad;
    for (int64_t i = 0; i < count; i++)
    {
        grads[i]->clamp_(-value, value);
    }
})
