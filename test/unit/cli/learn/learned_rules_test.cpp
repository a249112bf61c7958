// SPDX-License-Identifier: Apache-2.0
// learned_rules_test.cpp - what is learned from writes by chance, parsed and compiled, permits
// every one of them; and nothing on a sysctl that was not seen.
#include "cli/learn/learn.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "base/json.h"
#include "compile/compile_policy.h"
#include "compile/decide.h"
#include "policy/annotations.h"
#include "policy/merge.h"
#include "support/catch.h"
#include "support/random_policy.h"
#include "table_abi.h"

using namespace sg;
using cli::Generalise;
using cli::Learned;
using cli::SeenWrite;

namespace {

std::string random_bytes(test::Random& random, std::size_t max) {
  static const std::vector<std::string_view> kPieces = {
      "a", "1", "0",  "eth", ".", "..", "*", "|",    ",",  "\"", "=",
      "-", " ", "\t", "\n",  "@", "?",  "[", "\xff", "\\", "#",  "x",
      "9", "'", "`",  "$",   ";", "&",  "<", ">",    "!",  "(",  "@current"};
  std::string bytes;
  for (std::size_t count = random.below(max + 1); count > 0; --count) {
    bytes += random.pick(kPieces);
  }
  return bytes;
}

std::string random_name(test::Random& random) {
  static const std::vector<std::string_view> kNames = {"net/ipv4/ip_forward", "kernel/shmmax",
                                                       "net/core/rps_default_mask", "vm/swappiness",
                                                       "kernel/hostname"};
  static const std::vector<std::string_view> kParents = {"net/ipv4/conf/", "net/ipv6/conf/",
                                                         "net/ipv4/neigh/"};
  static const std::vector<std::string_view> kLeaves = {"/forwarding", "/src_valid_mark"};
  static const std::vector<std::string_view> kInterfaces = {"eth0",     "wg0", "all", "default",
                                                            "eth0.100", "a,b", "*"};
  switch (random.below(4)) {
    case 0:
      return std::string(random.pick(kNames));
    case 1:
      return std::string(random.pick(kParents)) + std::string(random.pick(kInterfaces)) +
             std::string(random.pick(kLeaves));
    case 2:
      return std::string(random.pick(kParents)) + random_bytes(random, 4) +
             std::string(random.pick(kLeaves));
    default:
      return random_bytes(random, 4) + "/" + random_bytes(random, 4);
  }
}

constexpr std::size_t kValueKinds = 6;

std::string random_value(test::Random& random, std::size_t kind) {
  switch (kind) {
    case 0:
      return std::to_string(random.below(12)) + (random.one_in(2) ? "\n" : "");
    case 1:
      return std::to_string(static_cast<std::int64_t>(random.next()));
    case 2:
      return std::to_string(random.below(9)) + "\t" + std::to_string(random.below(9)) + " \n";
    case 3:
      return std::string(250 + random.below(10), 'a') + (random.one_in(2) ? "\n" : "");
    case 4:
      return std::string("1\0", 2);
    default:
      return random_bytes(random, 5);
  }
}

// In half of all cases of one kind of value alone: one that cannot be judged hides all others.
std::vector<SeenWrite> random_writes(test::Random& random) {
  std::vector<SeenWrite> writes;
  const std::size_t kind = random.below(2 * kValueKinds);
  for (std::size_t count = 1 + random.below(30); count > 0; --count) {
    SeenWrite write{
        .name = kind < kValueKinds && random.one_in(2) ? "vm/swappiness" : random_name(random),
        .value = random_value(random, kind < kValueKinds ? kind : random.below(kValueKinds))};
    write.value_size = write.value.size();
    write.value.resize(
        std::min<std::size_t>(write.value.size(), SG_VALUE_SIZE - 1));  // as an event has it
    write.at_position_zero = kind < kValueKinds || !random.one_in(20);
    write.count = 1 + random.below(3);
    writes.push_back(write);
  }
  return writes;
}

compile::Access access_of(const SeenWrite& write, const std::string& value) {
  return {.write = true,
          .name = write.name,
          .value = value,
          .at_position_zero = write.at_position_zero};
}

// A policy without a limit, of an annotation as a user would paste it.
std::vector<std::uint8_t> table_of(const std::string& annotation, const std::string& shown) {
  const policy::NodePolicy node = policy::default_node_policy("node", {});
  Diagnostics findings;
  policy::Request request =
      policy::parse_annotations({{"io.sysctl-guard.allow", annotation}}, node, "", findings);
  INFO(shown);
  for (const Finding& finding : findings.findings()) {
    FAIL(format_finding(finding));
  }
  policy::Policy policy = policy::merge({}, node, std::move(request));
  policy.limit.reset();
  const auto table = compile::compile_policy(policy, findings);
  REQUIRE(table.has_value());
  return *table;
}

}  // namespace

