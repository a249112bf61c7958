// SPDX-License-Identifier: Apache-2.0
// decode_table_test.cpp - a table decoded again decides as the automaton it was made from, and
// every byte that an encoder would not write is refused.
//
// test/support/decode_table.h reads tables by their layout alone and stays apart from this decoder:
// it is what the encoder is held against.
#include "compile/decode_table.h"

#include <cstring>
#include <string>
#include <vector>

#include "automaton/minimize.h"
#include "compile/compile_policy.h"
#include "compile/decide.h"
#include "compile/encode.h"
#include "compile/permitted_writes.h"
#include "policy/annotations.h"
#include "policy/merge.h"
#include "support/catch.h"
#include "support/decode_table.h"
#include "support/random_policy.h"
#include "support/table_of.h"
#include "table_abi.h"

using namespace sg;
using Bytes = std::vector<std::uint8_t>;
using compile::DecodedTable;
using compile::Label;
using compile::PermittedWrites;
using policy::Policy;
using test::table_of;

namespace {

Policy policy_of(std::vector<std::string> patterns) {
  Policy policy;
  for (std::string& pattern : patterns) {
    policy.rules.push_back(policy::unwritten_rule(policy::RuleKind::kAllow, pattern));
  }
  return policy;
}

DecodedTable must(Result<DecodedTable> decoded) {
  INFO((decoded ? "" : decoded.error().message));
  REQUIRE(decoded);
  return *std::move(decoded);
}

std::string why(const Bytes& table) {
  const Result<DecodedTable> decoded = compile::decode_table(table);
  return decoded ? "" : decoded.error().message;
}

std::uint32_t cell(const Bytes& table, std::size_t index) {
  std::uint32_t value = 0;
  std::memcpy(&value, table.data() + sizeof(sg_table) + index * sizeof value, sizeof value);
  return value;
}

void set_cell(Bytes& table, std::size_t index, std::uint32_t value) {
  std::memcpy(table.data() + sizeof(sg_table) + index * sizeof value, &value, sizeof value);
}

template <typename Change>
Bytes with_head(Bytes table, Change change) {
  sg_table head;
  std::memcpy(&head, table.data(), sizeof head);
  change(head);
  std::memcpy(table.data(), &head, sizeof head);
  return table;
}

std::size_t cell_count(const Bytes& table) {
  return (table.size() - sizeof(sg_table)) / sizeof(std::uint32_t);
}

PermittedWrites writes_of(const policy::Policy& policy) {
  Diagnostics findings;
  const auto table = compile::compile_policy(policy, findings);
  REQUIRE(table.has_value());
  Result<PermittedWrites> writes = PermittedWrites::of(*table);
  REQUIRE(writes);
  return *std::move(writes);
}

policy::Policy policy_of(const std::string& allow, const std::string& deny,
                         const std::string& mode = "") {
  Diagnostics findings;
  const policy::NodePolicy node = policy::parse_node_policy(
      R"({"version": 1, "limit": {"host": ["vm.swappiness=0..100"], "onExcess": "clip"}, "annotationModes": ["audit"]})",
      "none", {.net = true}, findings);
  std::map<std::string, std::string> annotations = {{"io.sysctl-guard.allow", allow},
                                                    {"io.sysctl-guard.deny", deny}};
  if (!mode.empty()) {
    annotations["io.sysctl-guard.mode"] = mode;
  }
  policy::Request request = policy::parse_annotations(annotations, node, "", findings);
  REQUIRE_FALSE(findings.has_errors());
  return policy::merge({}, node, std::move(request));
}

}  // namespace

TEST_CASE("Decode: tables by chance, encoded again, decide the same, with as many states") {
  constexpr std::uint64_t kSeed = 61;
  test::Random random(kSeed);
  for (int round = 0; round < 400; ++round) {
    Policy policy = test::random_policy(random);
    policy.audit = static_cast<policy::Audit>(random.below(3));
    if (random.one_in(2) || policy.audit == policy::Audit::kWithinLimit) {
      policy.limit = test::random_limit(random);
      policy.on_excess = policy::OnExcess::kClip;
      policy.rules.push_back(policy::unwritten_rule(policy::RuleKind::kBeyondLimit, ""));
    }
    INFO("seed " << kSeed << ", round " << round << "\n" << test::show(policy));
    const Bytes table = table_of(policy);
    const DecodedTable decoded = must(compile::decode_table(table));
    const std::optional<Bytes> again = compile::encode(decoded.dfa, decoded.labels);
    REQUIRE(again.has_value());
    CHECK(test::decode_table(*again).states.size() == test::decode_table(table).states.size());
    CHECK(automaton::minimize(decoded.dfa).state_count() == decoded.dfa.state_count());
    for (int i = 0; i < 60; ++i) {
      const test::OwnedAccess access = test::random_access(random, policy);
      const compile::Decision expected = compile::decide(table, access.view());
      const compile::Decision found = compile::decide(*again, access.view());
      INFO(test::show(access));
      REQUIRE(found.verdict == expected.verdict);
      REQUIRE(found.rule == expected.rule);
    }
  }
}

