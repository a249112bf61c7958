// SPDX-License-Identifier: Apache-2.0
// opening_test.cpp - which paths a policy needs writable, on a tree of sysctls that is made up.
#include "request/opening.h"

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "compile/compile_policy.h"
#include "policy/annotations.h"
#include "policy/merge.h"
#include "request/make_policy.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using namespace sg;
using Paths = std::vector<std::string>;
using sysctl::NamespaceSet;

namespace {

constexpr NamespaceSet kEngine{.net = true, .ipc = true, .uts = true, .user = false};
constexpr host::KernelRelease kNew{6, 18};

// A handful of every kind. What a container has in its own network namespace is not known here.
class Tree {
 public:
  Tree() {
    for (const char* name : {"abi/vsyscall32",
                             "fs/file-max",
                             "fs/mqueue/msg_max",
                             "fs/mqueue/queues_max",
                             "fs/binfmt_misc/status",
                             "kernel/core_pattern",
                             "kernel/domainname",
                             "kernel/hostname",
                             "kernel/msgmax",
                             "kernel/msgmni",
                             "kernel/pid_max",
                             "kernel/sem",
                             "kernel/shmmax",
                             "kernel/random/uuid",
                             "kernel/random/write_wakeup_threshold",
                             "net/core/somaxconn",
                             "net/ipv4/conf/all/rp_filter",
                             "net/ipv4/conf/eth0/rp_filter",
                             "net/ipv4/conf/eth0/forwarding",
                             "net/ipv4/ip_forward",
                             "net/mptcp/enabled",
                             "net/mptcp/scheduler",
                             "net/netfilter/nf_hooks_lwtunnel",
                             "net/sctp/rto_min",
                             "user/max_ipc_namespaces",
                             "vm/max_map_count",
                             "vm/memfd_noexec",
                             "vm/swappiness"}) {
      const std::filesystem::path path = std::filesystem::path(dir_.path()) / name;
      std::filesystem::create_directories(path.parent_path());
      std::ofstream(path) << "1";
    }
  }
  [[nodiscard]] host::SysctlTree view() const { return host::SysctlTree(dir_.path()); }

 private:
  test::TempDir dir_;
};

struct Asked {
  std::string allow;
  std::string deny = "";
  std::string node = "";  // members of the node policy
  NamespaceSet own = kEngine;
  host::KernelRelease kernel = kNew;
  std::map<std::string, std::string> pairs = {};
  bool audit = false;
};

Paths opening(const Asked& asked) {
  static const Tree tree;
  Diagnostics findings;
  const policy::NodePolicy node =
      policy::parse_node_policy(R"({"version": 1, "annotationModes": ["audit"])" + asked.node + "}",
                                "none", asked.own, findings);
  std::map<std::string, std::string> annotations = {{"io.sysctl-guard.allow", asked.allow},
                                                    {"io.sysctl-guard.deny", asked.deny}};
  if (asked.audit) {
    annotations["io.sysctl-guard.mode"] = "audit";
  }
  const request::MadePolicy made = request::make_policy(
      {.annotations = annotations, .sysctl = asked.pairs, .private_namespaces = asked.own}, node,
      findings);
  for (const Finding& finding : findings.findings()) {
    INFO(format_finding(finding));
    REQUIRE(finding.severity != Severity::kError);
  }
  const host::SysctlTree view = tree.view();
  const Result<Paths> paths = request::opening_of({.policy = made.policy,
                                                   .table = made.table,
                                                   .own = asked.own,
                                                   .kernel = asked.kernel,
                                                   .tree = view});
  REQUIRE(paths);
  return *paths;
}

const std::string kHost =
    R"(, "limit": {"host": ["vm.*", "kernel.*", "fs.*", "net.*", "abi.*", "user.*"]})";
const std::string kClip = R"(, "limit": {"onExcess": "clip"})";

}  // namespace

