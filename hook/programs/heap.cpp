// SPDX-License-Identifier: Apache-2.0
// heap.cpp - asks for all memory at once, and for huge pages below it.
//
// Tested by test/integration/30-allowed-and-refused.bats.
#include "programs/heap.h"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <climits>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace sg::programs {

void keep_heap() {
  (void)::mallopt(M_TOP_PAD, 1 << 20);
  (void)::mallopt(M_MMAP_THRESHOLD, 32 << 20);
  (void)::mallopt(M_TRIM_THRESHOLD, INT_MAX);
}

void use_huge_heap() {
  constexpr std::size_t kHeapBytes = 64 << 20;
  constexpr std::uintptr_t kHugePage = 2 << 20;
  constexpr std::size_t kFromTheEnd = 64 << 10;  // more than any gap that the start left
  (void)::mallopt(M_TOP_PAD, kHeapBytes);
  // All that is left and no more, so that the heap grows now, and what stands behind in it is still
  // untouched: a huge page with one small one in it is none.
  const auto old_end = reinterpret_cast<std::uintptr_t>(::sbrk(0));
  void* volatile more = std::malloc(kFromTheEnd);
  const auto top = reinterpret_cast<std::uintptr_t>(more);
  std::free(more);
  if (top == 0 || top > old_end || old_end - top > kHugePage) {
    return;  // it does not come from the end of the heap
  }
  more = std::malloc(old_end - top);
  std::free(more);
  char* const end = static_cast<char*>(::sbrk(0));
  const std::size_t there = reinterpret_cast<std::uintptr_t>(end) - top;
  if (there < kHeapBytes || there > 2 * kHeapBytes) {
    return;  // it did not grow
  }
  const std::size_t small = (old_end / kHugePage + 1) * kHugePage - top;
  (void)::madvise(end - (there - small), there - small, MADV_HUGEPAGE);
  // The small pages in front of the first huge one are taken, and never touched.
  more = std::malloc(small);
}

}  // namespace sg::programs
