// SPDX-License-Identifier: Apache-2.0
//
// One io_uring by raw system calls (see uring.h).

#define _GNU_SOURCE

#include "uring.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { kEntries = 4, kIdleMs = 1000 };

static int enter(const struct uring* ring, unsigned submit, unsigned wait, unsigned flags) {
  long done;
  do {
    done = syscall(SYS_io_uring_enter, ring->fd, submit, wait, flags, NULL, 0);
  } while (done < 0 && errno == EINTR);
  return done < 0 ? -1 : 0;
}

static void* map_ring(int fd, size_t size, off_t offset) {
  void* memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, offset);
  return memory == MAP_FAILED ? NULL : memory;
}

static void point(struct uring* ring, const struct io_uring_params* params) {
  char* sq = ring->sq_memory;
  char* cq = ring->cq_memory;
  ring->sq_tail = (unsigned*)(void*)(sq + params->sq_off.tail);
  ring->sq_flags = (unsigned*)(void*)(sq + params->sq_off.flags);
  ring->sq_array = (unsigned*)(void*)(sq + params->sq_off.array);
  ring->sq_mask = *(unsigned*)(void*)(sq + params->sq_off.ring_mask);
  ring->cq_head = (unsigned*)(void*)(cq + params->cq_off.head);
  ring->cq_tail = (unsigned*)(void*)(cq + params->cq_off.tail);
  ring->cq_mask = *(unsigned*)(void*)(cq + params->cq_off.ring_mask);
  ring->completions = (struct io_uring_cqe*)(void*)(cq + params->cq_off.cqes);
}

int uring_open(struct uring* ring, unsigned flags) {
  struct io_uring_params params = {.flags = flags, .sq_thread_idle = kIdleMs};
  memset(ring, 0, sizeof *ring);
  ring->flags = flags;
  ring->fd = (int)syscall(SYS_io_uring_setup, kEntries, &params);
  if (ring->fd < 0)
    return -1;
  ring->sq_size = params.sq_off.array + params.sq_entries * sizeof(unsigned);
  ring->cq_size = params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe);
  ring->entries_size = params.sq_entries * sizeof(struct io_uring_sqe);
  ring->sq_memory = map_ring(ring->fd, ring->sq_size, IORING_OFF_SQ_RING);
  ring->cq_memory = map_ring(ring->fd, ring->cq_size, IORING_OFF_CQ_RING);
  ring->entries = map_ring(ring->fd, ring->entries_size, IORING_OFF_SQES);
  if (ring->sq_memory == NULL || ring->cq_memory == NULL || ring->entries == NULL) {
    const int error = errno;
    uring_close(ring);
    errno = error;
    return -1;
  }
  point(ring, &params);
  return 0;
}

void uring_close(struct uring* ring) {
  if (ring->sq_memory != NULL)
    (void)munmap(ring->sq_memory, ring->sq_size);
  if (ring->cq_memory != NULL)
    (void)munmap(ring->cq_memory, ring->cq_size);
  if (ring->entries != NULL)
    (void)munmap(ring->entries, ring->entries_size);
  close(ring->fd);
}

int uring_register(const struct uring* ring, unsigned opcode, const void* what, unsigned count) {
  return (int)syscall(SYS_io_uring_register, ring->fd, opcode, what, count);
}

int uring_run(struct uring* ring, const struct io_uring_sqe* entry, int* result) {
  const unsigned tail = *ring->sq_tail;
  const unsigned index = tail & ring->sq_mask;
  ring->entries[index] = *entry;
  ring->sq_array[index] = index;
  __atomic_store_n(ring->sq_tail, tail + 1, __ATOMIC_RELEASE);
  unsigned flags = IORING_ENTER_GETEVENTS;
  if ((ring->flags & IORING_SETUP_SQPOLL) != 0) {
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    const unsigned state = __atomic_load_n(ring->sq_flags, __ATOMIC_ACQUIRE);
    if ((state & IORING_SQ_NEED_WAKEUP) != 0)
      flags |= IORING_ENTER_SQ_WAKEUP;
  }
  if (enter(ring, 1, 1, flags) != 0)
    return -1;
  const unsigned head = *ring->cq_head;
  if (head == __atomic_load_n(ring->cq_tail, __ATOMIC_ACQUIRE)) {
    errno = EAGAIN;
    return -1;
  }
  *result = ring->completions[head & ring->cq_mask].res;
  __atomic_store_n(ring->cq_head, head + 1, __ATOMIC_RELEASE);
  return 0;
}
