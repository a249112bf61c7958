// SPDX-License-Identifier: Apache-2.0
// aliases.cpp - the table of names that reach each other.
//
// Measured on Linux 6.18: every sysctl of a fresh network namespace was written, and all of
// /proc/sys/net compared before and after; those of the host by hand. test/kernel/aliases_test.cpp
// writes what is the namespace's own, on each supported kernel. What each rests on in the kernel
// stands beside it.
#include "sysctl/aliases.h"

namespace sg::sysctl {
namespace {

constexpr Alias kAliases[] = {
    // net/ipv4/devinet.c: both are entry IPV4_DEVCONF_FORWARDING of ipv4.devconf_all.
    {"net/ipv4/ip_forward", "net/ipv4/conf/all/forwarding", Reach::kSame},
    // The same file, inet_forward_change(): it goes over all interfaces, and redirects are the
    // opposite.
    {"net/ipv4/ip_forward", "net/ipv4/conf/%/forwarding", Reach::kAll},
    {"net/ipv4/ip_forward", "net/ipv4/conf/default/forwarding", Reach::kChanges},
    {"net/ipv4/ip_forward", "net/ipv4/conf/all/accept_redirects", Reach::kChanges},
    {"net/ipv4/conf/all/forwarding", "net/ipv4/conf/default/forwarding", Reach::kChanges},
    {"net/ipv4/conf/all/forwarding", "net/ipv4/conf/all/accept_redirects", Reach::kChanges},
    // include/linux/inetdevice.h: what holds for an interface is asked of `all` too;
    // devinet_copy_dflt_conf() copies `default` to interfaces that nobody has set.
    {"net/ipv4/conf/all/@", "net/ipv4/conf/%/@", Reach::kAll},
    {"net/ipv4/conf/default/@", "net/ipv4/conf/%/@", Reach::kDefault},
    // net/ipv6/addrconf.c: some handlers of `all` go over the interfaces and `default`; a new
    // interface begins with `default`.
    {"net/ipv6/conf/all/@", "net/ipv6/conf/%/@", Reach::kAll},
    {"net/ipv6/conf/default/@", "net/ipv6/conf/%/@", Reach::kDefault},
    {"net/ipv6/conf/all/addr_gen_mode", "net/ipv6/conf/default/addr_gen_mode", Reach::kChanges},
    {"net/ipv6/conf/all/disable_ipv6", "net/ipv6/conf/default/disable_ipv6", Reach::kChanges},
    {"net/ipv6/conf/all/forwarding", "net/ipv6/conf/default/forwarding", Reach::kChanges},
    {"net/ipv6/conf/all/ignore_routes_with_linkdown",
     "net/ipv6/conf/default/ignore_routes_with_linkdown", Reach::kChanges},
    // net/core/neighbour.c: one value in several units; neigh_copy_dflt_parms() as for conf. There
    // is no `all`.
    {"net/ipv4/neigh/default/@", "net/ipv4/neigh/%/@", Reach::kDefault},
    {"net/ipv6/neigh/default/@", "net/ipv6/neigh/%/@", Reach::kDefault},
    {"net/ipv4/neigh/%/retrans_time", "net/ipv4/neigh/%/retrans_time_ms", Reach::kSame},
    {"net/ipv6/neigh/%/retrans_time", "net/ipv6/neigh/%/retrans_time_ms", Reach::kSame},
    {"net/ipv4/neigh/%/base_reachable_time", "net/ipv4/neigh/%/base_reachable_time_ms",
     Reach::kSame},
    {"net/ipv6/neigh/%/base_reachable_time", "net/ipv6/neigh/%/base_reachable_time_ms",
     Reach::kSame},
    {"net/ipv4/neigh/%/unres_qlen", "net/ipv4/neigh/%/unres_qlen_bytes", Reach::kSame},
    {"net/ipv6/neigh/%/unres_qlen", "net/ipv6/neigh/%/unres_qlen_bytes", Reach::kSame},
    // net/ipv4/route.c, net/ipv6/route.c: ip_rt_gc_min_interval in two units. That of IPv4 is the
    // host's.
    {"net/ipv4/route/gc_min_interval", "net/ipv4/route/gc_min_interval_ms", Reach::kSame},
    {"net/ipv6/route/gc_min_interval", "net/ipv6/route/gc_min_interval_ms", Reach::kSame},
    // net/netfilter/nf_conntrack_standalone.c: two tables that point at nf_conntrack_max.
    {"net/nf_conntrack_max", "net/netfilter/nf_conntrack_max", Reach::kSame},
    // net/mptcp/ctrl.c (since 6.16): a number, and the name it stands for; each handler sets both.
    {"net/mptcp/pm_type", "net/mptcp/path_manager", Reach::kSame},
    // fs/notify: the limits of the first user namespace, in two places.
    {"fs/inotify/max_user_instances", "user/max_inotify_instances", Reach::kSame},
    {"fs/inotify/max_user_watches", "user/max_inotify_watches", Reach::kSame},
    {"fs/fanotify/max_user_groups", "user/max_fanotify_groups", Reach::kSame},
    {"fs/fanotify/max_user_marks", "user/max_fanotify_marks", Reach::kSame},
    // mm/hugetlb.c, mm/page-writeback.c, mm/util.c: one number; or two of which a write to one
    // resets the other.
    {"vm/nr_hugepages", "vm/nr_hugepages_mempolicy", Reach::kSame},
    {"vm/dirty_bytes", "vm/dirty_ratio", Reach::kChanges},
    {"vm/dirty_ratio", "vm/dirty_bytes", Reach::kChanges},
    {"vm/dirty_background_bytes", "vm/dirty_background_ratio", Reach::kChanges},
    {"vm/dirty_background_ratio", "vm/dirty_background_bytes", Reach::kChanges},
    {"vm/overcommit_kbytes", "vm/overcommit_ratio", Reach::kChanges},
    {"vm/overcommit_ratio", "vm/overcommit_kbytes", Reach::kChanges},
    // kernel/watchdog.c: the one switch of both.
    {"kernel/watchdog", "kernel/soft_watchdog", Reach::kChanges},
    {"kernel/watchdog", "kernel/nmi_watchdog", Reach::kChanges},
};

}  // namespace

std::span<const Alias> aliases() noexcept { return kAliases; }

}  // namespace sg::sysctl
