// SPDX-License-Identifier: Apache-2.0
//
// attempts: writes one sysctl by named methods and prints what came of it, one line each:
//
//   METHOD ok:N               the call returned N
//   METHOD errno:NAME         the write or read failed
//   METHOD open:NAME          the file could not be opened, nothing was written
//   METHOD unsupported:NAME   this kernel, or this process, cannot carry the method out
//   METHOD died:N             the child was ended by signal N
//
// `flip` and `race` add ` other:N`. Whether a method is supported is found out on a memfd, or by
// the method's own preparation; what the sysctl answers never decides it.
// Exit 0: all were carried out or are unsupported, whatever the results. 1: a child died. 2: usage.

#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attempts.h"

enum { kExitDied = 1, kExitUsage = 2, kMethodSeconds = 120, kProbeCount = 2 };

// Above the 4 MiB that the kernel takes for one write of a sysctl.
enum { kMaxValue = 5 << 20 };

static const struct method* const kTables[] = {kFileMethods, kPipeMethods, kAsyncMethods,
                                               kPathMethods, kTaskMethods};
enum { kTableCount = sizeof kTables / sizeof kTables[0] };

static const char kUsage[] =
    "usage: attempts -f FILE (-v TEXT | -V @FILE | -x HEX) [-p POSITION] [-w OTHER]\n"
    "                [-n COUNT] [-c CGROUP] METHOD[,METHOD]...\n"
    "       attempts -l\n"
    "  -f  the file to write, under /proc/sys\n"
    "  -v  the value; -V @FILE takes it from a file, -x from hexadecimal digits\n"
    "  -p  file position for the methods that take one (0)\n"
    "  -w  flip, race: the other value, of the same length (default: last byte changed)\n"
    "  -n  flip, race: number of writes (20000)\n"
    "  -c  moved-fd: directory of the cgroup to enter\n"
    "  -l  list the methods; METHOD `all` stands for all of them\n";

static void list_methods(void) {
  for (int t = 0; t < kTableCount; t++) {
    for (const struct method* m = kTables[t]; m->name != NULL; m++) {
      printf("%-26s %s\n", m->name, m->help);
    }
  }
}

static const struct method* find_method(const char* name) {
  for (int t = 0; t < kTableCount; t++) {
    for (const struct method* m = kTables[t]; m->name != NULL; m++) {
      if (strcmp(m->name, name) == 0)
        return m;
    }
  }
  return NULL;
}

