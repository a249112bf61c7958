// SPDX-License-Identifier: Apache-2.0
// stray_keys.cpp - what a key would be as a rule, held against the directories and names below
// /proc/sys.
//
// "net." and "dev." begin sysctls and domains alike, and "vm.kubevirt.io/os" is an annotation of
// somebody else. So a key alone counts only where its first components are those of sysctls and
// none of the others holds a dot (a slash, as it is written); an unknown name below them counts
// where its value can only be a rule's.
#include "policy/stray_keys.h"

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

#include "base/diagnostic.h"
#include "base/text.h"
#include "policy/annotations.h"
#include "policy/rule_parser.h"
#include "policy/rule_text.h"
#include "policy/value_rule.h"
#include "sysctl/interface_names.h"
#include "sysctl/sysctl_name.h"

namespace sg::policy {
namespace {

constexpr std::string_view kWhiteSpace = " \t\n\r\v\f";
// Around a rule: white space, quotes, and the brackets of a JSON array.
constexpr std::string_view kAround = " \t\n\r\v\f\"'`[]";

// Patterns of names as Linux 5.10 to 6.18 have them, modules included, and of protocols that are
// gone since. Where a domain could begin alike, names are spelled out as far as it takes.
constexpr std::string_view kNames[] = {
    "net/ipv4/*",
    "net/ipv6/*",
    "net/netfilter/*",
    "net/mptcp/*",
    "net/mpls/*",
    "net/core/*_*",
    "net/core/somaxconn",
    "net/core/warnings",
    "net/core/txrehash",
    "net/bridge/bridge-nf-*",
    "net/unix/max_dgram_qlen",
    "net/ax25/*/*_*",
    "net/dccp/default/*",
    "net/iw_cm/*_*",
    "net/llc/*/*",
    "net/netrom/*_*",
    "net/phonet/*_*",
    "net/rds/*_*",
    "net/rose/*_*",
    "net/rxrpc/*_*",
    "net/sctp/*_*",
    "net/smc/*_*",
    "net/smc/rmem",
    "net/smc/wmem",
    "net/appletalk/*",
    "net/decnet/*_*",
    "net/ieee80211/*_*",
    "net/nf_*",
    "net/ipx/*_*",
    "net/irda/*_*",
    "net/tipc/*_*",
    "net/vsock/*_*",
    "net/x25/*_*",
    "kernel/*_*",
    "kernel/acct",
    "kernel/ctrl-alt-del",
    "kernel/domainname",
    "kernel/hostname",
    "kernel/hotplug",
    "kernel/modprobe",
    "kernel/msgmax",
    "kernel/msgmnb",
    "kernel/msgmni",
    "kernel/overflowgid",
    "kernel/overflowuid",
    "kernel/panic",
    "kernel/print-fatal-signals",
    "kernel/printk",
    "kernel/real-root-dev",
    "kernel/sem",
    "kernel/shmall",
    "kernel/shmmax",
    "kernel/shmmni",
    "kernel/sysrq",
    "kernel/tainted",
    "kernel/threads-max",
    "kernel/watchdog",
    "kernel/firmware_config/*",
    "kernel/keys/*",
    "kernel/loadpin/*",
    "kernel/pty/*",
    "kernel/random/*",
    "kernel/sched_domain/*",
    "kernel/seccomp/*",
    "kernel/usermodehelper/*",
    "kernel/yama/*",
    "vm/admin_reserve_kbytes",
    "vm/block_dump",
    "vm/compact*_*",
    "vm/defrag_mode",
    "vm/dirty*_*",
    "vm/drop_caches",
    "vm/enable_soft_offline",
    "vm/extfrag_threshold",
    "vm/highmem_is_dirtyable",
    "vm/hugetlb_*",
    "vm/laptop_mode",
    "vm/legacy_va_layout",
    "vm/lowmem_reserve_ratio",
    "vm/max_map_count",
    "vm/mem_profiling",
    "vm/memfd_noexec",
    "vm/memory_failure_*",
    "vm/min_*",
    "vm/mmap_*",
    "vm/movable_gigantic_pages",
    "vm/nr_*",
    "vm/numa_*",
    "vm/oom_*",
    "vm/overcommit_*",
    "vm/page-cluster",
    "vm/page_lock_unfairness",
    "vm/panic_on_oom",
    "vm/percpu_pagelist_*",
    "vm/stat_*",
    "vm/swappiness",
    "vm/unprivileged_userfaultfd",
    "vm/user_reserve_kbytes",
    "vm/vfs_cache_pressure*",
    "vm/watermark_*",
    "vm/zone_reclaim_mode",
    "fs/aio-*",
    "fs/dentry-*",
    "fs/dir-notify-enable",
    "fs/epoll/*",
    "fs/fanotify/*",
    "fs/file-*",
    "fs/fuse/*",
    "fs/inode-*",
    "fs/inotify/*",
    "fs/lease-break-time",
    "fs/leases-enable",
    "fs/mount-max",
    "fs/mqueue/*",
    "fs/nfs/*",
    "fs/nr_open",
    "fs/overflowgid",
    "fs/overflowuid",
    "fs/pipe-*",
    "fs/protected_*",
    "fs/quota/*",
    "fs/suid_dumpable",
    "fs/verity/*",
    "fs/xfs/*",
    "user/max_*_namespaces",
    "user/max_inotify_*",
    "user/max_fanotify_*",
    "abi/*_*",
    "abi/vsyscall32",
    "debug/exception-trace",
    "debug/kprobes-optimization",
    "sunrpc/*_*",
    "dev/cdrom/autoclose",
    "dev/cdrom/autoeject",
    "dev/cdrom/check_media",
    "dev/cdrom/lock",
    "dev/hpet/max-user-freq",
    "dev/i915/*_*",
    "dev/mac_hid/*_*",
    "dev/parport/*",
    "dev/raid/speed_limit_*",
    "dev/scsi/logging_level",
    "dev/tty/ldisc_autoload",
    "dev/tty/legacy_tiocsti",
    "dev/xe/*_*",
    "dev/ipmi/*_*",
    "crypto/fips_*",
};

bool is_label_byte(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

std::string_view strip(std::string_view text, std::string_view bytes) noexcept {
  const std::size_t first = text.find_first_not_of(bytes);
  return first == std::string_view::npos
             ? std::string_view()
             : text.substr(first, text.find_last_not_of(bytes) - first + 1);
}

// "@net" and the like; "@scope/name" is none.
bool is_group(std::string_view text) {
  return text.size() > 1 && text.front() == '@' && std::ranges::all_of(text.substr(1), [](char c) {
           return is_label_byte(c) || c == '-' || c == '_' || c == '.';
         });
}

// Whether a dot stands inside a component that is no interface: the dot of a domain.
bool has_domain(std::string_view slash_name) {
  const std::optional<sysctl::InterfacePlace> place =
      sysctl::interface_or_template_place(slash_name);
  for (const std::string_view component : split(slash_name, '/')) {
    const bool is_interface = place && offset_in(slash_name, component) == place->start;
    if (!is_interface && component.find('.') != std::string_view::npos) {
      return true;
    }
  }
  return false;
}

// Only numbers, and something among them that no plain value has.
bool can_only_be_values(std::string_view value) {
  if (value.find('|') == std::string_view::npos && value.find("..") == std::string_view::npos &&
      value.find(kCurrentWord) == std::string_view::npos) {
    return false;
  }
  Diagnostics findings;
  const std::vector<Value> values = parse_values(strip(value, kAround), TextPlace{}, findings);
  return !values.empty() && std::ranges::all_of(values, [](const Value& one) {
    return std::holds_alternative<NumericValue>(one);
  });
}

bool names_sysctl(std::string_view written, std::string_view value) {
  Diagnostics findings;
  const std::optional<std::string> pattern = parse_pattern(written, TextPlace{}, findings);
  if (!pattern) {
    return false;
  }
  if (pattern->find('*') != std::string::npos || written.starts_with("/proc/sys/")) {
    return true;
  }
  const std::size_t slash = pattern->find('/');
  const std::string_view top = std::string_view(*pattern).substr(0, slash);
  if (slash == std::string::npos || !sysctl::is_top_directory(top) || has_domain(*pattern)) {
    return false;
  }
  return std::ranges::any_of(
             kNames,
             [&](std::string_view name) { return sysctl::pattern_matches(name, *pattern); }) ||
         can_only_be_values(value);
}

// A key as people remember it: the letters and digits, in lower case.
std::string bare(std::string_view key) {
  std::string out;
  for (const char c : key) {
    if (std::string_view(".-_/").find(c) == std::string_view::npos) {
      out += to_lower(c);
    }
  }
  return out;
}

constexpr std::string_view kBareName = "sysctlguard";

// "io.sysctl-gaurd.allow": all is as in a key of ours, but for a letter of the name, or two that
// changed places. With two wrong letters "io.syscall-guard." would be one, which can be a stranger's.
bool is_misspelt(std::string_view key) {
  constexpr std::string_view kOwner = "io.";
  const std::size_t dot = key.find('.', kOwner.size());
  if (!key.starts_with(kOwner) || dot == std::string_view::npos) {
    return false;
  }
  const std::string_view leaf = key.substr(dot + 1);
  const bool is_key =
      std::ranges::find(kAnnotationKeys, leaf.substr(0, leaf.find('/'))) != kAnnotationKeys.end();
  const std::string name = bare(key.substr(kOwner.size(), dot - kOwner.size()));
  return is_key && edit_distance(name, kBareName) == 1;
}

}  // namespace

bool is_key_behind_quote(std::string_view key) {
  if (key.empty() || is_label_byte(key.front())) {
    return false;
  }
  const std::size_t start =
      static_cast<std::size_t>(std::ranges::find_if(key, is_label_byte) - key.begin());
  return key.substr(start).starts_with(kAnnotationPrefix);
}

bool is_key_nearly_ours(std::string_view key) {
  return !key.starts_with(kAnnotationPrefix) && !is_key_behind_quote(key) &&
         (bare(key).find(kBareName) != std::string::npos || is_misspelt(key));
}

std::optional<std::string_view> key_meant_by(std::string_view key) {
  const std::string whole = bare(key);
  const std::string_view rest =
      std::string_view(whole).substr(std::min(whole.find(kBareName), whole.size()));
  std::optional<std::string_view> meant;
  for (const std::string_view ours : kAnnotationKeys) {
    if (rest.ends_with(bare(ours)) && (!meant || ours.size() > meant->size())) {
      meant = ours;
    }
  }
  return meant ? meant
               : nearest(key.substr(key.find_last_of("./") + 1), kAnnotationKeys);  // npos + 1 is 0
}

bool reads_like_rule(std::string_view key, std::string_view value) {
  if (key.empty()) {
    return false;
  }
  if (kWhiteSpace.find(key.front()) != std::string_view::npos) {
    return true;
  }
  // Where nobody has parted key and value.
  const std::size_t equals = std::min(key.find('='), key.size());
  const std::string_view written = strip(key.substr(0, equals), kAround);
  return is_group(written) ||
         names_sysctl(written, equals == key.size() ? value : key.substr(equals + 1));
}

}  // namespace sg::policy
