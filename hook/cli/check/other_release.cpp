// SPDX-License-Identifier: Apache-2.0
// other_release.cpp - the rows of the walked table that a rule covers, at the letter of one kernel.
#include "cli/check/other_release.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "policy/rule_list.h"
#include "policy/rule_text.h"
#include "sysctl/catalogue.h"
#include "sysctl/sysctl_name.h"
#include "sysctl/walked.h"

namespace sg::cli {
namespace {

using policy::Rule;
using policy::RuleKind;
using sysctl::Walked;

constexpr std::size_t kNone = std::string_view::npos;

// Whether the kernel that is asked for is older than this one.
bool is_older_than(std::string_view release, std::uint64_t major, std::uint64_t minor) {
  const std::size_t dot = release.find('.');
  const std::uint64_t its_major = parse_decimal(release.substr(0, dot)).value_or(0);
  const std::uint64_t its_minor = parse_decimal(release.substr(dot + 1)).value_or(0);
  return major < its_major || (major == its_major && minor < its_minor);
}

std::string release_at(std::size_t kernel) {
  return "Linux " + std::string(sysctl::walked_kernels()[kernel]);
}

// From which kernel on the sysctl is there, where all later ones have it too and `kernel` is an
// earlier one. A gap, or one kernel alone, is how a kernel was built.
std::size_t came_after(const Walked& row, std::size_t kernel) {
  const std::size_t first = row.initial.find_first_not_of('-');
  const bool is_there_since = row.initial.find('-', first) == kNone;
  return first > kernel && is_there_since && first + 1 < row.initial.size() ? first : kNone;
}

// The same of the last kernel that has it.
std::size_t gone_before(const Walked& row, std::size_t kernel) {
  const std::size_t last = row.initial.find_last_not_of('-');
  const bool is_there_until = row.initial.substr(0, last).find('-') == kNone;
  return last < kernel && is_there_until ? last : kNone;
}

// What is to be said of one rule, and what to do; empty: nothing.
struct Said {
  std::string message;
  std::string hint;
};

Said said_of(const std::vector<const Walked*>& rows, const sysctl::NamespaceSet& own,
             const TestedKernel& tested) {
  const std::size_t kernel = tested.index;
  const Walked& first = *rows.front();
  // Of these the release itself is known, and not only tested kernels.
  if (std::ranges::any_of(rows, [&own](const Walked* row) {
        return sysctl::namespace_of(row->name, own.in_pid) == sysctl::Namespace::kPid;
      })) {
    return {};
  }
  const std::string what =
      rows.size() == 1 ? sysctl::to_dot_form(first.name) : "what the pattern covers";
  if (std::ranges::all_of(
          rows, [kernel](const Walked* row) { return came_after(*row, kernel) != kNone; })) {
    return {
        what + " is not there in " + tested.words,
        "of the tested kernels it is in " + release_at(came_after(first, kernel)) + " and later"};
  }
  if (std::ranges::all_of(
          rows, [kernel](const Walked* row) { return gone_before(*row, kernel) != kNone; })) {
    return {what + " is not there in " + tested.words,
            "the last tested kernel with it is " + release_at(gone_before(first, kernel))};
  }
  const bool is_empty = std::ranges::all_of(rows, [&](const Walked* row) {
    const std::optional<sysctl::Namespace> ns = sysctl::namespace_of(row->name, own.in_pid);
    return ns && own.has(*ns) && row->fresh[kernel] != 'w';
  });
  const bool is_there =
      std::ranges::any_of(rows, [kernel](const Walked* row) { return row->fresh[kernel] != '-'; });
  const bool is_elsewhere =
      std::ranges::any_of(rows, [](const Walked* row) { return row->fresh.find('w') != kNone; });
  if (is_empty && is_there && is_elsewhere) {
    return {"in a namespace of its own a container cannot write " + what + " in " + tested.words +
                ": the rule grants nothing there",
            "set it on the host, or remove the rule"};
  }
  return {};
}

}  // namespace

TestedKernel tested_kernel(std::uint64_t major, std::uint64_t minor) {
  const std::string asked = std::to_string(major) + "." + std::to_string(minor);
  TestedKernel out{.index = sysctl::nearest_kernel(major, minor), .words = ""};
  const std::span<const std::string_view> kernels = sysctl::walked_kernels();
  out.words = release_at(out.index);
  if (kernels[out.index] != asked) {
    out.words += out.index + 1 == kernels.size() ? ", the newest tested kernel"
                 : is_older_than(kernels[out.index], major, minor)
                     ? ", the oldest tested kernel"
                     : ", the last tested kernel before " + asked;
  }
  return out;
}

advice::OwnNamespaces own_on(const sysctl::NamespaceSet& own,
                             const std::optional<TestedKernel>& kernel) {
  advice::OwnNamespaces out{.set = own};
  for (const sysctl::NotOwn& row : sysctl::names_not_own()) {
    const Walked* const walked = kernel && row.is_there ? sysctl::find_walked(row.name) : nullptr;
    if (walked != nullptr && walked->fresh[kernel->index] != 'r') {
      out.absent.push_back(row.name);
    }
  }
  return out;
}

void warn_of_release(std::span<const Rule> rules, const sysctl::NamespaceSet& own,
                     const TestedKernel& kernel, Diagnostics& findings) {
  for (const Rule& rule : rules) {
    if (rule.kind != RuleKind::kAllow || !policy::is_written(rule)) {
      continue;
    }
    std::vector<const Walked*> rows;
    for (const Walked& row : sysctl::walked()) {
      if (sysctl::can_be(rule.pattern, row.name)) {
        rows.push_back(&row);
      }
    }
    Said said = rows.empty() ? Said{} : said_of(rows, own, kernel);
    if (!said.message.empty()) {
      policy::add_finding(findings,
                          policy::finding_about(rule, Severity::kWarning, std::move(said.message),
                                                std::move(said.hint)));
    }
  }
}

}  // namespace sg::cli
