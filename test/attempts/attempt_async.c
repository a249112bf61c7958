// SPDX-License-Identifier: Apache-2.0
//
// The methods in which the write is queued and carried out later: Linux AIO, and io_uring with
// four operations, each in four modes. In the modes other than plain another task of the kernel
// runs the write: a worker thread (IOSQE_ASYNC) or the polling thread (SQPOLL).

#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "attempts.h"
#include "uring.h"

enum operation { OPERATION_WRITE, OPERATION_WRITEV, OPERATION_FIXED, OPERATION_SPLICE };

// The argument of a method is an operation and these.
enum { kOperationMask = 0xf, kAsync = 0x10, kPoll = 0x20 };

// Slots of the registered files: SQPOLL works on these only in older kernels.
enum { kTargetSlot = 0, kPipeSlot = 1 };

static struct outcome submit_aio(const struct target* target, aio_context_t context, int fd) {
  struct iocb block = {
      .aio_lio_opcode = IOCB_CMD_PWRITE,
      .aio_fildes = (uint32_t)fd,
      .aio_buf = (uint64_t)(uintptr_t)target->value,
      .aio_nbytes = target->size,
      .aio_offset = target->position,
  };
  struct iocb* blocks[] = {&block};
  struct io_event event;
  if (syscall(SYS_io_submit, context, 1L, blocks) != 1)
    return outcome_of(-1);
  if (syscall(SYS_io_getevents, context, 1L, 1L, &event, NULL) != 1)
    return outcome_of(-1);
  return outcome_of_result((long)event.res);
}

static struct outcome run_aio(const struct target* target, long argument) {
  aio_context_t context = 0;
  struct outcome outcome;
  int fd;
  (void)argument;
  if (syscall(SYS_io_setup, 1L, &context) != 0)
    return unsupported(errno);
  if (open_target(target, O_WRONLY, &fd, &outcome)) {
    outcome = submit_aio(target, context, fd);
    close(fd);
  }
  (void)syscall(SYS_io_destroy, context);
  return outcome;
}

static void prepare_entry(struct io_uring_sqe* entry, const struct target* target,
                          const struct iovec* whole, enum operation operation) {
  entry->fd = kTargetSlot;
  entry->flags = IOSQE_FIXED_FILE;
  entry->off = (uint64_t)target->position;
  entry->addr = (uint64_t)(uintptr_t)target->value;
  entry->len = (uint32_t)target->size;
  switch (operation) {
    case OPERATION_WRITE:
      entry->opcode = IORING_OP_WRITE;
      break;
    case OPERATION_FIXED:
      entry->opcode = IORING_OP_WRITE_FIXED;
      break;
    case OPERATION_WRITEV:
      entry->opcode = IORING_OP_WRITEV;
      entry->addr = (uint64_t)(uintptr_t)whole;
      entry->len = 1;
      break;
    case OPERATION_SPLICE:
      entry->opcode = IORING_OP_SPLICE;
      entry->splice_off_in = (uint64_t)-1;
      entry->splice_fd_in = kPipeSlot;
      entry->splice_flags = SPLICE_F_FD_IN_FIXED;
      break;
  }
}

// In the plain mode of everything but WRITE_FIXED the files are named by descriptor.
static void name_by_descriptor(struct io_uring_sqe* entry, const int* files,
                               enum operation operation) {
  entry->fd = files[kTargetSlot];
  entry->flags = 0;
  if (operation != OPERATION_SPLICE)
    return;
  entry->splice_fd_in = files[kPipeSlot];
  entry->splice_flags = 0;
}

static struct outcome submit_uring(const struct target* target, long argument, struct uring* ring,
                                   const int* files) {
  const enum operation operation = (enum operation)(argument & kOperationMask);
  struct iovec whole = {.iov_base = target->value, .iov_len = target->size};
  struct io_uring_sqe entry;
  int result = 0;
  const struct iovec buffer = {.iov_base = target->value, .iov_len = target->size + 1};
  if (uring_register(ring, IORING_REGISTER_FILES, files, 2) != 0)
    return unsupported(errno);
  if (operation == OPERATION_FIXED &&
      uring_register(ring, IORING_REGISTER_BUFFERS, &buffer, 1) != 0) {
    return unsupported(errno);
  }
  memset(&entry, 0, sizeof entry);
  prepare_entry(&entry, target, &whole, operation);
  if ((argument & kPoll) == 0 && operation != OPERATION_FIXED) {
    name_by_descriptor(&entry, files, operation);
  }
  if ((argument & kAsync) != 0)
    entry.flags |= IOSQE_ASYNC;
  if (uring_run(ring, &entry, &result) != 0)
    return unsupported(errno);
  return outcome_of_result(result);
}

static struct outcome run_uring(const struct target* target, long argument) {
  struct outcome outcome;
  struct uring ring;
  int ends[2];
  int fd;
  if (uring_open(&ring, (argument & kPoll) != 0 ? IORING_SETUP_SQPOLL : 0) != 0) {
    return unsupported(errno);
  }
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
    uring_close(&ring);
    return unsupported(errno);
  }
  if ((argument & kOperationMask) == OPERATION_SPLICE &&
      write(ends[1], target->value, target->size) != (ssize_t)target->size) {
    outcome = unsupported(EFBIG);
  } else if (open_target(target, O_WRONLY, &fd, &outcome)) {
    const int files[] = {fd, ends[0]};
    outcome = submit_uring(target, argument, &ring, files);
    close(fd);
  }
  close(ends[0]);
  close(ends[1]);
  uring_close(&ring);
  return outcome;
}

#define SG_URING(name, operation, help)                                                  \
  {"uring-" name, run_uring, operation, PROBE_MEMFD, "io_uring " help},                  \
      {"uring-" name "-async", run_uring, (operation) | kAsync, PROBE_MEMFD,             \
       "io_uring " help ", IOSQE_ASYNC"},                                                \
      {"uring-" name "-sqpoll", run_uring, (operation) | kPoll, PROBE_MEMFD,             \
       "io_uring " help ", SQPOLL"},                                                     \
  {                                                                                      \
    "uring-" name "-sqpoll-async", run_uring, (operation) | kPoll | kAsync, PROBE_MEMFD, \
        "io_uring " help ", SQPOLL and IOSQE_ASYNC"                                      \
  }

const struct method kAsyncMethods[] = {
    {"aio", run_aio, 0, PROBE_MEMFD, "io_submit(2) of a PWRITE at -p"},
    SG_URING("write", OPERATION_WRITE, "WRITE at -p"),
    SG_URING("writev", OPERATION_WRITEV, "WRITEV at -p"),
    SG_URING("fixed", OPERATION_FIXED, "WRITE_FIXED at -p, registered file"),
    SG_URING("splice", OPERATION_SPLICE, "SPLICE from a pipe at -p"),
    {NULL, NULL, 0, PROBE_NONE, NULL},
};
