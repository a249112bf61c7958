// SPDX-License-Identifier: Apache-2.0
// apply_limit.cpp - the excess is a difference of sets, cutting it off is a union.
//
// The policy's automaton names the rule that decides, so "what `allow` permits and `deny` does not"
// is the set of its words whose rule is one of `allow`. The runtime's own pairs come first in it
// and are so exempt; where the node policy says that they are not, theirs is a set like that.
//
// An excess is shown by one write after the other out of its set, each of another rule. The write
// is found on the automaton. Why the limit has it not is then told from its name alone, by the
// patterns of the limit: first what forbids it, then what permits it with other values, then whose
// it is.
#include "compile/apply_limit.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "automaton/minimize.h"
#include "automaton/set_algebra.h"
#include "base/check.h"
#include "base/text.h"
#include "compile/compile_limit.h"
#include "compile/limits.h"
#include "compile/shortest_access.h"
#include "policy/value_rule.h"
#include "sysctl/catalogue.h"
#include "sysctl/namespace_of.h"
#include "sysctl/sysctl_name.h"

namespace sg::compile {
namespace {

using automaton::Dfa;
using automaton::RuleNumber;
using policy::Audit;
using policy::Current;
using policy::Integer;
using policy::Limit;
using policy::NumericValue;
using policy::OnExcess;
using policy::Policy;
using policy::Rule;
using policy::RuleKind;
using policy::Value;
using sysctl::Namespace;

// Numbers for automaton::relabel: n for each rule n that `keep` holds for, none for the others.
template <typename Keep>
std::vector<RuleNumber> numbers_where(const Policy& policy, Keep keep) {
  std::vector<RuleNumber> numbers = {automaton::kNoRule};
  for (const Rule& rule : policy.rules) {
    numbers.push_back(keep(rule) ? static_cast<RuleNumber>(numbers.size()) : automaton::kNoRule);
  }
  return numbers;
}

bool is_allow(const Rule& rule) { return rule.kind == RuleKind::kAllow; }

bool is_pair(const Rule& rule) { return rule.kind == RuleKind::kPair; }

// What an audit that an annotation chose may let through.
bool is_audited(const Rule& rule) {
  return (rule.kind == RuleKind::kDeny && !rule.floor) || rule.kind == RuleKind::kUnmatched;
}

RuleNumber number_of_kind(const Policy& policy, RuleKind kind) {
  const auto found = std::ranges::find(policy.rules, kind, &Rule::kind);
  SG_CHECK(found != policy.rules.end());
  return static_cast<RuleNumber>(found - policy.rules.begin()) + 1;
}

std::optional<Dfa> too_large(const Policy& policy, Diagnostics& findings) {
  report_too_large("the rules and the node's limit together need too large an automaton",
                   costs_with_limit(policy), findings);
  return std::nullopt;
}

// The words of `excess` become those of the rule kBeyondLimit.
std::optional<Dfa> cut(const Dfa& dfa, Dfa excess, const Policy& policy) {
  std::vector<RuleNumber> beyond(policy.rules.size() + 1,
                                 number_of_kind(policy, RuleKind::kBeyondLimit));
  beyond[0] = automaton::kNoRule;
  return automaton::unite(automaton::relabel(std::move(excess), beyond), dfa, kProductBudget);
}

void append(Diagnostics& findings, const Diagnostics& more) {
  for (const Finding& finding : more.findings()) {
    findings.add(finding);
  }
}

// Denied writes within `limit` get the number of a would-deny; those beyond it, and whatever no
// rule matches there, are denied.
std::optional<Dfa> audit_within(const Dfa& dfa, const Dfa& limit, const Policy& policy,
                                Diagnostics& findings) {
  std::vector<RuleNumber> audited = numbers_where(policy, is_audited);
  for (RuleNumber& number : audited) {
    number = number == automaton::kNoRule ? number : would_deny_number(number, policy);
  }
  const std::vector<RuleNumber> others =
      numbers_where(policy, [](const Rule& rule) { return rule.kind != RuleKind::kUnmatched; });
  const std::optional<Dfa> within =
      automaton::intersection(automaton::relabel(dfa, audited), limit, kProductBudget);
  std::optional<Dfa> result =
      within ? automaton::unite(*within, automaton::relabel(dfa, others), kProductBudget)
             : std::nullopt;
  return result ? result : too_large(policy, findings);
}

std::vector<const Rule*> covering(const std::vector<Rule>& rules, std::string_view name) {
  std::vector<const Rule*> found;
  for (const Rule& rule : rules) {
    if (policy::covers(rule, name)) {
      found.push_back(&rule);
    }
  }
  return found;
}

std::string shown(const Rule& rule) { return "'" + escape_unprintable(rule.text, 80) + "'"; }

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
    case Namespace::kPid:
      return "PID";
  }
  return "unknown";
}

