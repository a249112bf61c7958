// SPDX-License-Identifier: Apache-2.0
// runtime_log.cpp - the form of logrus, which is what engines parse.
#include "oci/runtime_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>

#include "base/json.h"
#include "base/unique_fd.h"

namespace sg::oci {

std::string runtime_log_entry(std::string_view message, bool json, std::time_t now) {
  std::array<char, 32> time{};
  std::tm parts{};
  if (::gmtime_r(&now, &parts) == nullptr ||
      std::strftime(time.data(), time.size(), "%Y-%m-%dT%H:%M:%SZ", &parts) == 0) {
    return runtime_log_entry(message, json, 0);  // a year of five digits
  }
  const std::string when = json_quote(time.data());
  const std::string what = json_quote(message);
  return json ? R"({"level":"error","msg":)" + what + R"(,"time":)" + when + "}\n"
              : "time=" + when + " level=error msg=" + what + "\n";
}

void append_to_log(const std::string& file, std::string_view entry) {
  constexpr mode_t kMode = 0644;  // as runc makes it
  const UniqueFd log(::open(
      file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, kMode));
  if (log.valid()) {
    // In one call, so that it stays in one piece among what others append.
    [[maybe_unused]] const ssize_t written = ::write(log.get(), entry.data(), entry.size());
  }
}

}  // namespace sg::oci
