// SPDX-License-Identifier: Apache-2.0
// walk_agreement_test.cpp - four engines, one verdict: the reference matcher, the simulation of the
// NFA, the table walked natively, and the same table walked in the kernel.
//
// Everything up to a size over small alphabets, then policies by chance. Needs root. With
// SG_AGREEMENT_SMALL=1 the sizes are those for a kernel that runs on an emulated machine.
#include <sys/utsname.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "compile/build_nfa.h"
#include "compile/compile_policy.h"
#include "compile/decide.h"
#include "kernel/walk_probe_run.h"
#include "support/all_words.h"
#include "support/catch.h"
#include "support/random_policy.h"
#include "support/reference_match.h"
#include "support/simulate.h"
#include "table_abi.h"

using namespace sg;
using compile::Access;
using compile::Decision;
using policy::Integer;
using policy::NumericValue;
using policy::Policy;
using policy::Rule;
using policy::RuleKind;
using policy::TextValue;
using policy::Token;
using policy::Value;

namespace {

struct Sizes {
  std::size_t pattern = 5;
  std::size_t name = 5;
  std::size_t pair_name = 4;
  int bound = 12;
  std::size_t value = 3;
  int policies = 2000;
  int accesses = 50;
};

Sizes sizes() {
  const char* small = std::getenv("SG_AGREEMENT_SMALL");
  if (small != nullptr && std::string(small) == "1") {
    return {.pattern = 3,
            .name = 3,
            .pair_name = 2,
            .bound = 3,
            .value = 2,
            .policies = 150,
            .accesses = 20};
  }
  return {};
}

Rule rule(RuleKind kind, std::string pattern, std::vector<Value> values = {}) {
  Rule made;
  made.kind = kind;
  made.pattern = std::move(pattern);
  made.values = std::move(values);
  return made;
}

Token range(int low, int high) {
  const auto integer = [](int number) {
    return Integer{number < 0, static_cast<std::uint64_t>(number < 0 ? -number : number)};
  };
  return {false, integer(low), integer(high)};
}

bool same(const Decision& a, const Decision& b) {
  return a.verdict == b.verdict && a.rule == b.rule;
}

// Every program of the probe that this kernel can run, and how much they were asked.
class Engines {
 public:
  Engines() {
    REQUIRE(geteuid() == 0);
    utsname kernel{};
    REQUIRE(uname(&kernel) == 0);
    for (const test::ProbeProgram program : test::kProbePrograms) {
      const bool needed = test::kernel_has(program);
      std::string why = "the kernel has no such program type or no bpf_loop";
      std::optional<test::WalkProbe> probe;
      if (needed) {
        probe = test::WalkProbe::load(program, why);
      }
      std::printf("Linux %s, %s: %s\n", kernel.release, test::program_name(program),
                  probe ? "loaded" : why.c_str());
      REQUIRE(needed == probe.has_value());
      if (probe) {
        probes_.push_back(*std::move(probe));
      }
    }
    REQUIRE_FALSE(probes_.empty());
  }
  Engines(const Engines&) = delete;
  Engines& operator=(const Engines&) = delete;
  ~Engines() {
    std::printf("%zu accesses compared on %zu programs, %zu of them allowed\n", compared_,
                probes_.size(), allowed_);
  }

  void set_policy(Policy policy) {
    policy_ = std::move(policy);
    nfa_ = compile::build_nfa(policy_);
    Diagnostics findings;
    const auto table = compile::compile_policy(policy_, findings);
    REQUIRE(table.has_value());
    table_ = *table;
    for (test::WalkProbe& probe : probes_) {
      REQUIRE(probe.set_table(table_));
    }
  }

  void set_table(std::vector<std::uint8_t> table) {
    table_ = std::move(table);
    for (test::WalkProbe& probe : probes_) {
      REQUIRE(probe.set_table(table_));
    }
  }

