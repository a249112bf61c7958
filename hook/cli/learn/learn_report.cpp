// SPDX-License-Identifier: Apache-2.0
// learn_report.cpp - rules first, then the line to copy, then everything that is not solved by it.
#include "cli/learn/learn_report.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/json_write.h"
#include "base/text.h"
#include "sysctl/sysctl_name.h"

namespace sg::cli {
namespace {

std::string escape_all(std::string_view text) { return escape(text, SIZE_MAX); }

std::string shown_name(const std::string& name) {
  return name.empty() ? "(unknown)" : escape_all(sysctl::to_dot_form(name));
}

// "   3  text": the count in a column of six.
std::string counted(std::uint64_t count, const std::string& text) {
  const std::string number = std::to_string(count);
  return std::string(number.size() < 6 ? 6 - number.size() : 0, ' ') + number + "  " + text + "\n";
}

std::string below(const std::string& text) { return "        " + text + "\n"; }

std::string render_rule(const SuggestedRule& suggested) {
  std::string text = counted(suggested.rule.seen, escape_all(suggested.rule.text));
  for (const std::string& note : suggested.rule.notes) {
    text += below(note);
  }
  if (!suggested.is_within()) {
    text += below("beyond the node's limit: " + suggested.beyond);
    text += below(suggested.remedy);
  }
  return text;
}

std::string render_rules(const std::vector<SuggestedRule>& rules, bool within) {
  std::string text;
  for (const SuggestedRule& suggested : rules) {
    text += suggested.is_within() == within ? render_rule(suggested) : "";
  }
  return text;
}

constexpr const char* kTitles = "  SEEN  RULE\n";

// The line to copy.
std::string render_annotation(const std::string& key, const std::string& value) {
  std::string line = value;
  std::erase(line, '\r');
  return "\n" + escape_all(key) + "=" + line + "\n";
}

// A rule that does harm is not proposed.
std::vector<std::string> host_rules(const Suggestion& suggestion) {
  std::vector<std::string> rules;
  for (const SuggestedRule& suggested : suggestion.rules) {
    if (suggested.needs_host && !suggested.does_harm) {
      rules.push_back(suggested.rule.text);
    }
  }
  return rules;
}

// What must change elsewhere before an annotation can have the rest.
std::string render_limit(const Suggestion& suggestion) {
  const std::string beyond = render_rules(suggestion.rules, /*within=*/false);
  if (beyond.empty()) {
    return "";
  }
  std::string text =
      "\nThe node policy does not permit these: a container with one of them in its\nannotation is "
      "refused or loses it.\n" +
      beyond;
  const std::vector<std::string> rules = host_rules(suggestion);
  if (!rules.empty()) {
    text += "For what is host-wide, limit.host would have to permit:\n";
  }
  for (const std::string& rule : rules) {
    text += "  " + json_quote(rule) + "\n";
  }
  return text;
}

std::string render_narrower(const Suggestion& suggestion) {
  if (!suggestion.narrower) {
    return "";
  }
  return "\nIn place of all that it is granted, what it was seen to write and no more. What it "
         "does\n"
         "later, or seldom, is not in it:\n" +
         render_rules(suggestion.narrower->rules, /*within=*/true) +
         render_annotation(suggestion.key, suggestion.narrower->value);
}

std::string render_rest(const Suggestion& suggestion) {
  std::string text;
  if (!suggestion.still_refused.empty()) {
    text += "\nRefused also with this annotation, by a deny rule:\n";
  }
  for (const StillRefused& still : suggestion.still_refused) {
    text += counted(still.seen, shown_name(still.name) + ": " + escape_all(still.rule) + " (" +
                                    escape_all(still.source) + ")");
  }
  if (!suggestion.unnameable.empty()) {
    text += "\nNo rule can permit these:\n";
  }
  for (const Unnameable& found : suggestion.unnameable) {
    text += counted(found.seen, shown_name(found.name) + ": " + found.why);
  }
  if (!suggestion.reads.empty()) {
    text += "\nReads that a deny-read rule refuses; allow does not change that:\n";
  }
  for (const auto& [name, count] : suggestion.reads) {
    text += counted(count, shown_name(name));
  }
  if (suggestion.rare > 0) {
    text += "\n" + std::to_string(suggestion.rare) +
            (suggestion.rare == 1 ? " rule is" : " rules are") +
            " left out: seen too rarely (--min).\n";
  }
  for (const std::string& note : suggestion.notes) {
    text += "\nnote: " + note + "\n";
  }
  return text;
}

Json json_of(const SuggestedRule& suggested) {
  return Json::object({{"rule", suggested.rule.text},
                       {"seen", suggested.rule.seen},
                       {"notes", Json::array_of(suggested.rule.notes)},
                       {"beyondLimit", text_or_null(suggested.beyond)},
                       {"remedy", text_or_null(suggested.remedy)},
                       {"needsHost", suggested.needs_host}});
}

// What was seen by its name, and more of it.
Json json_seen(const std::string& name, std::uint64_t seen, std::vector<Json::Member> more = {}) {
  more.insert(more.begin(), {{"name", escape_all(name)}, {"seen", seen}});
  return Json::object(std::move(more));
}

}  // namespace

std::string render_learn_json(const Suggestion& suggestion) {
  const auto still = [](const StillRefused& found) {
    return json_seen(found.name, found.seen,
                     {{"rule", escape_all(found.rule)}, {"source", escape_all(found.source)}});
  };
  const auto unnameable = [](const Unnameable& found) {
    return json_seen(found.name, found.seen, {{"why", found.why}});
  };
  const auto read = [](const auto& found) { return json_seen(found.first, found.second); };
  const auto annotation = [&](bool is_there, const std::string& value) {
    if (!is_there) {
      return Json();
    }
    return Json::object({{"key", suggestion.key}, {"value", value}});
  };
  const auto& narrower = suggestion.narrower;
  return Json::object(
             {{"annotation",
               annotation(std::ranges::any_of(suggestion.rules, &SuggestedRule::is_within),
                          suggestion.value)},
              {"narrower", annotation(narrower.has_value(), narrower ? narrower->value : "")},
              {"rules", Json::array_of(suggestion.rules, json_of)},
              {"limitHost", Json::array_of(host_rules(suggestion))},
              {"stillRefused", Json::array_of(suggestion.still_refused, still)},
              {"unnameable", Json::array_of(suggestion.unnameable, unnameable)},
              {"reads", Json::array_of(suggestion.reads, read)},
              {"rare", suggestion.rare},
              {"notes", Json::array_of(suggestion.notes)}})
      .document();
}

std::string render_learn(const Suggestion& suggestion) {
  const std::string within = render_rules(suggestion.rules, /*within=*/true);
  std::string text;
  if (suggestion.rules.empty()) {
    text = "No refused write to learn from.\n";
  } else if (within.empty()) {
    text = "No refused write that the node policy permits.\n";
  } else {
    text = kTitles + within + render_annotation(suggestion.key, suggestion.value);
  }
  return text + render_limit(suggestion) + render_narrower(suggestion) + render_rest(suggestion);
}

}  // namespace sg::cli
