// SPDX-License-Identifier: Apache-2.0
//
// The methods that are one of the plain file calls on the target: write, pwrite, writev,
// pwritev2, opens with other flags, writes in pieces, and reads.

#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

#include "attempts.h"

#ifndef RWF_APPEND
#define RWF_APPEND 0x00000010
#endif

// A longer value is cut by the kernel anyway (UIO_MAXIOV).
enum { kMaxParts = 1024 };

// The argument that means: the position given on the command line.
enum { kPositionOption = -1 };

struct outcome outcome_of(long returned) {
  if (returned >= 0)
    return (struct outcome){OUTCOME_OK, returned, -1};
  return (struct outcome){OUTCOME_ERRNO, errno, -1};
}

struct outcome outcome_of_result(long result) {
  if (result >= 0)
    return (struct outcome){OUTCOME_OK, result, -1};
  return (struct outcome){OUTCOME_ERRNO, -result, -1};
}

struct outcome unsupported(int error) {
  return (struct outcome){OUTCOME_UNSUPPORTED, error, -1};
}

int open_target(const struct target* target, int flags, int* fd, struct outcome* outcome) {
  *fd = open(target->path, flags | O_CLOEXEC, 0600);
  if (*fd >= 0)
    return 1;
  *outcome = (struct outcome){OUTCOME_OPEN, errno, -1};
  return 0;
}

static struct outcome run_write(const struct target* target, long flags) {
  struct outcome outcome;
  int fd;
  if (!open_target(target, (int)flags, &fd, &outcome))
    return outcome;
  outcome = outcome_of(write(fd, target->value, target->size));
  close(fd);
  return outcome;
}

struct outcome write_once(const struct target* target) {
  return run_write(target, O_WRONLY);
}

static long long position_of(const struct target* target, long argument) {
  return argument == kPositionOption ? target->position : argument;
}

static struct outcome run_pwrite(const struct target* target, long argument) {
  struct outcome outcome;
  int fd;
  if (!open_target(target, O_WRONLY, &fd, &outcome))
    return outcome;
  outcome = outcome_of(pwrite(fd, target->value, target->size, position_of(target, argument)));
  close(fd);
  return outcome;
}

static struct outcome run_lseek_write(const struct target* target, long argument) {
  struct outcome outcome;
  int fd;
  if (!open_target(target, O_WRONLY, &fd, &outcome))
    return outcome;
  if (lseek(fd, position_of(target, argument), SEEK_SET) < 0) {
    outcome = unsupported(errno);
  } else {
    outcome = outcome_of(write(fd, target->value, target->size));
  }
  close(fd);
  return outcome;
}

// One vector element for each byte of the value.
static struct outcome run_writev(const struct target* target, long argument) {
  struct iovec parts[kMaxParts];
  struct outcome outcome;
  int fd;
  (void)argument;
  if (target->size > kMaxParts)
    return unsupported(EFBIG);
  for (size_t i = 0; i < target->size; i++) {
    parts[i] = (struct iovec){.iov_base = target->value + i, .iov_len = 1};
  }
  if (!open_target(target, O_WRONLY, &fd, &outcome))
    return outcome;
  outcome = outcome_of(writev(fd, parts, (int)target->size));
  close(fd);
  return outcome;
}

static struct outcome run_pwritev2(const struct target* target, long flags) {
  struct iovec whole = {.iov_base = target->value, .iov_len = target->size};
  struct outcome outcome;
  int fd;
  if (!open_target(target, O_WRONLY, &fd, &outcome))
    return outcome;
  outcome = outcome_of(pwritev2(fd, &whole, 1, target->position, (int)flags));
  close(fd);
  return outcome;
}

// One write for each byte; stops at the first that fails.
static struct outcome run_bytes(const struct target* target, long argument) {
  struct outcome outcome;
  int fd;
  (void)argument;
  if (!open_target(target, O_WRONLY, &fd, &outcome))
    return outcome;
  long total = 0;
  for (size_t i = 0; i < target->size; i++) {
    const ssize_t written = write(fd, target->value + i, 1);
    outcome = outcome_of(written);
    if (outcome.kind != OUTCOME_OK)
      break;
    total += written;
  }
  if (target->size == 0 || outcome.kind == OUTCOME_OK)
    outcome = outcome_of(total);
  close(fd);
  return outcome;
}

static struct outcome run_zero(const struct target* target, long argument) {
  struct outcome outcome;
  int fd;
  (void)argument;
  if (!open_target(target, O_WRONLY, &fd, &outcome))
    return outcome;
  outcome = outcome_of(write(fd, target->value, 0));
  close(fd);
  return outcome;
}

static struct outcome run_read(const struct target* target, long argument) {
  char buffer[4096];
  struct outcome outcome;
  int fd;
  if (!open_target(target, O_RDONLY, &fd, &outcome))
    return outcome;
  if (argument == 0) {
    outcome = outcome_of(read(fd, buffer, sizeof buffer));
  } else {
    outcome = outcome_of(pread(fd, buffer, sizeof buffer, target->position));
  }
  close(fd);
  return outcome;
}

const struct method kFileMethods[] = {
    {"write", run_write, O_WRONLY, PROBE_MEMFD, "write(2)"},
    {"write-rdwr", run_write, O_RDWR, PROBE_MEMFD, "opened for reading and writing"},
    {"pwrite", run_pwrite, kPositionOption, PROBE_MEMFD, "pwrite(2) at -p"},
    {"pwrite-1", run_pwrite, 1, PROBE_MEMFD, "pwrite(2) at 1"},
    {"pwrite-5", run_pwrite, 5, PROBE_MEMFD, "pwrite(2) at 5"},
    {"pwrite-4g", run_pwrite, 0x100000000L, PROBE_MEMFD, "pwrite(2) at 0x100000000"},
    {"lseek-write", run_lseek_write, kPositionOption, PROBE_MEMFD, "lseek(2) to -p, write(2)"},
    {"lseek-5-write", run_lseek_write, 5, PROBE_MEMFD, "lseek(2) to 5, write(2)"},
    {"writev", run_writev, 0, PROBE_MEMFD, "writev(2), one element for each byte"},
    {"pwritev2", run_pwritev2, 0, PROBE_MEMFD, "pwritev2(2) at -p"},
    {"pwritev2-append", run_pwritev2, RWF_APPEND, PROBE_MEMFD, "pwritev2(2) with RWF_APPEND"},
    {"o-append", run_write, O_WRONLY | O_APPEND, PROBE_MEMFD, "opened with O_APPEND"},
    {"o-trunc", run_write, O_WRONLY | O_TRUNC, PROBE_MEMFD, "opened with O_TRUNC"},
    {"o-creat", run_write, O_WRONLY | O_CREAT, PROBE_MEMFD, "opened with O_CREAT"},
    {"bytes", run_bytes, 0, PROBE_MEMFD, "one write(2) for each byte"},
    {"zero", run_zero, 0, PROBE_MEMFD, "write(2) of length 0"},
    {"read", run_read, 0, PROBE_MEMFD, "read(2)"},
    {"pread", run_read, 1, PROBE_MEMFD, "pread(2) at -p"},
    {NULL, NULL, 0, PROBE_NONE, NULL},
};
