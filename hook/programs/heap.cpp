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
  (void)::mallopt(M_TOP_PAD, kHeapBytes);
  // More than is there already, so that the heap grows now. What it gets begins where the heap was
  // at its end.
  void* volatile more = std::malloc(kHugePage);
  const auto top = reinterpret_cast<std::uintptr_t>(more);
  std::free(more);
  char* const end = static_cast<char*>(::sbrk(0));
  const std::size_t there = reinterpret_cast<std::uintptr_t>(end) - top;
  if (top == 0 || there < kHeapBytes || there > 2 * kHeapBytes) {
    return;  // it did not grow
  }
  const std::size_t small = -top % kHugePage;
  (void)::madvise(end - (there - small), there - small, MADV_HUGEPAGE);
  // The small pages in front of the first huge one are taken, and never touched.
  more = std::malloc(small);
}

}  // namespace sg::programs
