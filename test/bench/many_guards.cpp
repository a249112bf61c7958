// SPDX-License-Identifier: Apache-2.0
// many_guards.cpp - how long a command takes on a host with many guarded cgroups.
//
//   many_guards CGROUP COUNT POLICIES ROUNDS COMMAND [ARGUMENT]... < RULES
//
// Makes COUNT cgroups below CGROUP, which exists, with a guard each, runs the command ROUNDS times
// with its output thrown away, prints "0 NANOSECONDS" for each run, and removes the cgroups. RULES
// is the text of an `allow` annotation, to which each of the POLICIES adds a rule. Guards have
// counters and metadata as those of the hook, and no events.
#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "base/unique_fd.h"
#include "compile/compile_policy.h"
#include "compile/meta.h"
#include "kernel/attachment.h"
#include "kernel/guard.h"
#include "policy/annotations.h"
#include "policy/merge.h"

extern char** environ;

namespace {

// Removes what it made, whatever happens.
class Cgroups {
 public:
  explicit Cgroups(std::string top) : top_(std::move(top)) {}
  Cgroups(const Cgroups&) = delete;
  Cgroups& operator=(const Cgroups&) = delete;
  ~Cgroups() {
    for (const std::string& path : paths_) {
      (void)rmdir(path.c_str());
    }
  }

  sg::UniqueFd add() {
    const std::string path = top_ + "/guard-" + std::to_string(paths_.size());
    if (mkdir(path.c_str(), 0755) != 0) {
      return sg::UniqueFd();
    }
    paths_.push_back(path);
    return sg::UniqueFd(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }

 private:
  std::string top_;
  std::vector<std::string> paths_;
};

std::optional<sg::policy::Policy> policy_of(const std::string& rules, sg::Diagnostics& findings) {
  const sg::policy::NodePolicy node = sg::policy::default_node_policy(
      "none", {.net = true, .ipc = true, .uts = true, .user = true});
  sg::policy::Policy policy = sg::policy::merge(
      {}, node,
      sg::policy::parse_annotations({{"io.sysctl-guard.allow", rules}}, node, "", findings));
  return findings.has_errors() ? std::nullopt : std::optional(std::move(policy));
}

// The guard of one policy, for any number of containers.
std::optional<sg::kernel::Guard> load(const std::string& rules) {
  sg::Diagnostics findings;
  const std::optional<sg::policy::Policy> policy = policy_of(rules, findings);
  const auto table = policy ? sg::compile::compile_policy(*policy, findings) : std::nullopt;
  if (!table) {
    std::fprintf(stderr, "many_guards: the rules are invalid\n");
    return std::nullopt;
  }
  const std::vector<std::uint8_t> meta = sg::compile::encode_meta(sg::compile::make_meta(*policy));
  auto guard =
      sg::kernel::Guard::load({.table = *table,
                               .rule_count = static_cast<std::uint32_t>(policy->rules.size()),
                               .meta = meta,
                               .container = {.id = "many-guards"}});
  return guard ? std::optional(*std::move(guard)) : std::nullopt;
}

bool attach_all(Cgroups& cgroups, int count, int policies) {
  const std::string rules{std::istreambuf_iterator<char>(std::cin), {}};
  std::vector<sg::kernel::Guard> guards;
  for (int i = 0; i < policies; ++i) {
    std::optional<sg::kernel::Guard> guard =
        load(rules + ", net.ipv4.ip_default_ttl=" + std::to_string(i));
    if (!guard) {
      return false;
    }
    guards.push_back(*std::move(guard));
  }
  for (int i = 0; i < count; ++i) {
    const std::string id = "many-guards-" + std::to_string(i);
    const sg::UniqueFd dir = cgroups.add();
    const sg::kernel::Guard& guard = guards[static_cast<std::size_t>(i % policies)];
    if (!dir.valid() || !sg::kernel::attach_guard(dir.get(), guard, {.id = id})) {
      std::fprintf(stderr, "many_guards: guard %d could not be attached\n", i);
      return false;
    }
  }
  return true;
}

// The nanoseconds the command took; 0 where it failed.
long long run(char** command) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  int status = 1;
  const auto begin = std::chrono::steady_clock::now();
  if (posix_spawn(&child, command[0], &actions, nullptr, command, environ) != 0 ||
      waitpid(child, &status, 0) != child || status != 0) {
    return 0;
  }
  const auto took = std::chrono::steady_clock::now() - begin;
  return std::chrono::duration_cast<std::chrono::nanoseconds>(took).count();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6) {
    std::fprintf(stderr, "usage: many_guards CGROUP COUNT POLICIES ROUNDS COMMAND [ARGUMENT]...\n");
    return 2;
  }
  Cgroups cgroups(argv[1]);
  if (!attach_all(cgroups, std::atoi(argv[2]), std::atoi(argv[3]))) {
    return 1;
  }
  for (int i = 0; i < std::atoi(argv[4]); ++i) {
    const long long took = run(argv + 5);
    if (took == 0) {
      std::fprintf(stderr, "many_guards: the command failed\n");
      return 1;
    }
    std::printf("0 %lld\n", took);
  }
  return 0;
}
