// SPDX-License-Identifier: Apache-2.0
//
// try_all.c - runs inside a test container: tries every file of /proc/sys, and says what succeeded.
//
// Each file is opened for writing, and what was read from it is written back. It does so once as the container is,
// and once in each kind of namespaces below, which a process without capabilities can make. A line is one of
//
//   WAY here              the namespaces were made, and the walk is complete
//   WAY open NAME         the file was opened for writing
//   WAY write NAME=VALUE  the value was written back; what is not printable is \xNN
//   WAY mount WHAT        a mount that would lead round read-only files was made
//
// With the argument `values` it writes nothing, and prints NAME=VALUE of each setting that its owner may write.

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct way {
  const char* name;
  int flags;
  bool mounts;  // tries to get round the mounts first
} kWays[] = {
    {"container", 0, false},
    {"user", CLONE_NEWUSER, false},
    {"network", CLONE_NEWUSER | CLONE_NEWNET, false},
    {"ipc", CLONE_NEWUSER | CLONE_NEWIPC | CLONE_NEWUTS, false},
    {"pid", CLONE_NEWUSER | CLONE_NEWPID, false},
    {"all", CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWPID | CLONE_NEWNS,
     true},
};

// Written with what they hold they change another sysctl: each of a pair sets the other to zero. To open them is
// enough to count.
static const char* const kNotWritten[] = {"vm/overcommit_kbytes", "vm/overcommit_ratio",
                                          "vm/dirty_background_bytes", "vm/dirty_background_ratio"};

// Longer than any value that was seen; what fills it is opened and not written.
static char value[65536];
static bool only_values;

static void die(const char* what) {
  fprintf(stderr, "try_all: %s: %s\n", what, strerror(errno));
  exit(1);
}

static ssize_t read_value(const char* path) {
  const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0)
    return -1;
  const ssize_t size = read(fd, value, sizeof value);
  close(fd);
  return size;
}

// What the kernel itself changes all the time is no setting.
static bool is_setting(const char* name) {
  return strcmp(name, "kernel/ns_last_pid") != 0 &&
         strcmp(name, "kernel/perf_event_max_sample_rate") != 0 &&
         strcmp(name, "kernel/hung_task_warnings") != 0 &&
         strstr(name, "/max_newidle_lb_cost") == NULL;
}

static bool is_written(const char* name) {
  for (size_t i = 0; i < sizeof kNotWritten / sizeof *kNotWritten; ++i) {
    if (strcmp(name, kNotWritten[i]) == 0)
      return false;
  }
  return true;
}

static void print_value(const char* name, ssize_t size) {
  if (size > 0 && value[size - 1] == '\n')
    --size;
  printf("%s=", name);
  for (ssize_t i = 0; i < size; ++i) {
    const unsigned char c = (unsigned char)value[i];
    if (c >= ' ' && c <= '~' && c != '\\') {
      putchar(c);
    } else {
      printf("\\x%02x", c);
    }
  }
  putchar('\n');
}

static void try_file(const char* way, const char* path, const struct stat* status) {
  const char* name = path + strlen("/proc/sys/");
  if (only_values) {
    const ssize_t size = status->st_mode & S_IWUSR && is_setting(name) ? read_value(path) : -1;
    if (size >= 0)
      print_value(name, size);
    return;
  }
  const int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0)
    return;
  printf("%s open %s\n", way, name);
  const ssize_t size = is_written(name) ? read_value(path) : -1;
  if (size >= 0 && size < (ssize_t)sizeof value && write(fd, value, (size_t)size) == size) {
    printf("%s write ", way);
    print_value(name, size);
  }
  close(fd);
}

// binfmt_misc is another filesystem, where it is mounted.
static void walk(const char* way, const char* dir) {
  if (strcmp(dir, "/proc/sys/fs/binfmt_misc") == 0)
    return;
  DIR* entries = opendir(dir);
  if (entries == NULL)
    return;
  for (struct dirent* entry; (entry = readdir(entries)) != NULL;) {
    char path[1024];
    struct stat status;
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
      continue;
    if (snprintf(path, sizeof path, "%s/%s", dir, entry->d_name) >= (int)sizeof path)
      die(dir);
    if (lstat(path, &status) != 0)
      continue;
    if (S_ISDIR(status.st_mode)) {
      walk(way, path);
    } else if (S_ISREG(status.st_mode)) {
      try_file(way, path, &status);
    }
  }
  closedir(entries);
}

static void try_mounts(const char* way) {
  if (mount(NULL, "/proc/sys", NULL, MS_REMOUNT | MS_BIND, NULL) == 0)
    printf("%s mount remount\n", way);
  if (umount2("/proc/sys", MNT_DETACH) == 0)
    printf("%s mount unmount\n", way);
  if (mount("proc", "/proc", "proc", 0, NULL) == 0)
    printf("%s mount procfs\n", way);
}

static void write_file(const char* path, const char* text) {
  const int fd = open(path, O_WRONLY | O_CLOEXEC);
  // Who maps root needs CAP_SETFCAP since Linux 5.12. Without a map a process has the same rights.
  if (fd < 0 || (write(fd, text, strlen(text)) < 0 && errno != EPERM))
    die(path);
  close(fd);
}

// In a process of its own, which is in the new namespaces.
static void try_way(const struct way* way) {
  if (way->flags != 0) {
    char map[64];
    const unsigned user = geteuid();
    const unsigned group = getegid();
    if (unshare(way->flags) != 0)
      die(way->name);
    write_file("/proc/self/setgroups", "deny");
    snprintf(map, sizeof map, "0 %u 1", user);
    write_file("/proc/self/uid_map", map);
    snprintf(map, sizeof map, "0 %u 1", group);
    write_file("/proc/self/gid_map", map);
  }
  const pid_t child = fork();
  if (child < 0)
    die("fork");
  if (child == 0) {
    if (way->mounts)
      try_mounts(way->name);
    walk(way->name, "/proc/sys");
    printf("%s here\n", way->name);
    exit(0);
  }
  int status = 0;
  if (waitpid(child, &status, 0) != child || status != 0)
    exit(1);
  _exit(0);
}

int main(int argc, char** argv) {
  only_values = argc == 2 && strcmp(argv[1], "values") == 0;
  if (argc > 1 && !only_values) {
    fprintf(stderr, "usage: try_all [values]\n");
    return 2;
  }
  if (only_values) {
    walk("", "/proc/sys");
    return 0;
  }
  for (size_t i = 0; i < sizeof kWays / sizeof *kWays; ++i) {
    fflush(stdout);
    const pid_t child = fork();
    if (child < 0)
      die("fork");
    if (child == 0)
      try_way(&kWays[i]);
    int status = 0;
    if (waitpid(child, &status, 0) != child || status != 0)
      return 1;
  }
  return 0;
}
