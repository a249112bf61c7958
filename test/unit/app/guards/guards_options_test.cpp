// SPDX-License-Identifier: Apache-2.0
// guards_options_test.cpp - the command lines of `list`, `show` and `metrics`.
#include "app/guards/guards_options.h"

#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "support/catch.h"

using namespace sg;
using Words = std::vector<std::string>;

TEST_CASE("guards options: what list, show and metrics take") {
  CHECK_FALSE((*app::parse_list(Words{}))->json);
  CHECK((*app::parse_list(Words{"--json"}))->json);
  const auto show = app::parse_show(Words{"--graph", "4f5b"});
  REQUIRE(show);
  CHECK((*show)->container == "4f5b");
  CHECK((*show)->graph);
  CHECK_FALSE((*show)->json);
  CHECK((*app::parse_show(Words{"--", "--odd"}))->container == "--odd");
  CHECK_FALSE((*app::parse_metrics(Words{}))->output);
  CHECK((*app::parse_metrics(Words{"--output=/a.prom"}))->output == "/a.prom");
}

TEST_CASE("guards options: what they do not take is an error that names it") {
  struct Wrong {
    Words words;
    std::string message;
  };
  for (const Wrong& wrong : {Wrong{{"a\n"}, "nothing can stand here: 'a\\n'"},
                             Wrong{{"--jso"}, "unknown option '--jso'; did you mean '--json'?"},
                             Wrong{{"--json=1"}, "option '--json' takes no value"}}) {
    const auto options = app::parse_list(wrong.words);
    REQUIRE_FALSE(options);
    CHECK(options.error().message == wrong.message);
    CHECK(options.error().hint == "see sysctl-guard list --help");
  }
  for (const Wrong& wrong :
       {Wrong{{}, "no container given: an ID, the beginning of one, or a name"},
        Wrong{{"a", "b"}, "one container at a time: 'b'"},
        Wrong{{"a", "--json", "--graph"}, "--json and --graph do not go together"}}) {
    const auto options = app::parse_show(wrong.words);
    REQUIRE_FALSE(options);
    CHECK(options.error().message == wrong.message);
  }
  CHECK(app::parse_metrics(Words{"--output"}).error().message == "option '--output' needs a value");
  CHECK(app::parse_metrics(Words{"--output="}).error().message == "--output: the file has no name");
  CHECK(app::parse_metrics(Words{"x"}).error().message == "nothing can stand here: 'x'");
}

TEST_CASE("guards options: help is no options, and fits a terminal") {
  CHECK_FALSE(*app::parse_list(Words{"-h"}));
  CHECK_FALSE(*app::parse_show(Words{"--help"}));
  CHECK_FALSE(*app::parse_metrics(Words{"--help"}));
  for (const char* const help : {app::kListHelp, app::kShowHelp, app::kMetricsHelp}) {
    for (const std::string_view line : split(help, '\n')) {
      INFO(line);
      CHECK(line.size() <= 80);
    }
  }
}
