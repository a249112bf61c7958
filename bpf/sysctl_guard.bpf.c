/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * sysctl_guard.bpf.c - the guard: decides each read and write of a sysctl by the table of one policy.
 *
 * Three programs of the same meaning, of which the hook loads one: sysctl_guard steps with bpf_loop
 * (Linux 5.17) and takes tables without conditions, sysctl_guard_current those with some, and
 * sysctl_guard_bounded takes both with plain loops (5.10). All read top to bottom as: cheap exit, name,
 * walk, value if the state needs it, walk on, what the sysctl holds if that decides, count, event, verdict.
 *
 * The first could be the second with a constant, whose branches the verifier drops: it took a tenth longer
 * to load, which every container's start pays that has a policy of its own.
 *
 * Everything that is unknown denies: a name that does not fit, a value that does not fit and whose rule
 * is not for any value, a missing map entry, a table of zeros.
 *
 * Name and value live on the stack, one after the other in one buffer. A per-CPU map is no place for
 * them: the program can be preempted, and another task's run would put its own name there between
 * this task's check and use.
 */
#include <linux/types.h>

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "guard_event.h"
#include "guard_loop.h"

#define SG_ALLOW 1
#define SG_DENY 0

/* The table. One entry; its value is as large as the policy needs, set before load. Frozen. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_RDONLY_PROG);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct sg_table) + sizeof(__u32));
} sg_table SEC(".maps");

/*
 * How often each rule decided, by its number and the verdict: SG_VERDICTS numbers for each; entry 0: no
 * rule, or an error. A program that many containers share has the numbers of each in the storage of its
 * cgroup, which the kernel makes when the program is attached there; a container's own program has them
 * in an array. How many entries there are is set before load, and the other map is not made.
 */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE);
	__uint(key_size, sizeof(struct bpf_cgroup_storage_key));
	__uint(value_size, SG_VERDICTS * sizeof(__u64));
} sg_counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, SG_VERDICTS * sizeof(__u64));
} sg_counters SEC(".maps");

/*
 * The error of a refusal, negative; 0: the kernel's own, EPERM. Set before load; the verifier drops the
 * helper where it is 0 (before Linux 5.18 there is none).
 */
const volatile __s32 refusal;
const volatile __u32 has_conditions; /* of the bounded one; 1: some label has SG_LABEL_CURRENT */
const volatile __u32 count_slots;    /* entries of the counters, at least one */

/* What the guard says about itself (meta_abi.h); no program reads it. Set before load, frozen. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_RDONLY_PROG);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, 8);
} sg_meta SEC(".maps");

/* What has no entry of its own is counted in the last one. */
SG_INLINE void count(__u32 label, __u32 verdict)
{
	__u64 slot = sg_label_rule(label), last = count_slots - 1;
	__u32 key;
	__u64 *counts;

	if (shared) {
		counts = bpf_get_local_storage(&sg_counts, 0);
		/*
		 * Linux 6.1 forgets the bound of what is kept in memory or copied as 32 bits: the number is
		 * compared here, in 64 bits, and clang may not join it with the verdict by OR.
		 */
		__asm__ volatile("" : "+r"(slot));
		if (slot > last)
			slot = last;
		__asm__ volatile("" : "+r"(slot));
		counts += slot * SG_VERDICTS;
	} else {
		key = slot > last ? last : slot;
		counts = bpf_map_lookup_elem(&sg_counters, &key);
		if (!counts)
			return;
	}
	__sync_fetch_and_add(&counts[verdict], 1); /* preempted by itself, `++` would lose one */
}

/* The label behind one relation of a state whose label has SG_LABEL_CURRENT. */
SG_INLINE __u32 label_behind(const struct sg_walk *walk, __u32 relation)
{
	const struct sg_table *table = walk->table;
	__u32 cls = table->relation_class[relation & (SG_RELATIONS - 1)]; /* verifier: the bound */

	return sg_label(table, cell_mask, sg_step(table, cell_mask, walk->state, cls));
}

