#include "api.h"

#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/autograd.h>

XB_API int32_t xb_grad_enabled() { return c10::GradMode::is_enabled(); }
XB_API void xb_set_grad_enabled(int32_t enabled) { c10::GradMode::set_enabled(enabled != 0); }

XB_API void* xb_inference_enter(int32_t mode)
{
    return xb::guard("inference_mode", [&]() -> void* { return new c10::InferenceMode(mode != 0); }, nullptr);
}

XB_API void xb_inference_leave(void* guard) { delete static_cast<c10::InferenceMode*>(guard); }

XB_DO(set_requires_grad, (T a, int32_t value), a->requires_grad_(value != 0))
XB_DO(detach_, (T a), a->detach_())
XB_DO(set_grad, (T a, T grad), a->mutable_grad() = grad ? *grad : at::Tensor())

// Null with no message: there is no gradient.
XB_API T xb_grad(T a)
{
    return xb::guard("grad", [&]() -> T {
        xb::fail("grad", "");
        const auto& g = a->grad();
        return g.defined() ? new at::Tensor(g) : nullptr;
    }, nullptr);
}

XB_DO(backward, (const T* tensors, int64_t count, const T* grads, int64_t gradCount, int32_t retain, int32_t create, const T* inputs, int64_t inputCount),
    torch::autograd::backward(xb::list(tensors, count), xb::list(grads, gradCount), retain < 0 ? xb::optional<bool>(xb::none) : retain != 0, create != 0, xb::list(inputs, inputCount)))

// An unused input leaves null in out.
XB_DO(autograd_grad, (const T* outputs, int64_t count, const T* inputs, int64_t inputCount, const T* grads, int64_t gradCount, int32_t retain, int32_t create, int32_t unused, T* out), {
    auto result = torch::autograd::grad(xb::list(outputs, count), xb::list(inputs, inputCount), xb::list(grads, gradCount), retain < 0 ? xb::optional<bool>(xb::none) : retain != 0, create != 0, unused != 0);
    for (size_t i = 0; i < result.size(); i++)
    {
        out[i] = result[i].defined() ? xb::own(std::move(result[i])) : nullptr;
    }
})
