// SPDX-License-Identifier: Apache-2.0
// excess.cpp - one write after the other out of the set, each of another rule.
//
// The write is found on the automaton. Why the limit has it not is then told from its name alone,
// by the patterns of the limit: first what forbids it, then what permits it with other values, then
// whose it is.
#include "compile/excess.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "automaton/set_algebra.h"
#include "base/text.h"
#include "compile/shortest_access.h"
#include "sysctl/namespace_of.h"

namespace sg::compile {
namespace {

using automaton::RuleNumber;
using policy::Limit;
using policy::OnExcess;
using policy::Rule;
using sysctl::Namespace;

std::vector<const Rule*> covering(const std::vector<Rule>& rules, std::string_view name) {
  std::vector<const Rule*> found;
  for (const Rule& rule : rules) {
    if (policy::covers(rule, name)) {
      found.push_back(&rule);
    }
  }
  return found;
}

std::string shown(const Rule& rule) { return "'" + escape(rule.text, 80) + "'"; }

// Why a write is beyond the limit, and what to do about it.
struct Reason {
  std::string why;
  std::string remedy;
};

std::string_view full_name(Namespace ns) {
  switch (ns) {
    case Namespace::kNet:
      return "network";
    case Namespace::kIpc:
      return "IPC";
    case Namespace::kUts:
      return "UTS";
    case Namespace::kUser:
      return "user";
  }
  return "unknown";
}

Reason reason_of(const ShownAccess& access, const Limit& limit) {
  const std::string_view name = access.name;
  const std::string file = escape(limit.file);
  if (const auto denies = covering(limit.deny, name); !denies.empty()) {
    return {shown(*denies.front()) + " of limit.deny covers it",
            "leave it out, or change limit.deny of " + file};
  }
  const std::optional<Namespace> ns = sysctl::namespace_of(name);
  const bool is_own = ns && limit.private_namespaces.has(*ns);
  std::vector<const Rule*> permits = covering(limit.host, name);
  if (is_own) {
    const std::vector<const Rule*> more = covering(limit.allow, name);
    permits.insert(permits.end(), more.begin(), more.end());
  }
  if (!permits.empty()) {
    const std::string others =
        permits.size() > 1 ? " and " + std::to_string(permits.size() - 1) + " more" : "";
    return {"the value is out of range, the limit permits " + shown(*permits.front()) + others,
            "ask for values within that, or widen it in " + file};
  }
  if (ns && !is_own) {
    return {"it belongs to the " + std::string(full_name(*ns)) +
                " namespace, which the container shares with the host",
            "give the container a " + std::string(full_name(*ns)) +
                " namespace of its own, or permit it in limit.host of " + file};
  }
  if (!ns) {
    return {"it is host-wide, not namespaced",
            "narrow the rule, or permit it in limit.host of " + file};
  }
  return {"no rule of limit.allow covers it",
          "narrow the rule, or permit it in limit.allow of " + file};
}

Finding make_finding(const ShownAccess& access, const policy::Policy& policy) {
  const Rule& rule = policy.rules[access.rule - 1];
  const Reason reason = reason_of(access, *policy.limit);
  const bool is_refused = policy.on_excess == OnExcess::kRefuse;
  return Finding{.severity = is_refused ? Severity::kError : Severity::kWarning,
                 .source = rule.source,
                 .offset = rule.offset,
                 .text = rule.text,
                 .message = "permits " + describe(access) + ", which is beyond the node's limit" +
                            (is_refused ? ": " : " and was cut: ") + reason.why,
                 .hint = reason.remedy,
                 .pointer = rule.pointer,
                 .code = Errc::kBeyondLimit};
}

// Behind the last finding that is shown, one that says that there are others.
Finding more_finding(const ShownAccess& access, const policy::Policy& policy) {
  Finding finding = make_finding(access, policy);
  finding.message = "more rules are beyond the node's limit, from this one on";
  finding.hint = "correct the others first";
  return finding;
}

}  // namespace

bool report_excess(const automaton::Dfa& excess, const policy::Policy& policy,
                   Diagnostics& findings) {
  std::vector<RuleNumber> kept(policy.rules.size() + 1);
  for (RuleNumber rule = 1; rule < kept.size(); ++rule) {
    kept[rule] = rule;
  }
  automaton::Dfa rest = excess;
  bool found_any = false;
  for (std::size_t i = 0; const std::optional<ShownAccess> access = shortest_access(rest); ++i) {
    found_any = true;
    if (i == kExcessShown) {
      findings.add(more_finding(*access, policy));
      break;
    }
    findings.add(make_finding(*access, policy));
    kept[access->rule] = automaton::kNoRule;
    rest = automaton::relabel(std::move(rest), kept);
  }
  return found_any;
}

}  // namespace sg::compile
