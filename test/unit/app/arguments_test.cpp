// SPDX-License-Identifier: Apache-2.0
// arguments_test.cpp - plain command lines, right and wrong.
#include "app/arguments.h"

#include <string>
#include <vector>

#include "support/catch.h"

using sg::app::Arguments;
using sg::app::OptionForm;
using sg::app::read_arguments;

namespace {

sg::Result<Arguments> read(const std::vector<std::string>& words) {
  static const std::vector<OptionForm> kForms = {{"--flag"}, {"--value", true}, {"--help"}};
  return read_arguments(words, kForms, "test");
}

}  // namespace

TEST_CASE("Arguments: options with and without values, operands anywhere") {
  const auto got = read({"a", "--value", "-x", "--flag", "b"});
  REQUIRE(got);
  CHECK(got->operands == std::vector<std::string>{"a", "b"});
  CHECK(got->has("--flag"));
  CHECK(got->options.at("--value") == "-x");
  CHECK_FALSE(got->has("--help"));
}

TEST_CASE("Arguments: the form with '=', its value empty or with another '='") {
  for (const std::string value : {"", "a=b", "--flag"}) {
    INFO(value);
    const auto got = read({"--value=" + value});
    REQUIRE(got);
    CHECK(got->options.at("--value") == value);
  }
}

TEST_CASE("Arguments: -h is --help, '-' is an operand, behind '--' all are") {
  const auto got = read({"-h", "-", "--", "--flag"});
  REQUIRE(got);
  CHECK(got->has("--help"));
  CHECK_FALSE(got->has("--flag"));
  CHECK(got->operands == std::vector<std::string>{"-", "--flag"});
}

TEST_CASE("Arguments: mistakes") {
  struct Case {
    const char* why;
    std::vector<std::string> words;
    std::string message;
  };
  const Case cases[] = {
      {"a near miss", {"--flga"}, "unknown option '--flga'; did you mean '--flag'?"},
      {"no miss at all", {"-q"}, "unknown option '-q'"},
      {"with a value", {"--flag=1"}, "option '--flag' takes no value"},
      {"without one", {"--value"}, "option '--value' needs a value"},
      {"twice", {"--flag", "--flag"}, "option '--flag' stands twice"},
      {"unprintable", {"--\x1b"}, "unknown option '--\\x1b'"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const auto got = read(c.words);
    REQUIRE_FALSE(got);
    CHECK(got.error().code == sg::Errc::kUsage);
    CHECK(got.error().message == c.message);
    CHECK(got.error().hint == "see sysctl-guard test --help");
  }
}
