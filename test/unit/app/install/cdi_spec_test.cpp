// SPDX-License-Identifier: Apache-2.0
// cdi_spec_test.cpp - a device for each profile that can be one, and "default".
#include "app/install/cdi_spec.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/json.h"
#include "support/catch.h"

using sg::app::cdi_spec_text;
using sg::app::is_device_name;

namespace {

// Every value of the specification as "path=text".
std::vector<std::string> values_of(const std::string& text) {
  const std::vector<std::vector<std::string_view>> everything(1);
  const auto items = sg::read_json(text, "spec", everything);
  REQUIRE(items);
  std::vector<std::string> out;
  for (const sg::JsonItem& item : *items) {
    std::string line;
    for (const std::string& key : item.path) {
      line += "/" + key;
    }
    out.push_back(line + "=" + item.text);
  }
  return out;
}

bool holds(const std::vector<std::string>& values, const std::string& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

}  // namespace

TEST_CASE("CDI: what can be the name of a device") {
  for (const char* name : {"a", "7", "web", "web-1", "a_b.c:d"}) {
    INFO(name);
    CHECK(is_device_name(name));
  }
  for (const char* name : {"", "default", "-a", "a-", "a b", "a/b", "\xc3\xa4", "a="}) {
    INFO(name);
    CHECK_FALSE(is_device_name(name));
  }
}

TEST_CASE("CDI: the device without a profile has no argument, the others have their name") {
  const std::vector<std::string> profiles = {"bad name", "default", "web"};
  const std::vector<std::string> values = values_of(cdi_spec_text("/x/ho\"ok", profiles));
  CHECK(holds(values, "/kind=sysctl-guard.io/policy"));
  CHECK(holds(values, "/cdiVersion=0.5.0"));
  CHECK(holds(values, "/devices/0/name=default"));
  const std::string first = "/devices/0/containerEdits/hooks/0";
  CHECK(holds(values, first + "/hookName=createRuntime"));
  CHECK(holds(values, first + "/path=/x/ho\"ok"));
  CHECK(holds(values, first + "/args/0=sysctl-guard-hook"));
  CHECK_FALSE(holds(values, first + "/args/1=--profile"));
  CHECK(holds(values, "/devices/1/name=web"));
  CHECK(holds(values, "/devices/1/containerEdits/hooks/0/args/1=--profile"));
  CHECK(holds(values, "/devices/1/containerEdits/hooks/0/args/2=web"));
  CHECK_FALSE(holds(values, "/devices/2="));
}
