/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * guard_event.h - the event of one access, written into the host's ring buffer. For the guard only.
 *
 * The record is reserved and filled in place: the stack has no room for it. A buffer that is full, or a
 * helper that fails, costs the event or a field of it and never changes a verdict; what found no room
 * is counted.
 */
#ifndef SG_GUARD_EVENT_H
#define SG_GUARD_EVENT_H

#include "dfa_walk.h"
#include "event_abi.h"
#include "meta_abi.h"

/*
 * Set before load; constants of .rodata, so that the verifier drops what is not wanted, and with it the
 * two maps, which then need not exist.
 */
const volatile __u32 events;   /* SG_EVENTS_* */
const volatile __u32 has_task; /* 0: no helper says which task it is (before Linux 6.1) */
const volatile __u32 shared;   /* 1: many containers have this program; 0: one has it */

/*
 * Which container it is. The storage of the cgroup where containers share the program: one map for all
 * programs of the host, so that a container keeps its entry when its program is replaced. Else one
 * entry, frozen. The other map is not made.
 */
struct {
	__uint(type, BPF_MAP_TYPE_CGROUP_STORAGE);
	__uint(map_flags, BPF_F_RDONLY_PROG);
	__uint(key_size, sizeof(struct bpf_cgroup_storage_key));
	__uint(value_size, sizeof(struct sg_container));
} sg_containers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_RDONLY_PROG);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct sg_container));
} sg_container SEC(".maps");

/* The host's ring buffer, which is pinned. Full: the event is dropped and counted. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} sg_events SEC(".maps");

/* What stands beside it, pinned too. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct sg_event_state));
} sg_event_state SEC(".maps");

#define SG_E2BIG 7

SG_INLINE void sg_event_task(struct sg_event *event)
{
	__u64 pid_tid;

	if (!has_task) {
		event->pid = 0;
		event->tid = 0;
		event->comm[0] = 0;
		return;
	}
	pid_tid = bpf_get_current_pid_tgid();
	event->pid = pid_tid >> 32;
	event->tid = pid_tid;
	if (bpf_get_current_comm(event->comm, SG_COMM_SIZE))
		event->comm[0] = 0;
}

/* Name and value, read anew: what the verdict was made of was on the stack. */
SG_INLINE void sg_event_access(struct bpf_sysctl *ctx, struct sg_event *event,
			       struct sg_event_state *state)
{
	long len = bpf_sysctl_get_name(ctx, event->name, SG_NAME_SIZE, 0);

	event->name_len = len == -SG_E2BIG ? SG_NAME_SIZE : len < 0 ? 0 : len;
	event->value_len = 0;
	event->file_pos = ctx->file_pos;
	event->access = ctx->write;
	if (!ctx->write)
		return;
	len = bpf_sysctl_get_new_value(ctx, event->value, SG_VALUE_SIZE);
	if (len == -SG_E2BIG) {
		len = bpf_sysctl_get_new_value(ctx, (char *)state->scratch, SG_VALUE_LEN_MAX);
		if (len == -SG_E2BIG)
			len = SG_VALUE_LEN_MAX;
	}
	event->value_len = len < 0 ? 0 : len;
}

/* The ID as it is now; empty where the hook was killed before it wrote it. */
SG_INLINE void sg_event_container(struct sg_event *event)
{
	const struct sg_container *container;
	__u32 key = 0;

	if (shared)
		container = bpf_get_local_storage(&sg_containers, 0);
	else
		container = bpf_map_lookup_elem(&sg_container, &key);
	if (!container) {
		event->container[0] = 0;
		return;
	}
	for (__u32 i = 0; i < SG_EVENT_ID_SIZE / sizeof(__u64); i++)
		((__u64 *)event->container)[i] = ((const __u64 *)container->text)[i];
	event->container[SG_EVENT_ID_SIZE - 1] = 0;
}

/* Inline: a function of its own took a tenth longer to load. */
SG_INLINE int sg_tell(struct bpf_sysctl *ctx, __u32 label)
{
	struct sg_event_state *state;
	struct sg_event *event;
	__u32 key = 0;

	state = bpf_map_lookup_elem(&sg_event_state, &key);
	if (!state)
		return 0;
	event = bpf_ringbuf_reserve(&sg_events, sizeof(*event), 0);
	if (!event) {
		__sync_fetch_and_add(&state->dropped, 1);
		return 0;
	}
	event->version = SG_EVENT_VERSION;
	event->time_ns = bpf_ktime_get_boot_ns();
	event->cgroup_id = bpf_get_current_cgroup_id();
	event->uid = bpf_get_current_uid_gid();
	event->rule = sg_label_rule(label);
	event->verdict = label & (SG_VERDICTS - 1);
	sg_event_container(event);
	sg_event_task(event);
	sg_event_access(ctx, event, state);
	bpf_ringbuf_submit(event, 0);
	return 0;
}

#endif
