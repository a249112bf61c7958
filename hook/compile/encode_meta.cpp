// SPDX-License-Identifier: Apache-2.0
// encode_meta.cpp - the policy in text, behind a header that says whose it is.
#include "compile/encode_meta.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "base/text.h"
#include "meta_abi.h"

namespace sg::compile {
namespace {

std::string_view kind_name(policy::RuleKind kind) {
  switch (kind) {
    case policy::RuleKind::kPair:
      return "pair";
    case policy::RuleKind::kDeny:
      return "deny";
    case policy::RuleKind::kAllow:
      return "allow";
    case policy::RuleKind::kUnmatched:
      return "unmatched";
    case policy::RuleKind::kBeyondLimit:
      return "beyond-limit";
    case policy::RuleKind::kReadable:
      return "readable";
    case policy::RuleKind::kDenyRead:
      return "deny-read";
    case policy::RuleKind::kAllowRead:
      return "allow-read";
  }
  return "unknown";
}

__u32 audit_number(policy::Audit audit) {
  switch (audit) {
    case policy::Audit::kOff:
      return SG_AUDIT_OFF;
    case policy::Audit::kWithinLimit:
      return SG_AUDIT_WITHIN;
    case policy::Audit::kFull:
      return SG_AUDIT_FULL;
  }
  return SG_AUDIT_OFF;
}

std::string policy_text(const policy::Policy& policy) {
  std::string text;
  for (const policy::Rule& rule : policy.rules) {
    text += kind_name(rule.kind);
    text += '\t';
    text += escape(rule.text.empty() ? rule.pattern : rule.text, SIZE_MAX);
    text += '\t';
    text += rule.source.empty() ? std::string(policy::kBuiltIn)
                                : escape(policy::rule_origin(rule), SIZE_MAX);
    text += '\n';
  }
  return text;
}

}  // namespace

std::vector<std::uint8_t> encode_meta(const policy::Policy& policy, std::string_view container_id,
                                      std::uint64_t now_ns, std::string_view tool) {
  const std::string text = policy_text(policy);
  sg_meta head{};
  head.magic = SG_META_MAGIC;
  head.layout = SG_META_VERSION;
  head.id_len = static_cast<__u32>(container_id.size());
  head.policy_len = static_cast<__u32>(text.size());
  head.rule_count = static_cast<__u32>(policy.rules.size());
  head.attached_at_ns = now_ns;
  head.audit = audit_number(policy.audit);
  std::memcpy(head.tool, tool.data(), std::min(tool.size(), sizeof head.tool - 1));
  std::vector<std::uint8_t> bytes(sizeof head + container_id.size() + text.size());
  std::memcpy(bytes.data(), &head, sizeof head);
  std::copy(container_id.begin(), container_id.end(), bytes.begin() + sizeof head);
  std::copy(text.begin(), text.end(),
            bytes.begin() + static_cast<std::ptrdiff_t>(sizeof head + container_id.size()));
  return bytes;
}

}  // namespace sg::compile
