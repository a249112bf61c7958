// SPDX-License-Identifier: Apache-2.0
// state.cpp - the JSON text of a container's state into a State.
//
// Only the six members below are looked at; whatever else a runtime adds is checked to be JSON and
// passed over. A member of the wrong type is an error, never a default: a state that is half
// understood could hide an annotation.
#include "oci/state.h"

#include <array>
#include <limits>
#include <optional>
#include <vector>

#include "base/json.h"
#include "base/text.h"

namespace sg::oci {
namespace {

constexpr const char* kWhat = "container state";
constexpr const char* kHint =
    "the runtime must write the container's state, as the OCI runtime specification has it, to the "
    "hook's standard input";

Error bad(const std::string& why) {
  return Error{Errc::kBadInput, std::string(kWhat) + ": " + why, kHint};
}

// Copies a member that must be a string.
Status take_string(const JsonItem& item, std::string& to) {
  if (item.type != JsonType::kString) {
    return bad("'" + item.path[0] + "' is not a string");
  }
  to = item.text;
  return Ok{};
}

// `-1`, `1.0`, `1e3` and a number beyond pid_t are none; 0 is what crun writes for "no process".
Status take_pid(const JsonItem& item, pid_t& to) {
  std::optional<std::uint64_t> pid;
  if (item.type == JsonType::kNumber) {
    pid = parse_decimal(item.text);
  }
  if (!pid || *pid > static_cast<std::uint64_t>(std::numeric_limits<pid_t>::max())) {
    return bad("'pid' is not a process ID");
  }
  to = static_cast<pid_t>(*pid);
  return Ok{};
}

// The object itself, one of its members, or null, which some encoders write for an empty map.
Status take_annotation(const JsonItem& item, std::map<std::string, std::string>& to) {
  if (item.path.size() == 1) {
    if (item.type != JsonType::kObject && item.type != JsonType::kNull) {
      return bad("'annotations' is not an object");
    }
    return Ok{};
  }
  if (item.type != JsonType::kString) {
    return bad("the annotation '" + escape(item.path[1], 128) + "' is not a string");
  }
  to.emplace(item.path[1], item.text);
  return Ok{};
}

Status take_item(const JsonItem& item, State& state) {
  if (item.path.empty()) {
    return bad("is not a JSON object");
  }
  const std::string& name = item.path[0];
  if (name == "annotations") {
    return take_annotation(item, state.annotations);
  }
  if (name == "pid") {
    return take_pid(item, state.pid);
  }
  if (name == "id") {
    return take_string(item, state.id);
  }
  if (name == "root") {
    return take_string(item, state.root);
  }
  return take_string(item, name == "status" ? state.status : state.bundle);
}

bool has_zero_byte(const std::string& text) { return text.find('\0') != std::string::npos; }

Status check_state(const State& state) {
  if (state.id.empty()) {
    return bad("has no 'id'");
  }
  if (state.id.size() > kIdMax) {
    return bad("'id' is longer than the limit of " + std::to_string(kIdMax) + " bytes");
  }
  if (has_zero_byte(state.id)) {
    return bad("'id' holds a zero byte");
  }
  if (has_zero_byte(state.bundle)) {
    return bad("'bundle' holds a zero byte");
  }
  if (has_zero_byte(state.root)) {
    return bad("'root' holds a zero byte");
  }
  return Ok{};
}

}  // namespace

Result<State> parse_state(std::string_view text) {
  if (text.empty()) {
    return bad("is empty");
  }
  if (text.size() > kStateMax) {
    return bad("larger than the limit of " + std::to_string(kStateMax) + " bytes");
  }
  static const std::array<std::vector<std::string_view>, 6> kWanted = {
      {{"id"}, {"status"}, {"bundle"}, {"root"}, {"pid"}, {"annotations"}}};
  auto items = read_json(text, kWhat, kWanted);
  if (!items) {
    Error error = std::move(items).error();
    error.hint = kHint;
    return error;
  }
  State state;
  for (const JsonItem& item : *items) {
    if (Status status = take_item(item, state); !status) {
      return std::move(status).error();
    }
  }
  if (Status status = check_state(state); !status) {
    return std::move(status).error();
  }
  return state;
}

}  // namespace sg::oci
