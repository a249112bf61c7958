// SPDX-License-Identifier: Apache-2.0
// learn_report.cpp - rules first, then the line to copy, then everything that is not solved by it.
#include "app/update/learn_report.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "app/json_text.h"
#include "base/json.h"
#include "base/text.h"
#include "policy/sysctl_name.h"

namespace sg::app {
namespace {

std::string escape_all(std::string_view text) { return escape(text, SIZE_MAX); }

std::string shown_name(const std::string& name) { return name.empty() ? "(unknown)" : escape_all(policy::to_dot_form(name)); }

// "   3  text": the count in a column of six.
std::string counted(std::uint64_t count, const std::string& text) {
  const std::string number = std::to_string(count);
  return std::string(number.size() < 6 ? 6 - number.size() : 0, ' ') + number + "  " + text + "\n";
}

std::string below(const std::string& text) { return "        " + text + "\n"; }

std::string render_rules(const Suggestion& suggestion) {
  std::string text = "  SEEN  RULE\n";
  for (const SuggestedRule& suggested : suggestion.rules) {
    text += counted(suggested.rule.seen, escape_all(suggested.rule.text));
    for (const std::string& note : suggested.rule.notes) {
      text += below(note);
    }
    if (!suggested.beyond.empty()) {
      text += below("beyond the node's limit: " + suggested.beyond);
      text += below(suggested.remedy);
    }
  }
  return text;
}

std::vector<std::string> host_rules(const Suggestion& suggestion) {
  std::vector<std::string> rules;
  for (const SuggestedRule& suggested : suggestion.rules) {
    if (suggested.needs_host) {
      rules.push_back(suggested.rule.text);
    }
  }
  return rules;
}

// What must change elsewhere before the annotation is of any use.
std::string render_limit(const Suggestion& suggestion) {
  const auto is_beyond = [](const SuggestedRule& suggested) { return !suggested.beyond.empty(); };
  if (std::ranges::none_of(suggestion.rules, is_beyond)) {
    return "";
  }
  std::string text =
      "\nThe node policy permits not all of this: as it is, a container with this\nannotation is refused or loses what is beyond the limit.\n";
  const std::vector<std::string> rules = host_rules(suggestion);
  if (!rules.empty()) {
    text += "What is the host's it would need in limit.host:\n";
  }
  for (const std::string& rule : rules) {
    text += "  " + json_quote(rule) + "\n";
  }
  return text;
}

std::string render_rest(const Suggestion& suggestion) {
  std::string text;
  if (!suggestion.still_refused.empty()) {
    text += "\nRefused also with this annotation, by a deny rule:\n";
  }
  for (const StillRefused& still : suggestion.still_refused) {
    text += counted(still.seen, shown_name(still.name) + ": " + escape_all(still.rule) + " (" + escape_all(still.source) + ")");
  }
  if (!suggestion.unnameable.empty()) {
    text += "\nNo rule can permit these:\n";
  }
  for (const policy::Unnameable& found : suggestion.unnameable) {
    text += counted(found.seen, shown_name(found.name) + ": " + found.why);
  }
  if (!suggestion.reads.empty()) {
    text += "\nReads that a deny-read rule refuses; allow does not change that:\n";
  }
  for (const auto& [name, count] : suggestion.reads) {
    text += counted(count, shown_name(name));
  }
  if (suggestion.rare > 0) {
    text += "\n" + std::to_string(suggestion.rare) + (suggestion.rare == 1 ? " rule is" : " rules are") +
            " left out: seen too rarely (--min).\n";
  }
  for (const std::string& note : suggestion.notes) {
    text += "\nnote: " + note + "\n";
  }
  return text;
}

std::string json_rule(const SuggestedRule& suggested) {
  return "{\"rule\": " + json_quote(suggested.rule.text) + ", \"seen\": " + std::to_string(suggested.rule.seen) +
         ", \"notes\": " + json_strings(suggested.rule.notes) + ",\n     \"beyondLimit\": " + text_or_null(suggested.beyond) +
         ", \"remedy\": " + text_or_null(suggested.remedy) + ", \"needsHost\": " + (suggested.needs_host ? "true" : "false") +
         "}";
}

// The elements of an array, each on a line of its own.
std::string json_lines(const std::vector<std::string>& elements) {
  std::string text;
  for (const std::string& element : elements) {
    text += (text.empty() ? "\n    " : ",\n    ") + element;
  }
  return text.empty() ? "[]" : "[" + text + "\n  ]";
}

std::string json_name(const std::string& name, std::uint64_t seen) {
  return "\"name\": " + json_quote(escape_all(name)) + ", \"seen\": " + std::to_string(seen);
}

}  // namespace

std::string render_learn_json(const Suggestion& suggestion) {
  std::vector<std::string> rules;
  std::vector<std::string> still;
  std::vector<std::string> unnameable;
  std::vector<std::string> reads;
  for (const SuggestedRule& suggested : suggestion.rules) {
    rules.push_back(json_rule(suggested));
  }
  for (const StillRefused& found : suggestion.still_refused) {
    still.push_back("{" + json_name(found.name, found.seen) + ", \"rule\": " + json_quote(escape_all(found.rule)) +
                    ", \"source\": " + json_quote(escape_all(found.source)) + "}");
  }
  for (const policy::Unnameable& found : suggestion.unnameable) {
    unnameable.push_back("{" + json_name(found.name, found.seen) + ", \"why\": " + json_quote(found.why) + "}");
  }
  for (const auto& [name, count] : suggestion.reads) {
    reads.push_back("{" + json_name(name, count) + "}");
  }
  const std::string annotation = suggestion.rules.empty()
                                     ? "null"
                                     : "{\"key\": " + json_quote(suggestion.key) + ", \"value\": " +
                                           json_quote(suggestion.value) + "}";
  return "{\n  \"annotation\": " + annotation + ",\n  \"rules\": " + json_lines(rules) +
         ",\n  \"limitHost\": " + json_strings(host_rules(suggestion)) + ",\n  \"stillRefused\": " + json_lines(still) +
         ",\n  \"unnameable\": " + json_lines(unnameable) + ",\n  \"reads\": " + json_lines(reads) +
         ",\n  \"rare\": " + std::to_string(suggestion.rare) + ",\n  \"notes\": " + json_strings(suggestion.notes) + "\n}\n";
}

std::string render_learn(const Suggestion& suggestion) {
  std::string text;
  if (suggestion.rules.empty()) {
    text = "No refused write to learn from.\n";
  } else {
    std::string line = suggestion.value;
    std::erase(line, '\r');
    text = render_rules(suggestion) + "\n" + escape_all(suggestion.key) + "=" + line + "\n" + render_limit(suggestion);
  }
  return text + render_rest(suggestion);
}

}  // namespace sg::app
