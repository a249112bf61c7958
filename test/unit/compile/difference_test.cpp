// SPDX-License-Identifier: Apache-2.0
// difference_test.cpp - what is shown, and that nothing is left out where two tables decide
// differently.
#include "compile/difference.h"

#include <string>
#include <vector>

#include "compile/compile_policy.h"
#include "compile/decide.h"
#include "support/catch.h"
#include "support/random_policy.h"
#include "support/table_of.h"
#include "sysctl/sysctl_name.h"

using namespace sg;
using compile::ChangedAccess;
using compile::Difference;
using policy::Policy;
using policy::RuleKind;
using policy::Verdict;
using test::table_of;
using Bytes = std::vector<std::uint8_t>;

namespace {

policy::Rule rule(RuleKind kind, const std::string& pattern,
                  std::vector<policy::Value> values = {}) {
  policy::Rule made = policy::unwritten_rule(kind, pattern);
  made.values = std::move(values);
  return made;
}

Policy policy_of(std::vector<policy::Rule> rules, policy::Audit audit = policy::Audit::kOff) {
  Policy policy{.rules = std::move(rules), .audit = audit};
  if (audit != policy::Audit::kOff) {
    policy.rules.push_back(policy::unwritten_rule(RuleKind::kUnmatched, "*"));
  }
  policy.rules.push_back(policy::unwritten_rule(RuleKind::kAllowRead, "*"));
  return policy;
}

Difference must(const Policy& before, const Policy& after) {
  Result<Difference> difference = compile::difference_of(table_of(before), table_of(after));
  REQUIRE(difference);
  return *std::move(difference);
}

std::string shown(const std::vector<ChangedAccess>& changes) {
  std::string text;
  for (const ChangedAccess& change : changes) {
    text += compile::describe(change.access) + " " +
            std::string(policy::verdict_name(change.before.verdict)) + " " +
            std::to_string(change.before.rule) + " " +
            std::string(policy::verdict_name(change.after.verdict)) + " " +
            std::to_string(change.after.rule) + "\n";
  }
  return text;
}

int rank(Verdict verdict) {
  return verdict == Verdict::kAllow ? 2 : verdict == Verdict::kWouldDeny ? 1 : 0;
}

compile::Decision ask(const Bytes& table, const compile::ShownAccess& access) {
  return compile::decide(
      table, {access.write, access.name, access.value, !access.is_unseen, access.current});
}

}  // namespace

TEST_CASE("Difference: what is shown") {
  const policy::Value one = policy::TextValue{.text = "1", .prefix = false};
  const Policy old =
      policy_of({rule(RuleKind::kAllow, "vm/a", {one}), rule(RuleKind::kAllow, "net/b")});
  const Policy same =
      policy_of({rule(RuleKind::kAllow, "net/b"), rule(RuleKind::kAllow, "vm/a", {one})});
  CHECK(must(old, same).is_empty());
  const Policy wider =
      policy_of({rule(RuleKind::kAllow, "vm/a"), rule(RuleKind::kAllow, "net/c", {one})});
  const Difference change = must(old, wider);
  CHECK(shown(change.gained) == "vm.a=0 deny 0 allow 1\nnet.c=1 deny 0 allow 2\n");
  CHECK(shown(change.lost) == "net.b=0 allow 2 deny 0\n");
  CHECK_FALSE(change.has_more_gained);
  const Difference back = must(wider, old);
  CHECK(shown(back.lost) == "vm.a=0 allow 1 deny 0\nnet.c=1 allow 2 deny 0\n");
  CHECK(shown(back.gained) == "net.b=0 deny 0 allow 2\n");
}

TEST_CASE("Difference: reads, and values that cannot be seen") {
  const Policy open = policy_of({});
  const Policy closed = policy_of({rule(RuleKind::kDenyRead, "kernel/x")});
  CHECK(shown(must(open, closed).lost) == "kernel.x allow 1 deny 1\n");
  CHECK(shown(must(closed, open).gained) == "kernel.x deny 1 allow 1\n");
  // Every value that is printable stays.
  const Policy any = policy_of({rule(RuleKind::kAllow, "a")});
  const Policy seen =
      policy_of({rule(RuleKind::kAllow, "a", {policy::TextValue{.text = "", .prefix = true}})});
  CHECK(shown(must(any, seen).lost) ==
        "a with a value that cannot be judged (over 255 bytes, or not at file position 0) allow 1 "
        "deny 0\n");
}

