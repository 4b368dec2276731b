#include "kernels.h"

#include <cmath>

namespace xb::kernels
{
namespace
{
constexpr int lanes = 16;

template <typename F> inline __attribute__((always_inline)) float sum(int64_t n, F&& term)
{
    float sums[lanes] = {};
    int64_t i = 0;
    for (; i + lanes <= n; i += lanes)
    {
        for (int lane = 0; lane < lanes; lane++)
        {
            sums[lane] += term(i + lane);
        }
    }
    float total = 0;
    for (; i < n; i++)
    {
        total += term(i);
    }
    for (int lane = 0; lane < lanes; lane++)
    {
        total += sums[lane];
    }
    return total;
}
}

XB_LEVELS void rms_norm(const float* __restrict x, const float* __restrict weight, float* __restrict y, float* __restrict inverse, int64_t rows, int64_t width, float epsilon)
{
    for (int64_t row = 0; row < rows; row++)
    {
        const float* xr = x + row * width;
        float* yr = y + row * width;
        const float square = sum(width, [&](int64_t i) { return xr[i] * xr[i]; });
        const float scale = 1.0f / std::sqrt(square / static_cast<float>(width) + epsilon);
        inverse[row] = scale;
        for (int64_t i = 0; i < width; i++)
        {
            yr[i] = xr[i] * scale * weight[i];
        }
    }
}

XB_LEVELS void rms_norm_backward(
    const float* __restrict gradient, const float* __restrict x, const float* __restrict weight, const float* __restrict inverse, float* __restrict xGradient,
    float* __restrict weightGradient, int64_t rows, int64_t width)
{
    for (int64_t row = 0; row < rows; row++)
    {
        const float* gr = gradient + row * width;
        const float* xr = x + row * width;
        float* out = xGradient + row * width;
        const float scale = inverse[row];
        const float dot = sum(width, [&](int64_t i) { return gr[i] * weight[i] * xr[i]; });
        const float back = dot * scale * scale * scale / static_cast<float>(width);
        for (int64_t i = 0; i < width; i++)
        {
            out[i] = gr[i] * weight[i] * scale - xr[i] * back;
            weightGradient[i] += gr[i] * xr[i] * scale;
        }
    }
}
}
