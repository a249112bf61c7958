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
  constexpr int kHeapBytes = 64 << 20;
  constexpr std::uintptr_t kHugePage = 2 << 20;
  (void)::mallopt(M_TOP_PAD, kHeapBytes);
  // More than is there already, so that the heap grows now.
  void* volatile more = std::malloc(2 << 20);
  std::free(more);
  char* const end = static_cast<char*>(::sbrk(0));
  char* begin = end - kHeapBytes;
  begin += -reinterpret_cast<std::uintptr_t>(begin) % kHugePage;
  (void)::madvise(begin, static_cast<std::size_t>(end - begin), MADV_HUGEPAGE);
}

}  // namespace sg::programs
