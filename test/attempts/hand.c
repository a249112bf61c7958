// SPDX-License-Identifier: Apache-2.0
//
// hand: a container hands out descriptors of /proc/sys, and an accomplice without a guard writes through them.
//
//   hand take SOCKET   the accomplice: binds SOCKET, takes descriptors from one client, writes through each, and then
//                      looks what has changed in its own /proc/sys, and undoes that
//   hand out SOCKET    the container: sends a descriptor of every file below /proc/sys that it can open for writing
//
// `take` prints `host: NAME` for each file of its own that has changed, then `taken: COUNT`. `out` prints
// `NAME: RESULT` for each, as the accomplice has it: `changed` where the container then reads what was written, `ok`
// where it reads something else or what it read before, or the name of an error.
// What a container can have of its own is written otherwise than it was: a number as its neighbour, what it calls itself
// as "handed". So are two harmless ones of the host. All else is written as it was read, in case it was open after all.
// Exit 0, or 2 where it could not even try.

#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum {
  kCannotTry = 2,
  kMaxName = 256,
  kMaxValue = 4096,
  kMaxAnswer = kMaxValue + 1,
  kMaxFiles = 8192,
  kMaxOpen = 16
};

static const char kRoot[] = "/proc/sys/";

_Noreturn static void cannot(const char* what) {
  (void)fprintf(stderr, "hand: %s: %s\n", what, strerror(errno));
  exit(kCannotTry);
}

// --- both sides ----------------------------------------------------------------------------------

// One of the kernel's whole life is never written: nobody could undo it. The others change by themselves.
static bool is_left_alone(const char* name) {
  return strcmp(name, "net/netfilter/nf_hooks_lwtunnel") == 0 ||
         strcmp(name, "kernel/ns_last_pid") == 0 ||
         strcmp(name, "kernel/perf_event_max_sample_rate") == 0 ||
         strcmp(name, "kernel/hung_task_warnings") == 0 ||
         strstr(name, "/max_newidle_lb_cost") != NULL;
}

static void (*visitor)(const char* path, const char* name);

static int visit(const char* path, const struct stat* info, int type, struct FTW* place) {
  (void)place;
  // Another filesystem; to look into it could mount it.
  if (strcmp(path, "/proc/sys/fs/binfmt_misc") == 0)
    return FTW_SKIP_SUBTREE;
  const char* name = path + sizeof kRoot - 1;
  if (type == FTW_F && (info->st_mode & 0222) != 0 && strlen(name) < kMaxName &&
      !is_left_alone(name)) {
    visitor(path, name);
  }
  return FTW_CONTINUE;
}

static void for_each_file(void (*what)(const char* path, const char* name)) {
  visitor = what;
  if (nftw("/proc/sys", visit, kMaxOpen, FTW_PHYS | FTW_ACTIONRETVAL) != 0)
    cannot(kRoot);
}

// The value, which is empty where it cannot be read.
static void read_value(int fd, char* value) {
  const ssize_t size = fd < 0 ? -1 : pread(fd, value, kMaxValue - 1, 0);
  value[size < 0 ? 0 : size] = '\0';
}

static void read_file(const char* path, char* value) {
  const int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  read_value(fd, value);
  if (fd >= 0)
    close(fd);
}

static int make_socket(const char* path, struct sockaddr_un* address) {
  const int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  *address = (struct sockaddr_un){.sun_family = AF_UNIX};
  if (fd < 0 || strlen(path) >= sizeof address->sun_path)
    cannot(path);
  (void)strcpy(address->sun_path, path);
  return fd;
}

// --- the accomplice ------------------------------------------------------------------------------

static struct {
  char* path;
  char* value;
} snapshot[kMaxFiles];
static size_t snapshot_size;

static void remember(const char* path, const char* name) {
  char value[kMaxValue];
  (void)name;
  if (snapshot_size == kMaxFiles)
    cannot("too many files");
  read_file(path, value);
  snapshot[snapshot_size].path = strdup(path);
  snapshot[snapshot_size++].value = strdup(value);
}

static void tell_changes(void) {
  char value[kMaxValue];
  for (size_t i = 0; i < snapshot_size; i++) {
    read_file(snapshot[i].path, value);
    if (strcmp(value, snapshot[i].value) == 0)
      continue;
    (void)printf("host: %s\n", snapshot[i].path + sizeof kRoot - 1);
    const int fd = open(snapshot[i].path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, snapshot[i].value, strlen(snapshot[i].value)) < 0)
      cannot(snapshot[i].path);
    close(fd);
  }
}

static bool begins(const char* text, const char* prefix) {
  return strncmp(text, prefix, strlen(prefix)) == 0;
}

// Whether a test may give it another value for a moment, whosever it is.
static bool is_harmless(const char* name) {
  static const char* const kOwn[] = {"net/",         "fs/mqueue/", "kernel/msg",
                                     "kernel/sem",   "kernel/shm", "fs/lease-break-time",
                                     "vm/swappiness"};
  for (size_t i = 0; i < sizeof kOwn / sizeof kOwn[0]; i++) {
    if (begins(name, kOwn[i]))
      return true;
  }
  return false;
}

