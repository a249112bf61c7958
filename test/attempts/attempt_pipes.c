// SPDX-License-Identifier: Apache-2.0
//
// The methods in which the kernel fetches the value from another file: sendfile from a memfd
// and splice from a pipe that was filled in different ways.

#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <unistd.h>

#include "attempts.h"

// The most a pipe takes without CAP_SYS_RESOURCE (/proc/sys/fs/pipe-max-size).
enum { kPipeBytes = 1 << 20 };

enum fill {
  FILL_WRITE,     // one write
  FILL_BYTES,     // one pipe buffer for each byte
  FILL_TEE,       // filled, then duplicated into the pipe that is spliced
  FILL_VMSPLICE,  // pages given away
};

static struct outcome run_sendfile(const struct target* target, long argument) {
  struct outcome outcome;
  int fd;
  (void)argument;
  const int source = memfd_create("value", MFD_CLOEXEC);
  if (source < 0)
    return unsupported(errno);
  if (pwrite(source, target->value, target->size, 0) != (ssize_t)target->size) {
    close(source);
    return unsupported(EIO);
  }
  if (open_target(target, O_WRONLY, &fd, &outcome)) {
    off_t offset = 0;
    outcome = outcome_of(sendfile(fd, source, &offset, target->size));
    close(fd);
  }
  close(source);
  return outcome;
}

// O_DIRECT keeps each write in a buffer of its own; O_NONBLOCK makes a value that does not fit
// an error.
static int make_pipe(int ends[2], int flags, size_t size) {
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK | flags) != 0)
    return -1;
  if (size > 16)
    (void)fcntl(ends[1], F_SETPIPE_SZ, kPipeBytes);
  return 0;
}

static int fill_by_bytes(int end, const struct target* target) {
  for (size_t i = 0; i < target->size; i++) {
    if (write(end, target->value + i, 1) != 1)
      return -1;
  }
  return 0;
}

static int fill_by_gift(int end, const struct target* target) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE);
  const size_t bytes = (target->size + page) / page * page;
  char* copy = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (copy == MAP_FAILED)
    return -1;
  memcpy(copy, target->value, target->size);
  const struct iovec given = {.iov_base = copy, .iov_len = target->size};
  return vmsplice(end, &given, 1, SPLICE_F_GIFT) == (ssize_t)target->size ? 0 : -1;
}

static int fill_by_tee(int end, const struct target* target) {
  int first[2];
  if (make_pipe(first, 0, target->size) != 0)
    return -1;
  int result = -1;
  if (write(first[1], target->value, target->size) == (ssize_t)target->size &&
      tee(first[0], end, target->size, 0) == (ssize_t)target->size) {
    result = 0;
  }
  const int error = errno;
  close(first[0]);
  close(first[1]);
  errno = error;
  return result;
}

static int fill_pipe(int end, const struct target* target, enum fill fill) {
  errno = EFBIG;
  switch (fill) {
    case FILL_WRITE:
      return write(end, target->value, target->size) == (ssize_t)target->size ? 0 : -1;
    case FILL_BYTES:
      return fill_by_bytes(end, target);
    case FILL_TEE:
      return fill_by_tee(end, target);
    case FILL_VMSPLICE:
      return fill_by_gift(end, target);
  }
  return -1;
}

static struct outcome run_splice(const struct target* target, long argument) {
  const enum fill fill = (enum fill)argument;
  struct outcome outcome;
  int ends[2];
  int fd;
  if (make_pipe(ends, fill == FILL_BYTES ? O_DIRECT : 0, target->size) != 0) {
    return unsupported(errno);
  }
  if (fill_pipe(ends[1], target, fill) != 0) {
    outcome = unsupported(errno);
  } else if (open_target(target, O_WRONLY, &fd, &outcome)) {
    const unsigned flags = fill == FILL_VMSPLICE ? SPLICE_F_MOVE : 0;
    outcome = outcome_of(splice(ends[0], NULL, fd, NULL, target->size, flags));
    close(fd);
  }
  close(ends[0]);
  close(ends[1]);
  return outcome;
}

// As `splice`, with an explicit position in the target.
static struct outcome run_splice_at(const struct target* target, long argument) {
  struct outcome outcome;
  int ends[2];
  int fd;
  if (make_pipe(ends, 0, target->size) != 0)
    return unsupported(errno);
  if (fill_pipe(ends[1], target, FILL_WRITE) != 0) {
    outcome = unsupported(errno);
  } else if (open_target(target, O_WRONLY, &fd, &outcome)) {
    off_t position = argument;
    outcome = outcome_of(splice(ends[0], NULL, fd, &position, target->size, 0));
    close(fd);
  }
  close(ends[0]);
  close(ends[1]);
  return outcome;
}

const struct method kPipeMethods[] = {
    {"sendfile", run_sendfile, 0, PROBE_MEMFD, "sendfile(2) from a memfd"},
    {"splice", run_splice, FILL_WRITE, PROBE_MEMFD, "splice(2) from a pipe"},
    {"splice-1", run_splice_at, 1, PROBE_MEMFD, "splice(2) from a pipe to position 1"},
    {"splice-bytes", run_splice, FILL_BYTES, PROBE_MEMFD, "a pipe buffer for each byte"},
    {"tee-splice", run_splice, FILL_TEE, PROBE_MEMFD, "tee(2), then splice(2)"},
    {"vmsplice-splice", run_splice, FILL_VMSPLICE, PROBE_MEMFD, "vmsplice GIFT, splice MOVE"},
    {NULL, NULL, 0, PROBE_NONE, NULL},
};
