// SPDX-License-Identifier: Apache-2.0
// access_times.c - how long one access to one sysctl takes in each of several cgroups.
//
//   access_times ROUNDS BATCH NAME VALUE CGROUP:VERDICT...
//
// In namespaces of its own (net, ipc, uts) it opens /proc/sys/NAME once, then in each round moves
// itself into each cgroup in turn and makes BATCH accesses there: pwrite of VALUE at 0, or pread
// where VALUE is "-". VERDICT is `allow` or `deny`; an access that ends otherwise ends it all: a
// figure for the wrong verdict would mislead. Prints "INDEX NANOSECONDS-PER-ACCESS" for each batch.
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CGROUPS_MAX 8
#define WARM_UP 200  // accesses before a batch, for the caches

struct place {
  int procs;  // cgroup.procs, open
  int is_allowed;
};

static struct place open_place(char* argument) {
  char path[4096];
  char* verdict = strrchr(argument, ':');
  if (verdict == NULL) {
    errx(2, "%s: no verdict", argument);
  }
  *verdict++ = '\0';
  snprintf(path, sizeof path, "%s/cgroup.procs", argument);
  struct place place = {open(path, O_WRONLY | O_CLOEXEC), strcmp(verdict, "allow") == 0};
  if (place.procs < 0) {
    err(1, "open %s", path);
  }
  return place;
}

static void make_accesses(int fd, const char* value, int count, int is_allowed) {
  char buffer[256];
  size_t length = strlen(value);
  int is_read = strcmp(value, "-") == 0;
  for (int i = 0; i < count; ++i) {
    ssize_t done = is_read ? pread(fd, buffer, sizeof buffer, 0) : pwrite(fd, value, length, 0);
    if ((done >= 0) != is_allowed || (done < 0 && errno != EPERM)) {
      err(1, "an access that should be %s", is_allowed ? "allowed" : "denied");
    }
  }
}

static long long now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

int main(int argc, char** argv) {
  struct place places[CGROUPS_MAX];
  int count = argc - 5;
  if (count < 1 || count > CGROUPS_MAX) {
    errx(2, "usage: access_times ROUNDS BATCH NAME VALUE CGROUP:VERDICT...");
  }
  int rounds = atoi(argv[1]);
  int batch = atoi(argv[2]);
  const char* value = argv[4];
  if (unshare(CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS) != 0) {
    err(1, "make namespaces");
  }
  char path[4096];
  snprintf(path, sizeof path, "/proc/sys/%s", argv[3]);
  int fd = open(path, (strcmp(value, "-") == 0 ? O_RDONLY : O_WRONLY) | O_CLOEXEC);
  if (fd < 0) {
    err(1, "open %s", path);
  }
  for (int i = 0; i < count; ++i) {
    places[i] = open_place(argv[5 + i]);
  }
  for (int round = 0; round < rounds; ++round) {
    for (int i = 0; i < count; ++i) {
      if (write(places[i].procs, "0", 1) != 1) {
        err(1, "move into %s", argv[5 + i]);
      }
      make_accesses(fd, value, WARM_UP, places[i].is_allowed);
      long long begin = now_ns();
      make_accesses(fd, value, batch, places[i].is_allowed);
      printf("%d %.1f\n", i, (double)(now_ns() - begin) / batch);
    }
  }
  return 0;
}