// What is to be written over the value.
static void make_other(const char* name, const char* value, int step, char* other) {
  char* end = NULL;
  const long long number = strtoll(value, &end, 10);
  if (strcmp(name, "kernel/hostname") == 0 || strcmp(name, "kernel/domainname") == 0) {
    (void)strcpy(other, "handed");
  } else if (is_harmless(name) && end != value && (*end == '\n' || *end == '\0')) {
    (void)snprintf(other, kMaxValue, "%lld", number + step);
  } else {
    (void)strcpy(other, value);
    other[strcspn(other, "\n")] = '\0';
  }
}

// What was written, or `!` and the error.
static void write_through(int fd, const char* name, char* answer) {
  char value[kMaxValue];
  char other[kMaxValue];
  read_value(fd, value);
  int error = 0;
  for (int step = 1; step >= -1; step -= 2) {
    make_other(name, value, step, other);
    error = write(fd, other, strlen(other)) >= 0 ? 0 : errno;
    if (error != EINVAL)
      break;
  }
  (void)snprintf(answer, kMaxAnswer, "%s%s", error == 0 ? "" : "!",
                 error == 0 ? other : strerrorname_np(error));
}

static int take_one(int client, char* name) {
  char control[CMSG_SPACE(sizeof(int))] = {0};
  struct iovec text = {.iov_base = name, .iov_len = kMaxName - 1};
  struct msghdr message = {
      .msg_iov = &text, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  const ssize_t size = recvmsg(client, &message, MSG_CMSG_CLOEXEC);
  const struct cmsghdr* head = CMSG_FIRSTHDR(&message);
  int fd = -1;
  if (size <= 0 || head == NULL || head->cmsg_type != SCM_RIGHTS)
    return -1;
  memcpy(&fd, CMSG_DATA(head), sizeof fd);
  name[size] = '\0';
  return fd;
}

static void take(const char* path) {
  struct sockaddr_un address;
  char name[kMaxName];
  char answer[kMaxAnswer];
  int count = 0;
  for_each_file(remember);
  const int server = make_socket(path, &address);
  if (bind(server, (const struct sockaddr*)&address, sizeof address) != 0 || listen(server, 1) != 0)
    cannot(path);
  const int client = accept4(server, NULL, NULL, SOCK_CLOEXEC);
  if (client < 0)
    cannot("accept");
  for (int fd = take_one(client, name); fd >= 0; fd = take_one(client, name)) {
    write_through(fd, name, answer);
    close(fd);
    count++;
    if (send(client, answer, strlen(answer), MSG_NOSIGNAL) < 0)
      cannot("send");
  }
  tell_changes();
  (void)printf("taken: %d\n", count);
}

// --- the container -------------------------------------------------------------------------------

static int server;

static void send_one(int fd, const char* name) {
  char control[CMSG_SPACE(sizeof(int))] = {0};
  struct iovec text = {.iov_base = (void*)name, .iov_len = strlen(name)};
  struct msghdr message = {
      .msg_iov = &text, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  struct cmsghdr* head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(sizeof fd);
  memcpy(CMSG_DATA(head), &fd, sizeof fd);
  if (sendmsg(server, &message, MSG_NOSIGNAL) < 0)
    cannot("sendmsg");
}

static void hand_out(const char* path, const char* name) {
  char before[kMaxValue];
  char after[kMaxValue];
  char answer[kMaxAnswer];
  int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0)
    fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0)
    return;
  read_file(path, before);
  send_one(fd, name);
  close(fd);
  const ssize_t size = recv(server, answer, sizeof answer - 1, 0);
  if (size < 0)
    cannot("recv");
  answer[size] = '\0';
  read_file(path, after);
  after[strcspn(after, "\n")] = '\0';
  before[strcspn(before, "\n")] = '\0';
  const bool has_changed = strcmp(after, before) != 0 && strcmp(after, answer) == 0;
  (void)printf("%s: %s\n", name, answer[0] == '!' ? answer + 1 : has_changed ? "changed" : "ok");
}

static void out(const char* path) {
  struct sockaddr_un address;
  server = make_socket(path, &address);
  if (connect(server, (const struct sockaddr*)&address, sizeof address) != 0)
    cannot(path);
  for_each_file(hand_out);
}

int main(int argc, char** argv) {
  if (argc == 3 && strcmp(argv[1], "take") == 0) {
    take(argv[2]);
  } else if (argc == 3 && strcmp(argv[1], "out") == 0) {
    out(argv[2]);
  } else {
    (void)fprintf(stderr, "usage: hand take SOCKET | hand out SOCKET\n");
    return kCannotTry;
  }
  return fflush(stdout) == 0 ? 0 : kCannotTry;
}
