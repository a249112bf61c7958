// SPDX-License-Identifier: Apache-2.0
// runtime_json.cpp - one member of a small file set and removed.
//
// The file may be there for other engines, with the same setting. Ours has two blanks behind its colon,
// where nobody else has them: {"allContainers":  true}.
#include "app/install/runtime_json.h"

#include <array>
#include <string_view>
#include <vector>

#include "host/runtime_settings.h"
#include "base/json.h"
#include "base/json_edit.h"

namespace sg::app {
namespace {

constexpr std::array<std::string_view, 1> kMember = {"allContainers"};
constexpr std::string_view kOurs = "\"allContainers\":  true";
constexpr std::string_view kMade = "{ \"version\": 1, \"allContainers\":  true }\n";

// The member as it stands there, with its key; "" where there is none.
Result<std::string_view> member_of(const std::string& text, const std::string& what) {
  if (const Result<host::RuntimeSettings> settings = host::parse_runtime_settings(text); !settings) {
    return settings.error();
  }
  const std::vector<std::vector<std::string_view>> wanted = {{kMember[0]}};
  const Result<std::vector<JsonItem>> items = read_json(text, what, wanted);
  if (!items) {
    return items.error();
  }
  if (items->empty()) {
    return std::string_view();
  }
  const JsonItem& item = items->front();
  return std::string_view(text).substr(item.key_start, item.end - item.key_start);
}

}  // namespace

Result<std::string> guard_all_containers(const std::optional<std::string>& text,
                                         const std::string& what) {
  if (!text) {
    return std::string(kMade);
  }
  const Result<std::string_view> member = member_of(*text, what);
  if (!member) {
    return member.error();
  }
  if (member->ends_with("true")) {
    return *text;
  }
  if (!member->empty()) {
    return Error{Errc::kBadInput, what + ": \"allContainers\" is false",
                 "remove it from the file first, or leave --all-containers out"};
  }
  return json_set(*text, what, kMember, " true");
}

Result<std::optional<std::string>> guard_annotated_containers(const std::string& text,
                                                              const std::string& what) {
  if (text == kMade) {
    return std::optional<std::string>();
  }
  const Result<std::string_view> member = member_of(text, what);
  if (!member) {
    return member.error();
  }
  if (*member != kOurs) {
    return std::optional<std::string>(text);
  }
  Result<std::string> without = json_remove(text, what, kMember);
  if (!without) {
    return std::move(without).error();
  }
  return std::optional<std::string>(*std::move(without));
}

}  // namespace sg::app
