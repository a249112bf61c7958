/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * guard_loop.h - the bytes of a name or a value through the automaton, as kernels let a program loop.
 *
 * The step is that of dfa_walk.h in both forms. bpf_loop (Linux 5.17) is verified once and quick to
 * load; where it is missing, a plain loop with a constant bound is verified round by round. For BPF
 * objects only: the guard, and the test program that lets the kernel walk any table over any bytes.
 */
#ifndef SG_GUARD_LOOP_H
#define SG_GUARD_LOOP_H

#include "dfa_walk.h"

/*
 * Entries of the table's cells[]: the map's value is sizeof(struct sg_table) and that many cells. Set
 * before load; a constant of .rodata, so that the verifier knows it. Zero denies.
 */
const volatile __u32 cell_count;

/* Bytes in one round of bpf_loop: a round costs about as much as four steps. */
#define SG_CHUNK 8

struct sg_walk {
	const struct sg_table *table;
	__u32 state;
	__u32 len;
	char bytes[SG_VALUE_SIZE]; /* the name first, then the value: together they would not fit */
};

/*
 * One round. Linux 6.1 verifies it for the first round alone and drops branches which that round cannot
 * take, so whatever it both tests and changes must start from a value the verifier does not know: the
 * state comes from the table, a map, in the first round too.
 */
static long sg_walk_chunk(__u32 round, struct sg_walk *walk)
{
	__u32 state = walk->state;
	__u32 first = round * SG_CHUNK;
	long stop = 0;

#pragma unroll
	for (__u32 k = 0; k < SG_CHUNK; k++) {
		/* verifier: the second test bounds the load below */
		if (first + k >= walk->len || first + k >= SG_VALUE_SIZE || sg_is_sink(walk->table, state)) {
			stop = 1;
			break;
		}
		state = sg_step_byte(walk->table, cell_count, state, walk->bytes[first + k]);
	}
	walk->state = state;
	return stop;
}

/* walk->state after `len` of walk->bytes, or after fewer where a sink is reached; `max` is a constant. */
SG_INLINE void sg_walk_bytes(struct sg_walk *walk, __u32 len, __u32 max, int bounded)
{
	walk->len = len;
	if (!bounded) {
		bpf_loop(max / SG_CHUNK, sg_walk_chunk, walk, 0);
		return;
	}
	for (__u32 i = 0; i < max; i++) {
		if (i >= len || sg_is_sink(walk->table, walk->state))
			break;
		walk->state = sg_step_byte(walk->table, cell_count, walk->state, walk->bytes[i]);
	}
}

#endif
