// SPDX-License-Identifier: Apache-2.0
// event_load_test.cpp - two cgroups that are denied 100,000 writes a second, and who reads the
// events. Needs root.
//
// Whatever is read, dropped and missed must be, together, exactly what was written. SG_LOAD_SECONDS
// (2) says how long each test writes. The test is no benchmark: with less than two processors for
// itself it drops events.
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "event_abi.h"
#include "events/event.h"
#include "kernel/event_maps.h"
#include "kernel/event_ring.h"
#include "kernel/guarded_cgroup.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using namespace sg;
using kernel::EventRing;
using test::GuardedCgroup;

namespace {

constexpr const char* kForward = "net/ipv4/ip_forward";
constexpr std::uint64_t kRate = 50'000;     // of each of two writers, a second
constexpr std::uint64_t kChunk = 100;       // writes between two looks at the clock
constexpr std::uint64_t kSlowReads = 1000;  // of a reader that then sleeps until it is over
// A full buffer, where printing an event takes some milliseconds: in an emulated machine beside others.
constexpr int kCatchUpMs = 60'000;
constexpr int kDeadlineMs = 20'000;                        // for whatever a follower has to do
constexpr std::size_t kBufferSize = std::size_t{4} << 20;  // the default of the node policy

std::uint64_t writes_of_one() {
  const char* const seconds = std::getenv("SG_LOAD_SECONDS");
  return kRate * (seconds == nullptr ? 2 : std::strtoull(seconds, nullptr, 10));
}

// What a writer says at its end.
struct Report {
  std::uint64_t denied = 0;
  std::uint64_t other = 0;  // let through, or another error
  std::uint64_t took_ms = 0;
};

std::int64_t now_ns() {
  timespec now{};
  (void)::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * std::int64_t{1'000'000'000} + now.tv_nsec;
}

// In a child: all the writes, at the rate, on one CPU.
Report write_all(const GuardedCgroup& cgroup, int cpu) {
  Report report;
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  CPU_SET(cpu, &cpus);
  (void)::sched_setaffinity(0, sizeof cpus, &cpus);  // a machine with one CPU has it all the same
  const UniqueFd fd(::open(test::sysctl_path(kForward).c_str(), O_WRONLY | O_CLOEXEC));
  if (!cgroup.join() || !fd.valid()) {
    return report;
  }
  const std::int64_t begin = now_ns();
  const std::uint64_t writes = writes_of_one();
  for (std::uint64_t i = 0; i < writes; ++i) {
    if (i % kChunk == 0) {
      const std::int64_t due = begin + static_cast<std::int64_t>(i * (1'000'000'000 / kRate));
      const timespec until{.tv_sec = due / 1'000'000'000, .tv_nsec = due % 1'000'000'000};
      (void)::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
    }
    const bool denied = ::pwrite(fd.get(), "1", 1, 0) < 0 && errno == EPERM;
    ++(denied ? report.denied : report.other);
  }
  report.took_ms = static_cast<std::uint64_t>(now_ns() - begin) / 1'000'000;
  return report;
}

class Writer {
 public:
  Writer(const GuardedCgroup& cgroup, int cpu) {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    from_ = UniqueFd(ends[0]);
    const UniqueFd to(ends[1]);
    child_ = ::fork();
    REQUIRE(child_ >= 0);
    if (child_ == 0) {
      const Report report = write_all(cgroup, cpu);
      ::_exit(::write(to.get(), &report, sizeof report) == sizeof report ? 0 : 1);
    }
  }
  // Whether it has ended; then report() is whole.
  bool ended() { return done_ || (done_ = ::waitpid(child_, &status_, WNOHANG) == child_); }
  Report report() {
    Report report;
    REQUIRE(status_ == 0);
    REQUIRE(::read(from_.get(), &report, sizeof report) == sizeof report);
    return report;
  }

 private:
  UniqueFd from_;
  pid_t child_ = -1;
  int status_ = 0;
  bool done_ = false;
};

// Guards of two containers, which write into the buffer of a /run of this process' own.
struct Host {
  kernel::EventMaps maps;
  GuardedCgroup first;
  GuardedCgroup second;
};

void enter_own_run() {
  static const bool entered = ::unshare(CLONE_NEWNS) == 0 &&
                              ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                              ::mount("run", "/run", "tmpfs", 0, "mode=755") == 0;
  REQUIRE(entered);
}

void prepare(Host& host) {
  REQUIRE(test::enter_fresh_namespaces());
  enter_own_run();
  Result<kernel::EventMaps> maps = kernel::make_event_maps(kBufferSize);
  INFO((maps ? "" : maps.error().message));
  REQUIRE(maps);
  host.maps = *std::move(maps);
  REQUIRE(host.first.guard(test::policy_of("net.core.*"), "first", &host.maps));
  REQUIRE(host.second.guard(test::policy_of(""), "second", &host.maps));
}

std::uint64_t dropped(const Host& host) {
  const Result<kernel::HostCounts> count = kernel::read_host_counts(host.maps);
  REQUIRE(count);
  return count->dropped_events;
}

// Every verdict was right; how many there were.
std::uint64_t check_reports(std::array<Writer, 2>& writers) {
  std::uint64_t written = 0;
  for (Writer& writer : writers) {
    const Report report = writer.report();
    CHECK(report.other == 0);
    CHECK(report.denied == writes_of_one());
    written += report.denied;
    std::cout << report.denied << " writes in " << report.took_ms << " ms\n";
  }
  CHECK(test::read_sysctl(kForward) == "0");
  return written;
}

struct Counts {
  std::uint64_t read = 0;
  std::uint64_t missed = 0;
  std::uint64_t wrong = 0;  // not what anybody wrote
};

void read_into(EventRing& ring, std::size_t max, Counts& counts) {
  const Result<kernel::EventBatch> batch = ring.read(max);
  REQUIRE(batch);
  counts.missed += batch->missed;
  const std::span<const std::byte> records(batch->records);
  for (std::size_t at = 0; at < records.size(); at += sizeof(sg_event)) {
    const std::optional<events::Event> event =
        events::event_of_record(records.subspan(at, sizeof(sg_event)), 0);
    const bool right = event && (event->container == "first" || event->container == "second") &&
                       event->name == kForward && event->value == "1" && event->value_len == 1;
    ++(right ? counts.read : counts.wrong);
  }
}

// What an earlier test left is shown to nobody.
void put_all_away(const Host& host) {
  Result<EventRing> ring = EventRing::open(host.maps.ring.get(), sizeof(sg_event));
  REQUIRE(ring);
  Counts counts;
  read_into(*ring, 1'000'000, counts);
  ring->clear(0);
}

struct Lines {
  std::uint64_t count = 0;
  std::uint64_t wrong = 0;
};

// Up to the end of what somebody writes into the pipe.
Lines count_lines(int fd) {
  Lines lines;
  std::string text;
  std::vector<char> buffer(1 << 16);
  for (ssize_t size = 0; (size = ::read(fd, buffer.data(), buffer.size())) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(size));
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = text.find('\n', begin)) != std::string::npos;
         begin = end + 1) {
      const std::string_view line = std::string_view(text).substr(begin, end - begin);
      ++lines.count;
      lines.wrong +=
          line.find("\"name\": \"net/ipv4/ip_forward\", \"value\": \"1\"") == line.npos ? 1 : 0;
    }
    text.erase(0, begin);
  }
  return lines;
}

std::filesystem::path command() {
  return std::filesystem::read_symlink("/proc/self/exe").replace_filename("sysctl-guard");
}

}  // namespace

