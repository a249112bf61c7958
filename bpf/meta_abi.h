/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * meta_abi.h - what a guard says about itself: the value of its `sg_meta` map.
 *
 * Nothing is pinned and no file is kept: who wants to know which container a program guards, and by
 * which policy, reads this from the kernel. The map is frozen. Behind the struct stand the container's
 * ID (id_len bytes) and text (text_len bytes), neither with a zero byte at its end: the policy, and what it
 * was made of (hook/compile/meta.h).
 */
#ifndef SG_META_ABI_H
#define SG_META_ABI_H

#include "table_abi.h"

/* "sgguard\0" read as a little-endian number: a map that begins otherwise is not ours. */
#define SG_META_MAGIC 0x0064726175676773ull

/* Changes whenever the layout or its meaning does; a reader of another one leaves the guard alone. */
#define SG_META_VERSION 4u

struct sg_meta {
	__u64 magic;          /* SG_META_MAGIC */
	__u32 layout;         /* SG_META_VERSION */
	__u32 id_len;         /* bytes of the container's ID */
	__u32 text_len;       /* bytes of the text */
	__u32 rule_count;     /* rules of the policy */
	__u64 attached_at_ns; /* CLOCK_REALTIME when the hook ran */
	__u32 audit;          /* what becomes of a denied access: one of SG_AUDIT_* */
	__u32 events;         /* what it writes events for: one of SG_EVENTS_* (event_abi.h) */
	__u8 tool[24];        /* version of sysctl-guard that attached it, zero-padded */
};

SG_ABI_CHECK(sizeof(struct sg_meta) == 8 + 4 * 4 + 8 + 2 * 4 + 24, "sg_meta has no padding");

#define SG_AUDIT_OFF 0u /* it is denied */
#define SG_AUDIT_WITHIN                                                                            \
	1u /* let through, but for writes beyond the node's limit and what its floor denies */
#define SG_AUDIT_FULL 2u /* let through */

#endif