// Runs the method on a memfd. A call that fails there is one this kernel lacks.
static struct outcome probe_method(const struct method* method, const struct target* target) {
  char path[64];
  struct target harmless = *target;
  const int fd = memfd_create("probe", MFD_CLOEXEC);
  if (fd < 0)
    return unsupported(errno);
  (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  harmless.path = path;
  harmless.position = 0;
  harmless.count = kProbeCount;
  struct outcome outcome = method->run(&harmless, method->argument);
  if (outcome.kind != OUTCOME_OK)
    outcome.kind = OUTCOME_UNSUPPORTED;
  close(fd);
  return outcome;
}

static struct outcome carry_out(const struct method* method, const struct target* target) {
  if (method->probe == PROBE_MEMFD) {
    const struct outcome probed = probe_method(method, target);
    if (probed.kind != OUTCOME_OK)
      return probed;
  }
  return method->run(target, method->argument);
}

static void print_outcome(const char* name, const struct outcome* outcome) {
  static const char* const kWords[] = {"ok", "errno", "open", "unsupported"};
  const char* word = kWords[outcome->kind];
  const char* error = strerrorname_np((int)outcome->value);
  if (outcome->kind == OUTCOME_OK || error == NULL) {
    printf("%s %s:%ld", name, word, outcome->value);
  } else {
    printf("%s %s:%s", name, word, error);
  }
  if (outcome->other >= 0)
    printf(" other:%ld", outcome->other);
  printf("\n");
}

// Returns 0, or kExitDied.
static int run_method(const struct method* method, const struct target* target) {
  struct outcome outcome;
  int ends[2];
  int status = 0;
  (void)fflush(stdout);
  if (pipe2(ends, O_CLOEXEC) != 0)
    return kExitDied;
  const pid_t child = fork();
  if (child < 0)
    return kExitDied;
  if (child == 0) {
    (void)alarm(kMethodSeconds);
    outcome = carry_out(method, target);
    _exit(write(ends[1], &outcome, sizeof outcome) == sizeof outcome ? 0 : 1);
  }
  close(ends[1]);
  const ssize_t got = read(ends[0], &outcome, sizeof outcome);
  close(ends[0]);
  (void)waitpid(child, &status, 0);
  if (got == sizeof outcome) {
    print_outcome(method->name, &outcome);
    return 0;
  }
  printf("%s died:%d\n", method->name, WIFSIGNALED(status) ? WTERMSIG(status) : 0);
  return kExitDied;
}

static int run_all(const struct target* target) {
  int result = 0;
  for (int t = 0; t < kTableCount; t++) {
    for (const struct method* m = kTables[t]; m->name != NULL; m++) {
      result |= run_method(m, target);
    }
  }
  return result;
}

static int usage(const char* problem, const char* text) {
  (void)fprintf(stderr, "attempts: %s%s\n%s", problem, text, kUsage);
  return kExitUsage;
}

// `buffer` has room for kMaxValue bytes and one more. -1: not readable or too long.
static long value_from_file(const char* argument, char* buffer) {
  if (argument[0] != '@')
    return -1;
  FILE* file = fopen(argument + 1, "rbe");
  if (file == NULL)
    return -1;
  const size_t size = fread(buffer, 1, kMaxValue + 1, file);
  const int failed = ferror(file);
  (void)fclose(file);
  return failed || size > kMaxValue ? -1 : (long)size;
}

static int hex_digit(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

static long value_from_hex(const char* argument, char* buffer) {
  const size_t digits = strlen(argument);
  if (digits % 2 != 0 || digits / 2 > kMaxValue)
    return -1;
  for (size_t i = 0; i < digits; i += 2) {
    const int high = hex_digit(argument[i]);
    const int low = hex_digit(argument[i + 1]);
    if (high < 0 || low < 0)
      return -1;
    buffer[i / 2] = (char)(high * 16 + low);
  }
  return (long)(digits / 2);
}

static long value_from_text(const char* argument, char* buffer) {
  const size_t size = strlen(argument);
  if (size > kMaxValue)
    return -1;
  memcpy(buffer, argument, size);
  return (long)size;
}

static int number_from(const char* argument, long long* number) {
  char* end = NULL;
  errno = 0;
  *number = strtoll(argument, &end, 0);
  return errno == 0 && end != argument && *end == '\0';
}

// Returns 0, or kExitUsage. Without -w the other value differs in the last byte that is not a
// newline, so that `1` becomes `0`.
static int complete(struct target* target, const char* other) {
  if (target->path == NULL)
    return usage("needs ", "-f");
  if (target->value == NULL)
    return usage("needs ", "-v, -V or -x");
  if (other != NULL && strlen(other) != target->size)
    return usage("wrong length: -w ", other);
  target->other = malloc(target->size + 1);
  if (target->other == NULL)
    abort();
  memcpy(target->other, other != NULL ? other : target->value, target->size);
  if (other != NULL)
    return 0;
  size_t last = target->size;
  while (last > 0 && target->value[last - 1] == '\n')
    last--;
  if (last > 0)
    target->other[last - 1] = (char)(target->other[last - 1] ^ 1);
  return 0;
}

// Returns the index of the first method, or -kExitUsage.
static int parse(int argc, char** argv, struct target* target, char* buffer) {
  const char* other = NULL;
  long long number = 0;
  int option;
  while ((option = getopt(argc, argv, "f:v:V:x:p:w:n:c:l")) != -1) {
    long size = -2;  // no value option
    switch (option) {
      case 'f':
        target->path = optarg;
        break;
      case 'v':
        size = value_from_text(optarg, buffer);
        break;
      case 'V':
        size = value_from_file(optarg, buffer);
        break;
      case 'x':
        size = value_from_hex(optarg, buffer);
        break;
      case 'w':
        other = optarg;
        break;
      case 'c':
        target->cgroup = optarg;
        break;
      case 'p':
        if (!number_from(optarg, &target->position))
          return -usage("bad position: ", optarg);
        break;
      case 'n':
        if (!number_from(optarg, &number) || number < 1 || number > 100000000) {
          return -usage("bad count: ", optarg);
        }
        target->count = (long)number;
        break;
      case 'l':
        list_methods();
        exit(0);
      default:
        return -usage("bad arguments", "");
    }
    if (size == -1)
      return -usage("bad value: ", optarg);
    if (size < 0)
      continue;
    target->value = buffer;
    target->size = (size_t)size;
  }
  return complete(target, other) == 0 ? optind : -kExitUsage;
}

// All names are looked up before the first write.
static int check_names(char* list) {
  char* copy = strdup(list);
  char* rest = NULL;
  int result = 0;
  if (copy == NULL)
    abort();
  for (char* name = strtok_r(copy, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
    if (strcmp(name, "all") != 0 && find_method(name) == NULL) {
      result = usage("unknown method: ", name);
    }
  }
  free(copy);
  return result;
}

static int run_list(char* list, const struct target* target) {
  char* rest = NULL;
  int result = 0;
  for (char* name = strtok_r(list, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
    result |= strcmp(name, "all") == 0 ? run_all(target) : run_method(find_method(name), target);
  }
  return result;
}

int main(int argc, char** argv) {
  struct target target = {.count = 20000};
  char* buffer = malloc(kMaxValue + 2);
  if (buffer == NULL)
    abort();
  (void)signal(SIGPIPE, SIG_IGN);
  const int first = parse(argc, argv, &target, buffer);
  if (first < 0)
    return -first;
  if (first == argc)
    return usage("no method", "");
  for (int i = first; i < argc; i++) {
    if (check_names(argv[i]) != 0)
      return kExitUsage;
  }
  int result = 0;
  for (int i = first; i < argc; i++)
    result |= run_list(argv[i], &target);
  return result;
}