/*
 * The label of a write whose verdict depends on what the sysctl holds; walk->bytes has the value. `*told`
 * is for the event: where the write is refused, it names the rule that fits a number above the current one.
 */
SG_INLINE __u32 label_beside_current(struct bpf_sysctl *ctx, struct sg_walk *walk, long len,
				     __u32 *told, int bounded)
{
	struct sg_number value = sg_read_number(walk, len, bounded), current;
	__u32 label, other, above = label_behind(walk, SG_RELATION_ABOVE);

	len = bpf_sysctl_get_current_value(ctx, walk->bytes, SG_NUMBER_SIZE);
	current = sg_read_number(walk, len, bounded);
	label = label_behind(walk, sg_relation(&value, &current));
	/* all ones where the one above is told */
	other = 0 - (__u32)(~label & above & SG_LABEL_ALLOW);
	__asm__ volatile("" : "+r"(other));
	*told = label ^ ((label ^ (above & ~(SG_VERDICTS - 1))) & other);
	return label;
}

/* The label of the whole access, which is the verdict, and what an event tells of it. */
SG_INLINE __u32 label_of(struct bpf_sysctl *ctx, const struct sg_table *table, __u32 *told,
			 int conditions, int bounded)
{
	struct sg_walk walk;
	long len, fits;

	walk.table = table;
	walk.state = table->start[ctx->write & 1];
	if (sg_is_sink(table, walk.state))
		goto decided;

	/* A name that was cut would be another name: every error is the dead state, which no step leaves. */
	len = bpf_sysctl_get_name(ctx, walk.bytes, SG_NAME_SIZE, 0) + 1; /* with its zero byte */
	fits = sg_fits(len, SG_NAME_SIZE);
	walk.state &= fits;
	sg_walk_bytes(&walk, len & fits, SG_NAME_SIZE, bounded);
	if (sg_is_sink(table, walk.state) || !ctx->write)
		goto decided;

	/*
	 * A write elsewhere than at 0 is appended to a string or merged into a bitmap: what the sysctl
	 * holds then is not what was written. A negative length is a value that is empty or too long.
	 * Both are one step by unseen_class, and no walk behind it.
	 */
	len = ctx->file_pos ? -1 : bpf_sysctl_get_new_value(ctx, walk.bytes, SG_VALUE_SIZE);
	fits = sg_fits(len, SG_VALUE_SIZE - 1);
	walk.state = (walk.state & fits) |
		     (sg_step(table, cell_mask, walk.state, table->unseen_class) & ~fits);
	sg_walk_bytes(&walk, len & fits, SG_VALUE_SIZE, bounded);
	if (conditions && (!bounded || has_conditions) &&
	    sg_label_needs_current(sg_label(table, cell_mask, walk.state)))
		return label_beside_current(ctx, &walk, len, told, bounded);
decided:
	*told = sg_label(table, cell_mask, walk.state);
	return *told;
}

SG_INLINE int guard(struct bpf_sysctl *ctx, int conditions, int bounded)
{
	const struct sg_table *table;
	__u32 key = 0, label, told, verdict;

	table = bpf_map_lookup_elem(&sg_table, &key);
	if (!table)
		return SG_DENY;
	label = label_of(ctx, table, &told, conditions, bounded);
	verdict = label & (SG_VERDICTS - 1);
	count(label, verdict);
	if (events && (verdict != SG_VERDICT_ALLOW || (events == SG_EVENTS_WRITES && ctx->write)))
		sg_tell(ctx, told);
	if (sg_label_allows(label)) /* verifier: 0 or 1, as literals */
		return SG_ALLOW;
	if (refusal)
		bpf_set_retval(refusal);
	return SG_DENY;
}

SEC("cgroup/sysctl")
int sysctl_guard(struct bpf_sysctl *ctx)
{
	return guard(ctx, 0, 0);
}

SEC("cgroup/sysctl")
int sysctl_guard_current(struct bpf_sysctl *ctx)
{
	return guard(ctx, 1, 0);
}

SEC("cgroup/sysctl")
int sysctl_guard_bounded(struct bpf_sysctl *ctx)
{
	return guard(ctx, 1, 1);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
