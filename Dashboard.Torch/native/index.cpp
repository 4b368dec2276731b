#include "api.h"

#include <ATen/TensorIndexing.h>

#include <limits>

// One place of an index expression: 0 new axis, 1 ellipsis, 2 integer, 3 bool, 4 slice (absent bounds are INT64_MIN), 5 tensor.
struct XbIndex
{
    int64_t kind;
    int64_t a;
    int64_t b;
    int64_t c;
    T tensor;
};

namespace
{
constexpr auto absent = std::numeric_limits<int64_t>::min();

auto bound(int64_t value) { return value == absent ? xb::optional<int64_t>(xb::none) : xb::optional<int64_t>(value); }

at::indexing::TensorIndex place(const XbIndex& i)
{
    switch (i.kind)
    {
        case 0: return at::indexing::None;
        case 1: return at::indexing::Ellipsis;
        case 2: return i.a;
        case 3: return i.a != 0;
        case 4: return at::indexing::Slice(bound(i.a), bound(i.b), bound(i.c));
        default: return *i.tensor;
    }
}

std::vector<at::indexing::TensorIndex> places(const XbIndex* indices, int64_t count)
{
    std::vector<at::indexing::TensorIndex> result;
    result.reserve(static_cast<size_t>(count));
    for (int64_t i = 0; i < count; i++)
    {
        result.push_back(place(indices[i]));
    }
    return result;
}
}

XB_TENSOR(index, (T a, const XbIndex* indices, int64_t count), a->index(places(indices, count)))
XB_DO(index_put_, (T a, const XbIndex* indices, int64_t count, T value), a->index_put_(places(indices, count), *value))
XB_TENSOR(index_select, (T a, int64_t dim, T index), at::index_select(*a, dim, *index))
XB_TENSOR(gather, (T a, int64_t dim, T index), at::gather(*a, dim, *index))
XB_TENSOR(scatter, (T a, int64_t dim, T index, T source), at::scatter(*a, dim, *index, *source))
XB_TENSOR(masked_fill, (T a, T mask, XbScalar value), at::masked_fill(*a, *mask, xb::scalar(value)))
XB_TENSOR(nonzero, (T a), at::nonzero(*a))
XB_LIST(where_list, (T condition, T** out), at::where(*condition))
