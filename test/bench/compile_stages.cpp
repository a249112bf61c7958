// SPDX-License-Identifier: Apache-2.0
// compile_stages.cpp - how long each stage from annotation to table takes, by Google Benchmark.
//
// Two policies: 20 rules as people write them, and 1,000 rules of the shape net.testI.kJ.*.vI=0..I.
// Both come from the files that the rest of the benchmark uses:
//
//   compile_stages --benchmark_format=json RULES... RULES:LIMIT
//
// The last form measures how long it takes to decide that RULES are within the node policy LIMIT.
#include <benchmark/benchmark.h>

#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "automaton/dfa.h"
#include "automaton/minimize.h"
#include "compile/apply_limit.h"
#include "compile/build_nfa.h"
#include "compile/compile_policy.h"
#include "compile/encode.h"
#include "compile/limits.h"
#include "policy/annotations.h"
#include "policy/merge.h"

namespace {

using sg::automaton::Dfa;
using sg::automaton::Nfa;
using sg::policy::Policy;

Policy parse(const std::string& rules) {
  sg::Diagnostics findings;
  const sg::policy::NodePolicy node = sg::policy::default_node_policy(
      "none", {.net = true, .ipc = true, .uts = true, .user = false});
  return sg::policy::merge(
      {}, node,
      sg::policy::parse_annotations({{"io.sysctl-guard.allow", rules}}, node, "", findings));
}

Dfa determinize(const Nfa& nfa) {
  return std::get<Dfa>(sg::automaton::determinize(nfa, sg::compile::kBudget));
}

void parse_stage(benchmark::State& state, const std::string& rules) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(parse(rules));
  }
}

void nfa_stage(benchmark::State& state, const std::string& rules) {
  const Policy policy = parse(rules);
  for (auto _ : state) {
    benchmark::DoNotOptimize(sg::compile::build_nfa(policy));
  }
}

void determinize_stage(benchmark::State& state, const std::string& rules) {
  const Nfa nfa = sg::compile::build_nfa(parse(rules));
  for (auto _ : state) {
    benchmark::DoNotOptimize(determinize(nfa));
  }
}

void minimize_stage(benchmark::State& state, const std::string& rules) {
  const Dfa dfa = determinize(sg::compile::build_nfa(parse(rules)));
  for (auto _ : state) {
    benchmark::DoNotOptimize(sg::automaton::minimize(dfa));
  }
}

void encode_stage(benchmark::State& state, const std::string& rules) {
  const Policy policy = parse(rules);
  const Dfa dfa = sg::automaton::minimize(determinize(sg::compile::build_nfa(policy)));
  std::vector<sg::compile::Label> labels(policy.rules.size() + 1);
  for (std::size_t i = 1; i < labels.size(); ++i) {
    labels[i] = {sg::policy::Verdict::kAllow, static_cast<sg::automaton::RuleNumber>(i)};
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(sg::compile::encode(dfa, labels));
  }
}

void all_stages(benchmark::State& state, const std::string& rules) {
  for (auto _ : state) {
    sg::Diagnostics findings;
    benchmark::DoNotOptimize(sg::compile::compile_policy(parse(rules), findings));
  }
}

// From the automaton of the rules and the text of the node policy to "it is within".
void limit_stage(benchmark::State& state, const std::string& rules, const std::string& limit) {
  const Policy policy = parse(rules);
  sg::Diagnostics findings;
  const std::optional<Dfa> dfa = sg::compile::compile_automaton(policy, findings);
  for (auto _ : state) {
    Policy limited = policy;
    limited.limit =
        sg::policy::parse_node_policy(
            limit, "none", {.net = true, .ipc = true, .uts = true, .user = false}, findings)
            .limit;
    if (findings.has_errors() || !sg::compile::apply_limit(*dfa, limited, findings)) {
      state.SkipWithError("the rules are not within the limit");
      return;
    }
  }
}

std::string text_of(const std::string& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void add_limit(const std::string& rules_file, const std::string& limit_file) {
  benchmark::RegisterBenchmark("limit", limit_stage, text_of(rules_file), text_of(limit_file))
      ->Unit(benchmark::kMicrosecond);
}

void add_stages(const std::string& file) {
  const std::string rules = text_of(file);
  const std::string count =
      std::to_string(parse(rules).rules.size() - 1);  // less the one for reads
  const auto add = [&](const char* name, auto* stage) {
    benchmark::RegisterBenchmark((count + " rules: " + name).c_str(), stage, rules)
        ->Unit(benchmark::kMicrosecond);
  };
  add("parse", parse_stage);
  add("to NFA", nfa_stage);
  add("to DFA", determinize_stage);
  add("minimize", minimize_stage);
  add("encode", encode_stage);
  add("all of it", all_stages);
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const std::size_t colon = argument.find(':');
    if (colon == std::string::npos) {
      add_stages(argument);
    } else {
      add_limit(argument.substr(0, colon), argument.substr(colon + 1));
    }
  }
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
