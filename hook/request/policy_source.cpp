// SPDX-License-Identifier: Apache-2.0
// policy_source.cpp - origin and the node policy's text -> policy, or one string of bytes.
//
// Each text in the bytes has its length in front, so that no two sources run together into the same.
#include "request/policy_source.h"

#include <string_view>
#include <utility>

#include "advice/empty_grants.h"
#include "compile/dangerous_grants.h"
#include "policy/annotations.h"
#include "policy/assign.h"
#include "policy/merge.h"
#include "request/node_policy_load.h"
#include "request/policy_digest.h"

namespace sg::request {
namespace {

void add_number(std::vector<std::uint8_t>& bytes, std::size_t number) {
  for (std::size_t i = 0; i < sizeof(std::uint32_t); ++i) {
    bytes.push_back(static_cast<std::uint8_t>(number >> (8 * i)));
  }
}

void add_text(std::vector<std::uint8_t>& bytes, std::string_view text) {
  add_number(bytes, text.size());
  bytes.insert(bytes.end(), text.begin(), text.end());
}

}  // namespace

Result<PolicySource> read_policy_source(compile::Origin origin) {
  const NodePolicyChoice choice = registered_node_policy(origin.node_policy);
  Result<std::optional<std::string>> text =
      read_node_policy(choice.path, choice.is_named, choice.writers);
  if (!text) {
    return std::move(text).error();
  }
  return PolicySource{std::move(origin), *std::move(text)};
}

Result<MadePolicy> make_policy_of(const PolicySource& source) {
  Diagnostics findings;
  const policy::NodePolicy node =
      parse_node_policy_text(source.node_text, registered_node_policy(source.origin.node_policy),
                             source.origin.private_namespaces, findings);
  if (findings.has_errors()) {
    return error_of(findings);
  }
  MadePolicy made = make_policy(source.origin, node, findings);
  if (findings.has_errors()) {
    return error_of(findings);
  }
  Diagnostics warnings;
  policy::find_keys_nearly_ours(source.origin.annotations, Severity::kWarning, warnings);
  compile::warn_dangerous_grants(node.limit, compile::Dangers::kGrouped, warnings);
  advice::warn_empty_grants(made.policy.rules, {.set = source.origin.private_namespaces}, warnings);
  for (const Finding& warning : warnings.findings()) {
    made.meta.warnings.push_back(format_finding(warning));
  }
  for (const Finding& finding : findings.findings()) {
    if (finding.source == policy::kPairSource) {
      made.meta.warnings.push_back(format_finding(finding));
    }
  }
  return made;
}

std::vector<std::uint8_t> policy_input(const PolicySource& source) {
  const compile::Origin& origin = source.origin;
  auto annotations = policy::annotations_read(origin.annotations);
  std::vector<std::uint8_t> bytes;
  if (!annotations) {
    return bytes;
  }
  // What "assign" looks at too. One that is read anyway comes twice, for every container.
  const policy::KeySet keys = policy::matched_keys_in(source.node_text.value_or(""));
  for (const std::string& key : keys) {
    if (const auto found = origin.annotations.find(key); found != origin.annotations.end()) {
      annotations->push_back(&*found);
    }
  }
  std::size_t size = source.node_text ? source.node_text->size() : 0;
  for (const auto* const annotation : *annotations) {
    size += annotation->first.size() + annotation->second.size();
  }
  bytes.reserve(size + 1024);  // and the rest, which is small
  bytes.resize(kEventIdsSize);
  add_text(bytes, SG_VERSION);
  add_text(bytes, SG_POLICY_DIGEST);
  add_text(bytes, origin.node_policy);
  add_number(bytes, source.node_text ? 1 : 0);
  add_text(bytes, source.node_text.value_or(""));
  add_text(bytes, origin.profile);
  for (const sysctl::Namespace ns : sysctl::kNamespaces) {
    add_number(bytes, origin.private_namespaces.has(ns) ? 1 : 0);
  }
  add_number(bytes, static_cast<std::size_t>(origin.private_namespaces.in_pid));
  add_number(bytes, static_cast<std::size_t>(origin.proc_sys));
  add_number(bytes, annotations->size());
  for (const auto* const annotation : *annotations) {
    add_text(bytes, annotation->first);
    add_text(bytes, annotation->second);
  }
  // What is not known of a guard that is made anew is not the same as absent.
  add_number(bytes, policy::known_keys(keys, origin.known).size());
  for (const std::string& key : policy::known_keys(keys, origin.known)) {
    add_text(bytes, key);
  }
  for (const auto& [name, value] : origin.sysctl) {
    add_text(bytes, name);
    add_text(bytes, value);
  }
  return bytes;
}

}  // namespace sg::request
