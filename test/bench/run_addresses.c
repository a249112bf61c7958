// SPDX-License-Identifier: Apache-2.0
// run_addresses.c - which functions of a program are executed.
//
//   run_addresses FUNCTIONS PROGRAM ARGUMENT...
//
// FUNCTIONS is a file with the address where each function begins, in hexadecimal, a line each and each once. Runs the
// program with a breakpoint at each and prints the address of each function that is entered, once, in that order. Of a
// static program that is not position independent, whose addresses are those in its file. A program that does not exit
// 0 is an error.
#define _GNU_SOURCE
#include <elf.h>
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __x86_64__
#define PROGRAM_COUNTER rip
#define BREAKPOINT 0xccUL  // int3, behind which the processor stops
#define BREAKPOINT_MASK 0xffUL
#define BREAKPOINT_SIZE 1
#else
#define PROGRAM_COUNTER pc
#define BREAKPOINT 0xd4200000UL  // brk #0, at which it stops
#define BREAKPOINT_MASK 0xffffffffUL
#define BREAKPOINT_SIZE 0
#endif

struct function {
  unsigned long address;
  unsigned long code;  // of its first instruction
};

static struct function* functions;
static size_t function_count;

static int compare(const void* a, const void* b) {
  const struct function *left = a, *right = b;
  return (left->address > right->address) - (left->address < right->address);
}

static void read_functions(const char* path) {
  FILE* file = fopen(path, "re");
  unsigned long address;
  if (file == NULL) {
    err(1, "read %s", path);
  }
  while (fscanf(file, "%lx", &address) == 1) {
    functions = realloc(functions, (function_count + 1) * sizeof *functions);
    if (functions == NULL) {
      err(1, "keep %s", path);
    }
    functions[function_count++].address = address;
  }
  fclose(file);
  qsort(functions, function_count, sizeof *functions, compare);
}

static unsigned long read_code(pid_t child, unsigned long address) {
  errno = 0;
  const long code = ptrace(PTRACE_PEEKTEXT, child, address, 0);
  if (errno != 0) {
    err(1, "read the code at %#lx", address);
  }
  return (unsigned long)code;
}

// What the first instruction at an address is, from now on.
static void write_code(pid_t child, unsigned long address, unsigned long code) {
  const unsigned long rest = read_code(child, address) & ~BREAKPOINT_MASK;
  if (ptrace(PTRACE_POKETEXT, child, address, rest | (code & BREAKPOINT_MASK)) != 0) {
    err(1, "write the code at %#lx", address);
  }
}

static void set_breakpoints(pid_t child) {
  for (size_t i = 0; i < function_count; ++i) {
    functions[i].code = read_code(child, functions[i].address);
    write_code(child, functions[i].address, BREAKPOINT);
  }
}

// Goes on from the breakpoint where the program stopped, which is gone then.
static void pass_breakpoint(pid_t child) {
  struct user_regs_struct registers;
  struct iovec where = {&registers, sizeof registers};
  if (ptrace(PTRACE_GETREGSET, child, NT_PRSTATUS, &where) != 0) {
    err(1, "read registers");
  }
  const struct function key = {.address = registers.PROGRAM_COUNTER - BREAKPOINT_SIZE};
  const struct function* found =
      bsearch(&key, functions, function_count, sizeof *functions, compare);
  if (found == NULL) {
    errx(1, "it stopped at %#lx, where no function begins", key.address);
  }
  printf("%lx\n", found->address);
  write_code(child, found->address, found->code);
  registers.PROGRAM_COUNTER = found->address;
  if (ptrace(PTRACE_SETREGSET, child, NT_PRSTATUS, &where) != 0) {
    err(1, "write registers");
  }
}

int main(int argc, char** argv) {
  if (argc < 3) {
    errx(2, "usage: run_addresses FUNCTIONS PROGRAM ARGUMENT...");
  }
  read_functions(argv[1]);
  const pid_t child = fork();
  if (child == 0) {
    (void)ptrace(PTRACE_TRACEME, 0, 0, 0);
    execv(argv[2], argv + 2);
    err(1, "run %s", argv[2]);
  }
  int status = 0;
  int is_started = 0;
  while (child > 0 && waitpid(child, &status, 0) == child && WIFSTOPPED(status)) {
    int signal = 0;
    if (!is_started) {
      is_started = 1;
      set_breakpoints(child);
    } else if (WSTOPSIG(status) == SIGTRAP) {
      pass_breakpoint(child);
    } else {
      signal = WSTOPSIG(status);
    }
    if (ptrace(PTRACE_CONT, child, 0, signal) != 0) {
      err(1, "go on");
    }
  }
  if (child < 0 || status != 0) {
    errx(1, "%s ended with wait status %#x", argv[2], (unsigned)status);
  }
  return 0;
}
