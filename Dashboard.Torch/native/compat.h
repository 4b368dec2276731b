// Differences between libtorch 1.13 and 2.x, and nothing else.
#pragma once

#include <ATen/ATen.h>
#include <torch/csrc/api/include/torch/version.h>

#define XB_TORCH_AT_LEAST(major, minor) \
    (TORCH_VERSION_MAJOR > (major) || (TORCH_VERSION_MAJOR == (major) && TORCH_VERSION_MINOR >= (minor)))

namespace xb
{
#if XB_TORCH_AT_LEAST(2, 4)
template <typename T> using optional = std::optional<T>;
constexpr auto none = std::nullopt;
#else
template <typename T> using optional = c10::optional<T>;
constexpr auto none = c10::nullopt;
#endif
}