// "vm.max_map_count=@current..262144": of what the rule asks for as much as lowers no number, where
// a condition of the limit is what the access is beyond; empty otherwise.
std::string conditional_of(const ShownAccess& access, const Rule& rule,
                           const std::vector<const Rule*>& permits) {
  const policy::Bounds held = policy::bounds_of(sysctl::width_of(access.name));
  const auto highest_of = [](const Rule& one, bool with_condition) {
    std::optional<Integer> highest;
    for (const Value& value : one.values) {
      const auto* numeric = std::get_if<NumericValue>(&value);
      if (numeric != nullptr && numeric->tokens.size() == 1 && !numeric->tokens[0].any &&
          (!with_condition || numeric->current == Current::kSameOrAbove) &&
          (!highest || *highest < numeric->tokens[0].high)) {
        highest = numeric->tokens[0].high;
      }
    }
    return highest;
  };
  const std::optional<Integer> asked =
      rule.values.empty() ? std::optional(held.high) : highest_of(rule, false);
  std::optional<Integer> most;
  for (const Rule* const permitting : permits) {
    const std::optional<Integer> one = highest_of(*permitting, true);
    most = one && (!most || *most < *one) ? one : most;
  }
  if (!access.current || !asked || !most) {
    return "";
  }
  const Integer& end = std::min(*asked, *most);
  if (end.negative || end.magnitude == 0) {
    return "";  // hardly any sysctl holds less, so that nothing would be permitted
  }
  return sysctl::to_dot_form(access.name) + "=@current.." +
         (end == held.high ? "" : policy::to_text(end));
}

// No kernel has a sysctl that stands alone, or below a directory of that name; a "*" can be any.
bool is_no_name(const Rule& rule) {
  const std::size_t slash = rule.pattern.find('/');
  const std::string_view top = std::string_view(rule.pattern).substr(0, slash);
  return top.find('*') == std::string_view::npos &&
         (slash == std::string::npos || !sysctl::is_top_directory(top));
}

Reason reason_of(const ShownAccess& access, const Rule& rule, const Limit& limit) {
  const std::string narrow =
      is_pair(rule) ? "take it out of the container's sysctls" : "narrow the rule";
  const std::string_view name = access.name;
  const std::string file = escape(limit.file);
  if (const auto denies = covering(limit.deny, name); !denies.empty()) {
    return {shown(*denies.front()) + " of limit.deny covers it",
            "leave it out, or change limit.deny of " + file};
  }
  const std::optional<Namespace> ns = sysctl::namespace_of(name, limit.private_namespaces.in_pid);
  const bool is_own = ns && limit.private_namespaces.has(*ns);
  std::vector<const Rule*> permits = covering(limit.host, name);
  if (is_own) {
    const std::vector<const Rule*> more = covering(limit.allow, name);
    permits.insert(permits.end(), more.begin(), more.end());
  }
  if (!permits.empty()) {
    const std::string others =
        permits.size() > 1 ? " and " + std::to_string(permits.size() - 1) + " more" : "";
    const std::string conditional = is_pair(rule) ? "" : conditional_of(access, rule, permits);
    return {std::string(kOtherValues) + ", the limit permits " + shown(*permits.front()) + others,
            (conditional.empty() ? "ask for values within that"
                                 : "ask for " + conditional + ", which lowers no number") +
                ", or widen it in " + file};
  }
  if (const sysctl::NotOwn* const not_own = sysctl::find_not_own(name); ns && !is_own && not_own) {
    return {"it is the host's, and a " + std::string(full_name(*ns)) +
                (not_own->is_there ? " namespace of its own can only read it"
                                   : " namespace of its own does not have it"),
            "set it on the host, or permit it in limit.host of " + file};
  }
  if (ns && !is_own) {
    return {"it belongs to the " + std::string(full_name(*ns)) +
                " namespace, which the container shares with the host",
            "give the container a " + std::string(full_name(*ns)) +
                " namespace of its own, or permit it in limit.host of " + file};
  }
  if (!ns && !is_pair(rule) && is_no_name(rule)) {
    return {"no sysctl has such a name", "write the whole name, as in net.ipv4.ip_forward"};
  }
  if (!ns) {
    return {"it is host-wide, not namespaced", narrow + ", or permit it in limit.host of " + file};
  }
  return {"no rule of limit.allow covers it", narrow + ", or permit it in limit.allow of " + file};
}

