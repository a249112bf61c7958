// SPDX-License-Identifier: Apache-2.0
// journal.h - events into the systemd journal, as entries with fields.
//
// The journal's own protocol: a datagram of lines KEY=value to a socket
// (systemd.io/JOURNAL_NATIVE_PROTOCOL). `logger --journald` speaks it too, with one process for
// each entry.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"
#include "base/unique_fd.h"
#include "events/event.h"

namespace sg::cli {

inline constexpr const char* kJournalSocket = "/run/systemd/journal/socket";

// One entry: MESSAGE, PRIORITY (a denied access is a warning), SYSLOG_IDENTIFIER, and a field
// SYSCTL_GUARD_KEY for each key of the JSON form that is not null. Texts are escaped as there, so
// every field is one line.
[[nodiscard]] std::string journal_entry(const events::Event& event);

class Journal {
 public:
  // Errors: kUnsupported where nobody listens there.
  [[nodiscard]] static Result<Journal> open(const std::string& socket_path = kJournalSocket);

  // Waits where the journal has much to do, for some seconds. Errors: kSystem.
  [[nodiscard]] Status send(const events::Event& event) const;

 private:
  explicit Journal(UniqueFd socket) : socket_(std::move(socket)) {}

  UniqueFd socket_;
};

}  // namespace sg::cli
