// SPDX-License-Identifier: Apache-2.0
// opening.cpp - each rule gives a file or a directory to begin with; the table then says what of it
// is really permitted.
#include "request/opening.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "compile/permitted_writes.h"
#include "sysctl/interface_names.h"
#include "sysctl/namespace_of.h"

namespace sg::request {
namespace {

using policy::Rule;
using policy::RuleKind;
using sysctl::Namespace;

// Handlers that take the network namespace of the task that writes. The directories are gone
// through, the rest of them is opened. Kernels before 6.13: net/sctp/sysctl.c, net/rds/tcp.c,
// net/mptcp/ctrl.c used current->nsproxy. Stable kernels have the correction earlier; which, their
// version does not tell.
constexpr std::array<std::string_view, 3> kWriterActed = {"net/mptcp/scheduler", "net/rds/",
                                                          "net/sctp/"};
constexpr host::KernelRelease kNetCorrected{6, 13};
// ipc/ipc_sysctl.c, ipc/mq_sysctl.c: until then all namespaces share the files.
constexpr host::KernelRelease kIpcCorrected{5, 19};
// kernel/pid_sysctl.h: task_active_pid_ns(current), on all kernels that have it.
constexpr std::string_view kPidWriterActed = "vm/memfd_noexec";

bool is_in_place(std::string_view name, std::string_view place) {
  return place.ends_with('/') ? (std::string(name) + "/").starts_with(place) : name == place;
}

class Search {
 public:
  Search(const OpeningInput& input, compile::PermittedWrites permitted)
      : input_(input), permitted_(std::move(permitted)) {}

  void add_file(const std::string& name, bool is_named);
  void add_directory(const std::string& directory);

  [[nodiscard]] std::vector<std::string> paths() const;

 private:
  [[nodiscard]] bool is_own(std::optional<Namespace> ns) const { return ns && input_.own.has(*ns); }
  [[nodiscard]] std::optional<Namespace> namespace_of(std::string_view name) const {
    return sysctl::namespace_of(name, input_.own.in_pid);
  }
  [[nodiscard]] bool acts_on_writer(std::string_view name) const;
  [[nodiscard]] bool has_writer_acted(const std::string& directory) const;

