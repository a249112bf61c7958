// SPDX-License-Identifier: Apache-2.0
// heap.h - memory for a process that lives for a millisecond.
#pragma once

namespace sg::programs {

// From here on nothing of the heap is given back, and it grows by a megabyte at a time: asking the
// kernel costs more than what is asked for.
void keep_heap();

// From here on the heap is made of huge pages where the host permits them, and begins at the first
// one. Page faults are most of what memory costs: a policy of 1,000 rules touches 3,000 small pages.
// Where the host does not permit it, or the heap did not grow, nothing changes.
void use_huge_heap();

}  // namespace sg::programs
