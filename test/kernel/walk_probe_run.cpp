// SPDX-License-Identifier: Apache-2.0
// walk_probe_run.cpp - one program of the object at a time, one access for each test run.
#include "kernel/walk_probe_run.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "kernel/libbpf_log.h"
#include "kernel/walk_probe.h"

#include <walk_probe.skel.h>

namespace sg::test {
namespace {

std::size_t page_size() { return static_cast<std::size_t>(sysconf(_SC_PAGESIZE)); }

bpf_program* find_program(walk_probe& skeleton, ProbeProgram program) {
  switch (program) {
    case ProbeProgram::kSyscallLoop:
      return skeleton.progs.probe_loop;
    case ProbeProgram::kSyscallBounded:
      return skeleton.progs.probe_bounded;
    case ProbeProgram::kSocketLoop:
      return skeleton.progs.probe_socket_loop;
    case ProbeProgram::kSocketBounded:
      return skeleton.progs.probe_socket_bounded;
  }
  return nullptr;
}

bool is_socket(ProbeProgram program) {
  return program == ProbeProgram::kSocketLoop || program == ProbeProgram::kSocketBounded;
}

// Only as many bytes as the map has; the lengths say the whole.
void copy_bytes(std::span<__u8> to, std::string_view from) {
  std::fill(to.begin(), to.end(), __u8{0});
  std::copy_n(from.begin(), std::min(from.size(), to.size()), to.begin());
}

}  // namespace

const char* program_name(ProbeProgram program) noexcept {
  switch (program) {
    case ProbeProgram::kSyscallLoop:
      return "syscall, bpf_loop";
    case ProbeProgram::kSyscallBounded:
      return "syscall, bounded loop";
    case ProbeProgram::kSocketLoop:
      return "socket, bpf_loop";
    case ProbeProgram::kSocketBounded:
      return "socket, bounded loop";
  }
  return "unknown";
}

bool kernel_has(ProbeProgram program) {
  const bool needs_loop =
      program == ProbeProgram::kSyscallLoop || program == ProbeProgram::kSocketLoop;
  if (!is_socket(program) && libbpf_probe_bpf_prog_type(BPF_PROG_TYPE_SYSCALL, nullptr) != 1) {
    return false;
  }
  return !needs_loop ||
         libbpf_probe_bpf_helper(BPF_PROG_TYPE_SOCKET_FILTER, BPF_FUNC_loop, nullptr) == 1;
}

void WalkProbe::SkeletonDeleter::operator()(walk_probe* skeleton) const noexcept {
  walk_probe__destroy(skeleton);
}

void WalkProbe::Unmapper::operator()(walk_probe_word* word) const noexcept {
  (void)munmap(word, page_size());
}

std::optional<WalkProbe> WalkProbe::load(ProbeProgram program, std::string& why) {
  capture_libbpf_log();
  WalkProbe probe;
  probe.program_ = program;
  probe.skeleton_.reset(walk_probe__open());
  if (!probe.skeleton_) {
    why = std::strerror(errno);
    return std::nullopt;
  }
  for (const ProbeProgram each : kProbePrograms) {
    bpf_program__set_autoload(find_program(*probe.skeleton_, each), each == program);
  }
  probe.padded_.resize(sizeof(sg_table) + kProbeCells * sizeof(__u32));
  probe.skeleton_->rodata->cell_mask = kProbeCells - 1;
  int err = bpf_map__set_value_size(probe.skeleton_->maps.probe_table,
                                    static_cast<__u32>(probe.padded_.size()));
  if (err == 0) {
    err = walk_probe__load(probe.skeleton_.get());
  }
  if (err != 0) {
    why = std::string(std::strerror(-err)) + ": " + libbpf_reason();
    return std::nullopt;
  }
  static_assert(sizeof(walk_probe_word) <= 4096, "the word fits in the page that is mapped");
  void* mapped = mmap(nullptr, page_size(), PROT_READ | PROT_WRITE, MAP_SHARED,
                      bpf_map__fd(probe.skeleton_->maps.words), 0);
  if (mapped == MAP_FAILED) {
    why = std::string("map the words: ") + std::strerror(errno);
    return std::nullopt;
  }
  probe.word_.reset(static_cast<walk_probe_word*>(mapped));
  probe.program_fd_ = bpf_program__fd(find_program(*probe.skeleton_, program));
  return probe;
}

bool WalkProbe::set_table(std::span<const std::uint8_t> table) {
  if (table.size() > padded_.size()) {
    return false;
  }
  std::fill(std::copy(table.begin(), table.end(), padded_.begin()), padded_.end(), std::uint8_t{0});
  const __u32 key = 0;
  return bpf_map_update_elem(bpf_map__fd(skeleton_->maps.probe_table), &key, padded_.data(),
                             BPF_ANY) == 0;
}

std::optional<compile::Decision> WalkProbe::decide(const compile::Access& access) {
  word_->write = access.write ? 1 : 0;
  word_->name_len = static_cast<__u32>(access.name.size());
  word_->value_len = static_cast<__u32>(access.value.size());
  word_->unseen = access.at_position_zero ? 0 : 1;
  copy_bytes(word_->name, access.name);
  copy_bytes(word_->value, access.value);
  const std::string_view current = access.current.value_or("");
  word_->current_len = static_cast<__u32>(current.size());
  copy_bytes(word_->current, current);
  word_->label = UINT32_MAX;
  const __u64 runs = word_->runs;
  std::array<char, 64> packet{};  // a socket filter wants one; its content does not matter
  bpf_test_run_opts options{};
  options.sz = sizeof options;
  if (is_socket(program_)) {
    options.data_in = packet.data();
    options.data_size_in = packet.size();
    options.repeat = 1;
  }
  if (bpf_prog_test_run_opts(program_fd_, &options) != 0 ||
      *static_cast<volatile __u64*>(&word_->runs) != runs + 1) {
    return std::nullopt;
  }
  const __u32 label = *static_cast<volatile __u32*>(&word_->label);
  const bool allows = (label & SG_LABEL_ALLOW) != 0;
  const bool would_deny = (label & SG_LABEL_WOULD_DENY) != 0;
  return compile::Decision{!allows      ? policy::Verdict::kDeny
                           : would_deny ? policy::Verdict::kWouldDeny
                                        : policy::Verdict::kAllow,
                           label >> SG_LABEL_RULE_SHIFT};
}

}  // namespace sg::test
