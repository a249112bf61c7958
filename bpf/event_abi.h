/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * event_abi.h - the record of one access in the host's ring buffer, and what stands beside the buffer.
 *
 * Guards of every container write into one ring buffer, `sysctl-guard events` reads it. Both maps are
 * pinned, under names that carry SG_EVENT_VERSION, so that records of two layouts never meet. Every
 * record has the same size: a reader that was overtaken can say how many it missed.
 *
 * What stands in name, value and comm behind their lengths is left over from older records.
 */
#ifndef SG_EVENT_ABI_H
#define SG_EVENT_ABI_H

#include "table_abi.h"

/* Changes whenever the layout or its meaning does; a reader skips any other. */
#define SG_EVENT_VERSION 1u

/* What a guard writes events for: the constant `events` of its .rodata, and a field of sg_meta. */
#define SG_EVENTS_OFF 0u    /* nothing; it knows no ring buffer */
#define SG_EVENTS_DENIED 1u /* each access that is denied, or would be */
#define SG_EVENTS_WRITES 2u /* that, and each write that is allowed */

/* The verdict of a label: its bits SG_LABEL_ALLOW and SG_LABEL_WOULD_DENY. */
#define SG_VERDICT_DENY 0u
#define SG_VERDICT_ALLOW SG_LABEL_ALLOW
#define SG_VERDICT_WOULD_DENY (SG_LABEL_ALLOW | SG_LABEL_WOULD_DENY)
#define SG_VERDICTS 4u

/* TASK_COMM_LEN of the kernel, with its zero byte. */
#define SG_COMM_SIZE 16u

/*
 * Room for a container's ID and its zero byte. Engines make 64 digits, and containerd takes names of up to
 * 76 bytes; a longer one, which runc takes, is cut.
 */
#define SG_EVENT_ID_SIZE 80u

/*
 * The kernel hands programs no more than one page of a value (PAGE_SIZE: 4,096 on x86-64, that or more on
 * arm64), and events tell of no more than this: where a value has this length it may have been longer.
 */
#define SG_VALUE_LEN_MAX 4096u

struct sg_event {
	__u64 time_ns;   /* CLOCK_BOOTTIME, nanoseconds */
	__u64 cgroup_id; /* of the task: the container's cgroup, or one below it */
	__u32 version;   /* SG_EVENT_VERSION */
	__u32 pid;       /* of the process, in the first PID namespace; 0 before Linux 6.1 */
	__u32 tid;       /* of the thread; 0 before Linux 6.1 */
	__u32 uid;       /* in the first user namespace */
	__u32 rule;      /* that decided; SG_RULE_NONE: none */
	__u32 file_pos;  /* the low 32 bits of the file's position */
	__u32 name_len;  /* SG_NAME_SIZE: the name is cut; 0: it could not be had */
	__u32 value_len; /* of the whole value, of which `value` has the first 255 bytes; 0 for a read */
	__u32 access;                     /* SG_ACCESS_* */
	__u32 verdict;                    /* SG_VERDICT_* */
	char container[SG_EVENT_ID_SIZE]; /* up to a zero byte */
	char comm[SG_COMM_SIZE];          /* zero byte at the end; empty before Linux 6.1 */
	char name[SG_NAME_SIZE];
	char value[SG_VALUE_SIZE];
};

SG_ABI_CHECK(sizeof(struct sg_event) == 2 * 8 + 10 * 4 + SG_COMM_SIZE + SG_EVENT_ID_SIZE +
						SG_NAME_SIZE + SG_VALUE_SIZE,
	     "sg_event has no padding");
SG_ABI_CHECK(sizeof(struct sg_event) % 8 == 0,
	     "records in the ring buffer stand at multiples of 8");

/* The one entry of the map beside the ring buffer, which user space can map into its memory. */
struct sg_event_state {
	__u64 dropped;       /* events that found the buffer full, since the map was made */
	__u64 hook_failures; /* runs of the hook that refused a container, since then */
	/*
	 * Where a long value is written to learn its length. Guards write here at the same time and spoil
	 * each other's bytes, which nobody reads.
	 */
	__u8 scratch[SG_VALUE_LEN_MAX];
};

#endif
