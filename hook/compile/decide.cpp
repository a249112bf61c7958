// SPDX-License-Identifier: Apache-2.0
// decide.cpp - the guard's walk, in user space: the steps are those of dfa_walk.h, the order that
// of bpf/sysctl_guard.bpf.c.
#include "compile/decide.h"

#include "base/check.h"
#include "dfa_walk.h"
#include "relation.h"

namespace sg::compile {
namespace {

policy::Verdict verdict_of(__u32 label) {
  if (sg_label_allows(label) == 0) {
    return policy::Verdict::kDeny;
  }
  return sg_label_would_deny(label) != 0 ? policy::Verdict::kWouldDeny : policy::Verdict::kAllow;
}

sg_number read_number(std::string_view text) {
  sg_number number{};
  if (text.size() >= SG_NUMBER_SIZE) {
    number.state = SG_NUMBER_NONE;
    return number;
  }
  for (const char byte : text) {
    sg_number_step(&number, static_cast<__u8>(byte));
  }
  return number;
}

class Walk {
 public:
  explicit Walk(std::span<const std::uint8_t> bytes)
      : table_(reinterpret_cast<const sg_table*>(bytes.data())),
        cell_mask_(static_cast<__u32>((bytes.size() - sizeof(sg_table)) / sizeof(__u32) - 1)) {}

  void begin(bool write) { state_ = table_->start[write ? SG_ACCESS_WRITE : SG_ACCESS_READ]; }
  void step(char byte) {
    if (!decided()) {
      step_class(table_->class_of[static_cast<__u8>(byte)]);
    }
  }
  void step_unseen() { step_class(table_->unseen_class); }
  void deny() { state_ = SG_STATE_DEAD; }

  [[nodiscard]] bool decided() const { return sg_is_sink(table_, state_) != 0; }
  // One step more where what the sysctl holds decides: by what is written, where that is seen.
  void step_relation(std::string_view written, std::optional<std::string_view> held) {
    needs_current_ = sg_label_needs_current(sg_label(table_, cell_mask_, state_)) != 0;
    if (needs_current_) {
      const sg_number value = read_number(written);
      const sg_number current = read_number(held.value_or(""));
      step_class(table_->relation_class[sg_relation(&value, &current)]);
    }
  }
  [[nodiscard]] Decision decision() const {
    const __u32 label = sg_label(table_, cell_mask_, state_);
    return Decision{verdict_of(label), sg_label_rule(label), needs_current_};
  }

 private:
  void step_class(__u32 cls) { state_ = sg_step(table_, cell_mask_, state_, cls); }

  const sg_table* table_;
  const __u32 cell_mask_;
  __u32 state_ = SG_STATE_DEAD;
  bool needs_current_ = false;
};

}  // namespace

Decision decide(std::span<const std::uint8_t> table, const Access& access) {
  SG_CHECK(table.size() >= sizeof(sg_table) + sizeof(__u32));
  Walk walk(table);
  walk.begin(access.write);
  if (walk.decided()) {
    return walk.decision();
  }
  if (access.name.size() >= SG_NAME_SIZE) {
    walk.deny();
    return walk.decision();
  }
  for (const char byte : access.name) {
    walk.step(byte);
  }
  walk.step('\0');
  if (walk.decided() || !access.write) {
    return walk.decision();
  }
  if (!access.at_position_zero || access.value.empty() || access.value.size() >= SG_VALUE_SIZE) {
    walk.step_unseen();
    walk.step_relation("", std::nullopt);
    return walk.decision();
  }
  for (const char byte : access.value) {
    walk.step(byte);
  }
  walk.step_relation(access.value, access.current);
  return walk.decision();
}

}  // namespace sg::compile
