// SPDX-License-Identifier: Apache-2.0
// sysctl_name.cpp - names and patterns as written, into the kernel's form with slashes.
//
// Converting swaps '.' and '/' or leaves them alone, byte for byte, so an index in the slash form
// is an index in the written form, less a dropped "/proc/sys/". All tests but that for unprintable
// bytes are made on the slash form; whatever passes them is a legal pattern of policy.h.
#include "policy/sysctl_name.h"

#include "base/text.h"
#include "policy/rule_text.h"

namespace sg::policy {

namespace {

constexpr std::string_view kProcSys = "/proc/sys/";
constexpr std::string_view kStarHint =
    "the only wildcard is \"*\": at the very end it matches the rest at any depth, elsewhere any "
    "bytes of one component";

std::string_view without_proc_sys(std::string_view written) noexcept {
  if (written.starts_with(kProcSys)) {
    written.remove_prefix(kProcSys.size());
  }
  return written;
}

std::string with_separators_swapped(std::string_view name) {
  std::string swapped(name);
  for (char& c : swapped) {
    c = c == '.' ? '/' : c == '/' ? '.' : c;
  }
  return swapped;
}

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

std::string to_slash_form(std::string_view written) {
  const std::string_view name = without_proc_sys(written);
  const std::size_t first = name.find_first_of("./");
  return first == std::string_view::npos || name[first] == '/' ? std::string(name)
                                                               : with_separators_swapped(name);
}

std::string to_dot_form(std::string_view slash_name) { return with_separators_swapped(slash_name); }

std::optional<std::string> parse_pattern(std::string_view written, const TextPlace& place,
                                         Diagnostics& findings) {
  std::string slash_name = to_slash_form(written);
  if (slash_name.empty()) {
    add_error(findings, place, 0, written, "the name of a sysctl is missing",
              "write a name such as net.ipv4.ip_forward");
    return std::nullopt;
  }
  bool good = check_characters(written, place, findings);
  good = check_components(slash_name, written, place, findings) && good;
  if (slash_name.size() > kNameMax) {
    add_error(findings, place, 0, written,
              "the name has " + std::to_string(slash_name.size()) + " bytes, at most " +
                  std::to_string(kNameMax) + " are possible",
              "shorten it with \"*\"");
    good = false;
  }
  if (!good) {
    return std::nullopt;
  }
  return slash_name;
}

// The textbook matcher for wildcards, which goes back to the last '*' alone. That is enough: a '*'
// that is not the last byte of the pattern never matches a '/', so each '/' of the pattern has
// exactly one place in the name, and within a component the shortest match of an earlier '*' is
// always good.
bool pattern_matches(std::string_view pattern, std::string_view name) {
  constexpr std::size_t kNone = std::string_view::npos;
  std::size_t p = 0;
  std::size_t n = 0;
  std::size_t star = kNone;  // index of the last '*' in the pattern
  std::size_t taken = 0;     // where in the name the match of that '*' ends
  while (true) {
    if (p < pattern.size() && pattern[p] == '*') {
      if (p + 1 == pattern.size()) {
        return true;
      }
      star = p;
      taken = n;
      p += 1;
    } else if (p < pattern.size() && n < name.size() && pattern[p] == name[n]) {
      p += 1;
      n += 1;
    } else if (p == pattern.size() && n == name.size()) {
      return true;
    } else if (star != kNone && taken < name.size() && name[taken] != '/') {
      taken += 1;
      n = taken;
      p = star + 1;
    } else {
      return false;
    }
  }
}

}  // namespace sg::policy