  // All four.
  void compare(const Access& access) {
    const Decision expected = test::reference_decide(policy_, access);
    allowed_ += expected.verdict == policy::Verdict::kAllow ? 1 : 0;
    if (access.name.size() < SG_NAME_SIZE) {
      expect("NFA", sg::test::simulate(nfa_, test::to_word(access)) == expected.rule, access);
    }
    expect("native table", same(compile::decide(table_, access), expected), access);
    compare_kernel(access, expected);
  }

  // The native walk and the kernel alone, for tables without a policy.
  void compare_walks(const Access& access) {
    compare_kernel(access, compile::decide(table_, access));
  }

 private:
  void compare_kernel(const Access& access, const Decision& expected) {
    ++compared_;
    for (test::WalkProbe& probe : probes_) {
      const std::optional<Decision> found = probe.decide(access);
      expect(test::program_name(probe.program()), found && same(*found, expected), access);
    }
  }

  void expect(const char* engine, bool agrees, const Access& access) {
    if (!agrees) {
      INFO(engine << " differs\n"
                  << test::show(policy_)
                  << test::show({access.write, std::string(access.name), std::string(access.value),
                                 access.at_position_zero,
                                 access.current ? std::optional(std::string(*access.current))
                                                : std::nullopt}));
      REQUIRE(agrees);
    }
  }

  std::vector<test::WalkProbe> probes_;
  Policy policy_;
  automaton::Nfa nfa_;
  std::vector<std::uint8_t> table_;
  std::size_t compared_ = 0;
  std::size_t allowed_ = 0;
};

}  // namespace

TEST_CASE("Agreement: every short pattern on every short name") {
  Engines engines;
  const std::vector<std::string> names = test::all_words("ab/", sizes().name);
  for (const std::string& pattern : test::all_patterns(sizes().pattern)) {
    engines.set_policy(Policy{{rule(RuleKind::kAllow, pattern)}});
    for (const std::string& name : names) {
      engines.compare({true, name, "1", true});
    }
  }
}

TEST_CASE("Agreement: every pair of short patterns, the first of which denies") {
  Engines engines;
  const std::vector<std::string> names = test::all_words("ab/", sizes().pair_name);
  const std::vector<std::string> patterns = test::all_patterns(2);
  for (const std::string& deny : patterns) {
    for (const std::string& allow : patterns) {
      engines.set_policy(
          Policy{{rule(RuleKind::kDeny, deny), rule(RuleKind::kAllow, allow),
                  rule(RuleKind::kDenyRead, allow), rule(RuleKind::kAllowRead, "*")}});
      for (const std::string& name : names) {
        engines.compare({true, name, "1", true});
        engines.compare({false, name, "", true});
      }
    }
  }
}

TEST_CASE("Agreement: every range with small bounds on every short value") {
  Engines engines;
  const std::vector<std::string> values = test::all_words("0129- \n", sizes().value);
  for (int low = -sizes().bound; low <= sizes().bound; ++low) {
    for (int high = low; high <= sizes().bound; ++high) {
      engines.set_policy(Policy{{rule(RuleKind::kAllow, "a", {NumericValue{{range(low, high)}}})}});
      for (const std::string& value : values) {
        engines.compare({true, "a", value, true});
      }
    }
  }
}

TEST_CASE("Agreement: vectors and texts on every short value") {
  Engines engines;
  const Token any{true, {}, {}};
  const std::vector<Value> permitted = {NumericValue{{range(0, 1), range(1, 2)}},
                                        NumericValue{{any, range(1, 1)}},
                                        NumericValue{{range(-1, 0), any}},
                                        TextValue{"", false},
                                        TextValue{"", true},
                                        TextValue{"1", false},
                                        TextValue{"1 ", true},
                                        TextValue{"-\n", false}};
  const std::vector<std::string> values =
      test::all_words(std::string_view("01- \t\n\x00", 7), sizes().value + 1);
  for (const Value& value : permitted) {
    engines.set_policy(Policy{{rule(RuleKind::kAllow, "a", {value})}});
    for (const std::string& written : values) {
      engines.compare({true, "a", written, true});
    }
    engines.compare({true, "a", "1", false});
  }
}

