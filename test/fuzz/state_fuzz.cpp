// SPDX-License-Identifier: Apache-2.0
// state_fuzz.cpp - any bytes as a container's state.
//
// Held for every input: the parser ends without a fault; the same text gives the same answer twice;
// a state that is taken keeps its promises and, written again as JSON, reads back the same; an
// error is bad input, printable and short.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "base/json.h"
#include "base/text.h"
#include "oci/state.h"

namespace {

using sg::oci::State;

bool same(const State& a, const State& b) {
  return a.id == b.id && a.status == b.status && a.bundle == b.bundle && a.pid == b.pid &&
         a.annotations == b.annotations;
}

void check_error(const sg::Error& error) {
  SG_CHECK(error.code == sg::Errc::kBadInput);
  SG_CHECK(!error.hint.empty());
  SG_CHECK(error.message.size() < 300);
  for (const char c : error.message) {
    SG_CHECK(sg::is_printable(c));
  }
}

std::string write(const State& state) {
  std::string text = "{\"annotations\":{";
  const char* comma = "";
  for (const auto& [key, value] : state.annotations) {
    text += comma + sg::json_quote(key) + ":" + sg::json_quote(value);
    comma = ",";
  }
  return text + "},\"pid\":" + std::to_string(state.pid) + ",\"id\":" + sg::json_quote(state.id) +
         ",\"status\":" + sg::json_quote(state.status) +
         ",\"bundle\":" + sg::json_quote(state.bundle) + "}";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const char c : sg::escape(text)) {
    SG_CHECK(sg::is_printable(c));
  }
  const auto state = sg::oci::parse_state(text);
  const auto again = sg::oci::parse_state(text);
  SG_CHECK(static_cast<bool>(state) == static_cast<bool>(again));
  if (!state) {
    SG_CHECK(state.error().message == again.error().message);
    check_error(state.error());
    return 0;
  }
  SG_CHECK(same(*state, *again));
  SG_CHECK(!state->id.empty() && state->id.size() <= sg::oci::kIdMax && state->pid >= 0);
  SG_CHECK(state->id.find('\0') == std::string::npos);
  SG_CHECK(state->bundle.find('\0') == std::string::npos);
  const auto rewritten = sg::oci::parse_state(write(*state));
  SG_CHECK(rewritten && same(*state, *rewritten));
  return 0;
}
