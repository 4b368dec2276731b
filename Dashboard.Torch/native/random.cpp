#include "api.h"

#include <ATen/CPUGeneratorImpl.h>

#include <mutex>

XB_DO(manual_seed, (int64_t seed), at::manual_seed(static_cast<uint64_t>(seed)))

XB_DO(cuda_manual_seed, (int64_t seed, int32_t everyDevice), {
    if (at::hasCUDA())
    {
        auto count = everyDevice ? static_cast<int32_t>(at::getNumGPUs()) : 1;
        for (int32_t i = 0; i < count; i++)
        {
            auto g = at::globalContext().defaultGenerator(xb::device(static_cast<int32_t>(at::kCUDA), everyDevice ? i : -1));
            std::lock_guard<std::mutex> lock(g.mutex());
            g.set_current_seed(static_cast<uint64_t>(seed));
        }
    }
})

XB_API G xb_generator_new(uint64_t seed, int32_t deviceType, int32_t deviceIndex)
{
    return xb::guard("Generator", [&]() -> G {
        if (static_cast<at::DeviceType>(deviceType) == at::kCPU)
        {
            return new at::Generator(at::make_generator<at::CPUGeneratorImpl>(seed));
        }
        auto g = at::globalContext().defaultGenerator(xb::device(deviceType, deviceIndex)).clone();
        g.set_current_seed(seed);
        return new at::Generator(std::move(g));
    }, nullptr);
}

XB_API G xb_generator_default()
{
    return xb::guard("Generator.Default", [] { return new at::Generator(at::detail::getDefaultCPUGenerator()); }, nullptr);
}

XB_API void xb_generator_delete(G g) { delete g; }

XB_TENSOR(generator_get_state, (G g), [&] {
    std::lock_guard<std::mutex> lock(g->mutex());
    return g->get_state();
}())

XB_DO(generator_set_state, (G g, T state), std::lock_guard<std::mutex> lock(g->mutex()); g->set_state(*state))

XB_DO(generator_manual_seed, (G g, int64_t seed), std::lock_guard<std::mutex> lock(g->mutex()); g->set_current_seed(static_cast<uint64_t>(seed)))

XB_DO(generator_seed, (G g, int64_t* out), std::lock_guard<std::mutex> lock(g->mutex()); *out = static_cast<int64_t>(g->seed()))

XB_DO(generator_initial_seed, (G g, int64_t* out), *out = static_cast<int64_t>(g->current_seed()))