TEST_CASE(
    "Event load: a reader that follows and one that is slow, nothing is lost without being "
    "counted") {
  Host host;
  prepare(host);
  Result<EventRing> fast = EventRing::open(host.maps.ring.get(), sizeof(sg_event));
  Result<EventRing> slow = EventRing::open(host.maps.ring.get(), sizeof(sg_event));
  REQUIRE(fast);
  REQUIRE(slow);
  const std::uint64_t dropped_before = dropped(host);
  Counts of_fast;
  Counts of_slow;
  std::array<Writer, 2> writers{Writer(host.first, 0), Writer(host.second, 1)};
  for (std::uint64_t round = 0;; ++round) {
    const bool ended = writers[0].ended() && writers[1].ended();
    read_into(*fast, 4096, of_fast);
    fast->take_out();
    if (ended || (round % 256 == 0 && of_slow.read < kSlowReads)) {
      read_into(*slow, ended ? 1'000'000 : 10, of_slow);
    }
    if (ended && !fast->has_more() && !slow->has_more()) {
      break;
    }
    if (!fast->has_more()) {
      std::this_thread::yield();
    }
  }
  const std::uint64_t written = check_reports(writers);
  const std::uint64_t lost = dropped(host) - dropped_before;
  std::cout << "fast: " << of_fast.read << " read, " << lost << " dropped, " << of_fast.missed
            << " missed; slow: " << of_slow.read << " read, " << of_slow.missed << " missed\n";
  CHECK(of_fast.wrong == 0);
  CHECK(of_slow.wrong == 0);
  CHECK(of_fast.read + of_fast.missed + lost == written);
  CHECK(of_slow.read + of_slow.missed + lost == written);
  CHECK(of_slow.missed > 0);
}

