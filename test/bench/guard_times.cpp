// SPDX-License-Identifier: Apache-2.0
// guard_times.cpp - how long it takes to load each form of the guard: as the hook does it, and by
// libbpf.
//
//   guard_times load ROUNDS < RULES       prints "JOB NANOSECONDS"
//   guard_times attach CGROUP < RULES     attaches the form with plain loops, as before Linux 5.17
//
// RULES is the text of an `allow` annotation. Jobs: 0 bpf_loop, as the hook loads it, 1 plain loops,
// by libbpf, 2 `return 1`. Where the kernel has no bpf_loop, job 0 is left out.
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "base/unique_fd.h"
#include "compile/compile_policy.h"
#include "event_abi.h"
#include "kernel/guard.h"
#include "kernel/guard_skel.h"
#include "meta_abi.h"
#include "policy/annotations.h"
#include "policy/merge.h"
#include "table_abi.h"

namespace {

using Clock = std::chrono::steady_clock;
struct SkeletonDeleter {
  void operator()(sysctl_guard* skeleton) const noexcept { sysctl_guard__destroy(skeleton); }
};
using Skeleton = std::unique_ptr<sysctl_guard, SkeletonDeleter>;

struct Compiled {
  std::vector<std::uint8_t> table;
  std::uint32_t rules = 0;
};

[[noreturn]] void die(const std::string& what) {
  std::perror(what.c_str());
  std::exit(1);
}

Compiled compile_input() {
  const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
  sg::Diagnostics findings;
  const sg::policy::NodePolicy node = sg::policy::default_node_policy(
      "none", {.net = true, .ipc = true, .uts = true, .user = true});
  const sg::policy::Policy policy = sg::policy::merge(
      {}, node,
      sg::policy::parse_annotations({{"io.sysctl-guard.allow", text}}, node, "", findings));
  std::optional<std::vector<std::uint8_t>> table = sg::compile::compile_policy(policy, findings);
  if (findings.has_errors() || !table) {
    std::fprintf(stderr, "guard_times: the rules are invalid\n");
    std::exit(2);
  }
  return {std::move(*table), static_cast<std::uint32_t>(policy.rules.size())};
}

// The form with bpf_loop, as the hook loads it; false where the kernel has none.
bool load_as_the_hook(const Compiled& compiled) {
  const std::vector<std::uint8_t> meta(sizeof(sg_meta));
  const sg::Result<sg::kernel::Guard> guard =
      sg::kernel::Guard::load({.table = compiled.table,
                               .rule_count = compiled.rules,
                               .meta = meta,
                               .container = {.id = "bench"}});
  if (!guard) {
    die(guard.error().message);
  }
  return guard->is_shared();
}

// The form with plain loops, by libbpf.
Skeleton load_bounded(const Compiled& compiled) {
  Skeleton skeleton(sysctl_guard__open());
  if (!skeleton) {
    die("open the BPF object");
  }
  bpf_program__set_autoload(skeleton->progs.sysctl_guard, false);
  bpf_program__set_autoload(skeleton->progs.sysctl_guard_current, false);
  skeleton->rodata->cell_mask =
      static_cast<__u32>((compiled.table.size() - sizeof(sg_table)) / sizeof(__u32) - 1);
  skeleton->rodata->count_slots = compiled.rules + 1;
  if (bpf_map__set_value_size(skeleton->maps.sg_table, static_cast<__u32>(compiled.table.size())) !=
          0 ||
      bpf_map__set_autocreate(skeleton->maps.sg_counts, false) != 0 ||
      bpf_map__set_autocreate(skeleton->maps.sg_containers, false) != 0 ||
      bpf_map__set_max_entries(skeleton->maps.sg_counters, compiled.rules + 1) != 0) {
    die("size the maps");
  }
  if (sysctl_guard__load(skeleton.get()) != 0) {
    die("load the guard");
  }
  return skeleton;
}

int load_return_one() {
  const std::array<bpf_insn, 2> instructions = {
      bpf_insn{.code = BPF_ALU64 | BPF_MOV | BPF_K,
               .dst_reg = BPF_REG_0,
               .src_reg = 0,
               .off = 0,
               .imm = 1},
      bpf_insn{.code = BPF_JMP | BPF_EXIT, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 0}};
  return bpf_prog_load(BPF_PROG_TYPE_CGROUP_SYSCTL, "allow_all", "Dual BSD/GPL",
                       instructions.data(), instructions.size(), nullptr);
}

void print_time(int job, Clock::time_point begin) {
  const auto taken = std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - begin);
  std::printf("%d %lld\n", job, static_cast<long long>(taken.count()));
}

int time_loads(const Compiled& compiled, int rounds) {
  for (int round = 0; round < rounds; ++round) {
    Clock::time_point begin = Clock::now();
    if (load_as_the_hook(compiled)) {
      print_time(0, begin);
    }
    begin = Clock::now();
    (void)load_bounded(compiled);
    print_time(1, begin);
    begin = Clock::now();
    const sg::UniqueFd program(load_return_one());
    if (!program.valid()) {
      die("load `return 1`");
    }
    print_time(2, begin);
  }
  return 0;
}

int attach_bounded(const Compiled& compiled, const char* path) {
  const sg::UniqueFd cgroup(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const Skeleton skeleton = load_bounded(compiled);
  const __u32 key = 0;
  if (!cgroup.valid() ||
      bpf_map_update_elem(bpf_map__fd(skeleton->maps.sg_table), &key, compiled.table.data(),
                          BPF_ANY) != 0 ||
      bpf_prog_attach(bpf_program__fd(skeleton->progs.sysctl_guard_bounded), cgroup.get(),
                      BPF_CGROUP_SYSCTL, BPF_F_ALLOW_MULTI) != 0) {
    die(path);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc == 3 ? argv[1] : "";
  libbpf_set_print(nullptr);
  if (what == "load") {
    return time_loads(compile_input(), std::atoi(argv[2]));
  }
  if (what == "attach") {
    return attach_bounded(compile_input(), argv[2]);
  }
  std::fprintf(stderr, "usage: guard_times load ROUNDS < RULES, or attach CGROUP < RULES\n");
  return 2;
}