TEST_CASE("Opening: a rule opens its file, or the deepest directory that its beginning names") {
  struct Case {
    const char* why;
    const char* allow;
    Paths paths;
  };
  const Case cases[] = {
      {"nothing", "", {}},
      {"a file", "net.ipv4.ip_forward=0|1", {"net/ipv4/ip_forward"}},
      {"a file that is not there yet",
       "net.netfilter.nf_conntrack_max",
       {"net/netfilter/nf_conntrack_max"}},
      {"all interfaces", "net.ipv4.conf.*.rp_filter", {"net/ipv4/conf/"}},
      {"some interfaces", "net.ipv4.conf.wg*.rp_filter", {"net/ipv4/conf/"}},
      {"an interface, which may come later",
       "net.ipv4.conf.wg0.rp_filter",
       {"net/ipv4/conf//wg0/rp_filter"}},
      {"one on a VLAN", "net/ipv6/conf/eth0.7/forwarding", {"net/ipv6/conf//eth0.7/forwarding"}},
      {"no interface", "net.ipv4.conf.all.rp_filter", {"net/ipv4/conf/all/rp_filter"}},
      {"a beginning of names", "net.ipv4.tcp_*", {"net/ipv4/"}},
      {"a directory", "net.ipv4.*", {"net/ipv4/"}},
      {"all of a namespace", "net.*", {"net/"}},
      {"one in another",
       "net.ipv4.*, net.ipv4.ip_forward, net.ipv4.conf.wg0.rp_filter",
       {"net/ipv4/"}},
      {"a directory that has nothing but others' files", "fs.mqueue.*", {"fs/mqueue/"}},
      {"IPC, beside files of the host",
       "@ipc",
       {"fs/mqueue/", "kernel/msgmax", "kernel/msgmni", "kernel/sem", "kernel/sem_next_id",
        "kernel/shmmax"}},
      {"UTS by its group", "@uts", {"kernel/domainname", "kernel/hostname"}},
      {"UTS by its name", "kernel.hostname=lab*", {"kernel/hostname"}},
      {"everything that is its own, but for UTS",
       "@namespaced",
       {"fs/mqueue/", "kernel/msgmax", "kernel/msgmni", "kernel/sem", "kernel/sem_next_id",
        "kernel/shmmax", "net/"}},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(opening({.allow = c.allow}) == c.paths);
  }
}

TEST_CASE("Opening: what is of the PID namespace, where the kernel has it so") {
  NamespaceSet own = kEngine;
  own.pid = true;
  own.in_pid = sysctl::PidSysctls::kAll;
  CHECK(opening({.allow = "kernel.pid_max=65535", .own = own}) == Paths{"kernel/pid_max"});
  CHECK(opening({.allow = "vm.memfd_noexec", .own = own}) == Paths{"vm/memfd_noexec"});
  // Its handler acts on the namespace of who writes.
  CHECK(opening({.allow = "@pid", .own = own}) == Paths{"kernel/pid_max", "vm/memfd_noexec"});
  CHECK(opening({.allow = "@pid, @namespaced",
                 .deny = "net.*, fs.*, kernel.msg*, kernel.s*",
                 .own = own}) == Paths{"kernel/pid_max", "vm/memfd_noexec"});
  CHECK(opening(
            {.allow = "@namespaced", .deny = "net.*, fs.*, kernel.msg*, kernel.s*", .own = own}) ==
        Paths{"kernel/pid_max"});
  CHECK(opening({.allow = "kernel.*, vm.*", .node = kClip, .own = own}) ==
        Paths{"kernel/msgmax", "kernel/msgmni", "kernel/pid_max", "kernel/sem", "kernel/shmmax"});
  own.in_pid = sysctl::PidSysctls::kMemfd;
  CHECK(opening({.allow = "kernel.pid_max, vm.memfd_noexec", .node = kClip, .own = own}) ==
        Paths{"vm/memfd_noexec"});
  own = kEngine;
  own.in_pid = sysctl::PidSysctls::kAll;
  CHECK(opening({.allow = "@pid", .node = kClip, .own = own}).empty());
  CHECK(request::opens_shared(Paths{"kernel/pid_max"}, own));
  own.pid = true;
  CHECK_FALSE(request::opens_shared(Paths{"kernel/pid_max"}, own));
}

TEST_CASE("Opening: of the host only files, each of which is permitted") {
  CHECK(opening({.allow = "vm.max_map_count=262144..", .node = kHost}) ==
        Paths{"vm/max_map_count"});
  CHECK(opening({.allow = "vm.*", .node = kHost}) ==
        Paths{"vm/max_map_count", "vm/memfd_noexec", "vm/swappiness"});
  CHECK(opening({.allow = "vm.*", .deny = "vm.swappiness, vm.memfd_noexec", .node = kHost}) ==
        Paths{"vm/max_map_count"});
  CHECK(opening({.allow = "kernel.*", .deny = "kernel.core_pattern", .node = kHost}) ==
        Paths{"kernel/msgmax", "kernel/msgmni", "kernel/pid_max", "kernel/random/uuid",
              "kernel/random/write_wakeup_threshold", "kernel/sem", "kernel/shmmax"});
  CHECK(opening({.allow = "vm.nosuch*", .node = kHost}).empty());
}

TEST_CASE("Opening: a network namespace that is shared with the host is the host's") {
  const NamespaceSet shared{.net = false, .ipc = true, .uts = true, .user = false};
  CHECK(opening({.allow = "net.ipv4.conf.*.rp_filter", .node = kHost, .own = shared}) ==
        Paths{"net/ipv4/conf/all/rp_filter", "net/ipv4/conf/eth0/rp_filter"});
  // No directory in its place: others' interfaces are in it.
  CHECK(opening({.allow = "net.ipv4.conf.wg0.rp_filter", .node = kHost, .own = shared}) ==
        Paths{"net/ipv4/conf/wg0/rp_filter"});
  CHECK(opening({.allow = "net.*", .node = kClip, .own = shared}).empty());
}

