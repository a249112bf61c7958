// SPDX-License-Identifier: Apache-2.0
// doctor_host_test.cpp - what the texts of /proc mean.
#include "cli/doctor/doctor_host.h"

#include <cerrno>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/file_write.h"
#include "engines/hooks_d.h"
#include "support/catch.h"
#include "support/root_files.h"
#include "support/temp_dir.h"

using sg::Errc;
using sg::Error;
using sg::engines::Check;
using sg::engines::CheckStatus;
using sg::host::RootDir;
using sg::kernel::ProbeOutcome;
using sg::test::has;
using sg::test::TempDir;

namespace {

constexpr const char* kV1 = "33 31 0:30 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n";
constexpr const char* kUnified = "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";
constexpr const char* kV2 = "25 23 0:22 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw\n";
constexpr const char* kHostMap = "         0          0 4294967295\n";

std::string status_with(const std::string& effective) {
  return "Name:\tx\nCapPrm:\t0000000000000000\nCapEff:\t" + effective + "\nCapBnd:\t0\n";
}

}  // namespace

TEST_CASE("Doctor host: kernels") {
  struct Case {
    std::string release;
    CheckStatus status;
  };
  const Case cases[] = {{"5.10.0-28-amd64", CheckStatus::kOk}, {"5.10", CheckStatus::kOk},
                        {"5.9.16", CheckStatus::kFailed},      {"4.19.0", CheckStatus::kFailed},
                        {"6.1.0", CheckStatus::kOk},           {"10.0-rc1", CheckStatus::kOk},
                        {"", CheckStatus::kUnknown},           {"linux", CheckStatus::kUnknown},
                        {"6", CheckStatus::kUnknown}};
  for (const Case& c : cases) {
    INFO(c.release);
    CHECK(sg::cli::check_kernel(c.release).status == c.status);
  }
}

TEST_CASE("Doctor host: cgroups") {
  const Check v2 = sg::cli::check_cgroups(kV2);
  CHECK(v2.status == CheckStatus::kOk);
  CHECK(v2.summary == "version 2 alone, at /sys/fs/cgroup");
  const Check hybrid = sg::cli::check_cgroups(std::string(kV1) + kUnified);
  CHECK(hybrid.status == CheckStatus::kOk);
  CHECK(has(hybrid.summary, "/sys/fs/cgroup/unified, beside version 1"));
  const Check v1 = sg::cli::check_cgroups(kV1);
  CHECK(v1.status == CheckStatus::kFailed);
  CHECK(has(v1.summary, "version 1 alone"));
  CHECK(has(v1.remedy, "unified_cgroup_hierarchy"));
  CHECK(sg::cli::check_cgroups("").status == CheckStatus::kFailed);
}

// With programs in it: test/integration/44-bpf-directory.bats.
TEST_CASE("Doctor host: our bpffs is root's alone, or is mounted when the first guard wants it") {
  const Check absent = sg::cli::check_bpffs(sg::Ok{}, std::nullopt);
  CHECK(absent.id == "bpffs");
  CHECK(absent.status == CheckStatus::kOk);
  CHECK(absent.summary == "none yet: the first guard mounts one at /run/sysctl-guard/bpf");
  CHECK(absent.remedy.empty());
  const Check foreign = sg::cli::check_bpffs(
      Error{Errc::kUnsupported, "others can enter it", "remove it"}, std::nullopt);
  CHECK(foreign.id == "bpffs");
  CHECK(foreign.status == CheckStatus::kWarning);
  CHECK(foreign.summary ==
        "guards write no events, and each container loads a program of its own: others can enter "
        "it");
  CHECK(foreign.remedy == "remove it");
}

TEST_CASE("Doctor host: privileges") {
  struct Case {
    const char* why;
    std::string effective, map;
    CheckStatus status;
  };
  const Case cases[] = {
      {"all", "000001ffffffffff", kHostMap, CheckStatus::kOk},
      {"CAP_SYS_ADMIN alone", "0000000000200000", kHostMap, CheckStatus::kOk},
      {"CAP_BPF and CAP_NET_ADMIN", "0000008000001000", kHostMap, CheckStatus::kOk},
      {"CAP_BPF alone", "0000008000000000", kHostMap, CheckStatus::kUnknown},
      {"CAP_NET_ADMIN alone", "0000000000001000", kHostMap, CheckStatus::kUnknown},
      {"none", "0000000000000000", kHostMap, CheckStatus::kUnknown},
      {"root of a user namespace", "000001ffffffffff", "         0       1000          1\n",
       CheckStatus::kFailed},
      {"a part of the host's users", "000001ffffffffff", "0 0 65536\n", CheckStatus::kFailed},
      {"no map", "000001ffffffffff", "", CheckStatus::kFailed},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(sg::cli::check_privileges(status_with(c.effective), c.map).status == c.status);
  }
  CHECK(sg::cli::check_privileges("", kHostMap).status == CheckStatus::kUnknown);
}

