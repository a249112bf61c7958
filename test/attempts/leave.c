// SPDX-License-Identifier: Apache-2.0
//
// leave: goes the ways by which containers have left their guard, for the tests that see them shut.
//
//   leave process PROCFS CGROUP COMMAND...   takes the filesystem user of an unprivileged process in PROCFS, opens that
//                                            one's root, and enters the cgroup of the path CGROUP there
//   leave handle CGROUPS COMMAND...          opens the root of the mounted CGROUPS by its file handle, and enters it
//   leave trace PID NAME=VALUE               traces a process, and lets it write a sysctl through the root of a child
//                                            that has no capability
//   leave exec COUNT NAME=VALUE              traces what somebody starts in the PID namespace, COUNT times at most,
//                                            and lets it write a sysctl before it is in the cgroup
//
// The first two print `left: RESULT` and then become COMMAND, whatever the result; the others print
// `NAME=VALUE: RESULT`, and `exec` prints it for those that were outside its own cgroup, until it is `ok`.
// RESULT is `ok`, the name of an error, or `open:ERROR` where a file could not be opened.
// Exit 0, or 2 where it could not even try; `exec` is ended by SIGALRM after 15 s.

#define _GNU_SOURCE

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { kCannotTry = 2 };

_Noreturn static void cannot(const char* what) {
  (void)fprintf(stderr, "leave: %s: %s\n", what, strerror(errno));
  exit(kCannotTry);
}

static void print_result(const char* what, const char* stage, int error) {
  const char* name = error == 0 ? "ok" : strerrorname_np(error);
  (void)printf("%s: %s%s\n", what, error == 0 ? "" : stage, name);
  (void)fflush(stdout);
}

// --- leaving the cgroup --------------------------------------------------------------------------

// Writes `0`, which is the one that writes, into the cgroup.procs of a directory.
static void enter(int dir, const char* cgroup) {
  char path[512];
  (void)snprintf(path, sizeof path, "%s/cgroup.procs", cgroup);
  const int fd = openat(dir, path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) {
    print_result("left", "open:", errno);
    return;
  }
  print_result("left", "", write(fd, "0", 1) == 1 ? 0 : errno);
  close(fd);
}

// Whether the process has one user and one group, neither of them root, and no capability.
static bool is_unprivileged(const char* procfs, const char* pid, unsigned* user, unsigned* group) {
  char path[512];
  char line[256];
  unsigned users[4] = {0};
  unsigned groups[4] = {0};
  unsigned long long capabilities = 1;
  (void)snprintf(path, sizeof path, "%s/%s/status", procfs, pid);
  FILE* file = fopen(path, "re");
  if (file == NULL)
    return false;
  while (fgets(line, sizeof line, file) != NULL) {
    (void)sscanf(line, "Uid: %u %u %u %u", &users[0], &users[1], &users[2], &users[3]);
    (void)sscanf(line, "Gid: %u %u %u %u", &groups[0], &groups[1], &groups[2], &groups[3]);
    (void)sscanf(line, "CapPrm: %llx", &capabilities);
  }
  (void)fclose(file);
  *user = users[0];
  *group = groups[0];
  for (int i = 1; i < 4; i++) {
    if (users[i] != users[0] || groups[i] != groups[0])
      return false;
  }
  return users[0] != 0 && groups[0] != 0 && capabilities == 0;
}

static int root_of_somebody(const char* procfs) {
  DIR* dir = opendir(procfs);
  if (dir == NULL)
    cannot(procfs);
  int root = -1;
  int saved_errno = ESRCH;
  for (const struct dirent* entry = readdir(dir); entry != NULL && root < 0; entry = readdir(dir)) {
    char path[512];
    unsigned user = 0;
    unsigned group = 0;
    if (strspn(entry->d_name, "0123456789") != strlen(entry->d_name) ||
        !is_unprivileged(procfs, entry->d_name, &user, &group)) {
      continue;
    }
    (void)snprintf(path, sizeof path, "%s/%s/root", procfs, entry->d_name);
    (void)setfsgid(group);
    (void)setfsuid(user);
    root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    saved_errno = errno;
    (void)setfsuid(0);
    (void)setfsgid(0);
  }
  (void)closedir(dir);
  errno = saved_errno;
  return root;
}

static void leave_by_process(char** arguments) {
  const int root = root_of_somebody(arguments[0]);
  if (root < 0) {
    print_result("left", "open:", errno);
  } else {
    // Relative to that root.
    enter(root, arguments[1] + strspn(arguments[1], "/"));
  }
}

