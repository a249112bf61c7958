/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * meta_abi.h - what a guard says about itself and about its container: the values of its maps `sg_meta`
 * and `sg_containers` or `sg_container`.
 *
 * No file is kept: who wants to know which container a program guards, and by which policy, reads this
 * from the kernel. The metadata is that of a policy, the same for all containers that share its program,
 * and frozen. Behind struct sg_meta stand its two parts, neither with a zero byte at its end:
 *
 *   input  all that the policy was made of, as it came in: two programs with the same input are the same
 *          (hook/request/policy_source.h); empty where the program is one container's own
 *   text   the policy, and what it was made of, for people (hook/compile/meta.h)
 */
#ifndef SG_META_ABI_H
#define SG_META_ABI_H

#include "table_abi.h"

/* "sgguard\0" read as a little-endian number: a map that begins otherwise is not ours. */
#define SG_META_MAGIC 0x0064726175676773ull

/* Changes whenever the layout or its meaning does; a reader of another one leaves the guard alone. */
#define SG_META_VERSION 5u

struct sg_meta {
	__u64 magic;         /* SG_META_MAGIC */
	__u32 layout;        /* SG_META_VERSION */
	__u32 input_len;     /* bytes of the input */
	__u32 text_len;      /* bytes of the text */
	__u32 rule_count;    /* rules of the policy */
	__u32 asks_to_write; /* 1: it grants writes that somebody asked for */
	__u32 audit;         /* what becomes of a denied access: one of SG_AUDIT_* */
	__u32 events;        /* what it writes events for: one of SG_EVENTS_* (event_abi.h) */
	__u32 processors; /* of the host, as the kernel counts possible ones: each has counters */
	__u32 refuse;     /* the error of a refusal: one of SG_REFUSE_* */
	__u32 zero;       /* so that it has no padding */
	__u8 tool[24];    /* version of sysctl-guard that loaded it, zero-padded */
};

SG_ABI_CHECK(sizeof(struct sg_meta) == 8 + 10 * 4 + 24, "sg_meta has no padding");

/*
 * The layout before, which guards of an older version have until their containers end: the container's
 * ID and the text stand behind it. It is read, and never written.
 */
#define SG_META_VERSION_BEFORE 4u

struct sg_meta_before {
	__u64 magic;
	__u32 layout; /* SG_META_VERSION_BEFORE */
	__u32 id_len;
	__u32 text_len;
	__u32 rule_count;
	__u64 attached_at_ns;
	__u32 audit;
	__u32 events;
	__u8 tool[24];
};

SG_ABI_CHECK(sizeof(struct sg_meta_before) == 8 + 4 * 4 + 8 + 2 * 4 + 24,
	     "sg_meta_before has no padding");

#define SG_AUDIT_OFF 0u /* it is denied */
#define SG_AUDIT_WITHIN                                                                            \
	1u /* let through, but for writes beyond the node's limit and what its floor denies */
#define SG_AUDIT_FULL 2u /* let through */

#define SG_REFUSE_EPERM 0u
#define SG_REFUSE_EROFS 1u
#define SG_REFUSE_EACCES 2u

/*
 * Room for a container's ID and its zero byte: runtimes make a directory of it, and a component of a
 * path has at most NAME_MAX = 255 bytes. ID and name together have what is left of 512 bytes, beside 16
 * of the kernel's own: behind an ID of 64 digits, as engines make them, there is room for 414 bytes of
 * name, and Kubernetes makes no longer one than 381 (NAMESPACE/POD/CONTAINER). A longer one is cut.
 */
#define SG_CONTAINER_ID_SIZE 256u
#define SG_CONTAINER_TEXT_SIZE 480u

/* What is one container's own. All zeros: the hook was killed before it wrote it. */
struct sg_container {
	__u64 attached_at_ns; /* CLOCK_REALTIME when the hook ran, or the last update */
	/*
	 * The ID, a zero byte or more, the name, zero bytes. A name that has room there begins at
	 * SG_CONTAINER_ID_SIZE, a longer one before. It is empty where no engine's annotation gives it.
	 */
	char text[SG_CONTAINER_TEXT_SIZE];
};

SG_ABI_CHECK(sizeof(struct sg_container) == 8 + SG_CONTAINER_TEXT_SIZE,
	     "sg_container has no padding");

#endif
