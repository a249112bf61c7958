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
#include "relation.h"

/*
 * The table's cell_count less one: the map's value is sizeof(struct sg_table) and that many cells. Set
 * before load; a constant of .rodata, so that the verifier knows it.
 */
const volatile __u32 cell_mask;

struct sg_walk {
	const struct sg_table *table;
	__u64 len;               /* of the bytes to walk */
	struct sg_number number; /* that sg_read_number reads */
	__u32 state;
	char bytes[SG_VALUE_SIZE]; /* the name first, then the value: together they would not fit */
};

/* The state after the byte at `place`. */
SG_INLINE __u32 sg_step_at(const struct sg_walk *walk, __u32 state, __u32 place)
{
	const struct sg_table *table = walk->table;
	__u8 byte =
		walk->bytes[place & (SG_VALUE_SIZE - 1)]; /* verifier: the mask bounds the load */

	return sg_step(table, cell_mask, state, table->class_of[byte]);
}

/*
 * The steps for two of walk->bytes; 1 where nothing more can change the label. Linux 6.1 verifies a
 * callback for the first round alone and drops branches which that round cannot take, so what it
 * both tests and changes must start from a value the verifier does not know: the state comes from the
 * table, a map, in the first round too. Without a branch it is verified once.
 *
 * Two bytes a round: measured on Linux 6.18, a write is 0.1 us quicker than with one, of 1.3, and the guard
 * 0.07 ms slower to load, which a container's start pays that has a policy of its own.
 */
static long sg_walk_step(__u32 round, struct sg_walk *walk)
{
	__u64 place = (__u64)round * 2, sinks = walk->table->sinks;
	__u64 first = sg_step_at(walk, walk->state, place);
	__u64 second = sg_step_at(walk, first, place + 1);
	/* all ones where the second is one of them, and the first led to no sink */
	__s64 both = (__s64)((place + 1 - walk->len) & ~(first - sinks)) >> 63;
	__u64 state;

	__asm__ volatile("" : "+r"(both)); /* or clang makes a branch of it */
	state = (second & both) | (first & ~both);
	walk->state = state;
	__asm__ volatile("" : "+r"(state));
	return (state - sinks) >> 63;
}

/* All ones where `len` is 1 to `max`, else zero. A branch would have all that follows verified twice. */
SG_INLINE long sg_fits(long len, long max)
{
	long fits = ~((len - 1) | (max - len)) >> 63;

	__asm__ volatile("" : "+r"(fits)); /* or clang makes a branch of it */
	return fits;
}

/*
 * walk->state after `len` of walk->bytes, or after fewer where a sink is reached. `len` is at most
 * `max`, a constant for the loop that needs one.
 */
SG_INLINE void sg_walk_bytes(struct sg_walk *walk, __u32 len, __u32 max, int bounded)
{
	if (!bounded) {
		walk->len = len;
		bpf_loop((len + 1) / 2, sg_walk_step, walk, 0);
		return;
	}
	for (__u32 place = 0; place < max && place < len; place++) {
		walk->state = sg_step_at(walk, walk->state, place);
		if (sg_is_sink(walk->table, walk->state))
			break;
	}
}

static long sg_walk_number(__u32 place, struct sg_walk *walk)
{
	sg_number_step(&walk->number, walk->bytes[place & (SG_NUMBER_SIZE - 1)]);
	return 0;
}

/* A zero that the verifier does not know: a table has this version, or the walk would not have come here. */
SG_INLINE __u64 sg_hidden_zero(const struct sg_walk *walk)
{
	__u64 zero = *(const volatile __u32 *)&walk->table->version ^ SG_TABLE_VERSION;

	return zero << 32 | zero;
}

/*
 * The number in the first `len` of walk->bytes. Its zeros must not be known to the verifier, for the same
 * reason as above, nor that they are the same: what is behind the loop is then verified once.
 */
SG_INLINE struct sg_number sg_read_number(struct sg_walk *walk, long len, int bounded)
{
	long fits = sg_fits(len, SG_NUMBER_SIZE - 1) ^ sg_hidden_zero(walk);

	walk->number.magnitude = sg_hidden_zero(walk);
	walk->number.before = sg_hidden_zero(walk);
	walk->number.digits = sg_hidden_zero(walk);
	walk->number.state = ~fits & SG_NUMBER_NONE;
	len &= fits;
	if (!bounded) {
		bpf_loop(len, sg_walk_number, walk, 0);
	} else {
		for (__u32 place = 0; place < SG_NUMBER_SIZE && place < len; place++)
			sg_walk_number(place, walk);
	}
	return walk->number;
}

#endif