// The handle of the root of a kernfs: its first inode, as 64 bits.
static void leave_by_handle(char** arguments) {
  enum { kKernfsHandle = 0xfe };
  struct {
    struct file_handle head;
    unsigned long long id;
  } handle = {.head = {.handle_bytes = sizeof(unsigned long long), .handle_type = kKernfsHandle}};
  const unsigned long long first = 1;
  const int mount = open(arguments[0], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (mount < 0)
    cannot(arguments[0]);
  memcpy(handle.head.f_handle, &first, sizeof first);
  const int root = open_by_handle_at(mount, &handle.head, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (root < 0) {
    print_result("left", "open:", errno);
  } else {
    enter(root, ".");
  }
}

// --- making another process write ------------------------------------------------------------------

#ifdef __x86_64__
// The process, which stands still, makes a system call. Its registers are as before afterwards.
static long call_in(pid_t pid, long number, unsigned long a, unsigned long b, unsigned long c) {
  enum { kSyscall = 0x050f };
  struct user_regs_struct saved;
  if (ptrace(PTRACE_GETREGS, pid, NULL, &saved) != 0)
    return -errno;
  struct user_regs_struct regs = saved;
  errno = 0;
  const long text = ptrace(PTRACE_PEEKTEXT, pid, (void*)saved.rip, NULL);
  if (errno != 0 ||
      ptrace(PTRACE_POKETEXT, pid, (void*)saved.rip, (void*)((text & ~0xffffL) | kSyscall)) != 0) {
    return -errno;
  }
  regs.orig_rax = (unsigned long)-1;  // no call is to be made again
  regs.rax = (unsigned long)number;
  regs.rdi = a;
  regs.rsi = b;
  regs.rdx = c;
  int status = 0;
  if (ptrace(PTRACE_SETREGS, pid, NULL, &regs) != 0 ||
      ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL) != 0 || waitpid(pid, &status, __WALL) != pid ||
      !WIFSTOPPED(status) || ptrace(PTRACE_GETREGS, pid, NULL, &regs) != 0) {
    return -ESRCH;
  }
  (void)ptrace(PTRACE_POKETEXT, pid, (void*)saved.rip, (void*)text);
  (void)ptrace(PTRACE_SETREGS, pid, NULL, &saved);
  return (long)regs.rax;
}

// Where the process has room for texts: below its stack, and what lies there unused.
static unsigned long room_of(pid_t pid) {
  struct user_regs_struct regs;
  return ptrace(PTRACE_GETREGS, pid, NULL, &regs) == 0 ? (regs.rsp - 2048) & ~15UL : 0;
}
#else
static long call_in(pid_t pid, long number, unsigned long a, unsigned long b, unsigned long c) {
  (void)pid, (void)number, (void)a, (void)b, (void)c;
  return -ENOSYS;
}
static unsigned long room_of(pid_t pid) {
  (void)pid;
  return 0;
}
#endif

static int poke(pid_t pid, unsigned long address, const char* text) {
  const size_t size = strlen(text) + 1;
  for (size_t i = 0; i < size; i += sizeof(long)) {
    long word = 0;
    memcpy(&word, text + i, size - i < sizeof word ? size - i : sizeof word);
    if (ptrace(PTRACE_POKEDATA, pid, (void*)(address + i), (void*)word) != 0)
      return -errno;
  }
  return 0;
}

// The process, which stands still, writes the value. Prints what came of it. Returns 0, or the error.
static int write_in(pid_t pid, const char* path, const char* access, const char* value) {
  const unsigned long room = room_of(pid);
  const int poked = room == 0 ? -ENOSYS : poke(pid, room, path);
  const long fd =
      poked < 0 ? poked : call_in(pid, SYS_openat, (unsigned long)AT_FDCWD, room, O_WRONLY);
  if (fd < 0) {
    print_result(access, "open:", (int)-fd);
    return (int)-fd;
  }
  const int again = poke(pid, room, value);
  const long wrote =
      again < 0 ? again : call_in(pid, SYS_write, (unsigned long)fd, room, strlen(value));
  (void)call_in(pid, SYS_close, (unsigned long)fd, 0, 0);
  print_result(access, "", wrote < 0 ? (int)-wrote : 0);
  return wrote < 0 ? (int)-wrote : 0;
}

// NAME=VALUE into the file and the value.
static const char* split_access(const char* access, const char* root, char* path, size_t size) {
  const char* equals = strchr(access, '=');
  if (equals == NULL) {
    errno = EINVAL;
    cannot(access);
  }
  (void)snprintf(path, size, "%s/proc/sys/%.*s", root, (int)(equals - access), access);
  return equals + 1;
}

// A child that others of the same user may look into.
static pid_t start_harmless(void) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct none[2] = {{0}};
  const pid_t parent = getpid();
  int ready[2];
  if (pipe2(ready, O_CLOEXEC) != 0)
    cannot("pipe");
  const pid_t child = fork();
  if (child < 0)
    cannot("fork");
  if (child == 0) {
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent || syscall(SYS_capset, &header, none) != 0 ||
        write(ready[1], "x", 1) != 1)
      _exit(1);
    for (;;)
      (void)pause();
  }
  char byte;
  if (read(ready[0], &byte, 1) != 1)
    cannot("child");
  return child;
}

