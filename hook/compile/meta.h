// SPDX-License-Identifier: Apache-2.0
// meta.h - what a guard says about itself, to and from the bytes of its metadata map.
//
// The text behind the head is lines of fields with a TAB between them, escaped, so that all of it
// is printable. First a line for each rule, in the order of their numbers: kind, rule, source.
// Then, each with a word in front that is no kind, what the policy was made of: "name",
// "annotation" (key, value), "sysctl" (name, value), "private" (namespaces, with commas),
// "profile", "node-policy", "proc-sys", "cut".
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/policy.h"
#include "sysctl/namespace_of.h"

namespace sg::compile {

// What is known of the container's /proc/sys as it was created.
enum class ProcSys {
  kUnknown,    // also: read-only, or writable by nobody knows whom
  kOpened,     // read-only but for what it was granted: by sysctl-guard
  kWasOpen,    // writable before sysctl-guard
  kLooksOpen,  // writable, and nothing tells whether an older version made it so; never in metadata
};

// What a policy was made of, so that it can be made again.
struct Origin {
  std::map<std::string, std::string> annotations =
      {};  // those of ours, and those that name the container
  std::map<std::string, std::string> sysctl = {};  // the runtime's own linux.sysctl
  sysctl::NamespaceSet private_namespaces = {};
  std::string profile = "";      // of the hook's arguments; empty: none
  std::string node_policy = "";  // the file of the hook's arguments; empty: the installed one
  ProcSys proc_sys = ProcSys::kUnknown;

  friend bool operator==(const Origin&, const Origin&) = default;
};

// One rule, as people read it.
struct MetaRule {
  policy::RuleKind kind = policy::RuleKind::kDeny;
  std::string text;    // as it was written, or the pattern of one that nobody wrote
  std::string source;  // policy::rule_origin, or policy::kBuiltIn

  friend bool operator==(const MetaRule&, const MetaRule&) = default;
};

struct Meta {
  std::string container_id;
  std::string container_name;        // where an engine's annotation gives it; else empty
  std::uint64_t attached_at_ns = 0;  // CLOCK_REALTIME
  std::string tool;                  // the version of sysctl-guard; cut to 23 bytes
  policy::Audit audit = policy::Audit::kOff;
  policy::Events events = policy::Events::kDenied;
  std::vector<MetaRule> rules;  // rule n of the table is rules[n - 1]
  Origin origin;
  std::vector<std::string> cut;  // what the limit cut off, a finding's text each

  friend bool operator==(const Meta&, const Meta&) = default;
};

// "unknown", "opened", "was-open" or "looks-open".
[[nodiscard]] std::string_view proc_sys_name(ProcSys proc_sys) noexcept;

// "pair", "deny", "allow", "unmatched", "beyond-limit", "readable", "deny-read" or "allow-read".
[[nodiscard]] std::string_view kind_name(policy::RuleKind kind) noexcept;

// The rules of a policy, its audit and events, and the container's ID; everything else is the
// caller's to fill in.
[[nodiscard]] Meta make_meta(const policy::Policy& policy, std::string_view container_id);

// A sg_meta (bpf/meta_abi.h) with the ID and the text behind it.
[[nodiscard]] std::vector<std::uint8_t> encode_meta(const Meta& meta);

// The way back. Nothing for bytes that encode_meta of this version did not make.
[[nodiscard]] std::optional<Meta> decode_meta(std::span<const std::uint8_t> bytes);

}  // namespace sg::compile