TEST_CASE("Learned rules: each write that was seen is permitted, unless no rule can name it") {
  constexpr std::uint64_t kSeed = 71;
  test::Random random(kSeed);
  std::size_t permitted = 0;
  std::size_t unnameable = 0;
  for (int round = 0; round < 1500; ++round) {
    const std::vector<SeenWrite> writes = random_writes(random);
    const auto generalise = static_cast<Generalise>(random.below(4));
    const Learned learned = cli::learn(writes, generalise, 1);
    std::string list;
    std::string json;
    for (const cli::LearnedRule& rule : learned.rules) {
      list += (list.empty() ? "" : ", ") + rule.text;
      json += (json.empty() ? "[" : ", ") + json_quote(rule.text);
    }
    const std::string shown =
        "seed " + std::to_string(kSeed) + ", round " + std::to_string(round) + ": " + list;
    REQUIRE(list.find_first_of("'`$;&<>!\\()") == std::string::npos);
    const bool as_json = random.one_in(2) && !json.empty();
    const std::vector<std::uint8_t> table = table_of(as_json ? json + "]" : list, shown);
    INFO(shown);
    std::set<std::string> no_rule;
    for (const cli::Unnameable& found : learned.unnameable) {
      no_rule.insert(found.name);
    }
    for (const SeenWrite& write : writes) {
      std::string value = write.value;
      value.resize(write.value_size, 'a');
      const bool is_named = !no_rule.contains(write.name);
      const bool is_permitted =
          compile::decide(table, access_of(write, value)).verdict == policy::Verdict::kAllow;
      INFO(json_quote(write.name) << " = " << json_quote(value));
      REQUIRE((is_permitted || !is_named));
      permitted += is_permitted ? 1 : 0;
      unnameable += is_named ? 0 : 1;
    }
    CHECK(compile::decide(table, {true, "kernel/core_pattern", "|x", true}).verdict ==
          policy::Verdict::kDeny);
    if (generalise == Generalise::kNone) {
      CHECK(compile::decide(table, {true, "net/ipv4/conf/other/rp_filter", "1", true}).verdict ==
            policy::Verdict::kDeny);
    }
  }
  CHECK(permitted > 10000);
  CHECK(unnameable > 500);
}

TEST_CASE("Learned rules: without generalising no other value of a number is permitted") {
  test::Random random(72);
  for (int round = 0; round < 300; ++round) {
    std::vector<SeenWrite> writes;
    std::set<std::size_t> seen;
    for (std::size_t count = 1 + random.below(12); count > 0; --count) {
      const std::size_t number = random.below(20);
      seen.insert(number);
      const std::string value = std::to_string(number);
      writes.push_back({.name = "vm/x", .value = value, .value_size = value.size()});
    }
    const Learned learned = cli::learn(writes, Generalise::kNone, 1);
    REQUIRE(learned.rules.size() == 1);
    const std::vector<std::uint8_t> table = table_of(learned.rules[0].text, learned.rules[0].text);
    for (std::size_t number = 0; number < 21; ++number) {
      const bool is_permitted =
          compile::decide(table, {true, "vm/x", std::to_string(number), true}).verdict ==
          policy::Verdict::kAllow;
      CHECK(is_permitted == seen.contains(number));
    }
  }
}
