// SPDX-License-Identifier: Apache-2.0
/*
 * guards_of.c - the guards that say they are a container's, for the tests, which ask thousands of times.
 *
 *   guards_of ID
 *
 * Prints the number of each program, one in a line; nothing where there is none. bpf/meta_abi.h has the layout: a
 * program of its own has a map with one entry; one that is shared has an entry for each cgroup, where it counts as long
 * as the program is attached there. A guard may vanish meanwhile. Exit 1 where the kernel cannot be asked.
 */
#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <mntent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "meta_abi.h"

enum { kMost = 64 }; /* maps of a program, programs of a cgroup */

struct cgroup_key {
  uint64_t cgroup;
  uint32_t attach_type;
  uint32_t zero;
};

/* The cgroup that is looked for, by its number, and the map of the program that is to be on it. */
static uint64_t wanted_cgroup;
static uint32_t wanted_map;

static void fail(const char* what) {
  fprintf(stderr, "guards_of: %s: %s\n", what, strerror(errno));
  exit(1);
}

/* Where the mount of cgroup v2 is that was made last. */
static const char* cgroup_root(void) {
  static char dir[4096];
  FILE* mounts = setmntent("/proc/self/mounts", "re");
  struct mntent* mount;

  if (!mounts)
    fail("/proc/self/mounts");
  while ((mount = getmntent(mounts)) != NULL)
    if (!strcmp(mount->mnt_type, "cgroup2"))
      snprintf(dir, sizeof(dir), "%s", mount->mnt_dir);
  endmntent(mounts);
  return dir;
}

static int has_map(uint32_t program, uint32_t map) {
  uint32_t maps[kMost];
  struct bpf_prog_info info = {.nr_map_ids = kMost, .map_ids = (uintptr_t)maps};
  uint32_t size = sizeof(info);
  int fd = bpf_prog_get_fd_by_id(program), has = 0;

  if (fd < 0)
    return 0;
  if (bpf_obj_get_info_by_fd(fd, &info, &size) == 0)
    for (uint32_t i = 0; i < info.nr_map_ids && i < kMost; i++)
      has |= maps[i] == map;
  close(fd);
  return has;
}

static void print_users(uint32_t map) {
  uint32_t program = 0;

  while (bpf_prog_get_next_id(program, &program) == 0)
    if (has_map(program, map))
      printf("%u\n", program);
}

static int print_if_wanted(const char* path, const struct stat* found, int kind,
                           struct FTW* place) {
  uint32_t programs[kMost], count = kMost, flags = 0;
  int fd;

  (void)place;
  if (kind != FTW_D || found->st_ino != wanted_cgroup)
    return 0;
  fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd >= 0 && bpf_prog_query(fd, BPF_CGROUP_SYSCTL, 0, &flags, programs, &count) == 0)
    for (uint32_t i = 0; i < count; i++)
      if (has_map(programs[i], wanted_map))
        printf("%u\n", programs[i]);
  if (fd >= 0)
    close(fd);
  return 1;
}

static void print_attached(uint32_t map, uint64_t cgroup) {
  wanted_map = map;
  wanted_cgroup = cgroup;
  nftw(cgroup_root(), print_if_wanted, 16, FTW_PHYS | FTW_MOUNT);
}

static void look_at(int fd, const struct bpf_map_info* info, const char* id) {
  int shared = !strcmp(info->name, "sg_containers");
  struct cgroup_key key, *last = NULL;
  struct sg_container own;

  if (info->value_size != sizeof(own) || info->key_size > sizeof(key))
    return;
  while (bpf_map_get_next_key(fd, last, &key) == 0) {
    last = &key;
    if (bpf_map_lookup_elem(fd, &key, &own) != 0 || strncmp(own.text, id, SG_CONTAINER_ID_SIZE))
      continue;
    if (shared)
      print_attached(info->id, key.cgroup);
    else
      print_users(info->id);
  }
}

int main(int argc, char** argv) {
  uint32_t map = 0;

  if (argc != 2)
    return 1;
  while (bpf_map_get_next_id(map, &map) == 0) {
    struct bpf_map_info info = {0};
    uint32_t size = sizeof(info);
    int fd = bpf_map_get_fd_by_id(map);

    if (fd < 0 && errno != ENOENT)
      fail("bpf");
    if (fd < 0)
      continue;
    if (bpf_obj_get_info_by_fd(fd, &info, &size) == 0 &&
        (!strcmp(info.name, "sg_container") || !strcmp(info.name, "sg_containers")))
      look_at(fd, &info, argv[1]);
    close(fd);
  }
  if (errno != ENOENT)
    fail("bpf");
  return 0;
}