  const OpeningInput& input_;
  const compile::PermittedWrites permitted_;
  std::set<std::string> seen_;  // directories
  std::set<std::string> paths_;
};

bool Search::acts_on_writer(std::string_view name) const {
  const std::optional<Namespace> ns = namespace_of(name);
  return ns == Namespace::kUts || (ns == Namespace::kPid && name == kPidWriterActed) ||
         (ns == Namespace::kIpc && input_.kernel < kIpcCorrected) ||
         (input_.kernel < kNetCorrected &&
          std::ranges::any_of(kWriterActed,
                              [name](std::string_view place) { return is_in_place(name, place); }));
}

// Names of pairs are what an engine wrote. One with an odd component is no file that a runtime
// could write.
bool is_plain(std::string_view name) {
  return std::ranges::none_of(split(name, '/'), [](std::string_view component) {
    return component.empty() || component == "." || component == "..";
  });
}

// Whether this host has such a sysctl below the directory, which is one of the network's.
bool Search::has_writer_acted(const std::string& directory) const {
  if (input_.kernel >= kNetCorrected) {
    return false;
  }
  return std::ranges::any_of(kWriterActed, [&](std::string_view place) {
    const std::string_view path = place.substr(0, place.size() - (place.ends_with('/') ? 1 : 0));
    const std::size_t slash = path.rfind('/');
    const std::vector<host::SysctlEntry> beside =
        input_.tree.list(std::string(path.substr(0, slash)));
    return path.starts_with(directory + "/") &&
           std::ranges::find(beside, path.substr(slash + 1), &host::SysctlEntry::name) !=
               beside.end();
  });
}

void Search::add_file(const std::string& name, bool is_named) {
  if (!is_plain(name) || !permitted_.any_to(name) || (acts_on_writer(name) && !is_named)) {
    return;
  }
  const std::optional<sysctl::InterfacePlace> interface = sysctl::interface_place(name);
  if (is_named && interface && is_own(namespace_of(name))) {
    paths_.insert(name.substr(0, interface->start) + "/" + name.substr(interface->start));
  } else {
    paths_.insert(name);
  }
}

// The namespace that everything in the directory belongs to; nothing where the owners are several,
// or the host.
std::optional<Namespace> owner_of(const std::string& directory, sysctl::PidSysctls in_pid) {
  for (const Namespace ns : sysctl::kNamespaces) {
    for (const std::string_view pattern : sysctl::namespace_patterns(ns, in_pid)) {
      if (pattern.ends_with("/*") &&
          (directory + "/").starts_with(pattern.substr(0, pattern.size() - 1))) {
        return ns;
      }
    }
  }
  return std::nullopt;
}

// Recursion as deep as the directories of /proc/sys, which are the kernel's.
void Search::add_directory(const std::string& directory) {
  const std::string beginning = directory.empty() ? "" : directory + "/";
  if (!seen_.insert(directory).second || !permitted_.any_below(beginning)) {
    return;
  }
  if (is_own(owner_of(directory, input_.own.in_pid)) && !acts_on_writer(directory) &&
      !acts_on_writer(beginning + "*") && !has_writer_acted(directory)) {
    paths_.insert(beginning);
    return;
  }
  for (const host::SysctlEntry& entry : input_.tree.list(directory)) {
    if (entry.is_directory) {
      add_directory(beginning + entry.name);
    } else {
      add_file(beginning + entry.name, /*is_named=*/false);
    }
  }
}

// Sorted, a directory stands right in front of what is below it.
std::vector<std::string> Search::paths() const {
  std::vector<std::string> outer;
  for (const std::string& path : paths_) {
    const bool is_covered = std::ranges::any_of(outer, [&path](const std::string& above) {
      return above.ends_with('/') && path.starts_with(above);
    });
    if (!is_covered) {
      outer.push_back(path);
    }
  }
  return outer;
}

void add_rule(const Rule& rule, bool is_wanted_by_name, Search& search) {
  const std::size_t star = rule.literal ? std::string::npos : rule.pattern.find('*');
  if (star == std::string::npos) {
    search.add_file(rule.pattern, is_wanted_by_name && !rule.is_swept);
    return;
  }
  const std::size_t slash = rule.pattern.rfind('/', star);
  search.add_directory(slash == std::string::npos ? "" : rule.pattern.substr(0, slash));
}

}  // namespace

Result<std::vector<std::string>> opening_of(const OpeningInput& input) {
  Result<compile::PermittedWrites> permitted = compile::PermittedWrites::of(input.table);
  if (!permitted) {
    return std::move(permitted).error();
  }
  Search search(input, *std::move(permitted));
  for (const Rule& rule : input.policy.rules) {
    if (rule.kind == RuleKind::kPair || rule.kind == RuleKind::kAllow) {
      add_rule(rule, /*is_wanted_by_name=*/true, search);
    }
  }
  if (input.policy.audit != policy::Audit::kOff && input.policy.limit) {
    for (const std::vector<Rule>* rules : {&input.policy.limit->allow, &input.policy.limit->host}) {
      for (const Rule& rule : *rules) {
        add_rule(rule, /*is_wanted_by_name=*/false, search);
      }
    }
  }
  return search.paths();
}

bool opens_shared(std::span<const std::string> paths, const sysctl::NamespaceSet& own) {
  return std::ranges::any_of(paths, [&own](const std::string& path) {
    const std::size_t end = path.ends_with('/') ? path.size() - 1 : path.find("//");
    const std::string name = end == std::string::npos ? path : path.substr(0, end) + "/x";
    const std::optional<sysctl::Namespace> ns = sysctl::namespace_of(name, own.in_pid);
    return ns && !own.has(*ns);
  });
}

}  // namespace sg::request
