// SPDX-License-Identifier: Apache-2.0
/*
 * kill_at.c - runs a program and kills it at a given step, for the tests of what a kill leaves behind.
 *
 *   kill_at FILE N COMMAND...
 *
 * A step is the beginning of a system call of any thread of the program that may change what others see, also after it
 * has executed another one; processes that it starts are let go. What it opens to read, reads and does to its own memory
 * is no step: a kill there leaves what a kill at the next step does. At step N it is killed with SIGKILL, and kill_at
 * exits with 137. With fewer steps, or N = 0, the exit status is the program's own. Two numbers are
 * written to FILE: the steps until the program executed another one (0: it did not), and all.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
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

/* Whether a call changes nothing but the process itself. Of one that is not known here that is not said. */
static int is_private(const struct __ptrace_syscall_info* call) {
  switch (call->entry.nr) {
#ifdef __x86_64__
    case SYS_access:
    case SYS_arch_prctl:
    case SYS_epoll_wait:
    case SYS_lstat:
    case SYS_poll:
    case SYS_readlink:
    case SYS_stat:
#endif
    case SYS_brk:
    case SYS_clock_gettime:
    case SYS_clock_nanosleep:
    case SYS_close:
    case SYS_dup3:
    case SYS_epoll_create1:
    case SYS_epoll_ctl:
    case SYS_epoll_pwait:
    case SYS_eventfd2:
    case SYS_faccessat:
    case SYS_faccessat2:
    case SYS_fcntl:
    case SYS_fstat:
    case SYS_fstatfs:
    case SYS_futex:
    case SYS_getdents64:
    case SYS_getegid:
    case SYS_geteuid:
    case SYS_getgid:
    case SYS_getpid:
    case SYS_getppid:
    case SYS_getrandom:
    case SYS_gettid:
    case SYS_getuid:
    case SYS_lseek:
    case SYS_madvise:
    case SYS_mmap:
    case SYS_mprotect:
    case SYS_munmap:
    case SYS_nanosleep:
    case SYS_newfstatat:
    case SYS_pipe2:
    case SYS_prctl:
    case SYS_pread64:
    case SYS_prlimit64:
    case SYS_read:
    case SYS_readlinkat:
    case SYS_readv:
    case SYS_rseq:
    case SYS_rt_sigaction:
    case SYS_rt_sigprocmask:
    case SYS_rt_sigreturn:
    case SYS_sched_getaffinity:
    case SYS_sched_yield:
    case SYS_set_robust_list:
    case SYS_set_tid_address:
    case SYS_sigaltstack:
    case SYS_statfs:
    case SYS_statx:
    case SYS_tgkill:
    case SYS_uname:
    case SYS_waitid:
    case SYS_wait4:
      return 1;
    case SYS_openat:
      return !(call->entry.args[2] & (O_CREAT | O_TRUNC));
    default:
      return 0;
  }
}

/* Whether the thread is stopped at the beginning of a call that is a step. */
static int at_step(pid_t thread) {
  struct __ptrace_syscall_info call;

  if (ptrace(PTRACE_GET_SYSCALL_INFO, thread, (void*)sizeof(call), &call) <= 0)
    return 0;
  return call.op == PTRACE_SYSCALL_INFO_ENTRY && !is_private(&call);
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
    if (WSTOPSIG(status) == (SIGTRAP | 0x80) && at_step(thread) && ++steps == kill_step) {
      kill(pid, SIGKILL);
      continue;
    }
    /* A thread may be gone meanwhile. */
    ptrace(PTRACE_SYSCALL, thread, NULL, (long)signal_for(status));
  }
  report(argv[1], exec_step, steps);
  return code == 128 + SIGKILL ? kKilled : code;
}
