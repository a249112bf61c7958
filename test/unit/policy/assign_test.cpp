// SPDX-License-Identifier: Apache-2.0
// assign_test.cpp - patterns against a matcher that tries everything; which entry fits, and when
// that cannot be told; the keys in a text, whatever way they are written.
#include "policy/assign.h"

#include <string>
#include <vector>

#include "support/all_words.h"
#include "support/catch.h"

using namespace sg::policy;

namespace {

bool fits_slowly(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) {
    return text.empty();
  }
  if (pattern[0] == '*') {
    return fits_slowly(pattern.substr(1), text) ||
           (!text.empty() && fits_slowly(pattern, text.substr(1)));
  }
  return !text.empty() && text[0] == pattern[0] && fits_slowly(pattern.substr(1), text.substr(1));
}

}  // namespace

TEST_CASE("Assign: a pattern fits as one that tries every way") {
  const std::vector<std::string> patterns = sg::test::all_words("ab*", 5);
  const std::vector<std::string> texts = sg::test::all_words("ab", 5);
  for (const std::string& pattern : patterns) {
    for (const std::string& text : texts) {
      if (fits(pattern, text) != fits_slowly(pattern, text)) {
        FAIL(pattern + " and " + text);
      }
    }
  }
}

TEST_CASE("Assign: no byte but the star means anything but itself") {
  CHECK(fits("registry.example/team/*:1.*", "registry.example/team/a/b:1.2"));
  CHECK_FALSE(fits("registry.example/*", "registry-example/a"));
  CHECK(fits("a?[b]", "a?[b]"));
  CHECK_FALSE(fits("a?", "ab"));
  CHECK(fits("\xff*\n", "\xff\x01\n"));
  CHECK_FALSE(fits("team-a", "team-a\n"));
  CHECK_FALSE(fits("Team", "team"));
}

TEST_CASE("Assign: the first entry that fits, all of its keys") {
  const std::vector<Assignment> assign = {
      {.match = {{"ns", "a"}, {"image", "x*"}}, .profile = "both"},
      {.match = {{"ns", "a*"}}, .profile = "one"},
      {.match = {{"empty", ""}}, .profile = "empty"}};
  const auto profile = [&](const std::map<std::string, std::string>& annotations) {
    const Assigned found = find_assigned(assign, annotations, {});
    CHECK_FALSE(found.unknown);
    return found.hit == nullptr ? "" : found.hit->profile;
  };
  CHECK(profile({{"ns", "a"}, {"image", "xy"}}) == "both");
  CHECK(profile({{"ns", "a"}, {"image", "y"}}) == "one");
  CHECK(profile({{"ns", "a"}}) == "one");
  CHECK(profile({{"ns", "b"}, {"image", "x"}}).empty());
  CHECK(profile({{"empty", ""}}) == "empty");
  CHECK(profile({{"empty", "x"}}).empty());
  CHECK(profile({}).empty());
  const std::vector<Assignment> everyone = {{.match = {}, .profile = "p"}};
  CHECK(find_assigned(everyone, {}, {}).hit == &everyone[0]);
  CHECK(find_assigned(everyone, {}, {.is_all = false}).hit == &everyone[0]);
}

TEST_CASE("Assign: what was not kept is not absent") {
  const std::vector<Assignment> assign = {
      {.match = {{"known", "a"}, {"other", "b"}}, .profile = "narrow"},
      {.match = {}, .profile = "wide"}};
  const Known kept = {.is_all = false, .keys = {"known"}};
  CHECK(find_assigned(assign, {{"known", "a"}}, kept).unknown == "other");
  CHECK(find_assigned(assign, {{"known", "a"}}, kept).hit == nullptr);
  // It does not depend on the other one.
  CHECK(find_assigned(assign, {{"known", "z"}}, kept).hit == &assign[1]);
  CHECK(find_assigned(assign, {}, kept).hit == &assign[1]);
  CHECK(find_assigned(assign, {{"known", "a"}}, {}).hit == &assign[1]);
  CHECK(known_keys({"a", "b"}, {.is_all = false, .keys = {"b", "c"}}) == KeySet{"b"});
  CHECK(known_keys({"a", "b"}, {}) == KeySet{"a", "b"});
}

TEST_CASE("Assign: the keys of a text, as it is parsed and as it is scanned") {
  CHECK(matched_keys(std::vector<Assignment>{{.match = {{"a", ""}, {"b", ""}}, .profile = "p"},
                                             {.match = {{"a", "x"}}, .profile = "q"}}) ==
        KeySet{"a", "b"});
  const struct {
    const char* why;
    const char* text;
    KeySet keys;
  } cases[] = {
      {"none", R"({"version": 1})", {}},
      {"two entries",
       R"({"assign": [{"match": {"a/b": "1"}, "profile": "p"}, {"match": {"c": ""}}]})",
       {"a/b", "c"}},
      {"written with an escape", R"({"\u0061ssign": [{"m\u0061tch": {"\u0062": "1"}}]})", {"b"}},
      {"elsewhere", R"({"profiles": {"assign": {"match": {"a": "1"}}}})", {}},
      {"no JSON", R"({"assign": [{"match": {"a": "1"}}])", {}},
      {"another type", R"({"assign": {"match": 5}})", {}},
  };
  for (const auto& c : cases) {
    INFO(c.why);
    CHECK(matched_keys_in(c.text) == c.keys);
  }
  CHECK(may_assign(R"({"assign": []})"));
  CHECK(may_assign(R"({"\u0061": 1})"));
  CHECK_FALSE(may_assign(R"({"version": 1, "a": "\\ \n \" \/"})"));
}
