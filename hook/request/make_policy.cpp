// SPDX-License-Identifier: Apache-2.0
// make_policy.cpp - origin and node policy -> request and pairs -> policy -> table within the
// limit.
#include "request/make_policy.h"

#include <optional>
#include <string>
#include <utility>

#include "base/text.h"
#include "compile/compile_policy.h"
#include "oci/open_proc_sys.h"
#include "policy/annotations.h"
#include "policy/assign.h"
#include "policy/merge.h"

namespace sg::request {
namespace {

using compile::ProcSys;

// The marks of an edit, which the policy passes over.
static_assert(oci::kOpenedKey.starts_with(policy::kAnnotationPrefix) &&
              oci::kOpenedKey.ends_with(policy::kMarkKeys[0]));
static_assert(oci::kWasOpenKey.starts_with(policy::kAnnotationPrefix) &&
              oci::kWasOpenKey.ends_with(policy::kMarkKeys[1]));
static_assert(oci::kClosedKey.starts_with(policy::kAnnotationPrefix) &&
              oci::kClosedKey.ends_with(policy::kMarkKeys[2]));

// What the limit cut off, a finding each.
std::vector<std::string> cut_by_limit(const policy::Policy& policy, const Diagnostics& findings) {
  std::vector<std::string> cut;
  for (const Finding& finding : findings.findings()) {
    if (policy.on_excess == policy::OnExcess::kClip && finding.code == Errc::kBeyondLimit) {
      cut.push_back(format_finding(finding));
    }
  }
  return cut;
}

// The profile that the node policy gives the container, where its engine names none; or "".
std::string find_assigned(const compile::Origin& origin, const policy::NodePolicy& node,
                          Diagnostics& findings) {
  if (!origin.profile.empty()) {
    return "";
  }
  const policy::Assigned assigned =
      policy::find_assigned(node.assign, origin.annotations, origin.known);
  if (assigned.unknown) {
    findings.add({.source = policy::node_source(node.limit.file),
                  .message = "it assigns profiles by the annotation '" + escape(*assigned.unknown) +
                             "', which was not kept when this guard was attached",
                  .hint = "create the container again",
                  .pointer = "/assign",
                  .code = Errc::kUnsupported});
  }
  return assigned.hit == nullptr ? "" : assigned.hit->profile;
}

void find_missing_profile(const std::string& profile, const policy::NodePolicy& node,
                          Diagnostics& findings) {
  if (!profile.empty() && !node.profiles.contains(profile)) {
    findings.add({.source = "option --profile",
                  .message = "the node policy has no profile '" + escape(profile) + "'",
                  .hint = "add it to the node policy, or correct the hook's registration",
                  .code = Errc::kUsage});
  }
}

}  // namespace

MadePolicy make_policy(compile::Origin origin, const policy::NodePolicy& node,
                       Diagnostics& findings) {
  MadePolicy made;
  find_missing_profile(origin.profile, node, findings);
  std::string assigned = find_assigned(origin, node, findings);
  policy::Request request = policy::parse_annotations(
      origin.annotations, node, assigned.empty() ? origin.profile : assigned, findings);
  std::vector<policy::Rule> pairs =
      policy::pair_rules(origin.sysctl, node.limit.declared, findings);
  if (findings.has_errors()) {
    return made;
  }
  origin.proc_sys = settle(origin.proc_sys, node, request);
  request.was_open = origin.proc_sys == ProcSys::kWasOpen;
  const bool is_chosen = request.mode.has_value();
  made.policy = policy::merge(std::move(pairs), node, std::move(request));
  made.table = compile::compile_policy(made.policy, findings).value_or(std::vector<std::uint8_t>());
  made.meta = compile::make_meta(made.policy);
  made.meta.asks_to_write = policy::asks_to_write(made.policy);
  made.meta.cut = cut_by_limit(made.policy, findings);
  made.meta.origin = std::move(origin);
  made.meta.assigned = std::move(assigned);
  made.meta.origin.known = {
      .is_all = false,
      .keys = policy::known_keys(policy::matched_keys(node.assign), made.meta.origin.known)};
  std::erase_if(made.meta.origin.annotations, [&known = made.meta.origin.known](const auto& item) {
    return !policy::is_annotation_of_ours(item.first) && !known.has(item.first);
  });
  made.event_buffer = node.event_buffer;
  const bool audits = made.policy.audit != policy::Audit::kOff;
  made.node_audits = audits && node.mode == policy::Mode::kAudit;
  made.chose_audit = audits && is_chosen;
  return made;
}

ProcSys proc_sys_of(const oci::Config& config) {
  if (oci::is_opened_by_us(config)) {
    return ProcSys::kOpened;
  }
  if (!oci::is_open_throughout(config)) {
    return ProcSys::kUnknown;
  }
  return config.annotations.contains(std::string(oci::kWasOpenKey)) ? ProcSys::kWasOpen
                                                                    : ProcSys::kLooksOpen;
}

ProcSys settle(ProcSys proc_sys, const policy::NodePolicy& node, const policy::Request& request) {
  if (proc_sys != ProcSys::kLooksOpen) {
    return proc_sys;
  }
  return policy::allow_rules(node, request).empty() ? ProcSys::kWasOpen : ProcSys::kUnknown;
}

}  // namespace sg::request