TEST_CASE("Doctor host: AppArmor, with the containers of which engine it is about") {
  using Engines = std::vector<const sg::engines::Engine*>;
  const Engines none;
  const Engines both = {sg::engines::find_engine("podman"), sg::engines::find_engine("containerd")};
  const auto check = [](bool is_on, const std::optional<std::string>& loaded,
                        const Engines& there) {
    return sg::cli::check_apparmor({.is_on = is_on, .loaded = loaded}, there);
  };
  CHECK(check(false, "", both).status == CheckStatus::kOk);
  CHECK(check(true, "", none).status == CheckStatus::kOk);
  const Check without = check(true, "sysctl-guard-podman2 (enforce)\n", both);
  CHECK(without.status == CheckStatus::kWarning);
  CHECK(
      has(without.summary, "containers-default (podman), cri-containerd.apparmor.d (containerd)"));
  CHECK(without.remedy == "sysctl-guard install podman; sysctl-guard install containerd");
  const Check one = check(true, "docker-default (enforce)\nsysctl-guard-podman (enforce)\n", both);
  CHECK(has(one.summary, "can name ours: --security-opt apparmor=sysctl-guard-podman"));
  CHECK(one.remedy == "sysctl-guard install containerd");
  const Check all =
      check(true, "sysctl-guard-podman (enforce)\nsysctl-guard-containerd (complain)\n", both);
  CHECK(all.status == CheckStatus::kOk);
  CHECK(all.remedy.empty());
  CHECK(has(all.summary, "localhostProfile: sysctl-guard-containerd"));
  // Without securityfs nothing can be said of what is loaded.
  CHECK(has(check(true, std::nullopt, both).remedy, "with securityfs"));
  const Check crio =
      check(true, "sysctl-guard-cri-o (enforce)\n", Engines{sg::engines::find_engine("cri-o")});
  CHECK(has(crio.remedy, "localhostProfile: PROFILE, one that permits the names"));
}

TEST_CASE("Doctor host: SELinux where it enforces") {
  CHECK(sg::cli::check_selinux("").summary == "not enabled");
  CHECK(sg::cli::check_selinux("0").status == CheckStatus::kOk);
  const Check enforcing = sg::cli::check_selinux("1");
  CHECK(enforcing.status == CheckStatus::kWarning);
  CHECK(has(enforcing.remedy, "label=type:TYPE"));
}

TEST_CASE("Doctor host: what a guarded process met") {
  struct Case {
    const char* why;
    ProbeOutcome outcome;
    CheckStatus status;
  };
  const Case cases[] = {
      {"as it should be", {0, sg::cli::kProbeRefusal}, CheckStatus::kOk},
      {"as it is before Linux 5.18", {0, EPERM}, CheckStatus::kOk},
      {"nothing refused", {0, 0}, CheckStatus::kFailed},
      {"all refused", {EPERM, EPERM}, CheckStatus::kFailed},
      {"read-only", {EROFS, EROFS}, CheckStatus::kUnknown},
      {"refused by something else", {0, EIO}, CheckStatus::kFailed},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(sg::cli::check_probe(c.outcome).status == c.status);
  }
  CHECK(has(sg::cli::check_probe(ProbeOutcome{0, EPERM}).summary, "that takes Linux 5.18"));
  CHECK_FALSE(has(sg::cli::check_probe(ProbeOutcome{0, sg::cli::kProbeRefusal}).summary, "5.18"));
  const Check failed = sg::cli::check_probe(Error{Errc::kUnsupported, "why", "hint"});
  CHECK(failed.status == CheckStatus::kFailed);
  CHECK(has(failed.summary, "why"));
  CHECK(failed.remedy == "hint");
}

TEST_CASE("Doctor host: programs that keep guards away") {
  using Programs = std::vector<sg::kernel::BlockingProgram>;
  CHECK(sg::cli::check_programs(Programs{}).status == CheckStatus::kOk);
  const Check unknown =
      sg::cli::check_programs(Error{Errc::kUnsupported, "may not ask", "run it as root"});
  CHECK(unknown.status == CheckStatus::kWarning);  // the trial of a guard says what works
  CHECK(unknown.summary ==
        "not all cgroups could be asked for programs that keep guards away: may not ask");
  CHECK(unknown.remedy == "run it as root");
  Programs programs{{"/sys/fs/cgroup/a", 12, "theirs", false}, {"/sys/fs/cgroup/b", 13, "", true}};
  const Check two = sg::cli::check_programs(programs);
  CHECK(two.status == CheckStatus::kWarning);
  CHECK(two.summary ==
        "the program 'theirs' (ID 12) on the cgroup '/sys/fs/cgroup/a' lets in no other one, there "
        "or below; a program without a name (ID 13) on the cgroup '/sys/fs/cgroup/b' lets in no "
        "other one there: containers there are refused");
  CHECK(two.remedy ==
        "whoever attached it must do so with BPF_F_ALLOW_MULTI; to take it off: bpftool cgroup "
        "detach /sys/fs/cgroup/a sysctl id 12");
  programs.resize(3, programs.front());
  CHECK_FALSE(has(sg::cli::check_programs(programs).summary, "more"));
  programs.resize(5, programs.front());
  CHECK(has(sg::cli::check_programs(programs).summary, "; and 2 more: containers"));
}

