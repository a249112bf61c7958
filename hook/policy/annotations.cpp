// SPDX-License-Identifier: Apache-2.0
// annotations.cpp - the annotations of a container into the rules it asks for.
//
// First every key that is ours is taken apart and judged, then for each kind of key the one that
// holds for this container is chosen ("KEY/NAME" before "KEY"). The value that is replaced is
// parsed too: a mistake is one wherever it stands. An annotation is a request: whether the node
// grants it is decided elsewhere.
#include "policy/annotations.h"

#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "policy/rule_list.h"
#include "policy/rule_text.h"

namespace sg::policy {

namespace {

constexpr std::string_view kPrefix = "io.sysctl-guard.";
constexpr std::array<std::string_view, 2> kContainerNameKeys = {
    "io.kubernetes.container.name",
    "io.kubernetes.cri.container-name",
};
constexpr std::array<std::string_view, 5> kKeys = {"allow", "deny", "deny-read", "mode", "profile"};
constexpr std::array<std::string_view, 2> kModes = {"audit", "enforce"};

using Annotations = std::map<std::string, std::string>;
using Annotation = Annotations::value_type;

// For each of kKeys the annotation that holds for this container; null where there is none.
using ByKey = std::array<const Annotation*, kKeys.size()>;

struct Chosen {
  ByKey holds{};
  ByKey replaced{};  // by a key with "/NAME": without effect, but a mistake in it is a mistake
};

// Where findings about keys stand, as against what a key holds.
TextPlace key_place() { return TextPlace{"annotations", 0}; }

TextPlace place_of(const Annotation& annotation) {
  return TextPlace{"annotation " + annotation.first, 0};
}

std::string list_of_keys() {
  std::string list;
  for (const std::string_view key : kKeys) {
    list += (list.empty() ? "" : ", ") + std::string(kPrefix) + std::string(key);
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

// The index in kKeys of the key `annotation` has, with or without "/NAME"; nothing, with a finding,
// where there is no such key.
std::optional<std::size_t> key_index(std::string_view key, std::string_view base,
                                     Diagnostics& findings) {
  for (std::size_t i = 0; i < kKeys.size(); i++) {
    if (kKeys[i] == base) {
      return i;
    }
  }
  const std::optional<std::string_view> near = nearest(base, kKeys);
  add_error(findings, key_place(), 0, key, "there is no such key",
            near ? "write " + std::string(kPrefix) + std::string(*near)
                 : "the keys are " + list_of_keys());
  return std::nullopt;
}

Chosen choose(const Annotations& annotations, Diagnostics& findings) {
  const std::optional<std::string_view> container = container_name(annotations, findings);
  ByKey plain{};
  ByKey named{};
  for (auto it = annotations.lower_bound(std::string(kPrefix));
       it != annotations.end() && it->first.starts_with(kPrefix); ++it) {
    const std::string_view rest = std::string_view(it->first).substr(kPrefix.size());
    const std::size_t slash = rest.find('/');
    const std::optional<std::size_t> index =
        key_index(it->first, rest.substr(0, slash), findings);
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
  for (std::size_t i = 0; i < kKeys.size(); i++) {
    chosen.holds[i] = named[i] != nullptr ? named[i] : plain[i];
    chosen.replaced[i] = named[i] != nullptr ? plain[i] : nullptr;
  }
  return chosen;
}

const Annotation* find(const ByKey& annotations, std::string_view key) {
  for (std::size_t i = 0; i < kKeys.size(); i++) {
    if (kKeys[i] == key) {
      return annotations[i];
    }
  }
  return nullptr;
}

std::vector<Rule> parse_list(const Chosen& chosen, std::string_view key, RuleKind kind,
                             const NamespaceSet& private_namespaces, Diagnostics& findings) {
  std::vector<Rule> rules;
  for (const ByKey* annotations : {&chosen.replaced, &chosen.holds}) {
    const Annotation* annotation = find(*annotations, key);
    if (annotation != nullptr) {
      rules = parse_rule_list(annotation->second, kind, place_of(*annotation).source,
                              private_namespaces, findings);
    }
  }
  return rules;
}

void check_profile(const Annotation* annotation, Diagnostics& findings) {
  if (annotation != nullptr) {
    add_error(findings, place_of(*annotation), 0, annotation->second,
              "there is no profile of this name",
              "write the rules into " + std::string(kPrefix) + "allow");
  }
}

void check_mode(const Annotation* annotation, Diagnostics& findings) {
  if (annotation == nullptr || annotation->second == "enforce") {
    return;
  }
  const std::string& mode = annotation->second;
  if (mode == "audit") {
    add_error(findings, place_of(*annotation), 0, mode,
              "the node policy does not let annotations choose this mode",
              "leave the annotation out, or write enforce");
    return;
  }
  const std::optional<std::string_view> near = nearest(mode, kModes);
  add_error(findings, place_of(*annotation), 0, mode, "there is no such mode",
            near ? "write " + std::string(*near) : "the modes are enforce and audit");
}

}  // namespace

Request parse_annotations(const std::map<std::string, std::string>& annotations,
                          const NamespaceSet& private_namespaces, Diagnostics& findings) {
  const Chosen chosen = choose(annotations, findings);
  Request request;
  request.allow = parse_list(chosen, "allow", RuleKind::kAllow, private_namespaces, findings);
  request.deny = parse_list(chosen, "deny", RuleKind::kDeny, private_namespaces, findings);
  request.deny_read =
      parse_list(chosen, "deny-read", RuleKind::kDenyRead, private_namespaces, findings);
  for (const ByKey* by_key : {&chosen.replaced, &chosen.holds}) {
    check_profile(find(*by_key, "profile"), findings);
    check_mode(find(*by_key, "mode"), findings);
  }
  const std::size_t count =
      request.allow.size() + request.deny.size() + request.deny_read.size();
  if (count > kRulesMax) {
    add_error(findings, key_place(), 0, "",
              "the container asks for " + std::to_string(count) + " rules, at most " +
                  std::to_string(kRulesMax) + " are possible",
              "put \"*\" in place of many names");
  }
  return request;
}

}  // namespace sg::policy
