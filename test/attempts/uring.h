// SPDX-License-Identifier: Apache-2.0
//
// One io_uring by raw system calls: made with or without a kernel polling thread, one entry
// submitted, one completion waited for. Only what the methods of attempt_async.c need.

#ifndef SG_TEST_URING_H
#define SG_TEST_URING_H

#include <linux/io_uring.h>
#include <stddef.h>

struct uring {
  int fd;
  unsigned flags;  // IORING_SETUP_SQPOLL or 0
  void* sq_memory;
  size_t sq_size;
  void* cq_memory;  // the same mapping as sq_memory where the kernel has one for both
  size_t cq_size;
  struct io_uring_sqe* entries;
  size_t entries_size;
  unsigned* sq_tail;
  unsigned* sq_flags;
  unsigned* sq_array;
  unsigned sq_mask;
  unsigned* cq_head;
  unsigned* cq_tail;
  unsigned cq_mask;
  struct io_uring_cqe* completions;
};

// -1 and errno on failure; nothing to close then.
int uring_open(struct uring* ring, unsigned flags);
void uring_close(struct uring* ring);

// io_uring_register(2).
int uring_register(const struct uring* ring, unsigned opcode, const void* what, unsigned count);

// Submits a copy of the entry and waits for its completion. 0: `result` is the completion's
// result. -1: errno, nothing was completed.
int uring_run(struct uring* ring, const struct io_uring_sqe* entry, int* result);

#endif
