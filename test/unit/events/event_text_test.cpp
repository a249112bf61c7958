// SPDX-License-Identifier: Apache-2.0
// event_text_test.cpp - the parts of an event as a person sees them.
#include "events/event_text.h"

#include "support/catch.h"

using sg::events::access_text;
using sg::events::Event;

namespace {

Event write_of(std::string name, std::string value) {
  Event event;
  event.write = true;
  event.name = std::move(name);
  event.value_len = static_cast<std::uint32_t>(value.size());
  event.value = std::move(value);
  return event;
}

}  // namespace

TEST_CASE("Event text: accesses") {
  Event event = write_of("net/ipv4/ip_forward", "1\n");
  CHECK(access_text(event) == "net/ipv4/ip_forward=1");
  event.file_pos = 7;
  CHECK(access_text(event) == "net/ipv4/ip_forward=1 at position 7");
  CHECK(access_text(write_of("a/b", "1\n\n")) == "a/b=1\\n");
  CHECK(access_text(write_of("a/b", "")) == "a/b=");
  CHECK(access_text(write_of("", "1")) == "(unknown name)=1");
  event.write = false;
  event.file_pos = 0;
  CHECK(access_text(event) == "net/ipv4/ip_forward");
  CHECK(access_text(write_of("net/ipv4/conf/\x1b[2J\n/x", "\xff\\")) ==
        "net/ipv4/conf/\\x1b[2J\\n/x=\\xff\\\\");
}

TEST_CASE("Event text: a value that could be taken for what stands behind it is in quotes") {
  CHECK(access_text(write_of("a/b", "1 by sshd[1] in container 0123456789ab")) ==
        "a/b=\"1 by sshd[1] in container 0123456789ab\"");
  CHECK(access_text(write_of("a/b", "1 (5x)\n")) == "a/b=\"1 (5x)\"");
  CHECK(access_text(write_of("a/b", "4096\t87380")) == "a/b=\"4096\\t87380\"");
  for (const char* const value : {"(", ")", "[", "]", " "}) {
    CHECK(access_text(write_of("a/b", value)) == "a/b=\"" + std::string(value) + "\"");
  }
  CHECK(access_text(write_of("a/b", "1\" (5x)")) == "a/b=\"1\\\" (5x)\"");
  CHECK(access_text(write_of("a/b", "\\\"")) == "a/b=\"\\\\\\\"\"");  // \\ and \"
  Event event = write_of("a/b", std::string(200, ' '));
  event.value_len = 300;
  CHECK(access_text(event) == "a/b=\"" + std::string(117, ' ') + "...\" (300 bytes)");
  event = write_of("a/b", "a b");
  event.value_len = 9;
  CHECK(access_text(event) == "a/b=\"a b...\" (9 bytes)");
}

TEST_CASE("Event text: a value that is not shown whole says how long it is") {
  Event event = write_of("a/b", std::string(255, 'v'));
  event.value_len = 300;
  CHECK(access_text(event) == "a/b=" + std::string(117, 'v') + "... (300 bytes)");
  event.value_len = 4096;
  CHECK(access_text(event).ends_with("... (4096 bytes or more)"));
  event = write_of("a/b", "v");
  event.value_len = 2;
  CHECK(access_text(event) == "a/b=v... (2 bytes)");
}

TEST_CASE("Event text: container, process, rule") {
  Event event;
  event.container = "0123456789abcdef";
  CHECK(sg::events::container_text(event) == "0123456789ab");
  event.container = "a\nb";
  CHECK(sg::events::container_text(event) == "a\\nb");
  CHECK(sg::events::process_text(event) == "-");
  event.pid = 42;
  event.comm = "\x1b]0;x";
  CHECK(sg::events::process_text(event) == "\"\\x1b]0;x\"[42]");
  CHECK(sg::events::process_text(event, /*with_pid=*/false) == "\"\\x1b]0;x\"");
  event.comm = "\xff";
  CHECK(sg::events::process_text(event) == "\\xff[42]");
  event.comm = "a[1] in b";
  CHECK(sg::events::process_text(event) == "\"a[1] in b\"[42]");
  CHECK(sg::events::process_text(event, /*with_pid=*/false) == "\"a[1] in b\"");
  CHECK(sg::events::rule_text(event) == "-");
  event.rule = 12;
  CHECK(sg::events::rule_text(event) == "12");
}