TEST_CASE("Event load: events --follow keeps up, or says what it lost") {
  if (!std::filesystem::exists(command())) {
    WARN("no sysctl-guard beside this test: left out");
    return;
  }
  Host host;
  prepare(host);
  const test::TempDir dir;
  std::array<int, 2> ends{};
  REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
  const UniqueFd from(ends[0]);
  UniqueFd to(ends[1]);
  const std::string err = dir.path() + "/err";
  put_all_away(host);
  const std::uint64_t dropped_before = dropped(host);
  const pid_t follower = ::fork();
  REQUIRE(follower >= 0);
  if (follower == 0) {
    const int err_fd = ::open(err.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    (void)::dup2(to.get(), STDOUT_FILENO);
    (void)::dup2(err_fd, STDERR_FILENO);
    (void)::execl(command().c_str(), "sysctl-guard", "events", "--follow", "--since", "1m",
                  "--json", nullptr);
    ::_exit(127);
  }
  to.reset();
  // What is dropped before it has opened the ring is no loss of its own: it prints one event first.
  CHECK(host.first.write_inside(kForward, {{"1"}}).error == EPERM);
  pollfd printed{.fd = from.get(), .events = POLLIN, .revents = 0};
  REQUIRE(::poll(&printed, 1, kDeadlineMs) == 1);
  REQUIRE((printed.revents & POLLIN) != 0);
  std::array<Writer, 2> writers{Writer(host.first, 0), Writer(host.second, 1)};
  Lines lines;
  std::thread reader([&] { lines = count_lines(from.get()); });
  while (!writers[0].ended() || !writers[1].ended()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  const std::uint64_t written = check_reports(writers) + 1;
  const std::uint64_t lost = dropped(host) - dropped_before;
  // It has all of them when it has taken out all.
  Result<EventRing> ring = EventRing::open(host.maps.ring.get(), sizeof(sg_event));
  REQUIRE(ring);
  const std::int64_t deadline = now_ns() + std::int64_t{kCatchUpMs} * 1'000'000;
  while (ring->state().taken < ring->state().written && now_ns() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  CHECK(ring->state().taken == ring->state().written);
  REQUIRE(::kill(follower, SIGTERM) == 0);
  int status = 0;
  rusage used{};
  REQUIRE(::wait4(follower, &status, 0, &used) == follower);
  CHECK(status == 0);
  reader.join();

  std::uint64_t said_dropped = 0;
  std::uint64_t said_missed = 0;
  std::ifstream words(err);
  for (std::string line; std::getline(words, line);) {
    const std::size_t at = line.find(": ");
    REQUIRE(at != std::string::npos);
    const std::uint64_t count = std::strtoull(line.c_str() + at + 2, nullptr, 10);
    said_dropped += line.find(" dropped") != std::string::npos ? count : 0;
    said_missed += line.find(" missed") != std::string::npos ? count : 0;
  }
  std::cout << "events --follow: " << lines.count << " read of " << written << ", " << lost
            << " dropped, " << said_missed << " missed, "
            << used.ru_utime.tv_sec * 1000 + used.ru_utime.tv_usec / 1000 << " ms of user time, "
            << used.ru_stime.tv_sec * 1000 + used.ru_stime.tv_usec / 1000
            << " ms of the kernel's\n";
  CHECK(lines.wrong == 0);
  CHECK(said_dropped == lost);
  CHECK(lines.count + said_dropped + said_missed == written);
}
