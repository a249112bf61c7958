// SPDX-License-Identifier: Apache-2.0
// walk_probe_run.h - loads a program of walk_probe.bpf.c and asks it for verdicts.
//
// Needs root. A table of any size up to kProbeCells is written into the program's map; the rest of
// the map stays zero, as no row reaches there.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compile/decide.h"

struct walk_probe;
struct walk_probe_word;

namespace sg::test {

// Twice what the largest table of a chance policy needs; a power of two.
inline constexpr std::size_t kProbeCells = 65536;

enum class ProbeProgram { kSyscallLoop, kSyscallBounded, kSocketLoop, kSocketBounded };
inline constexpr std::array<ProbeProgram, 4> kProbePrograms = {
    ProbeProgram::kSyscallLoop, ProbeProgram::kSyscallBounded, ProbeProgram::kSocketLoop,
    ProbeProgram::kSocketBounded};

[[nodiscard]] const char* program_name(ProbeProgram program) noexcept;

// Whether this kernel has what the program needs: its type, and bpf_loop. Where it has, a program
// that does not load is a failure.
[[nodiscard]] bool kernel_has(ProbeProgram program);

class WalkProbe {
 public:
  // Nothing where the program does not load; `why` says what the kernel said.
  [[nodiscard]] static std::optional<WalkProbe> load(ProbeProgram program, std::string& why);

  [[nodiscard]] ProbeProgram program() const noexcept { return program_; }

  // False where the table is too large or the kernel refuses it.
  [[nodiscard]] bool set_table(std::span<const std::uint8_t> table);

  // Nothing where the test run fails.
  [[nodiscard]] std::optional<compile::Decision> decide(const compile::Access& access);

 private:
  struct SkeletonDeleter {
    void operator()(walk_probe* skeleton) const noexcept;
  };
  struct Unmapper {
    void operator()(walk_probe_word* word) const noexcept;
  };

  WalkProbe() = default;

  ProbeProgram program_ = ProbeProgram::kSocketBounded;
  std::unique_ptr<walk_probe, SkeletonDeleter> skeleton_;
  std::unique_ptr<walk_probe_word, Unmapper> word_;  // the value of the map `words`, shared
  int program_fd_ = -1;                              // owned by the skeleton
  std::vector<std::uint8_t> padded_;                 // the table, at the size of the map's value
};

}  // namespace sg::test
