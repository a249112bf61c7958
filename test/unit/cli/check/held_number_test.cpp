// SPDX-License-Identifier: Apache-2.0
// held_number_test.cpp - where the number that a sysctl holds comes from, and why it may not be known.
#include "cli/check/held_number.h"

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "policy/rule_list.h"
#include "request/own_namespaces.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using sg::Diagnostics;
using sg::Severity;
using sg::cli::CheckInput;
using sg::cli::held_number;
using sg::cli::HeldNumber;
using sg::cli::number_above;
using sg::cli::warn_of_numbers_above;
using sg::cli::warn_of_unused_numbers;
using sg::policy::Rule;

namespace {

// "vm/swappiness" and "@current..9".
Rule rule_of(const std::string& name, const std::string& values) {
  const std::optional<Rule> rule = sg::policy::parse_one_rule(name + "=" + values);
  REQUIRE(rule);
  return *rule;
}

// A /proc/sys of its own, and a container with the engine's usual namespaces.
class Host {
 public:
  Host() {
    std::filesystem::create_directories(dir_.path() + "/vm");
    std::filesystem::create_directories(dir_.path() + "/kernel");
    std::filesystem::create_directories(dir_.path() + "/net/core");
    put("vm/max_map_count", "65530\n");
    put("vm/swappiness", "60");
    put("vm/lowmem_reserve_ratio", "256\t256\t32\n");
    put("vm/empty", "\n");
    put("kernel/shmmax", "18446744073709551615\n");
    put("net/core/somaxconn", "4096\n");
  }

  [[nodiscard]] CheckInput input() const {
    CheckInput input;
    input.origin.private_namespaces = sg::request::kEngineNamespaces;
    input.kernel_here.emplace(dir_.path());
    return input;
  }

 private:
  void put(const std::string& name, const std::string& text) const {
    std::ofstream(dir_.path() + "/" + name) << text;
  }

  sg::test::TempDir dir_;
};

}  // namespace

TEST_CASE("Held number: of a sysctl of the host the running kernel's, else the reason") {
  struct Case {
    const char* name;
    const char* number;  // empty: not known
    const char* unknown;
  };
  const Case cases[] = {
      {"vm/max_map_count", "65530", ""},
      {"vm/swappiness", "60", ""},
      {"vm/lowmem_reserve_ratio", "",
       "shows \"256\\t256\\t32\", which is no single decimal number"},
      {"vm/empty", "", "shows \"\", which is no single"},
      {"vm/nothing", "", "it cannot be read below /proc/sys"},
      {"net/core/somaxconn", "", "the container's own net namespace"},
      {"kernel/shmmax", "", "the container's own ipc namespace"},
  };
  const Host host;
  const CheckInput input = host.input();
  for (const Case& c : cases) {
    INFO(c.name);
    const HeldNumber held = held_number(input, c.name);
    CHECK(held.number.value_or("") == c.number);
    CHECK_THAT(held.unknown, Catch::Contains(c.unknown));
    CHECK(held.number.has_value() == held.unknown.empty());
  }
}

TEST_CASE("Held number: a namespace that the container shares is the host's") {
  const Host host;
  CheckInput input = host.input();
  input.origin.private_namespaces = {};
  CHECK(held_number(input, "net/core/somaxconn").number == "4096");
  CHECK(held_number(input, "kernel/shmmax").number == "18446744073709551615");
}

TEST_CASE("Held number: what is given counts before all else") {
  const Host host;
  CheckInput input = host.input();
  input.current = {{"vm/max_map_count", "5"}, {"net/core/somaxconn", "7"}, {"vm/nothing", "-1"}};
  CHECK(held_number(input, "vm/max_map_count").number == "5");
  CHECK(held_number(input, "net/core/somaxconn").number == "7");
  CHECK(held_number(input, "vm/nothing").number == "-1");
}

TEST_CASE("Held number: the kernel of another node is not asked") {
  const Host host;
  CheckInput input = host.input();
  input.kernel_here.reset();
  CHECK_FALSE(held_number(input, "vm/max_map_count").number);
  CHECK_THAT(held_number(input, "vm/max_map_count").unknown, Catch::Contains("another node"));
  input.current = {{"vm/max_map_count", "5"}};
  CHECK(held_number(input, "vm/max_map_count").number == "5");
}

TEST_CASE("Held number: one that no write asks about is a warning") {
  CheckInput input;
  input.current = {{"vm/max_map_count", "5"}, {"vm/max_mpa_count", "6"}, {"vm/swappiness", "7"}};
  input.accesses = {{.write = true, .name = "vm/max_map_count", .value = "9"},
                    {.write = false, .name = "vm/swappiness", .value = ""}};
  Diagnostics findings;
  warn_of_unused_numbers(input, {}, findings);
  REQUIRE(findings.findings().size() == 2);
  CHECK(findings.findings()[0].severity == Severity::kWarning);
  CHECK(findings.findings()[0].source == "option --current");
  CHECK(findings.findings()[0].text == "vm.max_mpa_count=6");
  CHECK(findings.findings()[1].text == "vm.swappiness=7");
}

TEST_CASE("Held number: one that a rule is there to raise is in use, another rule's is not") {
  CheckInput input;
  input.current = {{"vm/max_map_count", "5"}, {"vm/swappiness", "7"}};
  const Rule raises = rule_of("vm/max_map_count", "@current..9");
  const Rule sets = rule_of("vm/swappiness", "@current..9|1");
  Diagnostics findings;
  warn_of_unused_numbers(input, std::vector{raises, sets}, findings);
  REQUIRE(findings.findings().size() == 1);
  CHECK(findings.findings()[0].text == "vm.swappiness=7");
}

TEST_CASE("Held number: a rule that only raises grants nothing above its end") {
  struct Case {
    const char* name;
    const char* values;
    bool is_above;
  };
  const Case cases[] = {
      {"vm/swappiness", "@current..59", true},
      {"vm/swappiness", "@current..1|@current..59", true},
      {"vm/swappiness", "@current..60", false},
      {"vm/swappiness", "@current..1|@current..60", false},
      {"vm/swappiness", "@current..", false},
      {"vm/swappiness", "@current", false},
      {"vm/swappiness", "@current..1|1", false},
      {"vm/swappiness", "1", false},
      {"vm/swap*", "@current..1", false},
      {"vm/nothing", "@current..1", false},
      {"net/core/somaxconn", "@current..1", false},
  };
  const Host host;
  for (const Case& c : cases) {
    INFO(c.name << "=" << c.values);
    Rule rule = rule_of(c.name, c.values);
    CHECK(number_above(host.input(), rule) ==
          (c.is_above ? std::optional<std::string>("60") : std::nullopt));
    for (const char* const source : {"annotation io.sysctl-guard.allow", "node policy /p"}) {
      rule.source = source;
      Diagnostics findings;
      warn_of_numbers_above(std::vector{rule}, host.input(), findings);
      REQUIRE(findings.findings().size() == (c.is_above && source[0] == 'a' ? 1 : 0));
      if (!findings.findings().empty()) {
        CHECK(findings.findings()[0].severity == Severity::kWarning);
        CHECK_THAT(findings.findings()[0].message,
                   Catch::StartsWith("grants nothing here: the sysctl holds 60"));
      }
    }
  }
}
