/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * table_abi.h - the layout of a table: the automaton of one policy, as bytes for the kernel.
 *
 * Written by hook/compile/encode.cpp, read by dfa_walk.h in the guard, in `sysctl-guard check`, in
 * the unit tests and in the fuzzers. Compiles as BPF C, C11 and C++20.
 *
 * The automaton reads one access: which access it is (the start state), the bytes of the name with
 * slashes, one zero byte, and for a write the bytes of the value. A value that cannot be judged
 * whole (too long, empty, not at position 0) is the single class unseen_class instead.
 *
 * Where a label says that the verdict depends on what the sysctl holds, one input more is what the
 * value is beside that: relation_class[].
 *
 * A state is the index of its first cell. That cell holds the state's label; the cell for an input
 * of class c is c cells further. Rows overlap wherever their cells do not collide, so a cell says
 * for which class it was written: a cell of another class means the dead state. No two states share
 * a first cell, which makes that test exact.
 *
 * Zero is the safe value everywhere: state 0 is dead, rule 0 is "no rule", class 0 is never an
 * input, and a table of zeros denies every access.
 */
#ifndef SG_TABLE_ABI_H
#define SG_TABLE_ABI_H

#include <linux/types.h>

#ifdef __cplusplus
#define SG_ABI_CHECK(condition, text) static_assert(condition, text)
#else
#define SG_ABI_CHECK(condition, text) _Static_assert(condition, text)
#endif

/* Changes whenever the layout or its meaning does; a reader refuses any other. */
#define SG_TABLE_VERSION 3u

/*
 * Room for a name and its zero byte. The longest name on Linux 6.18 with a 15-character interface
 * has 64 bytes (net/ipv4/conf/<if>/igmpv3_unsolicited_report_interval); twice that leaves room for
 * names not written yet. A longer one is denied.
 */
#define SG_NAME_SIZE 128u

/*
 * Room for a value: the helper wants one byte more than the value has, so values of up to 255 bytes
 * can be judged. Half of the 512-byte BPF stack, which name and value share; the longest value a
 * sysctl of Linux 6.18 shows has 156 bytes. A longer one is unseen.
 */
#define SG_VALUE_SIZE 256u

/*
 * The most cells of one table: 1 MiB. 1,000 rules of the shape net.testI.kJ.*.vI=0..I need
 * half of it (test/unit/compile/compile_policy_test.cpp holds the number).
 */
#define SG_CELLS_MAX (1u << 18)

/* A cell: the class it was written for in the low byte, its content above. */
#define SG_CELL_CLASS_BITS 8
#define SG_CELL_CLASS_MASK 0xffu
#define SG_CLASSES_MAX 255u /* classes 1 to 255; class 0 marks a label */

/*
 * The content of a label: the number of the rule that decides, whether the access is let through, and
 * whether that is so only because the policy is in audit mode. SG_LABEL_CURRENT stands alone: the
 * label is that of the state behind the relation.
 */
#define SG_LABEL_ALLOW 1u
#define SG_LABEL_WOULD_DENY 2u
#define SG_LABEL_CURRENT 4u
#define SG_LABEL_RULE_SHIFT 3
#define SG_RULES_MAX 16384u /* far above what fits in SG_CELLS_MAX; a label has 21 bits for it */

#define SG_STATE_DEAD 0u
#define SG_RULE_NONE 0u

/* The accesses, as indices of start[] and as bpf_sysctl.write has them. */
#define SG_ACCESS_READ 0u
#define SG_ACCESS_WRITE 1u

/* What a value is beside the number that the sysctl holds, as indices of relation_class[]. */
#define SG_RELATION_BELOW 0u
#define SG_RELATION_SAME 1u
#define SG_RELATION_ABOVE 2u
#define SG_RELATION_UNKNOWN 3u /* one of the two is no single decimal number, or cannot be read */
#define SG_RELATIONS 4u

struct sg_table {
	__u32 version;      /* SG_TABLE_VERSION */
	__u32 cell_count;   /* entries of cells[], a power of two: indices are masked */
	__u32 start[2];     /* start state by access */
	__u32 sinks;        /* states below this one have no way out: their label is final */
	__u32 unseen_class; /* class of a value that cannot be judged */
	__u32 relation_class[SG_RELATIONS]; /* zeros where no label has SG_LABEL_CURRENT */
	__u8 class_of[256];                 /* byte to class, 1 to 255 */
	__u32 cells[];
};

SG_ABI_CHECK(sizeof(struct sg_table) == 10 * 4 + 256, "sg_table has no padding");
SG_ABI_CHECK(((__u64)SG_CELLS_MAX << SG_CELL_CLASS_BITS) <= 1ull << 32,
	     "a state fits above the class");
SG_ABI_CHECK((SG_RULES_MAX << (SG_LABEL_RULE_SHIFT + SG_CELL_CLASS_BITS)) != 0,
	     "a label fits in a cell");

#endif
