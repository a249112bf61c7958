// SPDX-License-Identifier: Apache-2.0
// unlikely_values.cpp - the parsed values of a rule against what the sysctl takes.
#include "advice/unlikely_values.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "advice/joined_rules.h"
#include "advice/number_list.h"
#include "advice/refused_value.h"
#include "base/text.h"
#include "policy/kernel_number.h"
#include "policy/rule_list.h"
#include "policy/rule_text.h"
#include "policy/value_fit.h"
#include "policy/value_rule.h"
#include "sysctl/catalogue.h"
#include "sysctl/kinds.h"
#include "sysctl/sysctl_name.h"

namespace sg::advice {
namespace {

using policy::add_finding;
using policy::Bounds;
using policy::bounds_of;
using policy::Current;
using policy::finding_about;
using policy::Integer;
using policy::is_full;
using policy::is_kernel_number;
using policy::is_written;
using policy::kernel_number;
using policy::kIntMax;
using policy::meant_range;
using policy::NumericValue;
using policy::Rule;
using policy::split_tokens;
using policy::TextValue;
using policy::to_text;
using policy::Token;
using policy::trim_blanks;
using policy::Value;
using policy::wide_names_under;

constexpr std::size_t kNone = std::string_view::npos;

using sysctl::Kind;
using sysctl::KindOf;

std::string join_tokens(std::string_view text, std::string_view between) {
  const std::vector<std::string_view> tokens = split_tokens(text);
  return join(std::vector<std::string>(tokens.begin(), tokens.end()), between);
}

class RuleCheck {
 public:
  // Without `findings`, nothing but whether there is one is found out.
  RuleCheck(const Rule& rule, Diagnostics* findings)
      : rule_(rule), kind_(sysctl::kind_of(rule.pattern)), findings_(findings) {}

  [[nodiscard]] bool is_useful() const noexcept { return is_useful_; }

  // Whether there is a warning; one for each rule.
  bool run() {
    return std::ranges::any_of(rule_.values, [this](const Value& value) {
      const auto* text = std::get_if<TextValue>(&value);
      return text != nullptr ? check_text(*text) : check_numbers(std::get<NumericValue>(value));
    });
  }

 private:
  // `hint` is called for the hint.
  template <typename Hint>
  bool warn(std::string message, Hint hint) {
    if (findings_ != nullptr) {
      add_finding(*findings_, finding_about(rule_, Severity::kWarning, std::move(message), hint()));
    }
    return true;
  }

  bool warn(const Advice& refusal) {
    return warn(refusal.message, [&refusal] { return refusal.hint; });
  }

  bool check_text(const TextValue& value) {
    const std::string text = value.text + (value.prefix ? "*" : "");
    const std::vector<std::string_view> tokens = split_tokens(value.text);
    const bool is_quoted = rule_.text.find('"') != std::string::npos;
    if (!is_quoted && warn_of_rules(between_rules(value.text, kind_.kind == Kind::kNumbers))) {
      return true;
    }
    if (!is_quoted && text.starts_with('=')) {
      return warn("a second \"=\" is taken for a piece of the value",
                  [&] { return number_hint(rule_.pattern, kind_.count, text); });
    }
    const std::string_view inside = inside_quotes(value.text);
    if (!is_quoted && !value.prefix && kind_.kind == Kind::kText && !inside.empty()) {
      return warn(std::string(kQuotesStay), [&] {
        return stands(rule_.pattern, inside) ? "write " + escape_unprintable(inside, 64)
                                             : "write straight double quotes, or none";
      });
    }
    if (!value.prefix) {
      if (const std::optional<Advice> refusal = refused_name(rule_.pattern, value.text)) {
        return warn_of_name(*refusal);
      }
    }
    switch (kind_.kind) {
      case Kind::kNumbers:
        return check_number_text(value, text, tokens);
      case Kind::kList:
        if (value.prefix) {
          return !is_quoted && is_digits(value.text) && warn_of_prefix(value.text);
        }
        return warn_unless_empty(wrong_list(rule_.pattern, text), [&] { return list_hint(); });
      case Kind::kMask:
        return warn_unless_empty(wrong_mask(value.text), [] {
          return "write the mask in quotes, such as \"3\" for the first two processors";
        });
      default:
        return false;
    }
  }

