// SPDX-License-Identifier: Apache-2.0
//
// The methods in which another task writes, or in which a second task interferes: a thread, a
// vfork child, a descriptor opened before its owner enters a cgroup, a buffer that changes
// during the write, and two tasks that write different values on one CPU.
//
// `flip` and `race` write many times. Their outcome is the number of accepted writes, or the
// error if none was accepted, and how often the other value was applied.

#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attempts.h"

struct thread_work {
  const struct target* target;
  struct outcome outcome;
};

static void* thread_main(void* data) {
  struct thread_work* work = data;
  work->outcome = write_once(work->target);
  return NULL;
}

static struct outcome run_thread(const struct target* target, long argument) {
  struct thread_work work = {.target = target};
  pthread_t thread;
  (void)argument;
  const int error = pthread_create(&thread, NULL, thread_main, &work);
  if (error != 0)
    return unsupported(error);
  (void)pthread_join(thread, NULL);
  return work.outcome;
}

// The child shares the memory of its parent, which waits: the result needs no pipe.
static struct outcome run_vfork(const struct target* target, long argument) {
  static volatile long result;
  struct outcome outcome;
  int fd;
  (void)argument;
  if (!open_target(target, O_WRONLY, &fd, &outcome))
    return outcome;
  const pid_t child = vfork();
  if (child == 0) {
    const ssize_t written = write(fd, target->value, target->size);
    result = written < 0 ? -errno : written;
    _exit(0);
  }
  if (child < 0)
    return unsupported(errno);
  (void)waitpid(child, NULL, 0);
  close(fd);
  return outcome_of_result(result);
}

static int enter_cgroup(const char* directory) {
  char path[PATH_MAX];
  (void)snprintf(path, sizeof path, "%s/cgroup.procs", directory);
  const int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0)
    return -1;
  const ssize_t written = write(fd, "0", 1);
  const int error = errno;
  close(fd);
  errno = error;
  return written == 1 ? 0 : -1;
}

static struct outcome run_moved_fd(const struct target* target, long argument) {
  struct outcome outcome;
  int fd;
  (void)argument;
  if (target->cgroup == NULL)
    return unsupported(EINVAL);
  if (!open_target(target, O_WRONLY, &fd, &outcome))
    return outcome;
  if (enter_cgroup(target->cgroup) != 0) {
    outcome = unsupported(errno);
  } else {
    outcome = outcome_of(write(fd, target->value, target->size));
  }
  close(fd);
  return outcome;
}

// True if the file holds the value; final newlines do not count.
static int holds(int fd, const char* value, size_t size) {
  char buffer[256];
  const ssize_t got = pread(fd, buffer, sizeof buffer, 0);
  if (got < 0)
    return 0;
  size_t length = (size_t)got;
  while (length > 0 && buffer[length - 1] == '\n')
    length--;
  while (size > 0 && value[size - 1] == '\n')
    size--;
  return length == size && memcmp(buffer, value, size) == 0;
}

struct flipper {
  const struct target* target;
  char* buffer;
  atomic_int stop;
};

static void copy_volatile(volatile char* to, const char* from, size_t size) {
  for (size_t i = 0; i < size; i++)
    to[i] = from[i];
}

static void* flip_main(void* data) {
  struct flipper* flipper = data;
  const struct target* target = flipper->target;
  while (!atomic_load(&flipper->stop)) {
    copy_volatile(flipper->buffer, target->other, target->size);
    copy_volatile(flipper->buffer, target->value, target->size);
  }
  return NULL;
}

static struct outcome count_writes(const struct target* target, int fd, const char* buffer) {
  struct outcome outcome = {OUTCOME_OK, 0, 0};
  long accepted = 0;
  long other = 0;
  for (long i = 0; i < target->count; i++) {
    outcome = outcome_of(pwrite(fd, buffer, target->size, 0));
    if (outcome.kind != OUTCOME_OK)
      continue;
    accepted++;
    if (holds(fd, target->other, target->size))
      other++;
  }
  if (accepted > 0 || target->count == 0)
    outcome = outcome_of(accepted);
  outcome.other = other;
  return outcome;
}

static struct outcome run_flip(const struct target* target, long argument) {
  struct flipper flipper = {.target = target};
  struct outcome outcome;
  pthread_t thread;
  int fd;
  (void)argument;
  if (!open_target(target, O_RDWR, &fd, &outcome))
    return outcome;
  flipper.buffer =
      mmap(NULL, target->size + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (flipper.buffer == MAP_FAILED)
    return unsupported(errno);
  memcpy(flipper.buffer, target->value, target->size);
  const int error = pthread_create(&thread, NULL, flip_main, &flipper);
  if (error != 0)
    return unsupported(error);
  outcome = count_writes(target, fd, flipper.buffer);
  atomic_store(&flipper.stop, 1);
  (void)pthread_join(thread, NULL);
  close(fd);
  return outcome;
}

static int stay_on_one_cpu(void) {
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  CPU_SET(0, &cpus);
  return sched_setaffinity(0, sizeof cpus, &cpus);
}

// The child writes the value again and again until its parent ends it.
static void race_child(const struct target* target) {
  const int fd = open(target->path, O_WRONLY | O_CLOEXEC);
  while (fd >= 0)
    (void)!pwrite(fd, target->value, target->size, 0);
  _exit(1);
}

// The parent writes the other value; each of its writes that is accepted counts as `other`.
// The value of the outcome is the number of the writes that were tried.
static struct outcome run_race(const struct target* target, long argument) {
  struct outcome outcome = {OUTCOME_OK, 0, 0};
  struct outcome opened;
  int fd;
  (void)argument;
  if (stay_on_one_cpu() != 0)
    return unsupported(errno);
  if (!open_target(target, O_WRONLY, &fd, &opened))
    return opened;
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0)
    return unsupported(errno);
  if (child == 0) {
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() == parent)
      race_child(target);
    _exit(1);
  }
  for (long i = 0; i < target->count; i++) {
    outcome.value++;
    if (pwrite(fd, target->other, target->size, 0) >= 0)
      outcome.other++;
  }
  (void)kill(child, SIGKILL);
  (void)waitpid(child, NULL, 0);
  close(fd);
  return outcome;
}

const struct method kTaskMethods[] = {
    {"thread", run_thread, 0, PROBE_MEMFD, "a second thread writes"},
    {"vfork", run_vfork, 0, PROBE_MEMFD, "a vfork child writes"},
    {"moved-fd", run_moved_fd, 0, PROBE_NONE, "opened, cgroup -c entered, then written"},
    {"flip", run_flip, 0, PROBE_MEMFD, "value and -w change places during -n writes"},
    {"race", run_race, 0, PROBE_MEMFD, "one task writes the value, one -w, on one CPU"},
    {NULL, NULL, 0, PROBE_NONE, NULL},
};