TEST_CASE("Doctor host: processes without a guard beside a guarded container") {
  using Neighbours = std::vector<sg::guard::Neighbour>;
  CHECK(sg::cli::check_neighbours(Neighbours{}).status == CheckStatus::kOk);
  const Check unknown =
      sg::cli::check_neighbours(Error{Errc::kUnsupported, "may not ask", "run it as root"});
  CHECK(unknown.status == CheckStatus::kWarning);
  CHECK(has(unknown.summary, ": may not ask"));
  CHECK(unknown.remedy == "run it as root");
  Neighbours neighbours{{"0123456789abcdef", "/a\x1b", 12}, {"b", "/b", 13}};
  const Check two = sg::cli::check_neighbours(neighbours);
  CHECK(two.status == CheckStatus::kWarning);
  CHECK(
      two.summary ==
      "without a guard in the PID namespace of a guarded container, whose writable sysctls they "
      "may reach: "
      "process 12 of cgroup /a\\x1b in that of 0123456789ab; process 13 of cgroup /b in that of b");
  neighbours.resize(5, neighbours.front());
  CHECK(sg::cli::check_neighbours(neighbours).summary.ends_with("; and 2 more"));
}

TEST_CASE("Doctor host: the node policy") {
  const TempDir dir;
  const RootDir root(dir.path());
  CHECK(sg::cli::check_node_policy(root, "/p").at(0).status == CheckStatus::kOk);
  REQUIRE(sg::replace_file(
      dir.path() + "/p", R"({"version": 1, "profiles": {"a": {}}, "default": {"mode": "audit"}})"));
  const Check good = sg::cli::check_node_policy(root, "/p").at(0);
  CHECK(good.status == CheckStatus::kOk);
  CHECK(good.summary == "/p, 1 profiles, default.mode audit");
  REQUIRE(sg::replace_file(dir.path() + "/p", "{"));
  const Check bad = sg::cli::check_node_policy(root, "/p").at(0);
  CHECK(bad.status == CheckStatus::kFailed);
  CHECK_FALSE(bad.remedy.empty());
}

TEST_CASE("Doctor host: a node policy that assigns wants engines that ask for every container") {
  const TempDir dir;
  const RootDir root(dir.path());
  const std::string assigns =
      R"({"version": 1, "profiles": {"p": {}}, "assign": [{"match": {}, "profile": "p"}]})";
  const std::string hooks = dir.path() + "/usr/share/containers/oci/hooks.d";
  std::filesystem::create_directories(hooks);
  std::filesystem::create_directories(dir.path() + "/usr/bin");
  REQUIRE(sg::replace_file(dir.path() + "/usr/bin/podman", ""));
  std::filesystem::permissions(dir.path() + "/usr/bin/podman", std::filesystem::perms(0755));
  const auto ids = [&](const std::string& policy, bool all_containers) {
    REQUIRE(sg::replace_file(dir.path() + "/p", policy));
    REQUIRE(sg::replace_file(hooks + "/sysctl-guard.json",
                             sg::engines::hooks_d_text({.hook = "/sysctl-guard-hook",
                                                        .all_containers = all_containers})));
    REQUIRE(sg::replace_file(dir.path() + "/sysctl-guard-hook", ""));
    std::filesystem::permissions(dir.path() + "/sysctl-guard-hook", std::filesystem::perms(0755));
    std::string list;
    for (const Check& check : sg::cli::check_node_policy(root, "/p")) {
      list += check.id + " ";
    }
    return list;
  };
  CHECK(ids(assigns, false) == "node-policy assign:podman ");
  CHECK(ids(assigns, true) == "node-policy ");
  CHECK(ids(R"({"version": 1})", false) == "node-policy ");
}

TEST_CASE("Doctor host: what limit.host permits and should not") {
  const TempDir dir;
  const RootDir root(dir.path());
  CHECK(sg::cli::check_node_policy(root, "/p").size() == 1);
  REQUIRE(sg::replace_file(dir.path() + "/p",
                           "{\"version\": 1, \"limit\": {\n \"host\": [\"vm.swappiness\",\n"
                           "  \"kernel.modprobe\", \"fs.suid_dumpable=0..2\"]}}"));
  const std::vector<Check> checks = sg::cli::check_node_policy(root, "/p");
  REQUIRE(checks.size() == 3);
  CHECK(checks[1].id == "limit-host");
  CHECK(checks[1].status == CheckStatus::kWarning);
  CHECK(
      checks[1].summary.starts_with("/p:3: 'kernel.modprobe' permits kernel.modprobe=0, which "
                                    "gives the host away: the kernel runs it"));
  CHECK(checks[1].remedy.starts_with(
      "take it out of limit.host, or permit no more than kernel.modprobe=/sbin/"));
  CHECK(checks[2].summary.starts_with(
      "/p:3: 'fs.suid_dumpable=0..2' permits fs.suid_dumpable=1, which weakens"));
  REQUIRE(sg::replace_file(dir.path() + "/p", "{"));
  CHECK(sg::cli::check_node_policy(root, "/p").size() == 1);
}
