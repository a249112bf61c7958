// SPDX-License-Identifier: Apache-2.0
// journal_test.cpp - entries, and a socket that takes the place of the journal's.
#include "cli/events/journal.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <random>

#include "base/text.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using sg::cli::Journal;
using sg::cli::journal_entry;
using sg::events::Event;

namespace {

Event make_event() {
  Event event;
  event.time_ns = 1'764'063'000'000'000'000;
  event.container = "3f4e8b1c2d9a5566";
  event.cgroup_id = 77;
  event.pid = 7;
  event.tid = 8;
  event.uid = 1000;
  event.comm = "sh";
  event.write = true;
  event.name = "net/ipv4/ip_forward";
  event.value = "1\n";
  event.value_len = 2;
  event.rule = 3;
  return event;
}

}  // namespace

TEST_CASE("Journal: an entry") {
  CHECK(journal_entry(make_event()) ==
        "MESSAGE=deny write net/ipv4/ip_forward=1 by sh[7] in container 3f4e8b1c2d9a\n"
        "PRIORITY=4\n"
        "SYSLOG_IDENTIFIER=sysctl-guard\n"
        "SYSCTL_GUARD_TIME=2025-11-25T09:30:00.000000000Z\n"
        "SYSCTL_GUARD_CONTAINER=3f4e8b1c2d9a5566\n"
        "SYSCTL_GUARD_CGROUP=77\n"
        "SYSCTL_GUARD_PID=7\n"
        "SYSCTL_GUARD_TID=8\n"
        "SYSCTL_GUARD_COMM=sh\n"
        "SYSCTL_GUARD_UID=1000\n"
        "SYSCTL_GUARD_ACCESS=write\n"
        "SYSCTL_GUARD_NAME=net/ipv4/ip_forward\n"
        "SYSCTL_GUARD_VALUE=1\\n\n"
        "SYSCTL_GUARD_VALUE_LENGTH=2\n"
        "SYSCTL_GUARD_FILE_POSITION=0\n"
        "SYSCTL_GUARD_VERDICT=deny\n"
        "SYSCTL_GUARD_RULE=3\n");
}

TEST_CASE("Journal: no field where nothing is known, and a priority for each verdict") {
  Event event = make_event();
  event.pid = 0;
  event.write = false;
  event.rule = 0;
  event.verdict = sg::policy::Verdict::kWouldDeny;
  const std::string entry = journal_entry(event);
  for (const char* const field :
       {"_PID=", "_TID=", "_COMM=", "_VALUE=", "_VALUE_LENGTH=", "_RULE="}) {
    INFO(field);
    CHECK(entry.find(field) == std::string::npos);
  }
  CHECK(entry.find("\nPRIORITY=5\n") != std::string::npos);
  CHECK(entry.starts_with("MESSAGE=would-deny read net/ipv4/ip_forward by - in container"));
  event.verdict = sg::policy::Verdict::kAllow;
  CHECK(journal_entry(event).find("\nPRIORITY=6\n") != std::string::npos);
}

TEST_CASE("Journal: no value and no comm tells of another process or container") {
  Event event = make_event();
  event.value = "1 by sshd[1] in container 0123456789ab";
  event.value_len = static_cast<std::uint32_t>(event.value.size());
  event.comm = "a in container ";
  CHECK(journal_entry(event).starts_with(
      "MESSAGE=deny write net/ipv4/ip_forward=\"1 by sshd[1] in container 0123456789ab\" by "
      "\"a in container \"[7] in container 3f4e8b1c2d9a\n"));
  CHECK(journal_entry(event).find("\nSYSCTL_GUARD_COMM=a in container \n") != std::string::npos);
}

TEST_CASE("Journal: bytes of a container make no field and no line") {
  std::mt19937 random(1);
  for (int i = 0; i < 500; ++i) {
    Event event = make_event();
    for (std::string* const text : {&event.container, &event.comm, &event.name, &event.value}) {
      text->resize(random() % 60);
      std::ranges::generate(*text, [&] { return "\n=A\x1b\xff"[random() % 5]; });
    }
    const std::string entry = journal_entry(event);
    REQUIRE(std::ranges::count(entry, '\n') == 17);
    REQUIRE(std::ranges::all_of(entry, [](char c) { return c == '\n' || sg::is_printable(c); }));
  }
}

TEST_CASE("Journal: each event is a datagram") {
  const sg::test::TempDir dir;
  const std::string path = dir.path() + "/socket";
  const sg::UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  REQUIRE(path.size() < sizeof address.sun_path);
  std::strcpy(address.sun_path, path.c_str());
  REQUIRE(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  const sg::Result<Journal> journal = Journal::open(path);
  REQUIRE(journal);
  REQUIRE(journal->send(make_event()));
  REQUIRE(journal->send(make_event()));
  std::array<char, 4096> buffer{};
  for (int i = 0; i < 2; ++i) {
    const ssize_t size = ::recv(socket.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    REQUIRE(size > 0);
    CHECK(std::string(buffer.data(), static_cast<std::size_t>(size)) ==
          journal_entry(make_event()));
  }
}

TEST_CASE("Journal: none here") {
  const sg::test::TempDir dir;
  const sg::Result<Journal> journal = Journal::open(dir.path() + "/none");
  REQUIRE_FALSE(journal);
  CHECK(journal.error().code == sg::Errc::kUnsupported);
  CHECK_FALSE(Journal::open(std::string(200, 'a')));
}
