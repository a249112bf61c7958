// SPDX-License-Identifier: Apache-2.0
//
// The methods that reach the target by another path: links, bind mounts, other procfs mounts,
// other namespaces. The preparation happens in a mount namespace of the method's own child
// process, so nothing stays behind. A preparation that fails makes the method unsupported.

#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attempts.h"

static const char kProc[] = "/proc/";
static const char kScratch[] = "/tmp";
static const char kCover[] = "/proc/sys/net/ipv4/ip_default_ttl";
static const char kSecondCover[] = "/proc/sys/net/ipv4/tcp_syncookies";

// The target's path below /proc, or NULL if it is elsewhere.
static const char* below_proc(const struct target* target) {
  const size_t length = sizeof kProc - 1;
  return strncmp(target->path, kProc, length) == 0 ? target->path + length : NULL;
}

static struct outcome write_by_path(const struct target* target, const char* path) {
  struct target other = *target;
  other.path = path;
  return write_once(&other);
}

// A private mount namespace with an empty tmpfs on kScratch.
static int enter_scratch(void) {
  if (unshare(CLONE_NEWNS) != 0)
    return -1;
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
    return -1;
  return mount("tmpfs", kScratch, "tmpfs", 0, NULL);
}

static int make_file(const char* path) {
  const int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0)
    return -1;
  close(fd);
  return 0;
}

static struct outcome run_bind(const struct target* target, long argument) {
  (void)argument;
  if (enter_scratch() != 0 || make_file("/tmp/bound") != 0 ||
      mount(target->path, "/tmp/bound", NULL, MS_BIND, NULL) != 0) {
    return unsupported(errno);
  }
  return write_by_path(target, "/tmp/bound");
}

// The target is bound over another sysctl and written by that one's path.
static struct outcome run_bind_over(const struct target* target, long argument) {
  const char* cover = strcmp(target->path, kCover) == 0 ? kSecondCover : kCover;
  (void)argument;
  if (enter_scratch() != 0 || mount(target->path, cover, NULL, MS_BIND, NULL) != 0) {
    return unsupported(errno);
  }
  return write_by_path(target, cover);
}

// Without the right to mount, the link is made in kScratch as it is.
static struct outcome run_symlink(const struct target* target, long argument) {
  char directory[] = "/tmp/attempts.XXXXXX";
  char link[PATH_MAX];
  (void)argument;
  (void)enter_scratch();
  if (mkdtemp(directory) == NULL)
    return unsupported(errno);
  (void)snprintf(link, sizeof link, "%s/link", directory);
  struct outcome outcome;
  if (symlink(target->path, link) != 0) {
    outcome = unsupported(errno);
  } else {
    outcome = write_by_path(target, link);
    (void)unlink(link);
  }
  (void)rmdir(directory);
  return outcome;
}

static struct outcome run_proc_mount(const struct target* target, long argument) {
  char path[PATH_MAX];
  const char* rest = below_proc(target);
  (void)argument;
  if (rest == NULL)
    return unsupported(EXDEV);
  if (enter_scratch() != 0 || mkdir("/tmp/proc", 0700) != 0 ||
      mount("proc", "/tmp/proc", "proc", 0, NULL) != 0) {
    return unsupported(errno);
  }
  (void)snprintf(path, sizeof path, "/tmp/proc/%s", rest);
  return write_by_path(target, path);
}

static struct outcome run_prefix(const struct target* target, const char* prefix) {
  char path[PATH_MAX];
  (void)snprintf(path, sizeof path, "%s%s", prefix, target->path);
  return write_by_path(target, path);
}

static struct outcome run_self_root(const struct target* target, long argument) {
  (void)argument;
  return run_prefix(target, "/proc/self/root");
}

static struct outcome run_dots(const struct target* target, long argument) {
  (void)argument;
  return run_prefix(target, "/proc/sys/..//../proc/./sys//net/../../..");
}

static int write_text(const char* path, const char* text) {
  const int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0)
    return -1;
  const ssize_t written = write(fd, text, strlen(text));
  const int error = errno;
  close(fd);
  errno = error;
  return written < 0 ? -1 : 0;
}

// Root of a user namespace of its own.
static int enter_userns(int flags) {
  char map[64];
  const unsigned uid = (unsigned)geteuid();
  const unsigned gid = (unsigned)getegid();
  if (unshare(CLONE_NEWUSER | flags) != 0)
    return -1;
  (void)write_text("/proc/self/setgroups", "deny");
  (void)snprintf(map, sizeof map, "0 %u 1", uid);
  if (write_text("/proc/self/uid_map", map) != 0)
    return -1;
  (void)snprintf(map, sizeof map, "0 %u 1", gid);
  return write_text("/proc/self/gid_map", map);
}

// The first process of the new pid namespace mounts a procfs of its own and writes there.
static struct outcome run_userns(const struct target* target, long argument) {
  struct outcome outcome;
  int ends[2];
  (void)argument;
  if (below_proc(target) == NULL)
    return unsupported(EXDEV);
  if (enter_userns(CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWNS) != 0 || pipe2(ends, O_CLOEXEC) != 0) {
    return unsupported(errno);
  }
  const pid_t child = fork();
  if (child < 0)
    return unsupported(errno);
  if (child == 0) {
    outcome = run_proc_mount(target, 0);
    _exit(write(ends[1], &outcome, sizeof outcome) == sizeof outcome ? 0 : 1);
  }
  close(ends[1]);
  if (read(ends[0], &outcome, sizeof outcome) != sizeof outcome)
    outcome = unsupported(ECHILD);
  close(ends[0]);
  (void)waitpid(child, NULL, 0);
  return outcome;
}

// A network namespace of its own: the target is another instance of the same name.
static struct outcome run_netns(const struct target* target, long argument) {
  (void)argument;
  if (unshare(CLONE_NEWNET) != 0)
    return unsupported(errno);
  return write_once(target);
}

const struct method kPathMethods[] = {
    {"bind", run_bind, 0, PROBE_NONE, "a bind mount of the target"},
    {"bind-over", run_bind_over, 0, PROBE_NONE, "the target bound over another sysctl"},
    {"symlink", run_symlink, 0, PROBE_NONE, "a symbolic link to the target"},
    {"proc-mount", run_proc_mount, 0, PROBE_NONE, "a second procfs mount"},
    {"self-root", run_self_root, 0, PROBE_NONE, "a path through /proc/self/root"},
    {"dots", run_dots, 0, PROBE_NONE, "a path with .. and //"},
    {"userns", run_userns, 0, PROBE_NONE, "new user, net and pid namespace, own procfs"},
    {"netns", run_netns, 0, PROBE_NONE, "a new network namespace"},
    {NULL, NULL, 0, PROBE_NONE, NULL},
};
