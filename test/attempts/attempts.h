// SPDX-License-Identifier: Apache-2.0
//
// What the parts of `attempts` share: the target of one write, the outcome of one method, and
// the table row of a method. A method carries out one write of one sysctl in one way. It runs
// in a child process of its own, so it may change namespaces, mounts, cgroup and position.
//
// Each file of methods has one array that ends with a row without a name.

#ifndef SG_TEST_ATTEMPTS_H
#define SG_TEST_ATTEMPTS_H

#include <stddef.h>
#include <sys/types.h>

// What is written, where, and what a few methods need besides.
struct target {
  const char* path;    // the file under /proc/sys, or a memfd while a method is probed
  char* value;         // the bytes to write; any byte, also NUL
  size_t size;         // number of bytes in value
  char* other;         // `flip` and `race`: the other value, of the same size
  long long position;  // file position of the methods that take one
  const char* cgroup;  // `moved-fd`: directory of the cgroup to enter, or NULL
  long count;          // `flip` and `race`: number of writes
};

enum outcome_kind {
  OUTCOME_OK,           // the call returned `value`
  OUTCOME_ERRNO,        // the write, or the read, failed with errno `value`
  OUTCOME_OPEN,         // the target could not be opened: errno `value`
  OUTCOME_UNSUPPORTED,  // the method cannot be carried out here: errno `value`
};

struct outcome {
  enum outcome_kind kind;
  long value;
  long other;  // `flip` and `race`: how often the other value was applied; else -1
};

// How a method is tried before the real target.
enum probe {
  PROBE_MEMFD,  // the same call on a memfd must work
  PROBE_NONE,   // the method reports by itself what its preparation lacks
};

struct method {
  const char* name;
  struct outcome (*run)(const struct target* target, long argument);
  long argument;
  enum probe probe;
  const char* help;
};

extern const struct method kFileMethods[];
extern const struct method kPipeMethods[];
extern const struct method kAsyncMethods[];
extern const struct method kPathMethods[];
extern const struct method kTaskMethods[];

// The outcome of a call that returns -1 and sets errno, or a count.
struct outcome outcome_of(long returned);

// The outcome of a call that returns a negative errno, or a count.
struct outcome outcome_of_result(long result);

// A preparation failed: `error` says why the method cannot be carried out.
struct outcome unsupported(int error);

// Opens the target for writing. False: `outcome` holds the reason.
int open_target(const struct target* target, int flags, int* fd, struct outcome* outcome);

// Opens the target, writes the value once, closes it.
struct outcome write_once(const struct target* target);

#endif