  // Several names are several values.
  bool warn_of_name(const Advice& refusal) {
    const std::string meant = join_tokens(written_values(), "|");
    const bool is_meant = meant != written_values() && stands(rule_.pattern, meant);
    return warn(refusal.message,
                [&] { return is_meant ? "write " + meant + " for either" : refusal.hint; });
  }

  template <typename Hint>
  bool warn_unless_empty(std::string message, Hint hint) {
    return !message.empty() && warn(std::move(message), hint);
  }

  // Numbers as text are none that the language has tested.
  bool check_number_text(const TextValue& value, const std::string& text,
                         const std::vector<std::string_view>& tokens) {
    if (!std::ranges::all_of(tokens, is_kernel_number)) {
      return warn(no_number(text), [&] {
        const std::string of_all = all_values_hint();
        return of_all.empty() ? number_hint(rule_.pattern, kind_.count, text) : of_all;
      });
    }
    if (value.prefix) {
      return rule_.text.find('"') == kNone && !tokens.empty() && !value.text.ends_with(' ') &&
             warn_of_prefix(value.text);
    }
    const std::optional<Advice> refusal = refused_numbers(rule_.pattern, value.text);
    return refusal ? warn(*refusal) : check_count(tokens.size());
  }

  // "1*" is no range of numbers. In quotes, what is written so is meant.
  bool warn_of_prefix(const std::string& number) {
    is_useful_ = true;
    return warn("\"*\" here permits everything that begins with " + number, [&] {
      const std::string above = number + "..";
      return "write " + number + " for that alone, or a range" +
             (stands(rule_.pattern, above) ? ": " + above + " for that and more" : "");
    });
  }

  bool warn_of_rules(Between between) {
    const auto hint = [this] {
      return rule_.is_json ? "write one rule in each string of the list"
                           : "put a comma or a semicolon between two rules";
    };
    switch (between) {
      case Between::kNoRules:
        return false;
      case Between::kBlank:
        return warn(
            "a blank stands between two rules, so the second is taken for a piece of a value",
            hint);
      case Between::kSeparator:
        return warn(
            "this string of a JSON array holds several rules, which are taken for one value",
            [] { return "write one rule in each string of the list"; });
      case Between::kLeftOut:
        return warn(
            "a rule leaves nothing out, so the name behind is taken for a piece of the value", [] {
              return policy::left_out_hint(policy::RuleKind::kAllow,
                                           "io.sysctl-guard.deny or a \"deny\" list", "");
            });
      case Between::kBar:
        return rule_.values.size() > 1 &&
               warn("\"|\" stands between two rules, so the second is taken for a value", hint);
    }
    return false;
  }

  // As they stand behind the "=".
  [[nodiscard]] std::string_view written_values() const {
    const std::size_t equals = rule_.text.find('=');
    return equals == std::string::npos ? "" : std::string_view(rule_.text).substr(equals + 1);
  }

  // Of several values each that is no number in the form that is meant: "write 0|1" of "off|on".
  [[nodiscard]] std::string all_values_hint() const {
    constexpr std::string_view kWrite = "write ";
    std::vector<std::string> meant;
    for (const std::string_view piece : split(written_values(), '|')) {
      const std::string_view value = trim_blanks(piece);
      const std::string hint =
          stands(rule_.pattern, value) ? "" : number_hint(rule_.pattern, kind_.count, value);
      meant.push_back(hint.starts_with(kWrite)
                          ? hint.substr(kWrite.size(),
                                        hint.find_first_of(" ,:;", kWrite.size()) - kWrite.size())
                          : std::string(value));
    }
    const std::string all = join(meant, "|");
    return meant.size() > 1 && stands(rule_.pattern, all) ? std::string(kWrite) + all : "";
  }

