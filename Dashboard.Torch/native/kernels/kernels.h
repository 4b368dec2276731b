// Kernels over plain arrays, free of torch headers. Each is compiled for several levels of x86-64 and chosen when the library is loaded.
#pragma once

#include <cstdint>

#if defined(__x86_64__) && defined(__GNUC__)
#define XB_LEVELS __attribute__((target_clones("arch=skylake-avx512", "arch=haswell", "default")))
#else
#define XB_LEVELS
#endif

namespace xb::kernels
{
struct AdamW
{
    float scale;    // of the gradient, from clipping
    float keep;     // 1 - learning rate x weight decay
    float beta1;
    float beta2;
    float step;     // learning rate / (1 - beta1^n)
    float root;     // 1 / sqrt(1 - beta2^n)
    float epsilon;
};

// One pass over n entries: moments and parameter.
void adamw(float* parameter, const float* gradient, float* mean, float* variance, int64_t n, AdamW constants);

// Sum of squares in double.
double squares(const float* values, int64_t n);

// y = w x / sqrt(mean(x^2) + epsilon) for each of the rows; inverse keeps 1 / sqrt(...).
void rms_norm(const float* x, const float* weight, float* y, float* inverse, int64_t rows, int64_t width, float epsilon);

// Gradients of rms_norm; weightGradient is added to.
void rms_norm_backward(
    const float* gradient, const float* x, const float* weight, const float* inverse, float* xGradient, float* weightGradient, int64_t rows, int64_t width);
}
