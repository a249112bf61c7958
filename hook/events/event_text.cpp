// SPDX-License-Identifier: Apache-2.0
// event_text.cpp - container, process, access and rule as text.
#include "events/event_text.h"

#include <limits>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "event_abi.h"

namespace sg::events {
namespace {

// Of a value this much is shown: all that a vector of numbers has, and not the whole of a binary
// one.
constexpr std::size_t kValueShown = 120;
constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

// In double quotes where it could be taken for what stands behind it. `escaped` has no blank but a
// space and \t.
std::string quoted(std::string escaped) {
  if (escaped.find_first_of(" ()[]\"") == std::string::npos &&
      escaped.find("\\t") == std::string::npos) {
    return escaped;
  }
  std::string out = "\"";
  for (const char c : escaped) {
    out.append(c == '"' ? "\\" : "").append(1, c);
  }
  return out + "\"";
}

std::string value_text(const Event& event) {
  std::string_view value = event.value;
  const bool whole = value.size() == event.value_len;
  if (whole && value.ends_with('\n')) {
    value.remove_suffix(1);
  }
  std::string out = escape(value, kValueShown);
  if (!whole) {
    out += out.ends_with("...") ? "" : "...";
  }
  out = quoted(std::move(out));
  if (!whole) {
    out += " (" + std::to_string(event.value_len) +
           (event.value_len >= SG_VALUE_LEN_MAX ? " bytes or more)" : " bytes)");
  }
  return out;
}

}  // namespace

std::string container_text(const Event& event) {
  return escape(std::string_view(event.container).substr(0, kShortId), kNoLimit);
}

std::string process_text(const Event& event, bool with_pid) {
  if (event.pid == 0) {
    return "-";
  }
  const std::string comm = quoted(escape(event.comm, kNoLimit));
  return with_pid ? comm + "[" + std::to_string(event.pid) + "]" : comm;
}

std::string access_text(const Event& event) {
  std::string out = event.name.empty() ? "(unknown name)" : escape(event.name, kNoLimit);
  out += event.write ? "=" + value_text(event) : "";
  out += event.file_pos != 0 ? " at position " + std::to_string(event.file_pos) : "";
  return out;
}

std::string rule_text(const Event& event) {
  return event.rule == SG_RULE_NONE ? "-" : std::to_string(event.rule);
}

}  // namespace sg::events
