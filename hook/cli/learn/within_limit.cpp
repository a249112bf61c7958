// SPDX-License-Identifier: Apache-2.0
// within_limit.cpp - the limit as a table is asked about each write, and each rule is held against
// the limit.
#include "cli/learn/within_limit.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "compile/dangerous_grants.h"
#include "event_abi.h"
#include "policy/rule_list.h"
#include "request/make_policy.h"
#include "sysctl/namespace_of.h"
#include "table_abi.h"

namespace sg::cli {
namespace {

constexpr const char* kAllow = "io.sysctl-guard.allow";

using Writes = std::vector<SeenWrite>;
using Table = std::vector<std::uint8_t>;

// A rule alone as a policy of the node's limit.
request::MadePolicy policy_of(const std::string& rule, const policy::NodePolicy& node,
                              policy::OnExcess on_excess, Diagnostics& findings) {
  return request::make_policy({.annotations = {{kAllow, rule}}},
                              {.limit = node.limit, .on_excess = on_excess, .groups = node.groups},
                              findings);
}

// What the rule could do to the host: "kernel.panic=10 can bring the host down: ..."; empty where
// nothing is known.
std::string harm_of(const std::string& rule) {
  const std::optional<policy::Rule> parsed = policy::parse_one_rule(rule);
  const std::vector<Finding> dangers =
      parsed ? compile::dangers_of(*parsed) : std::vector<Finding>();
  if (dangers.empty()) {
    return "";
  }
  constexpr std::string_view kBefore = "permits ";
  constexpr std::string_view kBetween = ", which";
  std::string harm = dangers[0].message.substr(kBefore.size());
  const std::size_t between = harm.find(kBetween);
  return between == std::string::npos ? harm : harm.erase(between, kBetween.size());
}

// One rule alone, against the node's limit.
SuggestedRule hold_against_limit(LearnedRule rule, const policy::NodePolicy& node) {
  SuggestedRule suggested{.rule = std::move(rule), .beyond = "", .remedy = "", .needs_host = false};
  Diagnostics findings;
  (void)policy_of(suggested.rule.text, node, policy::OnExcess::kRefuse, findings);
  if (const Finding* const error = first_error(findings)) {
    constexpr std::string_view kBefore = "beyond the node's limit: ";
    const std::size_t at = error->message.find(kBefore);
    suggested.beyond =
        at == std::string::npos ? error->message : error->message.substr(at + kBefore.size());
    suggested.remedy = error->hint;
  }
  const std::optional<sysctl::Namespace> ns =
      sysctl::namespace_of(suggested.rule.name, node.limit.private_namespaces.in_pid);
  const bool is_private = ns && node.limit.private_namespaces.has(*ns);
  suggested.needs_host = !suggested.beyond.empty() && !is_private;
  if (!is_private) {
    suggested.rule.notes.push_back(
        ns ? "a sysctl of a namespace that the container shares with the host"
           : "a sysctl of the host");
    const std::string harm = harm_of(suggested.rule.text);
    if (!harm.empty()) {
      suggested.does_harm = true;
      suggested.rule.notes.push_back(harm);
    }
  }
  if (suggested.needs_host && suggested.does_harm) {
    suggested.remedy =
        "narrow the rule to what does no harm: as it stands it is not proposed for "
        "limit.host";
  }
  return suggested;
}

// The writes that the table lets through go from `writes` into what is returned.
Writes take_allowed(Writes& writes, const Table& table) {
  const auto rest = std::ranges::stable_partition(writes, [&table](const auto& write) {
    return table.empty() || decide_seen(table, write).verdict != policy::Verdict::kAllow;
  });
  Writes taken(rest.begin(), rest.end());
  writes.erase(rest.begin(), rest.end());
  return taken;
}

class Learner {
 public:
  Learner(const policy::NodePolicy& node, Generalise generalise, std::uint64_t min)
      : node_(node), generalise_(generalise), min_(min) {}

  void learn_within(Writes writes);
  void learn_beyond(const Writes& writes) { learn(writes, generalise_, true); }
  [[nodiscard]] RulesForNode take();

 private:
  void learn(const Writes& writes, Generalise generalise, bool keeps_beyond);

  const policy::NodePolicy& node_;
  const Generalise generalise_;
  const std::uint64_t min_;
  RulesForNode found_;
  std::vector<std::string> too_wide_;  // rules beyond the limit that were not kept
  std::map<std::string, Unnameable> unnameable_;
};

void Learner::learn(const Writes& writes, Generalise generalise, bool keeps_beyond) {
  Learned learned = cli::learn(writes, generalise, min_);
  found_.rare += learned.rare;
  for (Unnameable& one : learned.unnameable) {
    Unnameable& mine = unnameable_[one.name];
    one.seen += mine.seen;
    mine = std::move(one);
  }
  for (LearnedRule& rule : learned.rules) {
    SuggestedRule suggested = hold_against_limit(std::move(rule), node_);
    if (keeps_beyond || suggested.is_within()) {
      found_.rules.push_back(std::move(suggested));
    } else {
      too_wide_.push_back(suggested.rule.text);
    }
  }
}

void Learner::learn_within(Writes writes) {
  learn(writes, generalise_, generalise_ == Generalise::kNone);
  for (const std::string& rule : std::exchange(too_wide_, {})) {
    Diagnostics findings;
    const request::MadePolicy made = policy_of(rule, node_, policy::OnExcess::kClip, findings);
    learn(take_allowed(writes, made.table), Generalise::kNone, true);
  }
}

RulesForNode Learner::take() {
  std::ranges::sort(found_.rules, {}, [](const SuggestedRule& one) { return one.rule.text; });
  for (auto& [name, one] : unnameable_) {
    found_.unnameable.push_back(std::move(one));
  }
  return std::move(found_);
}

}  // namespace

const Finding* first_error(const Diagnostics& findings) {
  const auto found = std::ranges::find(findings.findings(), Severity::kError, &Finding::severity);
  return found == findings.findings().end() ? nullptr : &*found;
}

compile::Decision decide_seen(std::span<const std::uint8_t> table, const SeenWrite& write) {
  std::string value = write.value;
  value.resize(
      std::min<std::uint64_t>(write.value_size, SG_VALUE_SIZE));  // one that long is unseen
  return compile::decide(table, {.write = true,
                                 .name = write.name,
                                 .value = value,
                                 .at_position_zero = write.at_position_zero});
}

RulesForNode learn_for_node(std::span<const SeenWrite> writes, const policy::NodePolicy& node,
                            Generalise generalise, std::uint64_t min) {
  Diagnostics findings;
  // Everything is asked for, and the limit is what is left of it.
  const Table limit = policy_of("*", node, policy::OnExcess::kClip, findings).table;
  Writes beyond(writes.begin(), writes.end());
  Writes within = take_allowed(beyond, limit);
  Learner learner(node, generalise, min);
  learner.learn_within(std::move(within));
  learner.learn_beyond(beyond);
  return learner.take();
}

}  // namespace sg::cli
