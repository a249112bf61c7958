// SPDX-License-Identifier: Apache-2.0
// kinds.cpp - the hand's table first, then what was walked.
#include "sysctl/kinds.h"

#include "base/text.h"
#include "sysctl/kinds_table.h"
#include "sysctl/sysctl_name.h"
#include "sysctl/walked.h"

namespace sg::sysctl {
namespace {

// 0 of what is no number.
std::size_t count_of(std::string_view digits) { return parse_decimal(digits).value_or(0); }

KindOf kind_of_row(const Known& row) {
  if (row.kind == "text") {
    return {Kind::kText};
  }
  if (row.kind == "list") {
    return {Kind::kList};
  }
  if (row.kind == "mask") {
    return {Kind::kMask};
  }
  return row.kind == "trigger" ? KindOf{Kind::kTrigger}
                               : KindOf{Kind::kNumbers, count_of(row.count)};
}

// What is known of one walked name. One whose value was text on some kernel may hold anything.
KindOf kind_of_walked(const Walked& row) {
  for (const Known& known : kKnown) {
    if (can_be(row.name, known.name)) {
      return kind_of_row(known);
    }
  }
  const std::size_t count = count_of(row.form);
  return count == 0 ? KindOf{} : KindOf{Kind::kNumbers, count};
}

}  // namespace

std::span<const Known> known() noexcept { return kKnown; }

KindOf kind_of(std::string_view pattern) {
  for (const Known& known : kKnown) {
    if (known.name == pattern ||
        (pattern.find('*') == pattern.npos && can_be(pattern, known.name))) {
      return kind_of_row(known);
    }
  }
  std::optional<KindOf> all;
  for (const Walked& row : walked()) {
    if (!can_be(pattern, row.name)) {
      continue;
    }
    const KindOf one = kind_of_walked(row);
    if (!all) {
      all = one;
    } else if (all->kind != one.kind) {
      return {};
    } else if (all->count != one.count) {
      all->count = 0;
    }
  }
  return all.value_or(KindOf{});
}

// As in width_of: the row matches the pattern as if that were a name.
std::optional<Taken> taken_numbers(std::string_view pattern) {
  for (const Taken& row : kTaken) {
    if (pattern_matches(row.pattern, pattern)) {
      return row;
    }
  }
  return std::nullopt;
}

std::optional<Sane> sane_values(std::string_view name) {
  for (const Sane& row : kSane) {
    if (pattern_matches(row.pattern, name)) {
      return row;
    }
  }
  return std::nullopt;
}

}  // namespace sg::sysctl
