// SPDX-License-Identifier: Apache-2.0
// held_number.cpp - the option first, then the file below /proc/sys; a namespace of the container's
// own is never looked for.
#include "cli/check/held_number.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <variant>

#include "base/text.h"
#include "policy/value_rule.h"
#include "sysctl/namespace_of.h"
#include "sysctl/sysctl_name.h"

namespace sg::cli {
namespace {

constexpr std::size_t kShownMax = 64;

HeldNumber unknown(std::string why) { return {.number = std::nullopt, .unknown = std::move(why)}; }

// Up to which number the rule raises what one sysctl holds; nothing where it permits more than that.
std::optional<policy::Integer> end_of_raising(const policy::Rule& rule) {
  std::optional<policy::Integer> end;
  for (const policy::Value& value : rule.values) {
    const auto* numeric = std::get_if<policy::NumericValue>(&value);
    if (numeric == nullptr || numeric->current != policy::Current::kSameOrAbove) {
      return std::nullopt;
    }
    end = std::max(end.value_or(numeric->tokens[0].high), numeric->tokens[0].high);
  }
  return rule.pattern.find('*') == std::string::npos ? end : std::nullopt;
}

}  // namespace

HeldNumber held_number(const CheckInput& input, const std::string& name) {
  if (const auto given = input.current.find(name); given != input.current.end()) {
    return {.number = given->second, .unknown = ""};
  }
  const sysctl::NamespaceSet& own = input.origin.private_namespaces;
  const std::optional<sysctl::Namespace> ns = sysctl::namespace_of(name, own.in_pid);
  if (ns && own.has(*ns)) {
    return unknown("it is that of the container's own " + std::string(sysctl::namespace_name(*ns)) +
                   " namespace, and the host's is another");
  }
  if (!input.kernel_here) {
    return unknown("--kernel is about another node, so the running kernel is not asked");
  }
  const std::optional<std::string> text = input.kernel_here->read(name);
  if (!text) {
    return unknown("it cannot be read below /proc/sys");
  }
  const std::string_view number =
      std::string_view(*text).substr(0, text->size() - (text->ends_with('\n') ? 1 : 0));
  if (!policy::parse_integer(number)) {
    return unknown("the running kernel shows \"" + escape(number, kShownMax) +
                   "\", which is no single decimal number");
  }
  return {.number = std::string(number), .unknown = ""};
}

std::optional<std::string> number_above(const CheckInput& input, const policy::Rule& rule) {
  const std::optional<policy::Integer> end = end_of_raising(rule);
  HeldNumber held = end ? held_number(input, rule.pattern) : HeldNumber{};
  const std::optional<policy::Integer> number =
      held.number ? policy::parse_integer(*held.number) : std::nullopt;
  return number && *end < *number ? std::move(held.number) : std::nullopt;
}

void warn_of_numbers_above(std::span<const policy::Rule> rules, const CheckInput& input,
                           Diagnostics& findings) {
  for (const policy::Rule& rule : rules) {
    if (rule.kind != policy::RuleKind::kAllow || !rule.source.starts_with("annotation ")) {
      continue;
    }
    if (const std::optional<std::string> above = number_above(input, rule)) {
      policy::add_finding(
          findings,
          policy::finding_about(rule, Severity::kWarning,
                                "grants nothing here: the sysctl holds " + *above +
                                    ", and the rule permits only to raise it",
                                "leave the number as it is, or ask for the smaller one itself, "
                                "which lowers it for the whole host"));
    }
  }
}

void warn_of_unused_numbers(const CheckInput& input, std::span<const policy::Rule> rules,
                            Diagnostics& findings) {
  for (const auto& given : input.current) {
    const std::string& name = given.first;
    const bool is_written = std::ranges::any_of(
        input.accesses,
        [&name](const RequestedAccess& access) { return access.write && access.name == name; });
    const bool is_raised = std::ranges::any_of(rules, [&name](const policy::Rule& rule) {
      return rule.pattern == name && end_of_raising(rule);
    });
    if (!is_written && !is_raised) {
      findings.add(
          {.severity = Severity::kWarning,
           .source = "option --current",
           .text = sysctl::to_dot_form(name) + "=" + given.second,
           .message = "no access names a write of this sysctl, so it changes nothing",
           .hint =
               "write the name as in the access; a pattern in --file is judged for every number"});
    }
  }
}

}  // namespace sg::cli
