// SPDX-License-Identifier: Apache-2.0
// event.cpp - record to event, event to line, line to event.
#include "events/event.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <map>
#include <utility>
#include <variant>
#include <vector>

#include "base/json.h"
#include "base/json_write.h"
#include "base/text.h"
#include "base/time_text.h"
#include "event_abi.h"

namespace sg::events {
namespace {

constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();
static_assert(SG_VERDICT_DENY == static_cast<unsigned>(policy::Verdict::kDeny) &&
              SG_VERDICT_ALLOW == static_cast<unsigned>(policy::Verdict::kAllow) &&
              SG_VERDICT_WOULD_DENY == static_cast<unsigned>(policy::Verdict::kWouldDeny));

std::optional<policy::Verdict> verdict_of(std::uint32_t number) {
  const auto verdict = static_cast<policy::Verdict>(number);
  const auto* const row =
      std::ranges::find(policy::kVerdicts, verdict, &policy::VerdictRow::verdict);
  return row == policy::kVerdicts.end() ? std::nullopt : std::optional(verdict);
}

// CLOCK_REALTIME at a time since the start, never before 1970; nothing where that is no time that a
// line can hold.
std::optional<std::int64_t> real_time(std::uint64_t boot_ns, std::int64_t boot_to_real_ns) {
  std::int64_t time_ns = 0;
  if (__builtin_add_overflow(boot_ns, boot_to_real_ns, &time_ns) || time_ns > kTimeMax) {
    return std::nullopt;
  }
  return std::max<std::int64_t>(time_ns, 0);
}

// The first `size` bytes of a field, of which there are no more than `room`.
std::string bytes_of(const char* field, std::size_t size, std::size_t room) {
  return std::string(field, std::min(size, room));
}

// The bytes in front of the zero byte.
std::string text_of(const char* field, std::size_t room) {
  return std::string(field, ::strnlen(field, room));
}

Json escaped(std::string_view bytes) { return escape(bytes, kNoLimit); }

// --- the way back --------------------------------------------------------------------------------

using Members = std::map<std::string, const JsonItem*, std::less<>>;

// Reads members one after the other; the first that is wrong stays in `problem`, and the rest is
// not looked at.
class LineReader {
 public:
  explicit LineReader(const std::vector<JsonItem>& items) {
    for (const JsonItem& item : items) {
      if (item.path.size() == 1) {
        members_.emplace(item.path.front(), &item);
      }
    }
  }

