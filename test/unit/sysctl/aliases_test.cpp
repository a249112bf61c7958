// SPDX-License-Identifier: Apache-2.0
// aliases_test.cpp - the rows of the table are what its readers take them for. That they are true
// of the kernel, test/kernel/aliases_test.cpp finds out.
#include "sysctl/aliases.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "policy/rule_parser.h"
#include "support/catch.h"
#include "sysctl/interface_names.h"
#include "sysctl/sysctl_name.h"

using namespace sg::policy;
using namespace sg::sysctl;

namespace {

std::string filled(std::string_view pattern) {
  std::string name(pattern);
  for (std::size_t at = name.find_first_of("%@"); at != std::string::npos;
       at = name.find_first_of("%@")) {
    name.replace(at, 1, name[at] == '%' ? "eth0" : "leaf");
  }
  return name;
}

}  // namespace

TEST_CASE("Aliases: each row is two different names, legal when their gaps are filled") {
  for (const Alias& alias : aliases()) {
    INFO(alias.written << " -> " << alias.changed);
    CHECK(filled(alias.written) != filled(alias.changed));
    for (const std::string_view side : {alias.written, alias.changed}) {
      sg::Diagnostics findings;
      CHECK(parse_pattern(filled(side), TextPlace{}, findings));
      CHECK(findings.findings().empty());
      CHECK(std::ranges::count(side, '%') <= 1);
      CHECK(std::ranges::count(side, '@') <= 1);
    }
  }
}

TEST_CASE(
    "Aliases: a gap of the written name is one of the changed name, and \"%\" is where interfaces "
    "are") {
  for (const Alias& alias : aliases()) {
    INFO(alias.written << " -> " << alias.changed);
    for (const char gap : {'%', '@'}) {
      if (alias.written.find(gap) != std::string_view::npos) {
        CHECK(alias.changed.find(gap) != std::string_view::npos);
      }
    }
    for (const std::string_view side : {alias.written, alias.changed}) {
      const std::size_t at = side.find('%');
      if (at != std::string_view::npos) {
        const auto place = interface_place(filled(side));
        REQUIRE(place);
        CHECK(place->start == at);
      }
    }
    if (alias.reach == Reach::kSame) {
      CHECK((alias.written.find('%') == alias.changed.find('%')));
    }
  }
}

TEST_CASE("Aliases: no row stands twice, nor the other way round") {
  std::set<std::pair<std::string_view, std::string_view>> rows;
  for (const Alias& alias : aliases()) {
    INFO(alias.written << " -> " << alias.changed);
    CHECK(rows.emplace(alias.written, alias.changed).second);
    if (alias.reach == Reach::kSame) {
      CHECK(rows.emplace(alias.changed, alias.written).second);
    }
  }
}
