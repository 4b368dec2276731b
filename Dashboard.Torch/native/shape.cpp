#include "api.h"

#define SIZES const int64_t* size, int64_t dims
#define SHAPE xb::sizes(size, dims)

XB_TENSOR(alias, (T a), at::alias(*a))
XB_TENSOR(view, (T a, SIZES), a->view(SHAPE))
XB_TENSOR(reshape, (T a, SIZES), a->reshape(SHAPE))
XB_TENSOR(expand, (T a, SIZES, int32_t isImplicit), a->expand(SHAPE, isImplicit != 0))
XB_TENSOR(repeat, (T a, SIZES), a->repeat(SHAPE))
XB_TENSOR(permute, (T a, SIZES), a->permute(SHAPE))
XB_TENSOR(flatten, (T a, int64_t start, int64_t end), a->flatten(start, end))
XB_TENSOR(transpose, (T a, int64_t dim0, int64_t dim1), a->transpose(dim0, dim1))
XB_TENSOR(unsqueeze, (T a, int64_t dim), a->unsqueeze(dim))
XB_TENSOR(squeeze, (T a), a->squeeze())
XB_TENSOR(squeeze_dim, (T a, int64_t dim), a->squeeze(dim))
XB_TENSOR(narrow, (T a, int64_t dim, int64_t start, int64_t length), a->narrow(dim, start, length))
XB_TENSOR(slice, (T a, int64_t dim, int64_t start, int64_t finish, int64_t step), a->slice(dim, start, finish, step))
XB_TENSOR(select, (T a, int64_t dim, int64_t index), a->select(dim, index))
XB_TENSOR(tril, (T a, int64_t diagonal), at::tril(*a, diagonal))
XB_TENSOR(triu, (T a, int64_t diagonal), at::triu(*a, diagonal))
XB_TENSOR(contiguous, (T a), a->contiguous())
XB_TENSOR(clone, (T a), a->clone())
XB_TENSOR(detach, (T a), a->detach())
XB_TENSOR(cat, (const T* tensors, int64_t count, int64_t dim), at::cat(xb::list(tensors, count), dim))
XB_TENSOR(stack, (const T* tensors, int64_t count, int64_t dim), at::stack(xb::list(tensors, count), dim))

XB_LIST(split, (T a, int64_t size, int64_t dim, T** out), a->split(size, dim))
XB_LIST(split_sizes, (T a, SIZES, int64_t dim, T** out), at::split_with_sizes(*a, SHAPE, dim))
XB_LIST(chunk, (T a, int64_t chunks, int64_t dim, T** out), a->chunk(chunks, dim))
XB_LIST(unbind, (T a, int64_t dim, T** out), a->unbind(dim))

XB_TENSOR(to, (T a, int32_t dtype, int32_t deviceType, int32_t deviceIndex, int32_t nonBlocking, int32_t copy), [&] {
    auto options = a->options();
    if (dtype >= 0)
    {
        options = options.dtype(static_cast<at::ScalarType>(dtype));
    }
    if (deviceType >= 0)
    {
        options = options.device(xb::device(deviceType, deviceIndex));
    }
    return a->to(options, nonBlocking != 0, copy != 0);
}())