TEST_CASE("Decode: a table of zeros' own shape, which denies everything") {
  const Bytes table = table_of(Policy{});
  const DecodedTable decoded = must(compile::decode_table(table));
  CHECK(decoded.labels.size() == 1);
  CHECK(decoded.dfa.edges.empty());
}

TEST_CASE("Decode: each pair of rule and verdict is one label, and that of no rule comes first") {
  Policy policy = policy_of({"a", "b*", "a"});
  const DecodedTable decoded = must(compile::decode_table(table_of(policy)));
  REQUIRE(decoded.labels.size() == 3);  // the third rule never decides
  CHECK(decoded.labels[0].rule == 0);
  CHECK(decoded.labels[1].rule == 1);
  CHECK(decoded.labels[2].rule == 2);
  CHECK(decoded.labels[2].verdict == policy::Verdict::kAllow);
}

TEST_CASE("Decode: what an encoder would not write") {
  const Bytes good = table_of(policy_of({"ab", "net/*"}));
  REQUIRE(why(good) == "");
  CHECK(why({}) == "table: it is shorter than its head");
  CHECK(why(Bytes(good.begin(), good.begin() + sizeof(sg_table) - 1)) ==
        "table: it is shorter than its head");
  CHECK(why(Bytes(sizeof(sg_table) + 4)).starts_with("table: it has version 0"));
  const auto head = [&](auto change) { return why(with_head(good, change)); };
  CHECK(head([](sg_table& h) { ++h.version; }).starts_with("table: it has version 4"));
  CHECK(head([](sg_table& h) { h.cell_count *= 2; }) == "table: its number of cells is wrong");
  CHECK(why(Bytes(good.begin(), good.end() - 1)) == "table: its number of cells is wrong");
  CHECK(head([](sg_table& h) { h.sinks = 0; }) == "table: its dead state is not dead");
  CHECK(head([](sg_table& h) { h.class_of[0] = 2; }) == "table: its classes are not in order");
  CHECK(head([](sg_table& h) { h.class_of[255] = 255; }) == "table: its classes are not in order");
  CHECK(head([](sg_table& h) { h.class_of[255] = 0; }) == "table: its classes are not in order");
  CHECK(head([](sg_table& h) { h.unseen_class = 0; }) ==
        "table: its class of unseen values is out of range");
  CHECK(head([](sg_table& h) { h.unseen_class = 200; }) ==
        "table: its class of unseen values is out of range");
  CHECK(head([](sg_table& h) { h.start[1] = h.cell_count; }) == "table: a step leads to no state");
  CHECK(head([](sg_table& h) { h.start[1] = 0; }).ends_with("is never reached"));
  CHECK(head([](sg_table& h) { ++h.sinks; }) != "");
  Bytes changed = good;
  set_cell(changed, 0, 1 << SG_CELL_CLASS_BITS);
  CHECK(why(changed) == "table: its dead state is not dead");
  // Twice the cells, all of the new ones zero.
  Bytes larger = with_head(good, [](sg_table& h) { h.cell_count *= 2; });
  for (std::size_t i = 0; i < cell_count(good) * sizeof(std::uint32_t); ++i) {
    larger.push_back(0);
  }
  CHECK(why(larger) == "table: it has more cells than it needs");
}

TEST_CASE("Decode: every cell counts: any other content is refused, or decides another way") {
  const Bytes good = table_of(policy_of({"ab", "ac=", "net/*"}));
  std::size_t refused = 0;
  for (std::size_t i = 0; i < cell_count(good); ++i) {
    const std::uint32_t old = cell(good, i);
    for (const std::uint32_t other :
         {0u, old ^ 1u, old ^ (1u << SG_CELL_CLASS_BITS), old ^ (2u << SG_CELL_CLASS_BITS),
          0xffffff00u, 0xffffffffu, 0x000000ffu}) {
      if (other == old) {
        continue;
      }
      Bytes changed = good;
      set_cell(changed, i, other);
      const Result<DecodedTable> decoded = compile::decode_table(changed);
      refused += decoded ? 0 : 1;
      INFO("cell " << i << " from " << old << " to " << other);
      if (decoded) {
        const DecodedTable before = must(compile::decode_table(good));
        const auto labels = [](const DecodedTable& table) {
          std::string text;
          for (const Label& label : table.labels) {
            text += std::to_string(label.rule) + std::string(policy::verdict_name(label.verdict));
          }
          return text;
        };
        CHECK((!(decoded->dfa == before.dfa) || labels(*decoded) != labels(before)));
      }
    }
  }
  CHECK(refused > 4 * cell_count(good));
}

