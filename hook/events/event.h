// SPDX-License-Identifier: Apache-2.0
// event.h - one event as plain data: from a record of the ring buffer, as one line of JSON, and
// back from it.
//
// Whatever a container chooses (name, value, comm) is raw bytes in here and can be any. A line is
// printable ASCII whatever they are: they are escaped first as escape() does it (\xNN, \n, \t, \\),
// then quoted as JSON, and the way back gives the same bytes. schema/event.v1.schema.json describes
// the line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "policy/container_name.h"
#include "policy/verdict.h"

namespace sg::events {

struct Event {
  std::int64_t time_ns = 0;    // CLOCK_REALTIME, nanoseconds since 1970
  std::string container = {};  // its ID, of a long one the first 79 bytes
  // Not in the record: whoever shows the event knows it while the container has its guard.
  policy::ContainerName called = {};
  std::uint64_t cgroup_id = 0;
  std::uint32_t pid = 0;  // 0 before Linux 6.1: then pid, tid and comm are not known
  std::uint32_t tid = 0;
  std::uint32_t uid = 0;
  std::string comm = {};
  bool write = false;
  std::string name = {};        // slash form, at most 127 bytes; empty: it could not be had
  std::string value = {};       // of a write: the first 255 bytes
  std::uint32_t value_len = 0;  // of the whole value; 4096: that or more
  std::uint32_t file_pos = 0;   // the low 32 bits
  policy::Verdict verdict = policy::Verdict::kDeny;
  std::uint32_t rule = 0;  // 0: none

  friend bool operator==(const Event&, const Event&) = default;
};

// The longest line that to_json_line makes is below 4 KiB; a longer one is no event.
inline constexpr std::size_t kEventLineMax = std::size_t{16} << 10;

// The event in the bytes of a record (bpf/event_abi.h). `boot_to_real_ns` is what CLOCK_REALTIME is
// ahead of CLOCK_BOOTTIME. Lengths beyond their fields are cut to them. Nothing where the record is
// not whole, of another version, or has an access or verdict that is none.
[[nodiscard]] std::optional<Event> event_of_record(std::span<const std::byte> record,
                                                   std::int64_t boot_to_real_ns);

// One line with its newline.
[[nodiscard]] std::string to_json_line(const Event& event);

// The event that to_json_line wrote. Keys that it does not know are passed over: a later version
// may have more. Errors: kBadInput, with what is wrong.
[[nodiscard]] Result<Event> parse_json_line(std::string_view line);

}  // namespace sg::events
