// SPDX-License-Identifier: Apache-2.0
// meta.h - what a guard says about itself, to and from the bytes of its metadata map.
//
// The text behind the head is lines of fields with a TAB between them, escaped, so that all of it
// is printable. First what the hook says of each container with this policy: "cut" and "warning".
// Then a line for each rule, in the order of their numbers: kind, rule, source. Then, each with a
// word in front that is no kind, what the policy was made of: "annotation" (key, value), "sysctl"
// (name, value), "private" (namespaces, with commas), "pid-sysctls", "profile", "node-policy",
// "proc-sys", "known" (a key), and "assigned" (the profile that the node policy gave).
//
// Which container it is stands elsewhere (kernel/container.h), as many have the same policy. The
// layout before had its ID behind the head, and a line "name".
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/assign.h"
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
      {};  // those of ours, those that name the container, those that "assign" names
  std::map<std::string, std::string> sysctl = {};  // the runtime's own linux.sysctl
  sysctl::NamespaceSet private_namespaces = {};
  std::string profile = "";      // of the hook's arguments; empty: none
  std::string node_policy = "";  // the file of the hook's arguments; empty: the installed one
  ProcSys proc_sys = ProcSys::kUnknown;
  // Of which of the engine's annotations it is known whether they are there: in metadata of those
  // that "assign" of the node policy named.
  policy::Known known = {};

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
  std::string tool;  // the version of sysctl-guard; cut to 23 bytes
  policy::Audit audit = policy::Audit::kOff;
  policy::Events events = policy::Events::kDenied;
  policy::Refusal refuse = policy::Refusal::kEperm;
  std::vector<MetaRule> rules;  // rule n of the table is rules[n - 1]
  Origin origin;
  std::string assigned = {};          // the profile that the node policy's "assign" gave; or empty
  bool asks_to_write = false;         // it grants writes that somebody asked for
  std::vector<std::string> cut;       // what the limit cut off, a finding's text each
  std::vector<std::string> warnings;  // what the node policy permits and should not, and keys that
                                      // are nearly ours; the same
  std::string name_before = {};       // of the container, in a guard of the layout before

  friend bool operator==(const Meta&, const Meta&) = default;
};

// "unknown", "opened", "was-open" or "looks-open".
[[nodiscard]] std::string_view proc_sys_name(ProcSys proc_sys) noexcept;

// "pair", "deny", "allow", "unmatched", "beyond-limit", "readable", "deny-read" or "allow-read".
[[nodiscard]] std::string_view kind_name(policy::RuleKind kind) noexcept;

// The rules of a policy, its audit and events; everything else is the caller's to fill in.
[[nodiscard]] Meta make_meta(const policy::Policy& policy);

// A sg_meta (bpf/meta_abi.h) without input, with the text behind it.
[[nodiscard]] std::vector<std::uint8_t> encode_meta(const Meta& meta);

// The way back, whatever the input. Nothing for bytes that encode_meta of this version, or of the
// layout before, did not make.
[[nodiscard]] std::optional<Meta> decode_meta(std::span<const std::uint8_t> bytes);

// Of the same bytes only tool, audit, events, asks_to_write, cut and warnings, which stand in front:
// what the hook needs where the program is loaded already.
[[nodiscard]] std::optional<Meta> decode_notes(std::span<const std::uint8_t> bytes);

}  // namespace sg::compile
