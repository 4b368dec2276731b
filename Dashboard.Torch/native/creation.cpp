#include "api.h"

#define NEW(name, parameters, ...) XB_TENSOR(name, parameters, xb::leaf(__VA_ARGS__, o))
#define SIZES const int64_t* size, int64_t dims
#define SHAPE xb::sizes(size, dims)

NEW(empty, (SIZES, XbOptions o), at::empty(SHAPE, xb::options(o)))
NEW(zeros, (SIZES, XbOptions o), at::zeros(SHAPE, xb::options(o)))
NEW(ones, (SIZES, XbOptions o), at::ones(SHAPE, xb::options(o)))
NEW(full, (SIZES, XbScalar value, XbOptions o), at::full(SHAPE, xb::scalar(value), xb::options(o)))
NEW(arange, (XbScalar start, XbScalar stop, XbScalar step, XbOptions o), at::arange(xb::scalar(start), xb::scalar(stop), xb::scalar(step), xb::options(o)))
NEW(rand, (SIZES, G g, XbOptions o), at::rand(SHAPE, xb::generator(g), xb::options(o)))
NEW(randn, (SIZES, G g, XbOptions o), at::randn(SHAPE, xb::generator(g), xb::options(o)))
NEW(randint, (int64_t low, int64_t high, SIZES, G g, XbOptions o), at::randint(low, high, SHAPE, xb::generator(g), xb::options(o)))
NEW(randperm, (int64_t n, G g, XbOptions o), at::randperm(n, xb::generator(g), xb::options(o)))
XB_DO(randperm_out, (int64_t n, T out, G g), at::randperm_out(*out, n, xb::generator(g)))

// The options of the other tensor hold where o names none (dtype -1, device type -1).
static at::TensorOptions like(T t, XbOptions o)
{
    auto result = t->options();
    if (o.dtype >= 0)
    {
        result = result.dtype(static_cast<at::ScalarType>(o.dtype));
    }
    return o.deviceType >= 0 ? result.device(xb::device(o.deviceType, o.deviceIndex)) : result;
}

NEW(empty_like, (T t, XbOptions o), at::empty_like(*t, like(t, o)))
NEW(zeros_like, (T t, XbOptions o), at::zeros_like(*t, like(t, o)))
NEW(ones_like, (T t, XbOptions o), at::ones_like(*t, like(t, o)))
NEW(rand_like, (T t, XbOptions o), at::rand_like(*t, like(t, o)))
NEW(randn_like, (T t, XbOptions o), at::randn_like(*t, like(t, o)))

// A copy of values of the given type in host memory, converted to the type and device of o.
NEW(from_data, (const void* data, int32_t dtype, SIZES, XbOptions o), [&] {
    auto source = at::from_blob(const_cast<void*>(data), SHAPE, at::TensorOptions().dtype(static_cast<at::ScalarType>(dtype)));
    return source.to(xb::options(o).dtype(o.dtype < 0 ? dtype < 0 ? at::kFloat : static_cast<at::ScalarType>(dtype) : static_cast<at::ScalarType>(o.dtype)), false, true);
}())

NEW(scalar_tensor, (XbScalar value, XbOptions o), at::full({}, xb::scalar(value), xb::options(o)))
