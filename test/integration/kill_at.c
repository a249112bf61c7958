// SPDX-License-Identifier: Apache-2.0
/*
 * kill_at.c - runs a program and kills it at a given step, for the tests of what a kill leaves behind.
 *
 *   kill_at FILE N COMMAND...
 *
 * A step is the beginning or the end of a system call of any thread of the program, also after it has
 * executed another one; processes that it starts are let go. At step N it is killed with SIGKILL, and
 * kill_at exits with 137. With fewer steps, or N = 0, the exit status is the program's own. Two numbers are
 * written to FILE: the steps until the program executed another one (0: it did not), and all.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

enum { kKilled = 137, kFailed = 125 };

static void fail(const char* what) {
  perror(what);
  exit(kFailed);
}

static void report(const char* file, unsigned long exec_step, unsigned long steps) {
  FILE* out = fopen(file, "we");

  if (!out || fprintf(out, "%lu %lu\n", exec_step, steps) < 0 || fclose(out) != 0)
    fail(file);
}

static pid_t start(char** command) {
  pid_t pid = fork();

  if (pid < 0)
    fail("fork");
  if (pid == 0) {
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
      _exit(kFailed);
    execvp(command[0], command);
    _exit(127);
  }
  return pid;
}

/* What to hand on to a thread that stopped: the signal it stopped for, unless that is ptrace's own. */
static int signal_for(int status) {
  int signal = WSTOPSIG(status);

  if (status >> 16 != 0 || signal == (SIGTRAP | 0x80) || signal == SIGSTOP || signal == SIGTRAP)
    return 0;
  return signal;
}

int main(int argc, char** argv) {
  unsigned long kill_step, steps = 0, exec_step = 0;
  int status, code = kFailed;
  pid_t pid, thread;

  if (argc < 4)
    return kFailed;
  kill_step = strtoul(argv[2], NULL, 10);
  pid = start(argv + 3);
  if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
    fail("the program did not start");
  if (ptrace(PTRACE_SETOPTIONS, pid, NULL,
             PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC |
                 PTRACE_O_EXITKILL) != 0 ||
      ptrace(PTRACE_SYSCALL, pid, NULL, NULL) != 0)
    fail("ptrace");
  while ((thread = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR) {
    if (thread < 0)
      continue;
    if (!WIFSTOPPED(status)) {
      if (thread == pid) {
        code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        break;
      }
      continue;
    }
    if (status >> 8 == (SIGTRAP | PTRACE_EVENT_EXEC << 8) && exec_step == 0)
      exec_step = steps;
    if (WSTOPSIG(status) == (SIGTRAP | 0x80) && ++steps == kill_step) {
      kill(pid, SIGKILL);
      continue;
    }
    /* A thread may be gone meanwhile. */
    ptrace(PTRACE_SYSCALL, thread, NULL, (long)signal_for(status));
  }
  report(argv[1], exec_step, steps);
  return code == 128 + SIGKILL ? kKilled : code;
}