  // What to write where the sysctl holds one number.
  [[nodiscard]] std::string one_number_hint() const {
    const std::string meant = meant_range(written_values());
    return !meant.empty() && stands(rule_.pattern, meant)
               ? "write " + meant + " for a range"
               : "write one; put \"|\" between numbers of which each is permitted";
  }

  // The one value as it was written, as often as the sysctl has numbers where it is a range, otherwise
  // with "*" for those that are missing, without those that are too many.
  [[nodiscard]] std::string padded_value() const {
    std::vector<std::string_view> tokens = split_tokens(written_values());
    const bool is_range = tokens.size() == 1 && tokens[0].find("..") != kNone;
    const std::string_view more = is_range ? tokens[0] : "*";
    tokens.resize(kind_.count, more);
    return join(std::vector<std::string>(tokens.begin(), tokens.end()), " ");
  }

  // Where each alternative is one number, and there are as many as the sysctl holds.
  [[nodiscard]] std::string vector_hint() const {
    std::vector<std::string> numbers;
    for (const Value& value : rule_.values) {
      const auto* numeric = std::get_if<NumericValue>(&value);
      if (numeric != nullptr && numeric->tokens.size() == 1 && !numeric->tokens[0].any) {
        const Token& token = numeric->tokens[0];
        numbers.push_back(to_text(token.low));
        if (token.low != token.high && rule_.values.size() == 1) {
          numbers.push_back(to_text(token.high));
        }
      }
    }
    std::string all = numbers.size() == kind_.count ? join(numbers, " ") : "";
    bool is_whole = !all.empty() && stands(rule_.pattern, all);
    if (!is_whole && rule_.values.size() == 1) {
      all = padded_value();
      is_whole = stands(rule_.pattern, all);
    }
    return "write " + std::to_string(kind_.count) + " with blanks between them, " +
           (is_whole ? "such as " + all + "; " : "") + "\"*\" for any";
  }

  [[nodiscard]] std::string name() const { return sysctl::to_dot_form(rule_.pattern); }

  // An unsigned sysctl refuses what is below 0. Under a wildcard over several widths an open range
  // ends where an int ends.
  bool check_ends(const NumericValue& value) {
    const sysctl::Width width = sysctl::width_of(rule_.pattern);
    const bool is_unsigned = width == sysctl::Width::kUint32 || width == sysctl::Width::kUint64;
    const bool is_negative = std::ranges::any_of(
        value.tokens, [](const Token& token) { return !token.any && token.low.negative; });
    if (is_unsigned && is_negative && value.current == Current::kAny) {
      const std::optional<sysctl::Taken> taken = sysctl::taken_numbers(rule_.pattern);
      const Integer held = bounds_of(width).high;
      const std::string most = to_text(taken ? std::min(held, Integer{false, taken->high}) : held);
      return warn(name() + " holds no negative number, and the kernel refuses one",
                  [&] { return "it holds 0 to " + most + "; for the largest write " + most; });
    }
    const std::string int_max = to_text(kIntMax);
    const bool is_open = rule_.text.find(int_max) == std::string::npos &&
                         std::ranges::any_of(value.tokens, [](const Token& token) {
                           return !token.any && token.low != token.high && token.high == kIntMax;
                         });
    const std::vector<std::string_view> wide =
        is_open ? wide_names_under(rule_.pattern) : std::vector<std::string_view>{};
    if (wide.empty() || width != sysctl::Width::kInt32) {
      return false;
    }
    is_useful_ = true;
    const std::string more =
        wide.size() > 1 ? " and " + std::to_string(wide.size() - 1) + " more" : "";
    return warn(
        "the open range ends at " + int_max + ", as an int does; " + sysctl::to_dot_form(wide[0]) +
            more + ", which the pattern covers, can hold more",
        [] { return "give what needs larger numbers a rule of its own, or write the end"; });
  }

