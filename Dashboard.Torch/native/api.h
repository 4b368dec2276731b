// The C boundary: handles are heap-allocated at::Tensor; an entry that fails leaves a message for xb_last_error and returns null (or -1).
#pragma once

#include "compat.h"

#include <cstdint>
#include <exception>

using T = at::Tensor*;
using G = at::Generator*;

struct XbScalar
{
    int64_t bits;
    int32_t kind; // -1 absent, 0 integer, 1 double (bits hold it), 2 bool
};

struct XbOptions
{
    int32_t dtype; // -1: the default floating-point type
    int32_t deviceType;
    int32_t deviceIndex;
    int32_t requiresGrad;
};

namespace xb
{
void fail(const char* operation, const char* message) noexcept;

template <typename F> auto guard(const char* operation, F&& body, decltype(body()) failed) noexcept -> decltype(body())
{
    try
    {
        return body();
    }
    catch (const c10::Error& e)
    {
        fail(operation, e.what_without_backtrace());
    }
    catch (const std::exception& e)
    {
        fail(operation, e.what());
    }
    catch (...)
    {
        fail(operation, "an exception of unknown type");
    }
    return failed;
}

inline T own(at::Tensor&& tensor) { return new at::Tensor(std::move(tensor)); }

inline optional<at::Tensor> maybe(T tensor) { return tensor ? optional<at::Tensor>(*tensor) : none; }

inline optional<at::ScalarType> type(int32_t dtype) { return dtype < 0 ? optional<at::ScalarType>(none) : static_cast<at::ScalarType>(dtype); }

inline optional<at::Generator> generator(G g) { return g ? optional<at::Generator>(*g) : none; }

inline at::Scalar scalar(XbScalar s)
{
    if (s.kind == 1)
    {
        double value;
        static_assert(sizeof value == sizeof s.bits, "a double fits its bits");
        std::memcpy(&value, &s.bits, sizeof value);
        return value;
    }
    return s.kind == 2 ? at::Scalar(s.bits != 0) : at::Scalar(s.bits);
}

inline optional<at::Scalar> maybe(XbScalar s) { return s.kind < 0 ? optional<at::Scalar>(none) : scalar(s); }

inline at::Device device(int32_t type, int32_t index) { return at::Device(static_cast<at::DeviceType>(type), static_cast<at::DeviceIndex>(index)); }

inline at::TensorOptions options(XbOptions o)
{
    auto result = at::TensorOptions().device(device(o.deviceType, o.deviceIndex));
    return o.dtype < 0 ? result : result.dtype(static_cast<at::ScalarType>(o.dtype));
}

inline at::Tensor leaf(at::Tensor&& tensor, XbOptions o)
{
    if (o.requiresGrad)
    {
        tensor.set_requires_grad(true);
    }
    return std::move(tensor);
}

inline at::IntArrayRef sizes(const int64_t* values, int64_t count) { return at::IntArrayRef(values, static_cast<size_t>(count)); }

inline std::vector<at::Tensor> list(const T* tensors, int64_t count)
{
    std::vector<at::Tensor> result;
    result.reserve(static_cast<size_t>(count));
    for (int64_t i = 0; i < count; i++)
    {
        result.push_back(tensors[i] ? *tensors[i] : at::Tensor());
    }
    return result;
}

// An array of handles that the caller frees with xb_free_array.
int64_t give(std::vector<at::Tensor>&& tensors, T** out);
}

#define XB_API extern "C" __attribute__((visibility("default")))

// An operation that returns a tensor.
#define XB_TENSOR(name, parameters, ...) \
    XB_API T xb_##name parameters { return xb::guard(#name, [&]() -> T { return xb::own(__VA_ARGS__); }, nullptr); }

// An operation that changes a tensor in place, or has no result: 0, or -1 when it failed.
#define XB_DO(name, parameters, ...) \
    XB_API int32_t xb_##name parameters { return xb::guard(#name, [&]() -> int32_t { __VA_ARGS__; return 0; }, -1); }

// An operation that returns several tensors as an array.
#define XB_LIST(name, parameters, ...) \
    XB_API int64_t xb_##name parameters { return xb::guard(#name, [&]() -> int64_t { return xb::give(__VA_ARGS__, out); }, -1); }

// An operation that returns two tensors through out.
#define XB_PAIR(name, parameters, ...) \
    XB_DO(name, parameters, auto pair = __VA_ARGS__; out[0] = xb::own(std::move(std::get<0>(pair))); out[1] = xb::own(std::move(std::get<1>(pair))))
