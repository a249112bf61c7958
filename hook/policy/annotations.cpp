// SPDX-License-Identifier: Apache-2.0
// annotations.cpp - the annotations of a container into the rules it asks for.
//
// First every key that is ours is taken apart and judged, then for each kind of key the one that
// holds for this container is chosen ("KEY/NAME" before "KEY"). The value that is replaced is
// parsed too: a mistake is one wherever it stands. An annotation is a request: whether the node
// grants it is decided elsewhere.
#include "policy/annotations.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "policy/rule_list.h"
#include "policy/rule_parser.h"
#include "policy/rule_text.h"
#include "policy/stray_keys.h"

namespace sg::policy {

namespace {

using Annotations = std::map<std::string, std::string>;
using Annotation = Annotations::value_type;

// For each of kAnnotationKeys the annotation that holds for this container; null where there is
// none.
using ByKey = std::array<const Annotation*, kAnnotationKeys.size()>;

struct Chosen {
  ByKey holds{};
  ByKey replaced{};  // by a key with "/NAME": without effect, but a mistake in it is a mistake
};

std::size_t bytes_of(const Annotations& annotations) {
  std::size_t bytes = 0;
  for (const auto& [key, value] : annotations) {
    bytes += key.size() + value.size();
  }
  return bytes;
}

// Where findings about keys stand, as against what a key holds.
TextPlace key_place() { return TextPlace{"annotations", 0}; }

TextPlace place_of(const Annotation& annotation) {
  return TextPlace{"annotation " + annotation.first, 0};
}

std::string list_of_keys() {
  std::string list;
  for (const std::string_view key : kAnnotationKeys) {
    list += (list.empty() ? "" : ", ") + std::string(kAnnotationPrefix) + std::string(key);
  }
  return list;
}

// The name that the engine gave the container, from either of two keys; nothing where there is
// none, or, with a finding, where they differ.
std::optional<std::string_view> container_name(const Annotations& annotations,
                                               Diagnostics& findings) {
  const auto one = annotations.find(std::string(kContainerNameKeys[0]));
  const auto other = annotations.find(std::string(kContainerNameKeys[1]));
  if (one == annotations.end() && other == annotations.end()) {
    return std::nullopt;
  }
  if (one != annotations.end() && other != annotations.end() && one->second != other->second) {
    add_error(findings, place_of(*other), 0, other->second,
              "annotation " + one->first + " names another one, '" + escape(one->second) + "'",
              "let only the engine set these two");
    return std::nullopt;
  }
  return one != annotations.end() ? one->second : other->second;
}

// The index in kAnnotationKeys of the key `annotation` has, with or without "/NAME"; nothing, with
// a finding, where there is no such key.
std::optional<std::size_t> key_index(std::string_view key, std::string_view base,
                                     Diagnostics& findings) {
  const auto* const found = std::ranges::find(kAnnotationKeys, base);
  if (found != kAnnotationKeys.end()) {
    return static_cast<std::size_t>(found - kAnnotationKeys.begin());
  }
  const std::optional<std::string_view> near = nearest(base, kAnnotationKeys);
  add_error(findings, key_place(), 0, key, "there is no such key",
            near ? "write " + std::string(kAnnotationPrefix) + std::string(*near)
                 : "the keys are " + list_of_keys());
  return std::nullopt;
}

// Keys that were meant for us and that nothing reads: what they ask for would be lost without a
// word.
void find_stray_keys(const Annotations& annotations, Diagnostics& findings) {
  const bool has_ours = has_annotation_of_ours(annotations);
  for (const auto& [key, value] : annotations) {
    if (is_key_behind_quote(key)) {
      const std::size_t start = key.find(kAnnotationPrefix);
      add_error(
          findings, key_place(), 0, key,
          "something stands in front of this key: Podman from 5.0 on keeps the quotes that "
          "earlier versions take off, and then nothing reads it",
          "write " + escape(key.substr(start), 64) + ", and \";\" between the rules of a list");
    }
  }
  for (const auto& [key, value] : annotations) {
    if (has_ours && !is_key_behind_quote(key) && reads_like_rule(key, value)) {
      add_error(findings, key_place(), 0, key,
                "this key reads like a rule: Podman before 5.0 cuts an --annotation at its commas "
                "and makes an annotation of each piece",
                "write \";\" between the rules of a list, or put them into a profile");
    }
  }
}

Chosen choose(const Annotations& annotations, Diagnostics& findings) {
  const std::optional<std::string_view> container = container_name(annotations, findings);
  ByKey plain{};
  ByKey named{};
  for (auto it = annotations.lower_bound(std::string(kAnnotationPrefix));
       it != annotations.end() && it->first.starts_with(kAnnotationPrefix); ++it) {
    if (is_mark(it->first)) {
      continue;
    }
    const std::string_view rest = std::string_view(it->first).substr(kAnnotationPrefix.size());
    const std::size_t slash = rest.find('/');
    const std::optional<std::size_t> index = key_index(it->first, rest.substr(0, slash), findings);
    if (slash != std::string_view::npos && slash + 1 == rest.size()) {
      add_error(findings, key_place(), 0, it->first,
                "the name of a container is missing after \"/\"",
                "write the name, or leave out the \"/\" to mean every container");
    } else if (!index) {
      continue;
    } else if (slash == std::string_view::npos) {
      plain[*index] = &*it;
    } else if (container == rest.substr(slash + 1)) {
      named[*index] = &*it;
    }
  }
  Chosen chosen;
  for (std::size_t i = 0; i < kAnnotationKeys.size(); i++) {
    chosen.holds[i] = named[i] != nullptr ? named[i] : plain[i];
    chosen.replaced[i] = named[i] != nullptr ? plain[i] : nullptr;
  }
  return chosen;
}

const Annotation* find(const ByKey& annotations, std::string_view key) {
  const auto* const found = std::ranges::find(kAnnotationKeys, key);
  return found == kAnnotationKeys.end()
             ? nullptr
             : annotations[static_cast<std::size_t>(found - kAnnotationKeys.begin())];
}

std::vector<Rule> parse_list(const Chosen& chosen, std::string_view key, RuleKind kind,
                             const Groups& groups, RuleBudget& budget, Diagnostics& findings) {
  std::vector<Rule> rules;
  for (const ByKey* annotations : {&chosen.replaced, &chosen.holds}) {
    const Annotation* annotation = find(*annotations, key);
    if (annotation != nullptr) {
      rules = parse_rule_list(annotation->second, kind, place_of(*annotation).source, groups,
                              budget, findings);
    }
  }
  return rules;
}

// The profile that `annotation` names; nothing, with a finding, where that is not to be had.
std::optional<std::string> parse_profile(const Annotation& annotation, const NodePolicy& node,
                                         std::string_view wanted, Diagnostics& findings) {
  const std::string& name = annotation.second;
  if (node.profiles.find(name) == node.profiles.end()) {
    std::vector<std::string_view> names;
    for (const auto& profile : node.profiles) {
      names.emplace_back(profile.first);
    }
    const std::optional<std::string_view> near = nearest(name, names);
    add_error(findings, place_of(annotation), 0, name,
              "the node policy has no profile of this name",
              near ? "write " + std::string(*near)
                   : "write the rules into " + std::string(kAnnotationPrefix) + "allow");
    return std::nullopt;
  }
  if (!wanted.empty() && wanted != name) {
    add_error(findings, place_of(annotation), 0, name,
              "the container was given the profile '" + escape(wanted) +
                  "', by the hook's --profile or by \"assign\" of the node policy",
              "name the same one, or leave the annotation out");
    return std::nullopt;
  }
  return name;
}

// The index of the annotation's word among `words`; nothing, with a finding, where it is none.
template <std::size_t kSize>
std::optional<std::size_t> parse_word(const Annotation& annotation,
                                      const std::array<std::string_view, kSize>& words,
                                      const char* message, const char* list,
                                      Diagnostics& findings) {
  const std::string& word = annotation.second;
  const auto* const found = std::ranges::find(words, word);
  if (found != words.end()) {
    return static_cast<std::size_t>(found - words.begin());
  }
  const std::optional<std::string_view> near = nearest(word, words);
  add_error(findings, place_of(annotation), 0, word, message,
            near ? "write " + std::string(*near) : list);
  return std::nullopt;
}

std::optional<Mode> parse_mode(const Annotation& annotation, const NodePolicy& node,
                               Diagnostics& findings) {
  const std::optional<std::size_t> index = parse_word(
      annotation, kModeNames, "there is no such mode", "the modes are enforce and audit", findings);
  if (!index) {
    return std::nullopt;
  }
  const Mode mode = static_cast<Mode>(*index);
  if (std::ranges::find(node.annotation_modes, mode) == node.annotation_modes.end()) {
    add_error(findings, place_of(annotation), 0, annotation.second,
              "the node policy does not let annotations choose this mode",
              "leave the annotation out, or add the mode to annotationModes of the node policy");
    return std::nullopt;
  }
  return mode;
}

// The error of a refusal.
std::optional<Refusal> parse_refusal(const Annotation& annotation, Diagnostics& findings) {
  const std::optional<std::size_t> index =
      parse_word(annotation, kRefusalNames, "a refusal cannot have this error",
                 "the errors are EPERM, EROFS and EACCES", findings);
  return index ? std::optional(static_cast<Refusal>(*index)) : std::nullopt;
}

}  // namespace

bool is_mark(std::string_view key) {
  return key.starts_with(kAnnotationPrefix) &&
         std::ranges::count(kMarkKeys, key.substr(kAnnotationPrefix.size())) > 0;
}

bool is_annotation_of_ours(std::string_view key) {
  return key.starts_with(kAnnotationPrefix) || std::ranges::count(kContainerNameKeys, key) > 0;
}

bool has_annotation_of_ours(const Annotations& annotations) {
  const auto first = annotations.lower_bound(std::string(kAnnotationPrefix));
  return (first != annotations.end() && first->first.starts_with(kAnnotationPrefix)) ||
         std::ranges::any_of(annotations,
                             [](const auto& item) { return is_key_behind_quote(item.first); });
}

bool is_meant_for_us(std::string_view key, std::string_view value) {
  return key.starts_with(kAnnotationPrefix) || is_key_behind_quote(key) ||
         reads_like_rule(key, value);
}

void find_keys_nearly_ours(const Annotations& annotations, Severity severity,
                           Diagnostics& findings) {
  constexpr std::size_t kShown = 4;
  std::size_t count = 0;
  const std::string* last = nullptr;
  for (const auto& [key, value] : annotations) {
    if (!is_key_nearly_ours(key)) {
      continue;
    }
    last = &key;
    if (++count > kShown) {
      continue;
    }
    const std::optional<std::string_view> meant = key_meant_by(key);
    add_finding(findings,
                {.severity = severity,
                 .source = key_place().source,
                 .text = key,
                 .message = "this key names sysctl-guard and is none of its keys: nothing reads it",
                 .hint = meant ? "write " + std::string(kAnnotationPrefix) + std::string(*meant)
                               : "the keys are " + list_of_keys()});
  }
  if (count > kShown) {
    add_finding(findings, {.severity = severity,
                           .source = key_place().source,
                           .text = *last,
                           .message = "this key and " + std::to_string(count - kShown - 1) +
                                      " more name sysctl-guard and are none of its keys",
                           .hint = "the keys are " + list_of_keys()});
  }
}

std::optional<std::vector<const Annotation*>> annotations_read(const Annotations& annotations) {
  if (bytes_of(annotations) > kAnnotationBytesMax) {
    return std::nullopt;
  }
  std::vector<const Annotation*> read;
  const bool has_ours = has_annotation_of_ours(annotations);
  for (const Annotation& item : annotations) {
    if (is_annotation_of_ours(item.first) || is_key_nearly_ours(item.first) ||
        (has_ours && is_meant_for_us(item.first, item.second))) {
      read.push_back(&item);
    }
  }
  return read;
}

Request parse_annotations(const std::map<std::string, std::string>& annotations,
                          const NodePolicy& node, std::string_view profile, Diagnostics& findings) {
  const std::size_t bytes = bytes_of(annotations);
  if (bytes > kAnnotationBytesMax) {
    add_error(findings, key_place(), 0, "",
              "the container has " + std::to_string(bytes) + " bytes of annotations, at most " +
                  std::to_string(kAnnotationBytesMax) + " are read",
              "take some away");
    return {};
  }
  find_stray_keys(annotations, findings);
  const Chosen chosen = choose(annotations, findings);
  Request request;
  if (!profile.empty()) {
    request.profile = profile;
  }
  request.has_allow = find(chosen.holds, "allow") != nullptr;
  RuleBudget budget{.rules = 3 * kRulesMax};  // each list has a limit of its own
  RuleLists& lists = request.lists;
  lists.allow = parse_list(chosen, "allow", RuleKind::kAllow, node.groups, budget, findings);
  lists.deny = parse_list(chosen, "deny", RuleKind::kDeny, node.groups, budget, findings);
  lists.deny_read =
      parse_list(chosen, "deny-read", RuleKind::kDenyRead, node.groups, budget, findings);
  for (const ByKey* by_key : {&chosen.replaced, &chosen.holds}) {
    if (const Annotation* annotation = find(*by_key, "profile")) {
      request.profile = parse_profile(*annotation, node, profile, findings);
    }
    if (const Annotation* annotation = find(*by_key, "refuse")) {
      request.lists.refuse = parse_refusal(*annotation, findings);
    }
    if (const Annotation* annotation = find(*by_key, "mode")) {
      request.mode = parse_mode(*annotation, node, findings);
    }
  }
  const std::size_t count = lists.allow.size() + lists.deny.size() + lists.deny_read.size();
  if (count > kRulesMax) {
    add_error(findings, key_place(), 0, "",
              "the container asks for " + std::to_string(count) + " rules, at most " +
                  std::to_string(kRulesMax) + " are possible",
              "put \"*\" in place of many names");
  }
  return request;
}

}  // namespace sg::policy