  // A number, or a whole range, that no tested kernel takes; of "@current..N" what lies below it.
  bool check_taken(const NumericValue& value) {
    std::vector<Bounds> row;
    for (const Token& token : value.tokens) {
      row.push_back({token.low, token.high});
    }
    if (const std::optional<Advice> refusal = refused_row(rule_.pattern, row)) {
      return warn(*refusal);
    }
    return std::ranges::any_of(value.tokens, [&](const Token& token) {
      if (token.any || value.current == Current::kSame) {
        return false;
      }
      const bool is_from_current = value.current == Current::kSameOrAbove;
      const std::string shown = token.low == token.high ? to_text(token.low)
                                : is_from_current       ? "@current.." + to_text(token.high)
                                                  : to_text(token.low) + ".." + to_text(token.high);
      const std::optional<Advice> refusal =
          refused_range(rule_.pattern, token.low, token.high, shown);
      return refusal && warn(*refusal);
    });
  }

  bool check_numbers(const NumericValue& value) {
    const std::size_t count = value.tokens.size();
    if (kind_.kind == Kind::kText && value.current == Current::kAny) {
      const std::optional<Advice> refusal = refused_name(rule_.pattern, "0");
      return refusal && warn_of_name(*refusal);
    }
    if (check_ends(value) || (kind_.kind != Kind::kList && check_taken(value))) {
      return true;
    }
    if (value.current != Current::kAny) {
      const bool is_one = kind_.kind == Kind::kUnknown ||
                          (kind_.kind == Kind::kNumbers && kind_.count <= 1);  // 0: not known
      return !is_one && warn("\"@current\" stands for one number, and this does not hold one",
                             [] { return "name the values that you want to permit"; });
    }
    if (kind_.kind == Kind::kList) {
      const bool is_plain = count == 1 && value.tokens[0].low == value.tokens[0].high &&
                            !value.tokens[0].low.negative;
      return is_plain ? check_taken(value)
                      : warn("the kernel takes a list here, which ranges and blanks are no part of",
                             [&] { return list_hint(); });
    }
    return kind_.kind == Kind::kNumbers && check_count(count);
  }

  bool check_count(std::size_t count) {
    if (kind_.count == 0 || kind_.count == count) {
      return false;
    }
    const std::string held = std::to_string(kind_.count);
    return warn("the sysctl holds " + held + (kind_.count == 1 ? " number" : " numbers") +
                    ", and this permits only writes of " + std::to_string(count),
                [&] { return kind_.count == 1 ? one_number_hint() : vector_hint(); });
  }

  [[nodiscard]] std::string list_hint() const {
    const std::string_view example =
        rule_.pattern == "net/ipv4/ip_local_reserved_ports" ? "\"1024-15999\"" : "\"0-3\"";
    const std::string meant = meant_list(rule_.pattern, written_values(), "\"");
    return "write the list in quotes, such as " + (meant.empty() ? std::string(example) : meant);
  }

  const Rule& rule_;
  KindOf kind_;
  Diagnostics* findings_;
  bool is_useful_ = false;  // what is warned of is a value that the sysctl takes
};

}  // namespace

void warn_unlikely_values(std::span<const Rule> rules, Diagnostics& findings) {
  for (const Rule& rule : rules) {
    if (!rule.values.empty() && is_written(rule) && !is_full(findings)) {
      RuleCheck(rule, &findings).run();
    }
  }
}

bool has_unlikely_values(const Rule& rule) { return RuleCheck(rule, nullptr).run(); }

bool has_useless_values(const Rule& rule) {
  RuleCheck check(rule, nullptr);
  return check.run() && !check.is_useful();
}

}  // namespace sg::advice
