// SPDX-License-Identifier: Apache-2.0
// ready_policy.cpp - origin -> node policy, annotations -> policy -> table within the limit.
//
// The hook makes a container's first policy here, `sysctl-guard update` every later one.
#include "app/ready_policy.h"

#include <optional>
#include <utility>

#include "app/node_policy_load.h"
#include "base/diagnostic.h"
#include "base/text.h"
#include "compile/compile_policy.h"
#include "compile/dangerous_grants.h"
#include "policy/annotations.h"
#include "policy/merge.h"
#include "policy/node_policy.h"
#include "request/proc_sys.h"

namespace sg::app {
namespace {

// The container's request, and for good what is known of its /proc/sys.
Result<policy::Request> read_request(compile::Origin& origin, const policy::NodePolicy& node) {
  if (!origin.profile.empty() && !node.profiles.contains(origin.profile)) {
    return Error{Errc::kUsage,
                 "option --profile: the node policy has no profile '" + escape(origin.profile) + "'",
                 "add it to the node policy, or correct the hook's registration"};
  }
  Diagnostics findings;
  policy::Request request =
      policy::parse_annotations(origin.annotations, node, origin.profile, findings);
  if (findings.has_errors()) {
    return error_of(findings);
  }
  origin.proc_sys = request::settle(origin.proc_sys, node, request);
  request.was_open = origin.proc_sys == compile::ProcSys::kWasOpen;
  return request;
}

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

}  // namespace

Result<ReadyPolicy> make_ready_policy(compile::Origin origin, std::string_view container_id) {
  const Result<policy::NodePolicy> node =
      load_node_policy(origin.node_policy, origin.private_namespaces);
  if (!node) {
    return node.error();
  }
  Result<policy::Request> request = read_request(origin, *node);
  if (!request) {
    return std::move(request).error();
  }
  Result<std::vector<policy::Rule>> pairs = policy::pair_rules(origin.sysctl);
  if (!pairs) {
    return std::move(pairs).error();
  }
  Diagnostics dangers;
  compile::warn_dangerous_grants(node->limit, dangers);
  const std::optional<policy::Mode> chosen = request->mode;
  policy::Policy policy = policy::merge(*std::move(pairs), *node, *std::move(request));
  Diagnostics findings;
  std::optional<std::vector<std::uint8_t>> table = compile::compile_policy(policy, findings);
  if (!table) {
    return error_of(findings);
  }
  compile::Meta meta = compile::make_meta(policy, container_id);
  meta.container_name = policy::name_of_container(origin.annotations);
  meta.cut = cut_by_limit(policy, findings);
  meta.origin = std::move(origin);
  std::erase_if(meta.origin.annotations,
                [](const auto& item) { return !policy::is_annotation_of_ours(item.first); });
  const bool audits = policy.audit != policy::Audit::kOff;
  ReadyPolicy ready{.policy = std::move(policy),
                    .table = *std::move(table),
                    .meta = std::move(meta),
                    .event_buffer = node->event_buffer,
                    .node_audits = audits && node->mode == policy::Mode::kAudit,
                    .chose_audit = audits && chosen.has_value(),
                    .warnings = {}};
  for (const Finding& danger : dangers.findings()) {
    ready.warnings.push_back(format_finding(danger));
  }
  return ready;
}

}  // namespace sg::app
