#include "api.h"

#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/DefaultDtype.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include <string>

namespace
{
thread_local std::string lastError;
thread_local std::string text;

const char* keep(std::string value)
{
    text = std::move(value);
    return text.c_str();
}

const at::Context& context() { return at::globalContext(); }
}

namespace xb
{
void fail(const char* operation, const char* message) noexcept
{
    try
    {
        lastError = std::string(operation) + ": " + message;
    }
    catch (...)
    {
        lastError.clear();
    }
}

int64_t give(std::vector<at::Tensor>&& tensors, T** out)
{
    *out = new T[tensors.size()];
    for (size_t i = 0; i < tensors.size(); i++)
    {
        (*out)[i] = own(std::move(tensors[i]));
    }
    return static_cast<int64_t>(tensors.size());
}
}

XB_API const char* xb_last_error() { return lastError.c_str(); }

XB_API void xb_free_array(T* array) { delete[] array; }

XB_API void xb_delete(T tensor)
{
    xb::guard("delete", [&] { delete tensor; return 0; }, 0);
}

XB_API const char* xb_version() { return TORCH_VERSION; }

XB_API const char* xb_show_config()
{
    return xb::guard("show_config", [] { return keep(at::show_config()); }, nullptr);
}

XB_API const char* xb_parallel_info()
{
    return xb::guard("parallel_info", [] { return keep(at::get_parallel_info()); }, nullptr);
}

XB_API int32_t xb_get_num_threads() { return at::get_num_threads(); }
XB_DO(set_num_threads, (int32_t count), at::set_num_threads(count))

XB_API int32_t xb_get_default_dtype() { return static_cast<int32_t>(c10::get_default_dtype_as_scalartype()); }
XB_DO(set_default_dtype, (int32_t dtype), c10::set_default_dtype(c10::scalarTypeToTypeMeta(static_cast<at::ScalarType>(dtype))))

XB_API int32_t xb_cuda_is_available()
{
    return xb::guard("cuda.is_available", [] { return at::hasCUDA() && at::getNumGPUs() > 0 ? 1 : 0; }, -1);
}

XB_API int32_t xb_cuda_device_count()
{
    return xb::guard("cuda.device_count", [] { return at::hasCUDA() ? static_cast<int32_t>(at::getNumGPUs()) : 0; }, -1);
}

XB_API int32_t xb_cuda_has_cudnn()
{
    return xb::guard("cuda.is_cudnn_available", [] { return at::hasCUDA() && context().hasCuDNN() ? 1 : 0; }, -1);
}

XB_DO(cuda_synchronize, (int32_t index), {
    TORCH_CHECK(at::hasCUDA(), "this libtorch was built without CUDA");
    at::detail::getCUDAHooks().deviceSynchronize(static_cast<at::DeviceIndex>(index < 0 ? c10::impl::VirtualGuardImpl(at::kCUDA).getDevice().index() : index));
})

// Which switch of the CUDA back end: 0 TF32 in cuBLAS, 1 reduced-precision sums of fp16 products, 2 TF32 in cuDNN, 3 flash attention, 4 plain attention.
XB_API int32_t xb_get_backend_flag(int32_t flag)
{
    switch (flag)
    {
        case 0: return context().allowTF32CuBLAS();
        case 1: return static_cast<int32_t>(context().allowFP16ReductionCuBLAS()) != 0;
        case 2: return context().allowTF32CuDNN();
        case 3: return context().userEnabledFlashSDP();
        default: return context().userEnabledMathSDP();
    }
}

XB_DO(set_backend_flag, (int32_t flag, int32_t value), {
    auto& global = at::globalContext();
    auto on = value != 0;
    switch (flag)
    {
        case 0: global.setAllowTF32CuBLAS(on); break;
        case 1: global.setAllowFP16ReductionCuBLAS(on); break;
        case 2: global.setAllowTF32CuDNN(on); break;
        case 3: global.setSDPUseFlash(on); break;
        default: global.setSDPUseMath(on); break;
    }
})

XB_API int64_t xb_dim(T t) { return t->dim(); }
XB_API int64_t xb_numel(T t) { return t->numel(); }
XB_API int64_t xb_element_size(T t) { return static_cast<int64_t>(t->element_size()); }
XB_API int32_t xb_dtype(T t) { return static_cast<int32_t>(t->scalar_type()); }
XB_API int32_t xb_device_type(T t) { return static_cast<int32_t>(t->device().type()); }
XB_API int32_t xb_device_index(T t) { return t->device().index(); }
XB_API int32_t xb_requires_grad(T t) { return t->requires_grad(); }
XB_API int32_t xb_is_leaf(T t) { return t->is_leaf(); }
XB_API int32_t xb_is_contiguous(T t) { return t->is_contiguous(); }

XB_API int64_t xb_size(T t, int64_t dim)
{
    return xb::guard("size", [&] { return t->size(dim); }, -1);
}

XB_API int64_t xb_stride_of(T t, int64_t dim)
{
    return xb::guard("stride", [&] { return t->stride(dim); }, -1);
}

XB_DO(sizes, (T t, int64_t* out), { auto s = t->sizes(); std::copy(s.begin(), s.end(), out); })
XB_DO(strides, (T t, int64_t* out), { auto s = t->strides(); std::copy(s.begin(), s.end(), out); })

XB_API void* xb_data(T t)
{
    return xb::guard("data", [&] { return t->data_ptr(); }, nullptr);
}
