// SPDX-License-Identifier: Apache-2.0
// spawn_times.c - how long programs take from posix_spawn to their end, one after the other.
//
//   spawn_times ROUNDS < JOBS
//
// A job is a line of fields with a tab between: CGROUP PID STDIN PROGRAM ARGUMENT... In each round
// every job is run once, in the order of the lines, so that what the machine does meanwhile hits
// all jobs alike. Before each run PID is moved into CGROUP, after it every cgroup/sysctl program is
// detached from CGROUP, both untimed: each run attaches anew. "-" for PID moves nothing, "-" for
// CGROUP does neither, "keep:CGROUP" detaches nothing. Prints "JOB NANOSECONDS" for each run. A job
// that does not exit 0 ends it all.
#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <err.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define JOBS_MAX 8192
#define FIELDS_MAX 32
#define PROGRAMS_MAX 64
#define KEEP "keep:"

struct job {
  int keep;
  const char* cgroup;
  const char* pid;
  const char* input;
  char* argv[FIELDS_MAX];
};

static struct job jobs[JOBS_MAX];

// The fields of a line; the line stays allocated.
static void parse_job(char* line, struct job* job) {
  char* fields[FIELDS_MAX] = {NULL};
  int count = 0;
  for (char* field; count < FIELDS_MAX - 1 && (field = strsep(&line, "\t\n")) != NULL;) {
    if (*field != '\0') {
      fields[count++] = field;
    }
  }
  if (count < 4) {
    errx(2, "a job needs a cgroup, a pid, an input and a program");
  }
  job->keep = strncmp(fields[0], KEEP, strlen(KEEP)) == 0;
  job->cgroup = fields[0] + (job->keep ? strlen(KEEP) : 0);
  job->pid = fields[1];
  job->input = fields[2];
  memcpy(job->argv, fields + 3, sizeof(char*) * (size_t)(count - 3));
}

static void move_process(const struct job* job) {
  char path[4096];
  snprintf(path, sizeof path, "%s/cgroup.procs", job->cgroup);
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0 || write(fd, job->pid, strlen(job->pid)) < 0) {
    err(1, "move a process into %s", job->cgroup);
  }
  close(fd);
}

static void detach_programs(const char* cgroup) {
  __u32 ids[PROGRAMS_MAX];
  __u32 count = PROGRAMS_MAX;
  int fd = open(cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0 || bpf_prog_query(fd, BPF_CGROUP_SYSCTL, 0, NULL, ids, &count) != 0) {
    err(1, "ask for the programs of %s", cgroup);
  }
  for (__u32 i = 0; i < count; ++i) {
    int program = bpf_prog_get_fd_by_id(ids[i]);
    if (program < 0 || bpf_prog_detach2(program, fd, BPF_CGROUP_SYSCTL) != 0) {
      err(1, "detach a program from %s", cgroup);
    }
    close(program);
  }
  close(fd);
}

static long long now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static long long run_job(const struct job* job) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, job->input, O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child;
  int status = 0;
  long long begin = now_ns();
  if (posix_spawn(&child, job->argv[0], &actions, NULL, job->argv, environ) != 0 ||
      waitpid(child, &status, 0) != child) {
    err(1, "run %s", job->argv[0]);
  }
  long long end = now_ns();
  posix_spawn_file_actions_destroy(&actions);
  if (status != 0) {
    errx(1, "%s ended with wait status %#x", job->argv[0], (unsigned)status);
  }
  return end - begin;
}

int main(int argc, char** argv) {
  int rounds = argc == 2 ? atoi(argv[1]) : 0;
  if (rounds <= 0) {
    errx(2, "usage: spawn_times ROUNDS < JOBS");
  }
  int count = 0;
  char* line = NULL;
  size_t room = 0;
  while (getline(&line, &room, stdin) > 0) {
    if (count == JOBS_MAX) {
      errx(2, "more than %d jobs", JOBS_MAX);
    }
    parse_job(line, &jobs[count++]);
    line = NULL;
    room = 0;
  }
  for (int round = 0; round < rounds; ++round) {
    for (int i = 0; i < count; ++i) {
      const struct job* job = &jobs[i];
      int has_cgroup = strcmp(job->cgroup, "-") != 0;
      if (has_cgroup && strcmp(job->pid, "-") != 0) {
        move_process(job);
      }
      printf("%d %lld\n", i, run_job(job));
      if (has_cgroup && !job->keep) {
        detach_programs(job->cgroup);
      }
    }
  }
  return 0;
}
