// SPDX-License-Identifier: Apache-2.0
// foreign_rule.cpp - the words of a rule: names of sysctls, what is around them, and what is a value.
#include "policy/foreign_rule.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "base/text.h"
#include "policy/rule_text.h"
#include "policy/value_rule.h"
#include "sysctl/catalogue.h"
#include "sysctl/sysctl_name.h"

namespace sg::policy {
namespace {

constexpr std::size_t kNone = std::string_view::npos;
constexpr std::size_t kShownMax = 128;

using Words = std::vector<std::string>;

bool is_one_of(std::string_view word, std::span<const std::string_view> words) {
  return std::ranges::find(words, std::string_view(to_lower(word))) != words.end();
}

// Behind these stands what is not to be permitted.
constexpr std::array<std::string_view, 14> kNegations = {
    "!",       "-",       "^",      "but",       "deny",  "denied", "except",
    "exclude", "without", "forbid", "excluding", "minus", "no",     "not"};

// Between two rules.
constexpr std::array<std::string_view, 5> kJoins = {"&", "&&", "+", "and", "or"};

// Between a name and its value, or behind a value, and no part of either.
constexpr std::array<std::string_view, 14> kFillers = {":",  ":=",     "=>",     "at",   "be",
                                                       "do", "equals", "is",     "only", "set",
                                                       "to", "value",  "value:", "with"};

// What may be done with a file, as other programs' rules say.
constexpr std::array<std::string_view, 9> kRights = {"r",  "w",   "rw",    "wr",        "read",
                                                     "ro", "rwk", "write", "read,write"};

// ">", ">=128", "!=0".
bool is_comparison(std::string_view word) {
  const std::size_t end = word.find_first_not_of("<>!=");
  return word.find_first_of("<>!") == 0 &&
         (end == kNone || is_digits(word.substr(end)) || word[end] == '-');
}

// A word without the quotes and brackets around it, and without what ends it in a sentence.
std::string bare(std::string_view word) {
  constexpr std::string_view kFront = "'\"`({[<>";
  constexpr std::string_view kBehind = "'\"`)}],;:";
  const std::size_t start = word.find_first_not_of(kFront);
  if (start == kNone) {
    return std::string(word);
  }
  return std::string(word.substr(start, word.find_last_not_of(kBehind) + 1 - start));
}

std::string_view name_of(std::string_view word) { return word.substr(0, word.find('=')); }

// A name has components, and letters.
bool is_name(std::string_view word) {
  const std::string_view name = name_of(word);
  return name.find_first_of("./") != kNone && !name.starts_with('-') &&
         name.find_first_not_of("./*0123456789-") != kNone;
}

// With the value that is written at it, or alone.
struct Said {
  std::string rule;
  bool is_negated = false;
};

// "echo VALUE > NAME", "printf VALUE | tee NAME": what stands between the first word and the sign.
std::string value_before(const Words& words, std::size_t name) {
  const auto is_sign = [](const std::string& word) {
    return word.starts_with('>') || word == "|" || word == "tee";
  };
  const auto begin = words.begin();
  const auto end = begin + static_cast<std::ptrdiff_t>(name) + 1;
  const auto sign = std::find_if(begin, end, is_sign);
  if (sign == end || sign == begin) {
    return "";
  }
  std::string value;
  for (auto word = begin + 1; word != sign; ++word) {
    if (!word->starts_with('-')) {
      value += (value.empty() ? "" : " ") + bare(*word);
    }
  }
  return value;
}

// What stands behind the name up to the next name, or a word between two rules; `next` is the index of
// that.
std::string value_behind(const Words& words, std::size_t name, std::size_t& next) {
  std::string value;
  for (next = name + 1; next < words.size(); ++next) {
    const std::string word = bare(words[next]);
    if (is_name(word) || is_one_of(words[next], kJoins) ||
        (is_one_of(words[next], kNegations) && next + 1 < words.size())) {
      break;
    }
    if (!word.empty() && !is_one_of(words[next], kFillers) && !is_one_of(word, kRights)) {
      value += (value.empty() ? "" : " ") + word;
    }
  }
  return value;
}

// The text with each "=" joined to what stands around it: "a = 1" is one word.
// Where a value stands right behind the ":" of a name: "net.ipv4.tcp_rmem:4096 1 2".
std::size_t colon_before_value(std::string_view word) {
  const std::size_t colon = word.rfind(':');
  const bool has_value = colon != kNone && colon + 1 < word.size() &&
                         word.find_first_not_of("0123456789.-", colon + 1) == kNone;
  return has_value && is_name(word.substr(0, colon)) ? colon : kNone;
}

Words words_of(std::string_view written) {
  std::string text(written);
  const std::size_t equals = text.find('=');
  if (equals != kNone) {
    while (equals + 1 < text.size() && is_blank(text[equals + 1])) {
      text.erase(equals + 1, 1);
    }
  }
  Words words;
  for (const std::string_view token : split_tokens(text)) {
    if (token.starts_with('=') && token != "=>" && !words.empty()) {
      words.back() += token;
    } else if (const std::size_t colon = colon_before_value(token); colon != kNone) {
      words.emplace_back(token.substr(0, colon));
      words.emplace_back(token.substr(colon + 1));
    } else {
      words.emplace_back(token);
    }
  }
  return words;
}

std::vector<Said> read_words(const Words& words, bool takes_values) {
  std::vector<Said> out;
  bool is_negated = false;
  for (std::size_t i = 0; i < words.size();) {
    std::string word = bare(words[i]);
    const bool is_glued = word.size() > 1 && word.starts_with('!') && is_name(word.substr(1));
    word.erase(0, is_glued ? 1 : 0);
    if (!is_name(word)) {
      // A dash in front of a whole line is that of sysctl.d, or of a list in YAML.
      const bool is_dash = i == 0 && words[i] == "-";
      is_negated = (!is_dash && (is_one_of(words[i], kNegations) || is_one_of(word, kNegations))) ||
                   (is_negated && !is_one_of(word, kJoins));
      ++i;
      continue;
    }
    is_negated = is_glued || is_negated;
    std::size_t next = i + 1;
    std::string value = value_behind(words, i, next);
    std::string rule(name_of(word));
    if (rule.ends_with("/**")) {
      rule.pop_back();
    }
    if (name_of(word).size() < word.size()) {
      value = word.substr(name_of(word).size() + 1) + (value.empty() ? "" : " ") + value;
    } else if (value.empty()) {
      value = value_before(words, i);
    }
    if (takes_values && !is_negated && !value.empty()) {
      rule += "=" + value;
    }
    out.push_back({.rule = std::move(rule), .is_negated = is_negated});
    is_negated = false;
    i = next;
  }
  return out;
}

// "net.core.*" of "net.core", with which nothing would be left out.
std::string all_of(std::string_view name) {
  const std::string_view separator = name.substr(name.find_first_of("./"), 1);
  const bool is_directory = sysctl::is_directory_of_numbers(sysctl::to_slash_form(name));
  return std::string(name) + (is_directory ? std::string(separator) + "*" : "");
}

std::string all_rules(const std::vector<Said>& said, bool negated, std::string_view between) {
  Words rules;
  for (const Said& one : said) {
    if (one.is_negated == negated) {
      rules.push_back(negated ? all_of(one.rule) : one.rule);
    }
  }
  const std::string all = join(rules, between);
  return all.size() <= kShownMax ? escape(all, kShownMax) : "";
}

std::string after_colon(const std::string& rules) { return rules.empty() ? "" : ": " + rules; }

std::string_view deny_list_for(std::string_view source) {
  return source.starts_with("annotation ") ? "io.sysctl-guard.deny" : "a \"deny\" list";
}

}  // namespace

bool is_negation(std::string_view word) { return is_one_of(word, kNegations); }

std::string left_out_hint(RuleKind kind, std::string_view where, const std::string& names) {
  return kind == RuleKind::kAllow
             ? "what is to be left out stands in " + std::string(where) + after_colon(names) +
                   (names.empty() ? "" : " there")
             : "this list names what is denied, and nothing that is left out of that";
}

std::string hint_for_blank(std::string_view written, RuleKind kind, Separator separator,
                           std::string_view source) {
  if (written.starts_with('#')) {
    return "leave the comment out";
  }
  if (written.find("{{") != kNone || written.find("${") != kNone) {
    return "this is a template: write what it stands for";
  }
  const Words words = words_of(written);
  const bool is_allow = kind == RuleKind::kAllow;
  const std::vector<Said> said = read_words(words, is_allow);
  if (std::ranges::any_of(said, &Said::is_negated)) {
    return left_out_hint(kind, deny_list_for(source), all_rules(said, true, ", "));
  }
  if (is_name(bare(words.front())) && std::ranges::any_of(words, is_comparison)) {
    return "write the values that are permitted behind one \"=\", such as NAME=1.. or NAME=0..5";
  }
  if (said.size() > 1) {
    return separator == Separator::kComma ? "put a semicolon or a comma between two rules" +
                                                after_colon(all_rules(said, false, ", "))
                                          : "write one rule in each string of the list";
  }
  const std::string rule = all_rules(said, false, "");
  if (rule.empty()) {
    return "write the name as `sysctl -a` prints it, and \"=\" in front of a value";
  }
  const bool is_first = is_name(bare(words.front()));
  return (is_first && rule.find('=') != kNone ? "put \"=\" between a name and its value: "
                                              : "write the rule alone: ") +
         rule;
}

std::string hint_for_two_groups(std::string_view written, RuleKind kind, std::string_view source,
                                const Groups& groups) {
  constexpr std::string_view kGroupEnd = " \t|&+!-,;/.";
  // The longest beginning that is a group: a name can have a "-".
  std::size_t end = written.size();
  while (end != kNone && end > 0 && groups.find(written.substr(0, end)) == nullptr) {
    end = written.find_last_of(kGroupEnd, end - 1);
  }
  if (end == kNone || end == 0 || end == written.size()) {
    return "";
  }
  const std::string_view rest = written.substr(end);
  if (rest.front() == '.' || rest.front() == '/') {
    const std::string_view name = written.substr(1);
    const bool is_plain = name.find_first_of(" \t|&+!=*@") == kNone;
    return is_plain ? "without \"@\" it is a name: " + escape(name, kShownMax) + rest.front() + "*"
                    : "";
  }
  constexpr std::string_view kJoinSigns = "|&+";
  Words joined = {std::string(written.substr(0, end))};
  bool is_negated = false;
  std::string left_out;
  std::string text(rest);
  std::ranges::replace_if(
      text, [&](char c) { return kJoinSigns.find(c) != kNone; }, ' ');
  for (const std::string_view token : split_tokens(text)) {
    const std::size_t start = token.find_first_not_of("!-^");
    is_negated = is_negated || is_one_of(token, kNegations) || (start != 0 && start != kNone);
    if (start == kNone || is_one_of(token, kNegations) || is_one_of(token, kJoins)) {
      continue;
    }
    const std::string word = bare(token.substr(start));
    if (!is_name(word) && groups.find(word) == nullptr) {
      return "";
    }
    if (is_negated) {
      left_out += (left_out.empty() ? "" : ", ") + (is_name(word) ? all_of(word) : word);
    } else {
      joined.push_back(word);
    }
  }
  if (is_negated) {
    return left_out_hint(kind, deny_list_for(source), left_out);
  }
  return joined.size() > 1 ? "put a semicolon or a comma between two rules: " +
                                 escape(join(joined, ", "), kShownMax)
                           : "";
}

}  // namespace sg::policy
