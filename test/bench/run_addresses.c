// SPDX-License-Identifier: Apache-2.0
// run_addresses.c - which instructions of a program are executed.
//
//   run_addresses PROGRAM ARGUMENT...
//
// Runs the program one instruction at a time and prints the address of each instruction, in hexadecimal, the first
// time it is executed. Of a static program that is not position independent, whose addresses are those in its file.
// A program that does not exit 0 is an error.
#define _GNU_SOURCE
#include <elf.h>
#include <err.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

// Static programs begin at 4 MiB; ours have some MiB. The vDSO lies far above, and is no part of the file.
#define ADDRESS_MAX (64UL << 20)

static unsigned char executed[ADDRESS_MAX];

static unsigned long program_counter(pid_t child) {
  struct user_regs_struct registers;
  struct iovec where = {&registers, sizeof registers};
  if (ptrace(PTRACE_GETREGSET, child, NT_PRSTATUS, &where) != 0) {
    err(1, "read registers");
  }
#ifdef __x86_64__
  return registers.rip;
#else
  return registers.pc;
#endif
}

int main(int argc, char** argv) {
  if (argc < 2) {
    errx(2, "usage: run_addresses PROGRAM ARGUMENT...");
  }
  const pid_t child = fork();
  if (child == 0) {
    (void)ptrace(PTRACE_TRACEME, 0, 0, 0);
    execv(argv[1], argv + 1);
    err(1, "run %s", argv[1]);
  }
  int status = 0;
  while (child > 0 && waitpid(child, &status, 0) == child && WIFSTOPPED(status)) {
    const unsigned long address = program_counter(child);
    if (address < ADDRESS_MAX && !executed[address]) {
      executed[address] = 1;
      printf("%lx\n", address);
    }
    if (ptrace(PTRACE_SINGLESTEP, child, 0, 0) != 0) {
      err(1, "step");
    }
  }
  if (child < 0 || status != 0) {
    errx(1, "%s ended with wait status %#x", argv[1], (unsigned)status);
  }
  return 0;
}
