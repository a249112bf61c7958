// SPDX-License-Identifier: Apache-2.0
// guard_memory.c - the kernel memory of the programs on one cgroup and of their maps.
//
//   guard_memory CGROUP
//
// Prints "NAME BYTES" for each program and map: the `memlock` the kernel reports for an open
// descriptor. Of a program that is the pages of its instructions as they were loaded; of a map,
// since Linux 6.4, what it really takes, before that an estimate in pages. Not in it, and in no
// other interface either: machine code from the compiler in the kernel, which shares pages with
// that of other programs, BTF, and the cgroup's own list of programs. Left out is what all guards of the host
// share: the buffer of events and the map beside it.
#include <bpf/bpf.h>
#include <err.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PROGRAMS_MAX 64
#define MAPS_MAX 16
#define SHARED "sg_event"  // what their names begin with

static void print_memory(int fd, const char* kind, const char* name) {
  char path[64];
  char line[256];
  unsigned long long bytes = 0;
  int is_found = 0;
  snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
  FILE* file = fopen(path, "re");
  if (file == NULL) {
    err(1, "%s", path);
  }
  while (fgets(line, sizeof line, file) != NULL) {
    is_found |= sscanf(line, "memlock: %llu", &bytes) == 1;
  }
  fclose(file);
  if (!is_found) {
    errx(1, "%s: no memlock", path);
  }
  printf("%s:%s %llu\n", kind, name, bytes);
}

static void print_program(int program) {
  __u32 map_ids[MAPS_MAX] = {0};
  struct bpf_prog_info info = {.nr_map_ids = MAPS_MAX, .map_ids = (__u64)(unsigned long)map_ids};
  __u32 size = sizeof info;
  if (bpf_obj_get_info_by_fd(program, &info, &size) != 0) {
    err(1, "program");
  }
  print_memory(program, "program", info.name);
  for (__u32 i = 0; i < info.nr_map_ids && i < MAPS_MAX; ++i) {
    struct bpf_map_info map_info = {0};
    __u32 map_size = sizeof map_info;
    int map = bpf_map_get_fd_by_id(map_ids[i]);
    if (map < 0 || bpf_obj_get_info_by_fd(map, &map_info, &map_size) != 0) {
      err(1, "map");
    }
    if (strncmp(map_info.name, SHARED, strlen(SHARED)) != 0) {
      print_memory(map, "map", map_info.name);
    }
    close(map);
  }
}

int main(int argc, char** argv) {
  __u32 ids[PROGRAMS_MAX];
  __u32 count = PROGRAMS_MAX;
  if (argc != 2) {
    errx(2, "usage: guard_memory CGROUP");
  }
  int cgroup = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (cgroup < 0 || bpf_prog_query(cgroup, BPF_CGROUP_SYSCTL, 0, NULL, ids, &count) != 0) {
    err(1, "%s", argv[1]);
  }
  for (__u32 i = 0; i < count; ++i) {
    int program = bpf_prog_get_fd_by_id(ids[i]);
    if (program < 0) {
      err(1, "program");
    }
    print_program(program);
    close(program);
  }
  return 0;
}
