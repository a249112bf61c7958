// SPDX-License-Identifier: Apache-2.0
// doctor_report.cpp - the two forms of doctor's answer.
#include "cli/doctor/doctor_report.h"

#include <algorithm>
#include <string_view>

#include "base/json_write.h"
#include "base/text.h"

namespace sg::cli {
namespace {

// The words of the text, all as wide as the longest.
constexpr std::size_t kWordWidth = 9;
constexpr std::size_t kTextMax = 1024;  // of one clause; paths of engines are in them

std::string_view name_of(CheckStatus status) {
  switch (status) {
    case CheckStatus::kOk:
      return "ok";
    case CheckStatus::kWarning:
      return "warning";
    case CheckStatus::kFailed:
      return "failed";
    case CheckStatus::kUnknown:
      break;
  }
  return "unknown";
}

std::string padded(std::string_view word) {
  std::string out(word);
  out.resize(std::max(kWordWidth, word.size()), ' ');
  return out;
}

}  // namespace

bool is_ready(const DoctorReport& report) noexcept {
  return std::ranges::none_of(report.checks, [](const Check& check) {
    return check.status == CheckStatus::kFailed || check.status == CheckStatus::kUnknown;
  });
}

std::string render_doctor_text(const DoctorReport& report) {
  std::string out;
  for (const Check& check : report.checks) {
    out += padded(name_of(check.status)) + check.id + ": " + escape(check.summary, kTextMax) + "\n";
    if (!check.remedy.empty()) {
      out += std::string(kWordWidth, ' ') + "-> " + escape(check.remedy, kTextMax) + "\n";
    }
  }
  return out + (is_ready(report) ? "A guarded container works here.\n"
                                 : "A guarded container would not work here.\n");
}

std::string render_doctor_json(const DoctorReport& report) {
  const auto json_of = [](const Check& check) {
    return Json::object({{"id", check.id},
                         {"status", name_of(check.status)},
                         {"summary", check.summary},
                         {"remedy", text_or_null(check.remedy)}});
  };
  return Json::object(
             {{"ready", is_ready(report)}, {"checks", Json::array_of(report.checks, json_of)}})
      .document();
}

}  // namespace sg::cli
