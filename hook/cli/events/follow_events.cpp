// SPDX-License-Identifier: Apache-2.0
// follow_events.cpp - batch by batch, and the waits between.
//
// The kernel wakes a reader only at a record that comes right behind what was taken out, so a
// reader that keeps up sleeps, and one that is behind is not woken for each record. It is not woken
// where another follower was faster, so it looks by itself now and then. After a batch it lets some
// gather.
//
// Tested by test/integration/80-events.bats.
#include "cli/events/follow_events.h"

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/file_io.h"
#include "cli/events/interruptible.h"
#include "event_abi.h"
#include "events/event_source.h"

namespace sg::cli {
namespace {

// How long a batch gathers: in 2 ms the default buffer fills at 3.8 million events a second.
constexpr int kGatherMs = 2;
// How soon a follower sees what another one was faster with. A burst of 100,000 events a second
// fills the default buffer in 77 ms, should a guard not wake anybody.
constexpr int kLookMs = 50;
// How soon a follower sees that the first guard of the host has made the buffer.
constexpr int kFirstGuardMs = 500;
// How often lost events are told, and a row says how often its event came again.
constexpr std::int64_t kTellNs = 1'000'000'000;

std::int64_t monotonic_ns() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

class Follower {
 public:
  Follower(const EventsOptions& options, const events::EventFilter& filter, const Streams& streams,
           EventPrinter& printer, Interruptible& io)
      : options_(options), streams_(streams), printer_(printer), io_(io), filter_(filter) {}

  Outcome run() {
    Result<std::optional<events::EventSource>> source = wait_for_source();
    if (!source) {
      return outcome_of(source.error());
    }
    if (!*source) {
      return {};
    }
    for (;;) {
      const Result<Progress> progress = step(**source);
      if (!progress) {
        return outcome_of(progress.error());
      }
      if (*progress == Progress::kEnd) {
        return {.errors = last_words(**source)};
      }
    }
  }

 private:
  // Nothing where it was interrupted before there was one.
  Result<std::optional<events::EventSource>> wait_for_source() {
    bool told = false;
    for (;;) {
      Result<events::EventSource> source = events::open_source(start_of(options_));
      if (source) {
        events::forget_dropped(*source);
        return std::optional<events::EventSource>(*std::move(source));
      }
      if (source.error().code != Errc::kUnsupported) {
        return std::move(source).error();
      }
      if (!std::exchange(told, true)) {
        (void)write_all(streams_.err_fd, "sysctl-guard: waiting: " + source.error().message + "\n");
      }
      if (io_.wait(-1, kFirstGuardMs) == Progress::kEnd) {
        return std::optional<events::EventSource>();
      }
    }
  }

  // One batch to the output, and the wait for the next one.
  Result<Progress> step(events::EventSource& source) {
    const std::uint64_t before = source.ring.position();
    std::vector<events::Event> events;
    if (Status read = events::read_batch(source, filter_, events); !read) {
      return std::move(read).error();
    }
    const bool tell = monotonic_ns() - told_ns_ >= kTellNs;
    if (tell) {
      told_ns_ = monotonic_ns();
      if (Status counted = events::count_dropped(source); !counted) {
        return std::move(counted).error();
      }
      (void)write_all(streams_.err_fd,
                      events::lost_text(std::exchange(source.lost, {}), /*follow=*/true));
    }
    const Result<std::string> text = printer_.print(events, tell);
    if (!text) {
      return text.error();
    }
    const Progress written = io_.write(*text);
    if (written == Progress::kFailed) {
      return system_error("write events", errno, "");
    }
    if (written == Progress::kEnd) {
      return Progress::kEnd;
    }
    const std::uint64_t records = source.ring.position() - before;
    if (records > 0) {
      let_go(source, options_);
    }
    if (records >= events::kEventBatch * sizeof(sg_event)) {
      return io_.wait(-1, 0);  // there is more
    }
    return records > 0 ? io_.wait(-1, kGatherMs) : io_.wait(source.maps.ring.get(), kLookMs);
  }

  // At the end: what is not told yet, a row's number as well.
  std::string last_words(events::EventSource& source) {
    if (const Result<std::string> text = printer_.print({}, /*whole=*/true); text) {
      (void)io_.write(*text);
    }
    (void)events::count_dropped(source);
    return events::lost_text(source.lost, /*follow=*/true);
  }

  const EventsOptions& options_;
  const Streams& streams_;
  EventPrinter& printer_;
  Interruptible& io_;
  const events::EventFilter& filter_;
  std::int64_t told_ns_ = 0;
};

}  // namespace

Outcome follow_events(const EventsOptions& options, const events::EventFilter& filter,
                      const Streams& streams, EventPrinter& printer) {
  Result<Interruptible> io = Interruptible::open(streams.out_fd);
  if (!io) {
    return outcome_of(io.error());
  }
  return Follower(options, filter, streams, printer, *io).run();
}

}  // namespace sg::cli
