// SPDX-License-Identifier: Apache-2.0
// command_test.cpp - plain command lines, right and wrong.
#include "cli/command.h"

#include <string>
#include <vector>

#include "support/catch.h"

using sg::cli::Arguments;
using sg::cli::Command;
using sg::cli::read_arguments;

namespace {

sg::Result<Arguments> read(const std::vector<std::string>& words) {
  Command command = {
      .name = "test", .line = "", .about = "", .usage = {}, .examples = {}, .exit_codes = {}};
  command.operands = {.noun = "thing", .hint = ": any", .min = 1, .max = 2};
  command.options = {
      {"--flag", "", ""}, {"--value", "V", ""}, {"--other", "", ""}, {"--many", "V", "", true}};
  command.conflicts = {{"--flag", "--other"}};
  return read_arguments(words, command);
}

}  // namespace

TEST_CASE("Arguments: options with and without values, operands anywhere") {
  const auto got = read({"a", "--value", "-x", "--flag", "b"});
  REQUIRE(got);
  CHECK(got->operands == std::vector<std::string>{"a", "b"});
  CHECK(got->has("--flag"));
  CHECK(got->value("--value") == "-x");
  CHECK_FALSE(got->has("--help"));
}

TEST_CASE("Arguments: the form with '=', its value empty or with another '='") {
  for (const std::string value : {"", "a=b", "--flag"}) {
    INFO(value);
    const auto got = read({"a", "--value=" + value});
    REQUIRE(got);
    CHECK(got->value("--value") == value);
    CHECK(got->operands.size() == 1);
  }
}

TEST_CASE("Arguments: -h is --help, '-' is an operand, behind '--' all are") {
  const auto got = read({"-h", "-", "--", "--flag"});
  REQUIRE(got);
  CHECK(got->has("--help"));
  CHECK_FALSE(got->has("--flag"));
  CHECK(got->operands == std::vector<std::string>{"-", "--flag"});
}

TEST_CASE("Arguments: an option that repeats keeps the order of its values") {
  const auto got = read({"--many", "b", "a", "--many=[c,d]"});
  REQUIRE(got);
  CHECK(got->values("--many") == std::vector<std::string>{"b", "[c,d]"});
  CHECK(got->values("--value").empty());
  CHECK_FALSE(got->value("--value"));
}

TEST_CASE("Arguments: help wins over what is missing or does not go together") {
  CHECK(read({"--help"}));
  CHECK(read({"-h", "--flag", "--other", "a", "b", "c"}));
}

TEST_CASE("Arguments: a near word, and none") {
  const std::vector<std::string_view> words = {"allow", "deny"};
  CHECK(sg::cli::did_you_mean("alow", words) == "; did you mean 'allow'?");
  CHECK(sg::cli::did_you_mean("x", words).empty());
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
      {"no operand", {"--flag"}, "no thing given: any"},
      {"an empty one", {""}, "no thing given: any"},
      {"one too many", {"a", "b", "c"}, "one thing at a time: 'c'"},
      {"a pair", {"a", "--other", "--flag"}, "--flag and --other do not go together"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const auto got = read(c.words);
    REQUIRE_FALSE(got);
    CHECK(got.error().code == sg::Errc::kUsage);
    CHECK(got.error().message == c.message);
  }
}
