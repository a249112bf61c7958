// SPDX-License-Identifier: Apache-2.0
// page_faults.c - what the first write to a page of memory costs here.
//
//   page_faults ROUNDS
//
// Prints "0 NANOSECONDS" for each round: the mean over the pages of a fresh mapping of small pages.
#define _GNU_SOURCE
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define PAGES 256

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

int main(int argc, char** argv) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE);
  for (int round = argc > 1 ? atoi(argv[1]) : 0; round > 0; round--) {
    char* memory =
        mmap(NULL, PAGES * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
      err(1, "mmap");
    }
    (void)madvise(memory, PAGES * page, MADV_NOHUGEPAGE);
    const long long start = now();
    for (size_t i = 0; i < PAGES; i++) {
      ((volatile char*)memory)[i * page] = 1;
    }
    printf("0 %lld\n", (now() - start) / PAGES);
    munmap(memory, PAGES * page);
  }
  return 0;
}
