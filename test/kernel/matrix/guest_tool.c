// SPDX-License-Identifier: Apache-2.0
//
// guest_tool: what the guest tests need and busybox lacks.
//
//   guest_tool bpf
//       one line for each BPF program and map in the kernel: `program NAME` or `map NAME`
//   guest_tool pulse FILE VALUE SECONDS
//       a real-time task on CPU 0 that writes VALUE to FILE, sleeps a moment and so on; what runs
//       there is interrupted at any place. Prints `ok:N refused:N`: the writes that went through
//       and those that got EPERM. Exit 1 where one failed otherwise.

#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { kPulseNanoseconds = 100000, kPriority = 10, kMaxSeconds = 60 };

static int fail(const char* what) {
  (void)fprintf(stderr, "guest_tool: %s: %s\n", what, strerror(errno));
  return 1;
}

static long bpf(enum bpf_cmd command, union bpf_attr* attr) {
  return syscall(SYS_bpf, command, attr, sizeof *attr);
}

// An object may go away while it is looked at: that is no failure.
static void print_object(const char* kind, enum bpf_cmd get_fd, uint32_t id) {
  union {
    struct bpf_prog_info program;
    struct bpf_map_info map;
  } info;
  union bpf_attr attr;
  memset(&attr, 0, sizeof attr);
  attr.prog_id = id;  // map_id is at the same place
  const int fd = (int)bpf(get_fd, &attr);
  if (fd < 0)
    return;
  memset(&info, 0, sizeof info);
  memset(&attr, 0, sizeof attr);
  attr.info.bpf_fd = (uint32_t)fd;
  attr.info.info_len = get_fd == BPF_PROG_GET_FD_BY_ID ? sizeof info.program : sizeof info.map;
  attr.info.info = (uint64_t)(uintptr_t)&info;
  if (bpf(BPF_OBJ_GET_INFO_BY_FD, &attr) == 0) {
    printf("%s %s\n", kind, get_fd == BPF_PROG_GET_FD_BY_ID ? info.program.name : info.map.name);
  }
  close(fd);
}

static int list_objects(const char* kind, enum bpf_cmd next, enum bpf_cmd get_fd) {
  uint32_t id = 0;
  for (;;) {
    union bpf_attr attr;
    memset(&attr, 0, sizeof attr);
    attr.start_id = id;
    if (bpf(next, &attr) != 0)
      return errno == ENOENT ? 0 : fail(kind);
    id = attr.next_id;
    print_object(kind, get_fd, id);
  }
}

static int become_realtime(void) {
  const struct sched_param param = {.sched_priority = kPriority};
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  CPU_SET(0, &cpus);
  return sched_setaffinity(0, sizeof cpus, &cpus) == 0 &&
         sched_setscheduler(0, SCHED_FIFO, &param) == 0;
}

static int pulse(const char* file, const char* value, long seconds) {
  const struct timespec moment = {.tv_nsec = kPulseNanoseconds};
  const size_t size = strlen(value);
  long written = 0;
  long refused = 0;
  if (!become_realtime())
    return fail("real-time priority");
  const int fd = open(file, O_WRONLY | O_CLOEXEC);
  if (fd < 0)
    return fail(file);
  const time_t end = time(NULL) + seconds;
  while (time(NULL) < end) {
    (void)nanosleep(&moment, NULL);
    if (pwrite(fd, value, size, 0) == (ssize_t)size) {
      written++;
    } else if (errno == EPERM) {
      refused++;
    } else {
      return fail(file);
    }
  }
  close(fd);
  printf("ok:%ld refused:%ld\n", written, refused);
  return 0;
}

int main(int argc, char** argv) {
  if (argc == 2 && strcmp(argv[1], "bpf") == 0) {
    return list_objects("program", BPF_PROG_GET_NEXT_ID, BPF_PROG_GET_FD_BY_ID) |
           list_objects("map", BPF_MAP_GET_NEXT_ID, BPF_MAP_GET_FD_BY_ID);
  }
  if (argc == 5 && strcmp(argv[1], "pulse") == 0) {
    const long seconds = strtol(argv[4], NULL, 10);
    if (seconds >= 1 && seconds <= kMaxSeconds)
      return pulse(argv[2], argv[3], seconds);
  }
  (void)fprintf(stderr, "usage: guest_tool bpf | guest_tool pulse FILE VALUE SECONDS\n");
  return 2;
}