Finding make_finding(const ShownAccess& access, const Policy& policy) {
  const Rule& rule = policy.rules[access.rule - 1];
  const Reason reason = reason_of(access, rule, *policy.limit);
  const bool is_refused = policy.on_excess == OnExcess::kRefuse || is_pair(rule);
  return policy::finding_about(rule, is_refused ? Severity::kError : Severity::kWarning,
                               (is_pair(rule) ? "sets " : "permits ") + describe(access) +
                                   ", which is " + std::string(kBeyondLimit) +
                                   (is_refused ? ": " : " and was cut: ") + reason.why,
                               reason.remedy, Errc::kBeyondLimit);
}

// Behind the last finding that is shown, one that says that there are others.
Finding more_finding(const ShownAccess& access, const Policy& policy) {
  Finding finding = make_finding(access, policy);
  finding.message = "more rules are beyond the node's limit, from this one on";
  finding.hint = "correct the others first";
  return finding;
}

// Adds a finding for each rule, up to kExcessShown, that permits a write of `excess`: the shortest
// one, why it is beyond the limit, and what to change; and one more that says so where there are
// others. The words of `excess` are the writes that `policy` permits and its limit does not, with
// the rule that permits each. An error with the code kBeyondLimit, or a warning where the excess is
// only cut. False where `excess` has words but no write that a container could make.
bool report_excess(const Dfa& excess, const Policy& policy, Diagnostics& findings) {
  std::vector<RuleNumber> kept(policy.rules.size() + 1);
  for (RuleNumber rule = 1; rule < kept.size(); ++rule) {
    kept[rule] = rule;
  }
  Dfa rest = excess;
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

// Whether the limit has every pair. None is cut: the runtime, which has to set it, would fail.
bool hold_pairs(const Dfa& dfa, const Dfa& limit, const Policy& policy, Diagnostics& findings) {
  const automaton::Beginning excess = automaton::beginning_of_difference(
      automaton::relabel(dfa, numbers_where(policy, is_pair)), limit, kProductBudget);
  if (excess.is_whole && automaton::is_empty(excess.dfa)) {
    return true;
  }
  if (!report_excess(excess.dfa, policy, findings)) {
    const auto first = std::ranges::find_if(policy.rules, is_pair);
    findings.add(policy::finding_about(*first, Severity::kError,
                                       "this, or another one of linux.sysctl, is beyond the "
                                       "node's limit",
                                       "take it out of the container's sysctls",
                                       Errc::kBeyondLimit));
  }
  return false;
}

}  // namespace

std::optional<Dfa> apply_limit(Dfa dfa, const Policy& policy, Diagnostics& findings) {
  SG_CHECK(policy.limit.has_value());
  const bool asks = std::ranges::any_of(policy.rules, is_allow);
  const bool audits_within = policy.audit == Audit::kWithinLimit;
  const bool holds_pairs = policy.limit->declared == policy::Declared::kLimit &&
                           std::ranges::any_of(policy.rules, is_pair);
  if (!asks && !audits_within && !holds_pairs) {
    return dfa;
  }
  const std::optional<Dfa> limit = compile_limit(*policy.limit, findings);
  if (!limit || (holds_pairs && !hold_pairs(dfa, *limit, policy, findings))) {
    return std::nullopt;
  }
  if (!asks && !audits_within) {
    return dfa;
  }
  automaton::Beginning excess = automaton::beginning_of_difference(
      automaton::relabel(dfa, numbers_where(policy, is_allow)), *limit, kProductBudget);
  Diagnostics shown;
  const bool is_real = !automaton::is_empty(excess.dfa) && report_excess(excess.dfa, policy, shown);
  // Each write that is shown is beyond the limit, whole or not.
  if (is_real && policy.on_excess == OnExcess::kRefuse) {
    append(findings, shown);
    return std::nullopt;
  }
  if (!excess.is_whole) {
    if (is_real) {
      report_cut_too_large(policy, shown, findings);
      return std::nullopt;
    }
    return too_large(policy, findings);
  }
  append(findings, shown);
  std::optional<Dfa> result = std::move(dfa);
  bool is_changed = false;
  if (is_real) {
    result = cut(*result, std::move(excess.dfa), policy);
    is_changed = true;
    if (!result) {
      report_cut_too_large(policy, shown, findings);
    }
  }
  if (result && audits_within) {
    result = audit_within(*result, *limit, policy, findings);
    is_changed = true;
  }
  return result && is_changed ? automaton::minimize(*result) : std::move(result);
}

}  // namespace sg::compile
