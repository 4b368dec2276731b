#include "kernels.h"

#include <cmath>

namespace xb::kernels
{
XB_LEVELS void adamw(float* __restrict parameter, const float* __restrict gradient, float* __restrict mean, float* __restrict variance, int64_t n, AdamW c)
{
    const float rest1 = 1.0f - c.beta1;
    const float rest2 = 1.0f - c.beta2;
    for (int64_t i = 0; i < n; i++)
    {
        const float g = gradient[i] * c.scale;
        const float m = c.beta1 * mean[i] + rest1 * g;
        const float v = c.beta2 * variance[i] + rest2 * (g * g);
        mean[i] = m;
        variance[i] = v;
        parameter[i] = parameter[i] * c.keep - c.step * m / (std::sqrt(v) * c.root + c.epsilon);
    }
}

XB_LEVELS double squares(const float* __restrict values, int64_t n)
{
    constexpr int lanes = 32;
    float sums[lanes] = {};
    double total = 0;
    int64_t i = 0;
    while (i + lanes <= n)
    {
        // Short runs in float keep the error below that of one rounding in 2^17.
        const int64_t end = i + 64 * lanes < n ? i + 64 * lanes : n;
        for (; i + lanes <= end; i += lanes)
        {
            for (int lane = 0; lane < lanes; lane++)
            {
                sums[lane] += values[i + lane] * values[i + lane];
            }
        }
        for (int lane = 0; lane < lanes; lane++)
        {
            total += sums[lane];
            sums[lane] = 0;
        }
    }
    for (; i < n; i++)
    {
        total += static_cast<double>(values[i]) * values[i];
    }
    return total;
}
}
