// SPDX-License-Identifier: Apache-2.0
// name_pattern.cpp - the name in a rule, with '*' for wildcards, checked and put into slash form.
//
// An index in the slash form is an index in the written form, less a dropped "/proc/sys/". Every
// test but the one for unprintable bytes is made on the slash form; whatever passes them is a legal
// pattern of policy.h.
#include "policy/name_pattern.h"

#include "base/text.h"
#include "policy/rule_text.h"
#include "sysctl/sysctl_name.h"

namespace sg::policy {
namespace {

constexpr std::string_view kStarHint =
    "the only wildcard is \"*\": at the very end it matches the rest at any depth, elsewhere any "
    "bytes of one component";

// What is wrong with the printable byte at `i`, and what to write; nothing where it is legal.
struct Complaint {
  std::string_view message;
  std::string_view hint;
};

std::optional<Complaint> complaint_about(std::string_view written, std::size_t i) {
  switch (written[i]) {
    case '?':
    case '[':
    case '{':
      return Complaint{"this is not a wildcard here", kStarHint};
    case '*':
      if (i + 1 < written.size() && written[i + 1] == '*' && (i == 0 || written[i - 1] != '*')) {
        return Complaint{"\"**\" is not supported", kStarHint};
      }
      return std::nullopt;
    case ' ':
    case '\t':
      if (i == 0 || !is_blank(written[i - 1])) {
        return Complaint{"a name has no blanks", "put a semicolon or a comma between two rules"};
      }
      return std::nullopt;
    case ',':
    case ';':
    case '=':
    case '|':
    case '"':
    case '@':
      return Complaint{"this character has a meaning in rules and cannot be part of a name",
                       "where an interface has it in its name, put \"*\" in its place"};
    default:
      return std::nullopt;
  }
}

bool check_characters(std::string_view written, const TextPlace& place, Diagnostics& findings) {
  bool good = check_bytes(written, place, findings);
  for (std::size_t i = 0; i < written.size(); i++) {
    const std::optional<Complaint> complaint = complaint_about(written, i);
    if (complaint) {
      const std::size_t length = written.substr(i).starts_with("**") ? 2 : 1;
      add_error(findings, place, i, written.substr(i, length), std::string(complaint->message),
                std::string(complaint->hint));
      good = false;
    }
  }
  return good;
}

std::string hint_for_empty_component(std::string_view slash_name) {
  if (slash_name.starts_with('/')) {
    return "leave out the separator at the start, or write the whole path from /proc/sys/";
  }
  if (slash_name.ends_with('/')) {
    return "to match everything below it, write \"*\" after the last separator";
  }
  return "write one separator";
}

// At most one finding, with the whole name: the components of a name make sense only together.
bool check_components(std::string_view slash_name, std::string_view written, const TextPlace& place,
                      Diagnostics& findings) {
  for (const std::string_view component : split(slash_name, '/')) {
    if (component.empty()) {
      add_error(findings, place, 0, written, "the name has an empty component",
                hint_for_empty_component(slash_name));
      return false;
    }
    if (component == "." || component == "..") {
      add_error(findings, place, 0, written,
                "the name has the component \"" + std::string(component) + "\"",
                "write the name as it stands under /proc/sys");
      return false;
    }
  }
  return true;
}

}  // namespace

std::optional<std::string> parse_pattern(std::string_view written, const TextPlace& place,
                                         Diagnostics& findings) {
  std::string slash_name = sysctl::to_slash_form(written);
  if (slash_name.empty()) {
    add_error(findings, place, 0, written, "the name of a sysctl is missing",
              "write a name such as net.ipv4.ip_forward");
    return std::nullopt;
  }
  bool good = check_characters(written, place, findings);
  good = check_components(slash_name, written, place, findings) && good;
  if (slash_name.size() > sysctl::kNameMax) {
    add_error(findings, place, 0, written,
              "the name has " + std::to_string(slash_name.size()) + " bytes, at most " +
                  std::to_string(sysctl::kNameMax) + " are possible",
              "shorten it with \"*\"");
    good = false;
  }
  if (!good) {
    return std::nullopt;
  }
  return slash_name;
}

}  // namespace sg::policy