TEST_CASE(
    "Difference: from audit to enforcement what would be denied is lost, and what is granted is "
    "gained") {
  const Policy audit = policy_of({rule(RuleKind::kAllow, "a")}, policy::Audit::kFull);
  const Policy enforce = policy_of({rule(RuleKind::kAllow, "a"), rule(RuleKind::kAllow, "bcd")});
  const Difference change = must(audit, enforce);
  CHECK(shown(change.gained) == "bcd=0 would-deny 2 allow 2\n");
  CHECK(shown(change.lost) == "b=0 would-deny 2 deny 0\n");
}

TEST_CASE("Difference: ten examples, and that there are more") {
  for (const std::size_t count : {compile::kExamplesMax, compile::kExamplesMax + 1}) {
    std::vector<policy::Rule> rules;
    for (std::size_t i = 0; i < count; ++i) {
      rules.push_back(rule(RuleKind::kAllow, "net/" + std::string(i + 1, 'a')));
    }
    const Difference change = must(policy_of({}), policy_of(rules));
    CHECK(change.gained.size() == compile::kExamplesMax);
    CHECK(change.has_more_gained == (count > compile::kExamplesMax));
    CHECK_FALSE(change.has_more_lost);
  }
}

TEST_CASE("Difference: a table that no encoder wrote") {
  const Bytes good = table_of(policy_of({}));
  Bytes bad = good;
  bad.back() ^= 0x80;
  CHECK_FALSE(compile::difference_of(good, bad));
  CHECK_FALSE(compile::difference_of(bad, good));
}

TEST_CASE(
    "Difference: by chance: each example is one, and without examples all accesses are equal") {
  constexpr std::uint64_t kSeed = 62;
  test::Random random(kSeed);
  std::size_t equal = 0;
  std::size_t examples = 0;
  for (int round = 0; round < 400; ++round) {
    Policy before = test::random_policy(random);
    before.audit = random.one_in(3) ? policy::Audit::kFull : policy::Audit::kOff;
    Policy after = before;
    if (random.one_in(2)) {
      after = test::random_policy(random);
    } else if (after.rules.size() > 1) {
      after.rules.erase(after.rules.begin() +
                        static_cast<std::ptrdiff_t>(random.below(after.rules.size())));
    }
    const Bytes old_table = table_of(before);
    const Bytes new_table = table_of(after);
    const Result<Difference> change = compile::difference_of(old_table, new_table);
    INFO("seed " << kSeed << ", round " << round << "\n"
                 << test::show(before) << test::show(after));
    REQUIRE(change);
    for (const bool gained : {true, false}) {
      for (const ChangedAccess& shown : gained ? change->gained : change->lost) {
        ++examples;
        const compile::Decision was = ask(old_table, shown.access);
        const compile::Decision is = ask(new_table, shown.access);
        INFO(compile::describe(shown.access));
        CHECK(
            (gained ? rank(is.verdict) > rank(was.verdict) : rank(is.verdict) < rank(was.verdict)));
        CHECK((was.verdict == shown.before.verdict && was.rule == shown.before.rule));
        CHECK((is.verdict == shown.after.verdict && is.rule == shown.after.rule));
      }
    }
    for (int i = 0; i < 60; ++i) {
      const test::OwnedAccess access =
          test::random_access(random, random.one_in(2) ? before : after);
      const bool is_name = access.name.find("//") == std::string::npos &&
                           !access.name.starts_with('/') && !access.name.ends_with('/') &&
                           !access.name.empty() && access.name.size() <= sysctl::kNameMax &&
                           access.name.find('\0') == std::string::npos;
      const int was = rank(compile::decide(old_table, access.view()).verdict);
      const int is = rank(compile::decide(new_table, access.view()).verdict);
      INFO(test::show(access));
      if (is_name) {
        CHECK((is <= was || !change->gained.empty()));
        CHECK((is >= was || !change->lost.empty()));
      }
    }
    equal += change->is_empty() ? 1 : 0;
  }
  CHECK(equal > 20);
  CHECK(examples > 500);
}