TEST_CASE("Agreement: every short value beside every short current value") {
  Engines engines;
  const std::vector<std::string> values = test::all_words("019- \n", sizes().value);
  for (const policy::Current wanted : {policy::Current::kSame, policy::Current::kSameOrAbove}) {
    NumericValue value{{range(-10, 9)}};
    value.current = wanted;
    // Beside one that is for any current value, and one that a deny keeps from all.
    const Policy policy{{rule(RuleKind::kDeny, "b"),
                         rule(RuleKind::kAllow, "*", {NumericValue{{range(1, 1)}}, value})}};
    engines.set_policy(policy);
    for (const std::string& written : values) {
      for (const std::string& current : values) {
        engines.compare({true, "a", written, true, current});
        engines.compare({true, "b", written, true, current});
      }
    }
  }
}

TEST_CASE("Agreement: names and values of every length around the ends of the buffers") {
  Engines engines;
  engines.set_policy(
      Policy{{rule(RuleKind::kAllow, "a*", {TextValue{"v", true}}), rule(RuleKind::kAllow, "b*"),
              rule(RuleKind::kDenyRead, "*b"), rule(RuleKind::kAllowRead, "*")}});
  for (std::size_t length = 0; length < 132; ++length) {
    for (const char first : {'a', 'b'}) {
      const std::string name = std::string(length, first);
      engines.compare({true, name, "v", true});
      engines.compare({false, name, "", true});
    }
  }
  for (std::size_t length = 0; length < 300; ++length) {
    engines.compare({true, "a", std::string(length, 'v'), true});
    engines.compare({true, "b", std::string(length, 'v'), true});
    engines.compare({true, "b", std::string(length, 'v'), false});
  }
  // Names that end with each other's bytes: what a long name leaves behind is not part of a short
  // value.
  engines.compare({true, "a" + std::string(100, 'v'), "v", true});
  engines.compare({true, "a" + std::string(100, 'v'), "w", true});
}

TEST_CASE("Agreement: a table of zeros denies everything") {
  Engines engines;
  engines.set_table(std::vector<std::uint8_t>(sizeof(sg_table) + 64 * sizeof(__u32)));
  for (const char* name : {"", "a", "net/ipv4/ip_forward"}) {
    for (const bool write : {false, true}) {
      engines.compare({write, name, "1", true});
      engines.compare({write, name, "1", false});
    }
  }
}

TEST_CASE("Agreement: tables of chance bytes are walked alike, and never left") {
  Engines engines;
  test::Random random(21);
  const Policy policy = test::random_policy(random);
  for (int round = 0; round < sizes().policies / 4; ++round) {
    std::vector<std::uint8_t> table(sizeof(sg_table) + test::kProbeCells * sizeof(__u32));
    for (std::size_t at = 0; at + sizeof(std::uint64_t) <= table.size();
         at += sizeof(std::uint64_t)) {
      const std::uint64_t bytes = random.next();
      std::memcpy(table.data() + at, &bytes, sizeof bytes);
    }
    if (round % 2 == 0) {
      // Few sinks and a state to start in, so that the walk goes on.
      const __u32 head[10] = {SG_TABLE_VERSION, test::kProbeCells, 1, 2, 1, 3, 4, 5, 6, 7};
      std::memcpy(table.data(), head, sizeof head);
    }
    engines.set_table(std::move(table));
    for (int i = 0; i < 10; ++i) {
      const test::OwnedAccess access = test::random_access(random, policy);
      engines.compare_walks(access.view());
    }
  }
}

TEST_CASE("Agreement: chance policies on accesses that match or nearly do") {
  constexpr std::uint64_t kSeed = 20;
  std::printf("seed %llu\n", static_cast<unsigned long long>(kSeed));
  Engines engines;
  test::Random random(kSeed);
  for (int round = 0; round < sizes().policies; ++round) {
    const Policy policy = test::random_policy(random);
    engines.set_policy(policy);
    for (int i = 0; i < sizes().accesses; ++i) {
      const test::OwnedAccess access = test::random_access(random, policy);
      engines.compare(access.view());
    }
  }
}
