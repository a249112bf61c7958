// SPDX-License-Identifier: Apache-2.0
// event_test.cpp - what real guards write into a ring buffer, read back. Needs root.
//
// The maps are not pinned: nobody else writes into them.
#include <linux/bpf.h>

#include <bpf/bpf.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <vector>

#include "event_abi.h"
#include "events/event.h"
#include "kernel/event_maps.h"
#include "kernel/event_ring.h"
#include "kernel/guarded_cgroup.h"
#include "support/catch.h"

using namespace sg;
using events::Event;
using kernel::EventRing;
using test::GuardedCgroup;

namespace {

constexpr const char* kForward = "net/ipv4/ip_forward";

kernel::EventMaps make_maps(std::uint32_t bytes) {
  struct bpf_map_create_opts options {};  // a function has the same name
  options.sz = sizeof options;
  kernel::EventMaps maps;
  maps.ring = UniqueFd(bpf_map_create(BPF_MAP_TYPE_RINGBUF, "test_events", 0, 0, bytes, &options));
  options.map_flags = BPF_F_MMAPABLE;
  maps.state = UniqueFd(bpf_map_create(BPF_MAP_TYPE_ARRAY, "test_state", sizeof(__u32),
                                       sizeof(sg_event_state), 1, &options));
  REQUIRE(maps.ring.valid());
  REQUIRE(maps.state.valid());
  return maps;
}

EventRing open_ring(const kernel::EventMaps& maps) {
  Result<EventRing> ring = EventRing::open(maps.ring.get(), sizeof(sg_event));
  INFO((ring ? "" : ring.error().message));
  REQUIRE(ring);
  return *std::move(ring);
}

std::uint64_t dropped(const kernel::EventMaps& maps) {
  const Result<kernel::HostCounts> count = kernel::read_host_counts(maps);
  REQUIRE(count);
  return count->dropped_events;
}

std::vector<Event> read_all(EventRing& ring) {
  std::vector<Event> events;
  const Result<kernel::EventBatch> batch = ring.read(100'000);
  REQUIRE(batch);
  REQUIRE(batch->missed == 0);
  const std::span<const std::byte> records(batch->records);
  for (std::size_t at = 0; at < records.size(); at += sizeof(sg_event)) {
    const std::optional<Event> event =
        events::event_of_record(records.subspan(at, sizeof(sg_event)), 0);
    REQUIRE(event);
    events.push_back(*event);
  }
  return events;
}

std::int64_t boot_time() {
  timespec now{};
  REQUIRE(::clock_gettime(CLOCK_BOOTTIME, &now) == 0);
  return now.tv_sec * std::int64_t{1'000'000'000} + now.tv_nsec;
}

}  // namespace

TEST_CASE("Events of a guard: every field of a denied write and a denied read") {
  REQUIRE(test::enter_fresh_namespaces());
  const kernel::EventMaps maps = make_maps(1 << 16);
  GuardedCgroup cgroup;
  const Status guarded =
      cgroup.guard(test::policy_of("net.core.*", "net.ipv4.*", "kernel.shmmax"), "web", &maps);
  INFO((guarded ? "" : guarded.error().message));
  REQUIRE(guarded);
  EventRing ring = open_ring(maps);
  const std::int64_t before = boot_time();
  CHECK(cgroup.write_inside(kForward, {{"1\n", 0}}).error == EPERM);
  CHECK(cgroup.read_inside("kernel/shmmax").error == EPERM);
  CHECK(cgroup.write_inside("kernel/domainname", {{"x", 3}}).error == EPERM);
  CHECK(cgroup.write_inside("net/core/somaxconn", {{"77", 0}}).error == 0);  // allowed: no event
  const std::int64_t after = boot_time();

  const std::vector<Event> events = read_all(ring);
  REQUIRE(events.size() == 3);
  struct stat directory {};  // a function has the same name
  REQUIRE(::fstat(cgroup.fd(), &directory) == 0);
  for (const Event& event : events) {
    CHECK(event.container == "web");
    CHECK(event.cgroup_id == directory.st_ino);
    CHECK(event.uid == ::getuid());
    CHECK(event.verdict == policy::Verdict::kDeny);
    CHECK(event.time_ns >= before);
    CHECK(event.time_ns <= after);
    if (event.pid != 0) {  // from Linux 6.1 on
      CHECK(event.pid > static_cast<std::uint32_t>(::getpid()));
      CHECK(event.tid == event.pid);
      CHECK(event.comm == "event_test");
    }
  }
  CHECK(events[0].write);
  CHECK(events[0].name == kForward);
  CHECK(events[0].value == "1\n");
  CHECK(events[0].value_len == 2);
  CHECK(events[0].file_pos == 0);
  CHECK(events[0].rule == 1);
  CHECK_FALSE(events[1].write);
  CHECK(events[1].name == "kernel/shmmax");
  CHECK(events[2].file_pos == 3);
  CHECK(events[2].rule == SG_RULE_NONE);
  CHECK(test::read_sysctl(kForward) == "0");
  CHECK(dropped(maps) == 0);
}

TEST_CASE("Events of a guard: of a number that is too small for what is there, the rule") {
  REQUIRE(test::enter_fresh_namespaces());
  const kernel::EventMaps maps = make_maps(1 << 16);
  GuardedCgroup cgroup;
  REQUIRE(cgroup.guard(
      test::policy_of("net.ipv4.tcp_retries2=1\nnet.ipv4.ip_default_ttl=@current..100"), "web",
      &maps));
  EventRing ring = open_ring(maps);
  const std::string ttl = "net/ipv4/ip_default_ttl";
  REQUIRE(test::write_sysctl(ttl, {{"64", 0}}).error == 0);
  CHECK(cgroup.write_inside(ttl, {{"65", 0}}).error == 0);
  CHECK(cgroup.write_inside(ttl, {{"64", 0}}).error == EPERM);
  CHECK(cgroup.write_inside(ttl, {{"101", 0}}).error == EPERM);
  CHECK(test::read_sysctl(ttl) == "65");
  const std::vector<Event> events = read_all(ring);
  REQUIRE(events.size() == 2);
  CHECK(events[0].value == "64");
  CHECK(events[0].verdict == policy::Verdict::kDeny);
  CHECK(events[0].rule == 2);
  CHECK(events[1].value == "101");
  CHECK(events[1].rule == SG_RULE_NONE);
}

TEST_CASE("Events of a guard: long values have their length, and any bytes") {
  REQUIRE(test::enter_fresh_namespaces());
  const kernel::EventMaps maps = make_maps(1 << 16);
  GuardedCgroup cgroup;
  REQUIRE(cgroup.guard(test::policy_of(""), "web", &maps));
  EventRing ring = open_ring(maps);
  std::string all;
  for (int i = 0; i < 255; ++i) {
    all += static_cast<char>(i);
  }
  for (const std::size_t size : {1U, 254U, 255U, 256U, 257U, 4000U}) {
    std::string value = all;
    value.resize(size, 'x');
    CHECK(cgroup.write_inside(kForward, {{value, 0}}).error == EPERM);
    const std::vector<Event> events = read_all(ring);
    REQUIRE(events.size() == 1);
    CHECK(events[0].value == value.substr(0, 255));
    CHECK(events[0].value_len == size);
    const Result<Event> back = events::parse_json_line(events::to_json_line(events[0]));
    REQUIRE(back);
    CHECK(*back == events[0]);
  }
}

TEST_CASE("Events of a guard: a full buffer drops and counts, and the verdict is the same") {
  REQUIRE(test::enter_fresh_namespaces());
  // One page, less one byte that stays free; an event has eight bytes before it. On 4 KiB there is room for 7.
  const auto page = static_cast<std::uint32_t>(::getauxval(AT_PAGESZ));
  const std::size_t room = (page - 1) / (sizeof(sg_event) + 8);
  const kernel::EventMaps maps = make_maps(page);
  GuardedCgroup cgroup;
  REQUIRE(cgroup.guard(test::policy_of(""), "web", &maps));
  const std::size_t writes = room + 13;
  for (std::size_t i = 0; i < writes; ++i) {
    CHECK(cgroup.write_inside(kForward, {{std::to_string(i), 0}}).error == EPERM);
  }
  EventRing ring = open_ring(maps);
  const std::vector<Event> first = read_all(ring);
  REQUIRE(first.size() == room);
  CHECK(first.back().value == std::to_string(room - 1));
  CHECK(first.size() + dropped(maps) == writes);
  CHECK(cgroup.write_inside(kForward, {{"100", 0}}).error == EPERM);
  CHECK(read_all(ring).empty());

  ring.take_out();
  CHECK(cgroup.write_inside(kForward, {{"101", 0}}).error == EPERM);
  const std::vector<Event> next = read_all(ring);
  REQUIRE(next.size() == 1);
  CHECK(next[0].value == "101");
  // Another one still sees what was taken out, but for what is written over.
  EventRing late = open_ring(maps);
  const std::vector<Event> seen = read_all(late);
  CHECK(seen.size() >= room - 1);
  CHECK(seen.back().value == "101");
  CHECK(seen.front().value == std::to_string(room + 1 - seen.size()));
  CHECK(test::read_sysctl(kForward) == "0");
}
