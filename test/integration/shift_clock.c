// SPDX-License-Identifier: Apache-2.0
/*
 * shift_clock.c - preloaded, sets the time of day of one program, for the tests of what a clock that is set back does.
 *
 *   SHIFT_CLOCK_BY=FILE LD_PRELOAD=shift_clock.so COMMAND...
 *
 * CLOCK_REALTIME is ahead by the seconds that stand in FILE at that moment. Who sets them puts another file into its
 * place. All other clocks are the kernel's.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static long shift(void) {
  const char* const path = getenv("SHIFT_CLOCK_BY");
  FILE* const file = path == NULL ? NULL : fopen(path, "re");
  long seconds = 0;
  if (file == NULL || fscanf(file, "%ld", &seconds) != 1) {
    abort();
  }
  (void)fclose(file);
  return seconds;
}

int clock_gettime(clockid_t clock, struct timespec* now) {
  const long result = syscall(SYS_clock_gettime, clock, now);
  if (result == 0 && clock == CLOCK_REALTIME) {
    now->tv_sec += shift();
  }
  return (int)result;
}