TEST_CASE("Decode: bytes changed by chance give an error, or an automaton that can be encoded") {
  test::Random random(63);
  std::size_t refused = 0;
  for (int round = 0; round < 2000; ++round) {
    Bytes table = table_of(test::random_policy(random));
    for (std::size_t changes = 1 + random.below(4); changes > 0; --changes) {
      table[random.below(table.size())] = static_cast<std::uint8_t>(random.next());
    }
    if (random.one_in(10)) {
      table.erase(table.end() - static_cast<std::ptrdiff_t>(random.below(table.size())),
                  table.end());
    }
    const Result<DecodedTable> decoded = compile::decode_table(table);
    refused += decoded ? 0 : 1;
    if (decoded) {
      CHECK(compile::encode(decoded->dfa, decoded->labels).has_value());
    }
  }
  CHECK(refused > 1500);
}

TEST_CASE("Permitted writes: names, and beginnings of names") {
  const PermittedWrites writes = writes_of(policy_of(
      "net.ipv4.ip_forward=1, net.ipv4.conf.*.rp_filter, net.core.*, vm.*", "net.core.somaxconn"));
  CHECK(writes.any_to("net/ipv4/ip_forward"));
  CHECK(writes.any_to("net/ipv4/conf/eth0/rp_filter"));
  CHECK(writes.any_to("net/core/rmem_max"));
  CHECK(writes.any_to("vm/swappiness"));
  CHECK_FALSE(writes.any_to("net/ipv4/ip_forwar"));
  CHECK_FALSE(writes.any_to("net/ipv4/ip_forward2"));
  CHECK_FALSE(writes.any_to("net/ipv4/conf/eth0/forwarding"));
  CHECK_FALSE(writes.any_to("net/core/somaxconn"));  // denied
  CHECK_FALSE(writes.any_to("vm/max_map_count"));    // beyond the limit
  CHECK_FALSE(writes.any_to("kernel/core_pattern"));
  CHECK(writes.any_below(""));
  CHECK(writes.any_below("net/"));
  CHECK(writes.any_below("net/ipv4/conf/eth0/"));
  CHECK(writes.any_below("vm/"));
  CHECK_FALSE(writes.any_below("net/ipv6/"));
  CHECK_FALSE(writes.any_below("kernel/"));
  CHECK_FALSE(writes.any_below("net/ipv4/conf/eth0/rp_filter/"));
}

TEST_CASE("Permitted writes: what audit lets through counts, reads do not") {
  const PermittedWrites audit = writes_of(policy_of("", "net.core.*", "audit"));
  CHECK(audit.any_to("net/core/somaxconn"));
  CHECK(audit.any_to("vm/swappiness"));
  CHECK_FALSE(audit.any_to("vm/max_map_count"));
  const PermittedWrites none = writes_of(policy_of("", ""));
  CHECK_FALSE(none.any_below(""));
}

TEST_CASE("Permitted writes: every write of a random policy that is let through is one of them") {
  test::Random random(20261128);
  std::size_t let_through = 0;
  std::size_t refused = 0;
  for (int i = 0; i < 400; ++i) {
    const policy::Policy policy = test::random_policy(random);
    Diagnostics findings;
    const auto table = compile::compile_policy(policy, findings);
    REQUIRE(table.has_value());
    const Result<PermittedWrites> writes = PermittedWrites::of(*table);
    REQUIRE(writes);
    for (int j = 0; j < 50; ++j) {
      test::OwnedAccess access = test::random_access(random, policy);
      access.write = true;
      if (compile::decide(*table, access.view()).verdict == policy::Verdict::kDeny ||
          access.name.find('\0') != std::string::npos) {
        ++refused;
        continue;
      }
      ++let_through;
      bool is_known = writes->any_to(access.name);
      for (std::size_t end = 0; end <= access.name.size(); ++end) {
        is_known = is_known && writes->any_below(access.name.substr(0, end));
      }
      if (!is_known) {
        FAIL(test::show(access) << " of " << test::show(policy));
      }
    }
  }
  CHECK(let_through > 1000);
  CHECK(refused > 1000);
}
