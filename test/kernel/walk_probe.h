/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * walk_probe.h - one access for walk_probe.bpf.c, and what became of it.
 *
 * Compiles as BPF C and C++20.
 */
#ifndef WALK_PROBE_H
#define WALK_PROBE_H

#include "relation.h"

struct walk_probe_word {
  __u32 write;
  __u32 name_len;    /* SG_NAME_SIZE and more: as a name that does not fit */
  __u32 value_len;   /* SG_VALUE_SIZE and more: as a value that does not fit */
  __u32 unseen;      /* not 0: as a write elsewhere than at position 0 */
  __u32 current_len; /* SG_NUMBER_SIZE and more, or 0: as what cannot be read */
  __u32 padding;
  __u32 state; /* result: the last state */
  __u32 label; /* result: its label */
  __u64 runs;  /* grows by one with each run */
  __u8 name[SG_NAME_SIZE];
  __u8 value[SG_VALUE_SIZE];
  __u8 current[SG_NUMBER_SIZE];
};

SG_ABI_CHECK(sizeof(struct walk_probe_word) ==
                 8 * 4 + 8 + SG_NAME_SIZE + SG_VALUE_SIZE + SG_NUMBER_SIZE,
             "walk_probe_word has no padding");

#endif
