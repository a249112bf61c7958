// SPDX-License-Identifier: Apache-2.0
// held_number.cpp - the option first, then the file below /proc/sys; a namespace of the container's
// own is never looked for.
#include "cli/check/held_number.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "policy/value_rule.h"
#include "sysctl/namespace_of.h"
#include "sysctl/sysctl_name.h"

namespace sg::cli {
namespace {

constexpr std::size_t kShownMax = 64;

HeldNumber unknown(std::string why) { return {.number = std::nullopt, .unknown = std::move(why)}; }

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

void warn_of_unused_numbers(const CheckInput& input, Diagnostics& findings) {
  for (const auto& given : input.current) {
    const std::string& name = given.first;
    const bool is_used = std::ranges::any_of(
        input.accesses,
        [&name](const RequestedAccess& access) { return access.write && access.name == name; });
    if (!is_used) {
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
