// SPDX-License-Identifier: Apache-2.0
// guard_view_test.cpp - sums of counters, whose container it is, short IDs and names of modes.
#include "guard/guard_view.h"

#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support/catch.h"
#include "support/some_guards.h"

using namespace sg;
using guard::GuardView;
using test::foreign_view;
using test::view_of;

TEST_CASE("guard view: totals are those of all rules, without reads that are let through") {
  compile::Meta meta;
  meta.rules = {{policy::RuleKind::kAllow, "net.*", "annotation io.sysctl-guard.allow"},
                {policy::RuleKind::kDenyRead, "kernel.*", "node default"},
                {policy::RuleKind::kAllowRead, "*", "built in"}};
  // deny, allow, (never), would-deny
  const GuardView view = view_of(
      {.id = "id"}, meta, {{5, 0, 0, 1}, {0, 7, 0, 0}, {2, 0, 0, 3}, {0, 100, 0, 0}, {9, 9, 9, 9}});
  CHECK(view.counts->size() == 4);
  const auto totals = guard::totals_of(view);
  REQUIRE(totals);
  CHECK((*totals)[SG_VERDICT_DENY] == 7);
  CHECK((*totals)[SG_VERDICT_WOULD_DENY] == 4);
  CHECK((*totals)[SG_VERDICT_ALLOW] == 7);
  CHECK_FALSE(guard::totals_of(foreign_view()));
  CHECK(view_of({.id = "id"}, meta).counts->size() == 4);
}

TEST_CASE("guard view: of more rules than counters the last ones are counted together") {
  using policy::RuleKind;
  using Counts = std::vector<kernel::RuleCounts>;
  // deny, allow, (never), would-deny
  const Counts counts = {{1, 0, 0, 2}, {4, 8, 0, 0}, {16, 32, 0, 64}, {128, 256, 0, 0}};
  struct Case {
    const char* why;
    std::vector<RuleKind> rules;
    std::size_t counters;
    std::size_t together;   // the number of the first of them
    std::uint64_t allowed;  // in all
    std::uint64_t denied;
  };
  const Case cases[] = {
      {"as many", {RuleKind::kDeny, RuleKind::kAllow, RuleKind::kAllowRead}, 4, 0, 40, 149},
      {"one less", {RuleKind::kDeny, RuleKind::kAllow, RuleKind::kAllowRead}, 3, 2, 8, 21},
      {"reads at the end",
       {RuleKind::kDeny, RuleKind::kDenyRead, RuleKind::kReadable, RuleKind::kAllowRead},
       3,
       2,
       8,
       21},
      {"reads alone", {RuleKind::kReadable, RuleKind::kDenyRead, RuleKind::kAllowRead}, 2, 1, 0, 5},
      {"reads before a write",
       {RuleKind::kDenyRead, RuleKind::kReadable, RuleKind::kAllow},
       2,
       1,
       0,
       5},
      {"writes alone", {RuleKind::kDeny, RuleKind::kAllow, RuleKind::kAllow}, 3, 2, 40, 21},
      {"reads that have counters of their own",
       {RuleKind::kReadable, RuleKind::kAllow, RuleKind::kAllow},
       3,
       2,
       32,
       21},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    compile::Meta meta;
    for (const RuleKind kind : c.rules) {
      meta.rules.push_back({kind, "x", "s"});
    }
    GuardView view = view_of({.id = "id"}, meta);
    view.counts = Counts(counts.begin(), counts.begin() + static_cast<std::ptrdiff_t>(c.counters));
    CHECK(guard::first_counted_together(view) == c.together);
    const std::size_t alone = c.together == 0 ? c.counters : c.together;
    for (std::size_t rule = 0; rule <= meta.rules.size() + 1; ++rule) {
      INFO("rule " << rule);
      CHECK(guard::counts_of_rule(view, rule) ==
            (rule < alone ? std::optional(counts[rule]) : std::nullopt));
    }
    const auto totals = guard::totals_of(view);
    REQUIRE(totals);
    CHECK((*totals)[SG_VERDICT_ALLOW] == c.allowed);
    CHECK((*totals)[SG_VERDICT_DENY] == c.denied);
    view.counts.reset();
    CHECK(guard::first_counted_together(view) == 0);
    CHECK_FALSE(guard::counts_of_rule(view, 0));
  }
  CHECK(guard::first_counted_together(foreign_view()) == 0);
  CHECK_FALSE(guard::counts_of_rule(foreign_view(), 0));
}

