/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * dfa_walk.h - one step of the automaton of a table, and what a state says.
 *
 * The only reader of sg_table.cells: the guard calls these functions in the kernel, and `check`, the
 * tests and the fuzzers call the same functions natively. They differ in the loop around the step
 * alone, because kernels differ in the loops they accept.
 *
 * The step has no branches. The verifier follows every path through a loop's body, so a branch in it
 * would cost every container's start; what a branch would choose is chosen by a mask.
 *
 * cell_mask is handed in beside the table, not read from it: in the guard it is a constant of .rodata,
 * which is how the verifier knows that every index stays inside the map's value. No content of the
 * table, whatever it is, makes a step read outside it.
 */
#ifndef SG_DFA_WALK_H
#define SG_DFA_WALK_H

#include "table_abi.h"

#define SG_INLINE static inline __attribute__((always_inline))

/* The state after an input of class `cls`; the dead state where the row has no cell for it. */
SG_INLINE __u32 sg_step(const struct sg_table *table, __u32 cell_mask, __u32 state, __u32 cls)
{
	__u32 cell = table->cells[(state + cls) & cell_mask];
	/* negative, that is, the cell was written for this class */
	__s64 own = (__s64)((cell & SG_CELL_CLASS_MASK) ^ cls) - 1;

	__asm__ volatile("" : "+r"(own)); /* or compilers make a branch of it */
	return (cell >> SG_CELL_CLASS_BITS) & (__u32)(own >> 63);
}

/* True where nothing that follows can change the label; the dead state is the first of these. */
SG_INLINE int sg_is_sink(const struct sg_table *table, __u32 state)
{
	return state < table->sinks;
}

/* The label of a state: SG_LABEL_* and the rule's number, 0 for the dead state. */
SG_INLINE __u32 sg_label(const struct sg_table *table, __u32 cell_mask, __u32 state)
{
	return table->cells[state & cell_mask] >> SG_CELL_CLASS_BITS;
}

SG_INLINE int sg_label_allows(__u32 label)
{
	return (label & SG_LABEL_ALLOW) != 0;
}

/* What the sysctl holds decides: one step more, by relation_class[]. */
SG_INLINE int sg_label_needs_current(__u32 label)
{
	return (label & SG_LABEL_CURRENT) != 0;
}

SG_INLINE int sg_label_would_deny(__u32 label)
{
	return (label & SG_LABEL_WOULD_DENY) != 0;
}

SG_INLINE __u32 sg_label_rule(__u32 label)
{
	return label >> SG_LABEL_RULE_SHIFT;
}

#endif
