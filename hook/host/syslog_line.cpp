// SPDX-License-Identifier: Apache-2.0
// syslog_line.cpp - a datagram in the form syslog daemons and journald take; syslog(3) could block.
//
// Tested by test/integration/41-syslog.bats.
#include "host/syslog_line.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "base/unique_fd.h"

namespace sg::host {

void send_to_syslog(std::string_view program, std::string_view line, Severity severity) {
  const UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.valid()) {
    return;
  }
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  static_assert(sizeof _PATH_LOG <= sizeof address.sun_path);
  std::memcpy(address.sun_path, _PATH_LOG, sizeof _PATH_LOG);
  std::string datagram =
      "<" + std::to_string(LOG_DAEMON | (severity == Severity::kError ? LOG_ERR : LOG_WARNING)) +
      ">";
  datagram += program;
  datagram += "[" + std::to_string(::getpid()) + "]: ";
  datagram += line;
  (void)::sendto(socket.get(), datagram.data(), datagram.size(), MSG_NOSIGNAL,
                 reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

}  // namespace sg::host