TEST_CASE("Opening: what the limit cuts off, or deny takes away, is not opened") {
  CHECK(opening({.allow = "*", .node = kClip}) == Paths{"fs/mqueue/", "kernel/msgmax",
                                                        "kernel/msgmni", "kernel/sem",
                                                        "kernel/shmmax", "net/"});
  CHECK(opening({.allow = "net.ipv4.ip_forward=1", .deny = "net.*"}).empty());
  CHECK(opening({.allow = "net.ipv4.*", .deny = "net.ipv4.*"}).empty());
  CHECK(opening({.allow = "vm.max_map_count, net.ipv4.ip_forward", .node = kClip}) ==
        Paths{"net/ipv4/ip_forward"});
}

TEST_CASE("Opening: a handler that acts on the writer's namespace is opened only by its name") {
  const host::KernelRelease old{5, 10};
  CHECK(opening({.allow = "@ipc", .kernel = old}) == Paths{"kernel/sem", "kernel/sem_next_id"});
  CHECK(opening({.allow = "kernel.shmmax, fs.mqueue.msg_max", .kernel = old}) ==
        Paths{"fs/mqueue/msg_max", "kernel/shmmax"});
  CHECK(opening({.allow = "@namespaced", .kernel = old}) ==
        Paths{"net/core/", "net/ipv4/", "net/mptcp/enabled", "net/netfilter/"});
  CHECK(opening({.allow = "kernel.*", .node = kClip}) ==
        Paths{"kernel/msgmax", "kernel/msgmni", "kernel/sem", "kernel/shmmax"});
  const host::KernelRelease middle{6, 12};
  CHECK(opening({.allow = "net.mptcp.*", .kernel = middle}) == Paths{"net/mptcp/enabled"});
  CHECK(opening({.allow = "net.mptcp.*"}) == Paths{"net/mptcp/"});
  CHECK(opening({.allow = "net.mptcp.scheduler, net.sctp.rto_min", .kernel = middle}) ==
        Paths{"net/mptcp/scheduler", "net/sctp/rto_min"});
  CHECK(opening({.allow = "net.ipv4.*", .kernel = middle}) == Paths{"net/ipv4/"});
}

TEST_CASE("Opening: pairs are opened, as the runtime writes them later") {
  const std::map<std::string, std::string> pairs = {{"net.ipv4.ping_group_range", "0 0"},
                                                    {"kernel.domainname", "lab"}};
  CHECK(opening({.allow = "", .pairs = pairs}) ==
        Paths{"kernel/domainname", "net/ipv4/ping_group_range"});
  CHECK(opening({.allow = "", .deny = "*", .pairs = pairs}) ==
        Paths{"kernel/domainname", "net/ipv4/ping_group_range"});
  CHECK(opening({.allow = "", .pairs = {{"net/ipv4/conf/eth0/rp_filter", "1"}}}) ==
        Paths{"net/ipv4/conf//eth0/rp_filter"});
  // Names that no runtime could write are no files.
  CHECK(opening({.allow = "",
                 .pairs = {{"net/../vm/swappiness", "1"}, {"net//x", "1"}, {"net/./x", "1"}}})
            .empty());
}

TEST_CASE("Opening: audit opens what the limit permits, but for UTS") {
  CHECK(opening({.allow = "", .audit = true}) ==
        Paths{"fs/mqueue/", "kernel/msgmax", "kernel/msgmni", "kernel/sem", "kernel/sem_next_id",
              "kernel/shmmax", "net/"});
  CHECK(opening({.allow = "",
                 .node = R"(, "limit": {"allow": ["net.ipv4.*"], "host": ["vm.swappiness"]})",
                 .audit = true}) == Paths{"net/ipv4/", "vm/swappiness"});
  CHECK(
      opening(
          {.allow = "",
           .node =
               R"(, "limit": {"allow": [], "host": ["vm.*"], "deny": ["vm.swappiness", "vm.memfd*"]})",
           .audit = true}) == Paths{"vm/max_map_count"});
  CHECK(opening({.allow = "kernel.hostname",
                 .node = R"(, "limit": {"allow": ["@uts"]})",
                 .audit = true}) == Paths{"kernel/hostname"});
  CHECK(opening({.allow = "",
                 .node = R"(, "default": {"deny": ["net.*"]}, "limit": {"allow": ["net.*"]})",
                 .audit = true})
            .empty());
}

TEST_CASE("Opening: a namespace of users that is the container's own") {
  const NamespaceSet own{.net = false, .ipc = false, .uts = false, .user = true};
  CHECK(opening({.allow = "@user", .own = own}) == Paths{"user/"});
  CHECK(opening({.allow = "user.max_ipc_namespaces", .own = own}) ==
        Paths{"user/max_ipc_namespaces"});
}
