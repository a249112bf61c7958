// SPDX-License-Identifier: Apache-2.0
// guard_view_test.cpp - sums of counters, short IDs and names of modes.
#include "guard/guard_view.h"

#include <string>
#include <vector>

#include "support/catch.h"
#include "support/some_guards.h"

using namespace sg;
using guard::GuardView;
using test::foreign_view;
using test::meta_of;
using test::view_of;

TEST_CASE("guard view: totals are those of all rules, without reads that are let through") {
  compile::Meta meta = meta_of("id");
  meta.rules = {{policy::RuleKind::kAllow, "net.*", "annotation io.sysctl-guard.allow"},
                {policy::RuleKind::kDenyRead, "kernel.*", "node default"},
                {policy::RuleKind::kAllowRead, "*", "built in"}};
  // deny, allow, (never), would-deny
  const GuardView view =
      view_of(meta, {{5, 0, 0, 1}, {0, 7, 0, 0}, {2, 0, 0, 3}, {0, 100, 0, 0}, {9, 9, 9, 9}});
  CHECK(view.counts->size() == 4);
  const auto totals = guard::totals_of(view);
  REQUIRE(totals);
  CHECK((*totals)[SG_VERDICT_DENY] == 7);
  CHECK((*totals)[SG_VERDICT_WOULD_DENY] == 4);
  CHECK((*totals)[SG_VERDICT_ALLOW] == 7);
  CHECK_FALSE(guard::totals_of(foreign_view()));
  CHECK(view_of(meta, {}).counts->size() == 4);
}

TEST_CASE("guard view: the short form of an ID has at most 12 printable bytes") {
  CHECK(guard::short_id(view_of(meta_of("0123456789abcdef"))) == "0123456789ab");
  CHECK(guard::short_id(view_of(meta_of("short"))) == "short");
  CHECK(guard::short_id(view_of(meta_of("\x1b]0;evil\a and more"))) == "\\x1b]0;ev...");
  CHECK(guard::short_id(foreign_view()) == "?");
}

TEST_CASE("guard view: modes have the names that annotations give them") {
  CHECK(guard::mode_name(policy::Audit::kOff) == "enforce");
  CHECK(guard::mode_name(policy::Audit::kWithinLimit) == "audit");
  CHECK(guard::mode_name(policy::Audit::kFull) == "audit");
}
