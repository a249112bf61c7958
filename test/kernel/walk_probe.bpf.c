/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * walk_probe.bpf.c - lets the kernel walk any table over any access, by a test run.
 *
 * A program of type cgroup/sysctl cannot be run by BPF_PROG_TEST_RUN, so the guard's loop
 * (guard_loop.h) is compiled into programs that can: of type syscall (Linux 5.14) with either loop,
 * and a socket filter with the bounded loop for kernels before that. The access stands in the map
 * `words`, which the test maps into its memory, and the result is written beside it: one access for
 * each run.
 *
 * Everything but the two sysctl helpers is as in sysctl_guard.bpf.c: one stack buffer for name and
 * value, filled by a helper, and the same tests in the same order.
 */
#include <linux/types.h>

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "guard_loop.h"
#include "walk_probe.h"

/* The table under test; its value size is set before load, to the most cells any test needs. */
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 1);
  __uint(map_flags, BPF_F_RDONLY_PROG);
  __uint(key_size, sizeof(__u32));
  __uint(value_size, sizeof(struct sg_table) + sizeof(__u32));
} probe_table SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 1);
  __uint(map_flags, BPF_F_MMAPABLE);
  __uint(key_size, sizeof(__u32));
  __uint(value_size, sizeof(struct walk_probe_word));
} words SEC(".maps");

SG_INLINE __u32 walk_word(const struct sg_table* table, const struct walk_probe_word* word,
                          int bounded) {
  __u32 name_len = word->name_len, value_len = word->value_len, relation;
  struct sg_number value, current;
  struct sg_walk walk;

  walk.table = table;
  walk.state = table->start[word->write ? SG_ACCESS_WRITE : SG_ACCESS_READ];
  if (sg_is_sink(table, walk.state))
    return walk.state;
  if (bpf_probe_read_kernel(walk.bytes, SG_NAME_SIZE, word->name))
    return SG_STATE_DEAD;
  if (name_len >= SG_NAME_SIZE)
    return SG_STATE_DEAD;
  sg_walk_bytes(&walk, name_len + 1, SG_NAME_SIZE, bounded);
  if (sg_is_sink(table, walk.state) || !word->write)
    return walk.state;
  if (bpf_probe_read_kernel(walk.bytes, SG_VALUE_SIZE, word->value))
    return SG_STATE_DEAD;
  if (word->unseen || value_len == 0 || value_len >= SG_VALUE_SIZE) {
    value_len = 0;
    walk.state = sg_step(table, cell_mask, walk.state, table->unseen_class);
  } else {
    sg_walk_bytes(&walk, value_len, SG_VALUE_SIZE, bounded);
  }
  if (!sg_label_needs_current(sg_label(table, cell_mask, walk.state)))
    return walk.state;
  value = sg_read_number(&walk, value_len, bounded);
  if (bpf_probe_read_kernel(walk.bytes, SG_NUMBER_SIZE, word->current))
    return SG_STATE_DEAD;
  current = sg_read_number(&walk, word->current_len, bounded);
  relation = sg_relation(&value, &current);
  return sg_step(table, cell_mask, walk.state,
                 table->relation_class[relation & (SG_RELATIONS - 1)]);
}

SG_INLINE int probe(int bounded) {
  struct walk_probe_word* word;
  const struct sg_table* table;
  __u32 key = 0;

  table = bpf_map_lookup_elem(&probe_table, &key);
  word = bpf_map_lookup_elem(&words, &key);
  if (!table || !word)
    return 0;
  word->state = walk_word(table, word, bounded);
  word->label = sg_label(table, cell_mask, word->state);
  word->runs++;
  return 0;
}

SEC("syscall")
int probe_loop(void* ctx) {
  (void)ctx;
  return probe(0);
}

SEC("syscall")
int probe_bounded(void* ctx) {
  (void)ctx;
  return probe(1);
}

SEC("socket")
int probe_socket_loop(void* ctx) {
  (void)ctx;
  return probe(0);
}

SEC("socket")
int probe_socket_bounded(void* ctx) {
  (void)ctx;
  return probe(1);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