// Returns 0 when the process stands still.
static int hold(pid_t pid) {
  int status = 0;
  if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) != 0)
    return errno;
  if (ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) != 0)
    return errno;
  return waitpid(pid, &status, __WALL) == pid && WIFSTOPPED(status) ? 0 : ESRCH;
}

static void trace(char** arguments) {
  char path[512];
  char root[64];
  const pid_t child = start_harmless();
  const pid_t pid = (pid_t)strtol(arguments[0], NULL, 10);
  (void)snprintf(root, sizeof root, "/proc/%d/root", child);
  const char* value = split_access(arguments[1], root, path, sizeof path);
  const int error = hold(pid);
  if (error != 0) {
    print_result(arguments[1], "trace:", error);
  } else {
    (void)write_in(pid, path, arguments[1], value);
    (void)ptrace(PTRACE_DETACH, pid, NULL, NULL);
  }
  (void)kill(child, SIGKILL);
}

// The line of cgroup version 2.
static void cgroup_of(pid_t pid, char* text, size_t size) {
  char path[64];
  char line[512];
  text[0] = '\0';
  (void)snprintf(path, sizeof path, "/proc/%d/cgroup", pid);
  FILE* file = fopen(path, "re");
  while (file != NULL && fgets(line, sizeof line, file) != NULL) {
    if (strncmp(line, "0::", 3) == 0)
      (void)snprintf(text, size, "%s", line);
  }
  if (file != NULL)
    (void)fclose(file);
}

// A traced thread that has died holds up the others of its process until its tracer has waited for it.
static void forget_the_dead(void) {
  while (waitpid(-1, NULL, __WALL | WNOHANG) > 0) {}
}

// What somebody starts here gets the next numbers. Whatever is still traced when the time is up goes on by itself.
static void trace_exec(char** arguments) {
  enum { kAhead = 64, kSeconds = 15 };
  char path[512];
  char own[512];
  char other[512];
  const char* value = split_access(arguments[1], "", path, sizeof path);
  long left = strtol(arguments[0], NULL, 10);
  pid_t last = getpid();
  cgroup_of(last, own, sizeof own);
  (void)alarm(kSeconds);
  while (left > 0) {
    forget_the_dead();
    for (pid_t pid = last + 1; pid <= last + kAhead; pid++) {
      const int error = hold(pid);
      if (error == ESRCH)
        continue;
      last = pid;
      if (error != 0) {
        print_result(arguments[1], "trace:", error);
        left--;
        break;
      }
      cgroup_of(pid, other, sizeof other);
      const bool is_outside = strcmp(own, other) != 0;
      const int written = is_outside ? write_in(pid, path, arguments[1], value) : ESRCH;
      (void)ptrace(PTRACE_DETACH, pid, NULL, NULL);
      if (written == 0)
        return;
      left -= is_outside ? 1 : 0;
      break;
    }
  }
}

int main(int argc, char** argv) {
  static const struct {
    const char* name;
    int arguments;
    bool runs;
    void (*go)(char** arguments);
  } kWays[] = {{"process", 2, true, leave_by_process},
               {"handle", 1, true, leave_by_handle},
               {"trace", 2, false, trace},
               {"exec", 2, false, trace_exec}};
  for (size_t i = 0; i < sizeof kWays / sizeof kWays[0]; i++) {
    const int needed = 2 + kWays[i].arguments + (kWays[i].runs ? 1 : 0);
    if (argc < needed || strcmp(argv[1], kWays[i].name) != 0)
      continue;
    kWays[i].go(argv + 2);
    if (!kWays[i].runs)
      return 0;
    (void)execvp(argv[2 + kWays[i].arguments], argv + 2 + kWays[i].arguments);
    cannot(argv[2 + kWays[i].arguments]);
  }
  (void)fprintf(stderr, "leave: which way?\n");
  return kCannotTry;
}
