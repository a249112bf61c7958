// SPDX-License-Identifier: Apache-2.0
// journal.cpp - event to entry, entry to the socket.
#include "cli/events/journal.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "base/text.h"
#include "base/time_text.h"
#include "event_abi.h"
#include "events/event_text.h"

namespace sg::cli {
namespace {

// A journal that takes nothing for so long is broken; the one who waits for it can be stopped then.
constexpr timeval kSendTime{.tv_sec = 5, .tv_usec = 0};

std::string message_of(const events::Event& event) {
  return std::string(policy::verdict_name(event.verdict)) + (event.write ? " write " : " read ") +
         events::access_text(event) + " by " + events::process_text(event) + " in container " +
         events::container_text(event);
}

void add(std::string& entry, const char* key, const std::string& value) {
  entry.append(key).append("=").append(value).append("\n");
}

}  // namespace

std::string journal_entry(const events::Event& event) {
  std::string entry;
  add(entry, "MESSAGE", message_of(event));
  add(entry, "PRIORITY", std::string(policy::row_of(event.verdict).syslog));
  add(entry, "SYSLOG_IDENTIFIER", "sysctl-guard");
  add(entry, "SYSCTL_GUARD_TIME", rfc3339_text(event.time_ns));
  add(entry, "SYSCTL_GUARD_CONTAINER", escape(event.container, SIZE_MAX));
  if (!event.called.name.empty()) {
    add(entry, "SYSCTL_GUARD_CONTAINER_NAME", escape(event.called.name, SIZE_MAX));
  }
  if (event.called.is_in_pod()) {
    add(entry, "SYSCTL_GUARD_NAMESPACE", escape(event.called.pod_namespace, SIZE_MAX));
    add(entry, "SYSCTL_GUARD_POD", escape(event.called.pod, SIZE_MAX));
  }
  add(entry, "SYSCTL_GUARD_CGROUP", std::to_string(event.cgroup_id));
  if (event.pid != 0) {
    add(entry, "SYSCTL_GUARD_PID", std::to_string(event.pid));
    add(entry, "SYSCTL_GUARD_TID", std::to_string(event.tid));
    add(entry, "SYSCTL_GUARD_COMM", escape(event.comm, SIZE_MAX));
  }
  add(entry, "SYSCTL_GUARD_UID", std::to_string(event.uid));
  add(entry, "SYSCTL_GUARD_ACCESS", event.write ? "write" : "read");
  add(entry, "SYSCTL_GUARD_NAME", escape(event.name, SIZE_MAX));
  if (event.write) {
    add(entry, "SYSCTL_GUARD_VALUE", escape(event.value, SIZE_MAX));
    add(entry, "SYSCTL_GUARD_VALUE_LENGTH", std::to_string(event.value_len));
  }
  add(entry, "SYSCTL_GUARD_FILE_POSITION", std::to_string(event.file_pos));
  add(entry, "SYSCTL_GUARD_VERDICT", std::string(policy::verdict_name(event.verdict)));
  if (event.rule != SG_RULE_NONE) {
    add(entry, "SYSCTL_GUARD_RULE", std::to_string(event.rule));
  }
  return entry;
}

Result<Journal> Journal::open(const std::string& socket_path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket_path.size() >= sizeof address.sun_path) {
    return Error{Errc::kSystem, "journal: the path of the socket is too long", ""};
  }
  std::memcpy(address.sun_path, socket_path.c_str(), socket_path.size() + 1);
  UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket.valid() ||
      ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &kSendTime, sizeof kSendTime) != 0) {
    return system_error("journal: socket", errno, "");
  }
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    Error error = system_error("journal: connect to " + escape(socket_path), errno,
                               "--journal needs systemd's journal on this host");
    error.code = Errc::kUnsupported;
    return error;
  }
  return Journal(std::move(socket));
}

Status Journal::send(const events::Event& event) const {
  const std::string entry = journal_entry(event);
  while (::send(socket_.get(), entry.data(), entry.size(), MSG_NOSIGNAL) < 0) {
    const int err = errno;
    if (err != EINTR) {
      return system_error("journal: send", err, "is systemd-journald running?");
    }
  }
  return Ok{};
}

}  // namespace sg::cli
