// SPDX-License-Identifier: Apache-2.0
// merge_states_test.cpp - classes are those of Moore's partition, and a loop of several states is
// told.
#include "automaton/merge_states.h"

#include <optional>
#include <set>
#include <vector>

#include "support/catch.h"
#include "support/moore.h"
#include "support/random_policy.h"

using namespace sg::automaton;

namespace {

struct State {
  RuleNumber rule = kNoRule;
  std::vector<Dfa::Edge> edges;
};

// State 1 is the start; state 0 is the dead one.
Dfa make(Class class_count, const std::vector<State>& states) {
  Dfa dfa;
  dfa.classes.count = class_count;
  for (const State& state : states) {
    dfa.add_state(state.rule, state.edges);
  }
  dfa.start = 1;
  return dfa;
}

// Edges lead to the state itself or to a later one.
Dfa random_forward(sg::test::Random& random) {
  constexpr Class kClasses = 3;
  const auto count = static_cast<Dfa::State>(2 + random.below(9));
  std::vector<State> states(count);
  for (Dfa::State state = 1; state <= count; ++state) {
    states[state - 1].rule = static_cast<RuleNumber>(random.below(3));
    for (Class on = 0; on < kClasses; ++on) {
      if (random.below(4) != 0) {
        const auto to = static_cast<Dfa::State>(state + random.below(count - state + 1));
        states[state - 1].edges.push_back({on, to});
      }
    }
  }
  return make(kClasses, states);
}

}  // namespace

TEST_CASE("Merge states: as many classes as Moore's partition finds, on chance automata") {
  constexpr std::uint64_t kSeed = 11;
  sg::test::Random random(kSeed);
  std::size_t merged = 0;
  for (int round = 0; round < 5000; ++round) {
    INFO("seed " << kSeed << ", round " << round);
    const Dfa dfa = random_forward(random);
    const std::optional<std::vector<std::uint32_t>> class_of = merge_states(dfa);
    REQUIRE(class_of);
    REQUIRE(class_of->size() == dfa.state_count());
    CHECK((*class_of)[Dfa::kDead] == 0);
    std::set<std::uint32_t> used(class_of->begin(), class_of->end());
    REQUIRE(used.size() == sg::test::moore_state_count(dfa));
    merged += used.size() < dfa.state_count() ? 1 : 0;
  }
  CHECK(merged > 1000);
}

TEST_CASE("Merge states: a loop of two states is left to others, a loop of one is not") {
  CHECK(merge_states(make(1, {{1, {{0, 1}}}})));
  CHECK_FALSE(merge_states(make(1, {{1, {{0, 2}}}, {2, {{0, 1}}}})));
  // Not where the start cannot reach it.
  CHECK(merge_states(make(1, {{1, {}}, {1, {{0, 3}}}, {2, {{0, 2}}}})));
}

TEST_CASE("Merge states: an unrolled loop is its loop, whichever input enters it") {
  struct Case {
    const char* why;
    std::vector<State> states;
    bool merges;  // states 1 and 2
  };
  const Case cases[] = {
      {"no loop of its own", {{1, {{0, 2}, {1, 2}}}, {1, {{0, 2}, {1, 2}}}}, true},
      {"a loop for one input, an edge for the other",
       {{1, {{0, 1}, {1, 2}}}, {1, {{0, 2}, {1, 2}}}},
       true},
      {"another rule", {{2, {{0, 2}, {1, 2}}}, {1, {{0, 2}, {1, 2}}}}, false},
      {"one input less", {{1, {{0, 2}}}, {1, {{0, 2}, {1, 2}}}}, false},
      {"one input more", {{1, {{0, 2}, {1, 2}}}, {1, {{0, 2}}}}, false},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const std::optional<std::vector<std::uint32_t>> class_of = merge_states(make(2, c.states));
    REQUIRE(class_of);
    CHECK(((*class_of)[1] == (*class_of)[2]) == c.merges);
  }
}

TEST_CASE("Merge states: what reaches no rule is dead, a loop included") {
  const auto class_of =
      merge_states(make(1, {{1, {{0, 2}}}, {kNoRule, {{0, 3}}}, {kNoRule, {{0, 3}}}}));
  REQUIRE(class_of);
  CHECK(*class_of == std::vector<std::uint32_t>{0, (*class_of)[1], 0, 0});
  CHECK((*class_of)[1] != 0);
}