  [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

  [[nodiscard]] bool has(std::string_view key) const { return members_.contains(key); }

  bool is_null(std::string_view key) {
    const JsonItem* const item = find(key);
    return item != nullptr && item->type == JsonType::kNull;
  }

  // The raw bytes of an escaped string of at most `max` bytes.
  std::string bytes(std::string_view key, std::size_t max) {
    const JsonItem* const item = find(key);
    if (item == nullptr) {
      return "";
    }
    std::optional<std::string> raw;
    if (item->type == JsonType::kString && std::ranges::all_of(item->text, is_printable)) {
      raw = unescape(item->text);
    }
    if (!raw || raw->size() > max) {
      complain(key, "is no escaped text of at most " + std::to_string(max) + " bytes");
      return "";
    }
    return *std::move(raw);
  }

  std::uint64_t number(std::string_view key, std::uint64_t max) {
    const JsonItem* const item = find(key);
    if (item == nullptr) {
      return 0;
    }
    const std::optional<std::uint64_t> value =
        item->type == JsonType::kNumber ? parse_decimal(item->text) : std::nullopt;
    if (!value || *value > max) {
      complain(key, "is no number up to " + std::to_string(max));
      return 0;
    }
    return *value;
  }

  std::uint32_t number32(std::string_view key) {
    return static_cast<std::uint32_t>(number(key, std::numeric_limits<std::uint32_t>::max()));
  }

  // The member as a string; it is not escaped, since it is one of a few words.
  std::string word(std::string_view key) {
    const JsonItem* const item = find(key);
    return item != nullptr && item->type == JsonType::kString ? item->text : "";
  }

  void complain(std::string_view key, const std::string& why) {
    if (problem_.empty()) {
      problem_ = "\"" + std::string(key) + "\" " + why;
    }
  }

 private:
  const JsonItem* find(std::string_view key) {
    const auto found = members_.find(key);
    if (found == members_.end()) {
      complain(key, "is missing");
      return nullptr;
    }
    return found->second;
  }

  Members members_;
  std::string problem_;
};

// What the container is called. Older versions did not say it.
void read_called(LineReader& in, Event& event) {
  const std::pair<const char*, std::string*> parts[] = {{"containerName", &event.called.name},
                                                        {"namespace", &event.called.pod_namespace},
                                                        {"pod", &event.called.pod}};
  for (const auto& [key, part] : parts) {
    if (in.has(key) && !in.is_null(key)) {
      *part = in.bytes(key, kEventLineMax);
    }
  }
}

// Who made the access. Where the pid is null, so are tid and comm.
void read_process(LineReader& in, Event& event) {
  if (in.is_null("pid")) {
    for (const char* const key : {"tid", "comm"}) {
      if (!in.is_null(key)) {
        in.complain(key, "is not null, as \"pid\" is");
      }
    }
    return;
  }
  event.pid = in.number32("pid");
  event.tid = in.number32("tid");
  event.comm = in.bytes("comm", SG_COMM_SIZE);
  if (event.pid == 0) {
    in.complain("pid", "is 0");
  }
}

// What was accessed. A read has no value.
void read_access(LineReader& in, Event& event) {
  const std::string access = in.word("access");
  event.write = access == "write";
  if (!event.write && access != "read") {
    in.complain("access", "is neither \"read\" nor \"write\"");
  }
  event.name = in.bytes("name", SG_NAME_SIZE - 1);
  if (event.write) {
    event.value = in.bytes("value", SG_VALUE_SIZE - 1);
  } else if (!in.is_null("value")) {
    in.complain("value", "is not null, and this is a read");
  }
  event.value_len =
      static_cast<std::uint32_t>(in.number("valueLength", event.write ? SG_VALUE_LEN_MAX : 0));
  if (event.value.size() > event.value_len) {
    in.complain("valueLength", "is less than \"value\" has");
  }
  event.file_pos = in.number32("filePosition");
}

void read_verdict(LineReader& in, Event& event) {
  const std::string word = in.word("verdict");
  const auto* const verdict = std::ranges::find(policy::kVerdicts, word, &policy::VerdictRow::name);
  if (verdict == policy::kVerdicts.end()) {
    in.complain("verdict", "is none of deny, allow, would-deny");
    return;
  }
  event.verdict = verdict->verdict;
  if (!in.is_null("rule")) {
    event.rule = static_cast<std::uint32_t>(in.number("rule", SG_RULES_MAX));
    if (event.rule == SG_RULE_NONE) {
      in.complain("rule", "is 0");
    }
  }
}

}  // namespace

std::optional<Event> event_of_record(std::span<const std::byte> record,
                                     std::int64_t boot_to_real_ns) {
  sg_event raw;
  if (record.size() < sizeof raw) {
    return std::nullopt;
  }
  std::memcpy(&raw, record.data(), sizeof raw);
  const std::optional<policy::Verdict> verdict = verdict_of(raw.verdict);
  const std::optional<std::int64_t> time_ns = real_time(raw.time_ns, boot_to_real_ns);
  if (raw.version != SG_EVENT_VERSION || !verdict || !time_ns || raw.access > SG_ACCESS_WRITE ||
      raw.rule > SG_RULES_MAX) {
    return std::nullopt;
  }
  Event event;
  event.time_ns = *time_ns;
  event.container = text_of(raw.container, sizeof raw.container);
  event.cgroup_id = raw.cgroup_id;
  event.uid = raw.uid;
  if (raw.pid != 0) {
    event.pid = raw.pid;
    event.tid = raw.tid;
    event.comm = text_of(raw.comm, sizeof raw.comm);
  }
  event.write = raw.access == SG_ACCESS_WRITE;
  event.name = bytes_of(raw.name, raw.name_len, SG_NAME_SIZE - 1);
  if (event.write) {
    event.value_len = std::min(raw.value_len, SG_VALUE_LEN_MAX);
    event.value = bytes_of(raw.value, event.value_len, SG_VALUE_SIZE - 1);
  }
  event.file_pos = raw.file_pos;
  event.verdict = *verdict;
  event.rule = raw.rule;
  return event;
}

std::string to_json_line(const Event& event) {
  const bool known = event.pid != 0;
  return Json::object({{"time", rfc3339_text(event.time_ns)},
                       {"container", escaped(event.container)},
                       {"containerName", text_or_null(escape(event.called.name, kNoLimit))},
                       {"namespace", text_or_null(escape(event.called.pod_namespace, kNoLimit))},
                       {"pod", text_or_null(escape(event.called.pod, kNoLimit))},
                       {"cgroup", event.cgroup_id},
                       {"pid", known ? Json(event.pid) : Json()},
                       {"tid", known ? Json(event.tid) : Json()},
                       {"uid", event.uid},
                       {"comm", known ? escaped(event.comm) : Json()},
                       {"access", event.write ? "write" : "read"},
                       {"name", escaped(event.name)},
                       {"value", event.write ? escaped(event.value) : Json()},
                       {"valueLength", event.value_len},
                       {"filePosition", event.file_pos},
                       {"verdict", policy::verdict_name(event.verdict)},
                       {"rule", event.rule == SG_RULE_NONE ? Json() : Json(event.rule)}})
             .line() +
         "\n";
}

Result<Event> parse_json_line(std::string_view line) {
  if (line.size() > kEventLineMax) {
    return Error{Errc::kBadInput,
                 "event: the line has more than " + std::to_string(kEventLineMax) + " bytes", ""};
  }
  const std::vector<std::vector<std::string_view>> everything{{}};
  const Result<std::vector<JsonItem>> items = read_json(line, "event", everything);
  if (!items) {
    return items.error();
  }
  LineReader in(*items);
  Event event;
  const std::optional<std::int64_t> time_ns = parse_rfc3339(in.word("time"));
  if (!time_ns) {
    in.complain("time", "is no time as RFC 3339 writes it");
  }
  event.time_ns = time_ns.value_or(0);
  event.container = in.bytes("container", SG_EVENT_ID_SIZE);
  read_called(in, event);
  event.cgroup_id = in.number("cgroup", std::numeric_limits<std::uint64_t>::max());
  read_process(in, event);
  event.uid = in.number32("uid");
  read_access(in, event);
  read_verdict(in, event);
  if (!in.problem().empty()) {
    return Error{Errc::kBadInput, "event: " + in.problem(),
                 "give it lines that sysctl-guard events --json printed"};
  }
  return event;
}

}  // namespace sg::events