TEST_CASE("guard view: fewer counters than rules are kept as they are") {
  compile::Meta meta;
  meta.rules.resize(9, {policy::RuleKind::kAllow, "net.*", "s"});
  GuardView view = view_of({.id = "id"}, meta);
  view = guard::ViewMaker().make_view(view.guard, std::vector<kernel::RuleCounts>(3));
  CHECK(view.counts->size() == 3);
  CHECK_FALSE(guard::ViewMaker().make_view(view.guard, std::nullopt).counts);
}

TEST_CASE("guard view: the container is what the guard says of it") {
  const GuardView view = view_of({"id", "web", 5});
  CHECK(view.container == kernel::Container{"id", "web", 5});
  // The hook was killed before it wrote it, or the guard went away meanwhile.
  for (const std::optional<kernel::Container>& container :
       {std::optional(kernel::Container{}), std::optional<kernel::Container>()}) {
    GuardView unknown = view;
    unknown.guard.container = container;
    unknown = guard::ViewMaker().make_view(unknown.guard, std::nullopt);
    CHECK(unknown.meta);
    CHECK(unknown.container == kernel::Container{});
    CHECK(guard::short_id(unknown) == "?");
  }
}

TEST_CASE("guard view: the name of a container in the layout before stands in its text") {
  const std::string text = "name\tweb\nprivate\t\nproc-sys\tunknown\n";
  sg_meta_before head{};
  head.magic = SG_META_MAGIC;
  head.layout = SG_META_VERSION_BEFORE;
  head.id_len = 2;
  head.text_len = static_cast<__u32>(text.size());
  GuardView view = view_of({"id", "", 5});
  std::vector<std::uint8_t>& bytes = test::program_of(view).meta;
  bytes.resize(sizeof head);
  std::memcpy(bytes.data(), &head, sizeof head);
  const std::string rest = "id" + text;
  bytes.insert(bytes.end(), rest.begin(), rest.end());
  view = guard::ViewMaker().make_view(view.guard, std::nullopt);
  CHECK(view.container == kernel::Container{"id", "web", 5});
}

TEST_CASE("guard view: guards with the same program have one metadata") {
  compile::Meta other;
  other.rules = {{policy::RuleKind::kAllow, "net.*", "s"}};
  other.origin.known.is_all = false;  // as what is read from metadata
  const GuardView one = view_of({.id = "one"});
  const GuardView two = view_of({.id = "two"});
  GuardView third = view_of({.id = "three"}, other);
  test::program_of(third).id = one.guard.program->id + 1;
  GuardView foreign = view_of({.id = "four"});
  test::program_of(foreign).id = one.guard.program->id + 2;
  test::program_of(foreign).meta = {1, 2, 3};
  guard::ViewMaker maker;
  const GuardView first = maker.make_view(one.guard, std::nullopt);
  const GuardView second = maker.make_view(two.guard, std::nullopt);
  CHECK(first.meta == second.meta);
  CHECK(first.container.id == "one");
  CHECK(second.container.id == "two");
  CHECK(*maker.make_view(third.guard, std::nullopt).meta == other);
  for (int times = 0; times < 2; ++times) {
    const GuardView unread = maker.make_view(foreign.guard, std::nullopt);
    CHECK_FALSE(unread.meta);
    CHECK(unread.container == kernel::Container{});
  }
}

TEST_CASE("guard view: the short form of an ID has at most 12 printable bytes") {
  CHECK(guard::short_id(view_of({.id = "0123456789abcdef"})) == "0123456789ab");
  CHECK(guard::short_id(view_of({.id = "short"})) == "short");
  CHECK(guard::short_id(view_of({.id = "\x1b]0;evil\a and more"})) == "\\x1b]0;ev...");
  CHECK(guard::short_id(foreign_view()) == "?");
}

TEST_CASE("guard view: modes have the names that annotations give them") {
  CHECK(guard::mode_name(policy::Audit::kOff) == "enforce");
  CHECK(guard::mode_name(policy::Audit::kWithinLimit) == "audit");
  CHECK(guard::mode_name(policy::Audit::kFull) == "audit");
}
