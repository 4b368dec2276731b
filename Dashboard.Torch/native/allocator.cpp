// The CPU allocator: keeps and reuses large blocks on huge pages. Training asks for the same sizes at each step; the system's allocator would return and fault
// in the pages of every large tensor each time.
#include "api.h"

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <sys/mman.h>

#include <atomic>
#include <cstdlib>
#include <map>
#include <mutex>
#include <new>
#include <vector>

namespace
{
constexpr size_t alignment = 64;
constexpr size_t smallest = 32 * 1024;
constexpr size_t hugePage = 2 * 1024 * 1024;
constexpr size_t regionSize = 16 * hugePage;

struct Header
{
    size_t block; // 0: from the system's allocator
};

// Sizes are rounded up to a quarter of their power of two, so that at most a fifth of a block is unused.
size_t rounded(size_t bytes)
{
    size_t power = smallest;
    while (power * 2 <= bytes)
    {
        power *= 2;
    }
    const size_t quarter = power / 4;
    return (bytes + quarter - 1) / quarter * quarter;
}

class BlockCache
{
public:
    void* take(size_t block)
    {
        std::lock_guard<std::mutex> lock(gate);
        auto& list = free[block];
        if (list.empty())
        {
            return block < hugePage ? carve(block) : map(block);
        }
        void* pointer = list.back();
        list.pop_back();
        kept -= block;
        return pointer;
    }

    void give(void* pointer, size_t block)
    {
        std::lock_guard<std::mutex> lock(gate);
        free[block].push_back(pointer);
        kept += block;
    }

    std::atomic<int64_t> kept{0};
    std::atomic<int64_t> mapped{0};

private:
    void* carve(size_t block)
    {
        if (left < block)
        {
            region = static_cast<char*>(map(regionSize));
            left = regionSize;
        }
        void* pointer = region;
        region += block;
        left -= block;
        return pointer;
    }

    void* map(size_t block)
    {
        const size_t length = (block + hugePage - 1) / hugePage * hugePage;
        char* raw = static_cast<char*>(mmap(nullptr, length + hugePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
        if (raw == MAP_FAILED)
        {
            throw std::bad_alloc();
        }
        const size_t skip = (hugePage - reinterpret_cast<size_t>(raw) % hugePage) % hugePage;
        if (skip > 0)
        {
            munmap(raw, skip);
        }
        if (skip < hugePage)
        {
            munmap(raw + skip + length, hugePage - skip);
        }
        madvise(raw + skip, length, MADV_HUGEPAGE);
        mapped += static_cast<int64_t>(length);
        return raw + skip;
    }

    std::mutex gate;
    std::map<size_t, std::vector<void*>> free;
    char* region = nullptr;
    size_t left = 0;
};

BlockCache& cache()
{
    // Never destroyed: tensors may be freed after static objects.
    static BlockCache* instance = new BlockCache();
    return *instance;
}

void release(void* data)
{
    if (data == nullptr)
    {
        return;
    }
    void* start = static_cast<char*>(data) - alignment;
    const size_t block = static_cast<Header*>(start)->block;
    if (block == 0)
    {
        std::free(start);
    }
    else
    {
        cache().give(start, block);
    }
}

struct BlockAllocator final : c10::Allocator
{
    // Both forms: libtorch made allocate non-const, and later asked for copy_data.
    c10::DataPtr allocate(size_t bytes) const { return make(bytes); }
    c10::DataPtr allocate(size_t bytes) { return make(bytes); }
    void copy_data(void* to, const void* from, std::size_t count) const { std::memcpy(to, from, count); }
    c10::DeleterFnPtr raw_deleter() const override { return &release; }

private:
    static c10::DataPtr make(size_t bytes)
    {
        if (bytes == 0)
        {
            return {nullptr, nullptr, &release, c10::Device(c10::DeviceType::CPU)};
        }
        const size_t needed = bytes + alignment;
        const size_t block = needed < smallest ? 0 : rounded(needed);
        void* start = block == 0 ? std::aligned_alloc(alignment, (needed + alignment - 1) / alignment * alignment) : cache().take(block);
        if (start == nullptr)
        {
            throw std::bad_alloc();
        }
        static_cast<Header*>(start)->block = block;
        void* data = static_cast<char*>(start) + alignment;
        return {data, data, &release, c10::Device(c10::DeviceType::CPU)};
    }
};

BlockAllocator allocator;
}

// Installs the allocator for all CPU tensors made from now on.
XB_DO(use_block_allocator, (), c10::SetCPUAllocator(&allocator, 255))

// Bytes mapped for large blocks, and how many of them are free for reuse.
XB_API void xb_block_bytes(int64_t* mapped, int64_t* kept)
{
    *mapped = cache().mapped;
    *kept = cache().kept;
}
