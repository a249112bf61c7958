// SPDX-License-Identifier: Apache-2.0
// cmd_events.cpp - `sysctl-guard events`: the ring buffer to text or to the journal.
//
// What was shown is taken out, which lets guards write over it and hides it from nobody: see kernel/event_ring.h.
// So the buffer holds the newest events that anybody cared for, and a burst finds all of it free.
//
// Following: the kernel wakes a reader only at a record that comes right behind what was taken out, so a reader
// that keeps up sleeps, and one that is behind is not woken for each record. It is not woken where another
// follower was faster, so it looks by itself now and then. After a batch it lets some gather.
#include "app/events/cmd_events.h"

#include <time.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "app/events/event.h"
#include "app/events/event_filter.h"
#include "app/events/event_table.h"
#include "app/events/interruptible.h"
#include "app/events/journal.h"
#include "app/exit_code.h"
#include "app/guards/read_guards.h"
#include "app/terminal.h"
#include "base/file_io.h"
#include "event_abi.h"
#include "kernel/event_maps.h"
#include "kernel/event_ring.h"

namespace sg::app {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
// Small enough that guards find room soon: a fifteenth of the default buffer.
constexpr std::size_t kBatch = 512;
// How long a batch gathers: in 2 ms the default buffer fills at 3.8 million events a second.
constexpr int kGatherMs = 2;
// How soon a follower sees what another one was faster with. A burst of 100,000 events a second fills the default
// buffer in 77 ms, should a guard not wake anybody.
constexpr int kLookMs = 50;
// How soon a follower sees that the first guard of the host has made the buffer.
constexpr int kFirstGuardMs = 500;
// How often lost events are told, and a row says how often its event came again.
constexpr std::int64_t kTellNs = kSecond;

std::int64_t now_of(clockid_t clock) {
  timespec now{};
  (void)::clock_gettime(clock, &now);
  return now.tv_sec * kSecond + now.tv_nsec;
}

// What CLOCK_REALTIME is ahead of CLOCK_BOOTTIME. Of several measurements the one that took the least time is nearest.
std::int64_t measure_offset() {
  constexpr int kTries = 5;
  std::int64_t offset = 0;
  std::int64_t shortest = std::numeric_limits<std::int64_t>::max();
  for (int i = 0; i < kTries; ++i) {
    const std::int64_t before = now_of(CLOCK_BOOTTIME);
    const std::int64_t real = now_of(CLOCK_REALTIME);
    const std::int64_t took = now_of(CLOCK_BOOTTIME) - before;
    if (took < shortest) {
      shortest = took;
      offset = real - before - took / 2;
    }
  }
  return offset;
}

std::string error_text(const Error& error) {
  return "sysctl-guard: " + error.message + (error.hint.empty() ? "" : "\nhint: " + error.hint) + "\n";
}

Outcome failed(const Error& error) {
  return Outcome{.exit_code = kEventsFailed, .output = "", .errors = error_text(error)};
}

// The buffer with a reader in it, and what that reader lost.
struct Source {
  kernel::EventMaps maps;
  kernel::EventRing ring;
  std::uint64_t dropped_before = 0;  // of the counter, what is told already
  LostEvents lost;                   // not told yet
};

Result<Source> open_source(const EventsOptions& options) {
  Result<kernel::EventMaps> maps = kernel::open_event_maps();
  if (!maps) {
    return std::move(maps).error();
  }
  Result<kernel::EventRing> ring = kernel::EventRing::open(maps->ring.get(), sizeof(sg_event));
  if (!ring) {
    return std::move(ring).error();
  }
  Source source{.maps = *std::move(maps), .ring = *std::move(ring), .dropped_before = 0, .lost = {}};
  source.dropped_before = source.ring.cleared_dropped();
  if (options.form == EventForm::kJournal) {
    source.ring.seek_forwarded();
  }
  if (options.follow) {
    const Result<std::uint64_t> dropped = kernel::dropped_events(source.maps.state.get());
    source.dropped_before = dropped ? *dropped : source.dropped_before;
  }
  return source;
}

// At most kBatch records, less those that the filter does not take, at the end of `events`.
Status read_batch(Source& source, const EventFilter& filter, std::vector<Event>& events) {
  const Result<kernel::EventBatch> batch = source.ring.read(kBatch);
  if (!batch) {
    return batch.error();
  }
  source.lost.missed += batch->missed;
  const std::int64_t boot_to_real = source.ring.agree_on_offset(measure_offset());
  const std::span<const std::byte> records(batch->records);
  for (std::size_t at = 0; at < records.size(); at += sizeof(sg_event)) {
    std::optional<Event> event = event_of_record(records.subspan(at, sizeof(sg_event)), boot_to_real);
    if (!event) {
      ++source.lost.unknown;
    } else if (filter.takes(*event)) {
      events.push_back(*std::move(event));
    }
  }
  return Ok{};
}

Status count_dropped(Source& source) {
  const Result<std::uint64_t> dropped = kernel::dropped_events(source.maps.state.get());
  if (!dropped) {
    return dropped.error();
  }
  source.lost.dropped += *dropped - std::min(*dropped, source.dropped_before);
  source.dropped_before = *dropped;
  return Ok{};
}

// Behind the reader nothing has to be kept any more.
void let_go(Source& source, const EventsOptions& options) {
  if (options.clear) {
    source.ring.clear(source.dropped_before);
  } else if (options.form == EventForm::kJournal) {
    source.ring.mark_forwarded();
  } else {
    source.ring.take_out();
  }
}

// Where the guards cannot be read, none is found.
Result<EventFilter> filter_of(const EventsOptions& options) {
  EventFilter filter;
  if (!options.container.empty()) {
    const Result<std::vector<GuardView>> views = read_guards();
    Result<EventFilter> found = filter_of_container(
        views ? std::span<const GuardView>(*views) : std::span<const GuardView>(), options.container);
    if (!found) {
      return found;
    }
    filter = *std::move(found);
  }
  filter.since_ns = options.since_ns.value_or(0);
  if (options.ago_ns) {
    filter.since_ns = std::max<std::int64_t>(now_of(CLOCK_REALTIME) - *options.ago_ns, 0);
  }
  return filter;
}

TableStyle style_of(const EventsOptions& options, int out_fd) {
  return TableStyle{.width = terminal_width(out_fd),
                    .colour = wants_colour(out_fd),
                    .clock = options.clock.value_or(options.follow)};
}

// Events in the form that was asked for; "" for the journal, which has them then.
class Printer {
 public:
  static Result<Printer> open(const EventsOptions& options, int out_fd) {
    Printer printer(options.form, style_of(options, out_fd));
    if (options.form == EventForm::kJournal) {
      Result<Journal> journal = Journal::open();
      if (!journal) {
        return std::move(journal).error();
      }
      printer.journal_ = *std::move(journal);
    }
    return printer;
  }

  Result<std::string> print(std::span<const Event> events, bool whole) {
    std::string out;
    switch (form_) {
      case EventForm::kTable:
        return table_.render(events, now_of(CLOCK_REALTIME), whole);
      case EventForm::kJson:
        for (const Event& event : events) {
          out += to_json_line(event);
        }
        return out;
      case EventForm::kJournal:
        for (const Event& event : events) {
          if (Status sent = journal_->send(event); !sent) {
            return std::move(sent).error();
          }
        }
    }
    return out;
  }

 private:
  Printer(EventForm form, const TableStyle& style) : form_(form), table_(style) {}

  EventForm form_;
  EventTable table_;
  std::optional<Journal> journal_;
};

// --- once ----------------------------------------------------------------------------------------

Outcome show(const EventsOptions& options, const EventFilter& filter, const Streams& streams, Printer& printer) {
  Result<Source> source = open_source(options);
  if (!source) {
    return failed(source.error());
  }
  std::vector<Event> events;
  // No further than there was something at the beginning: guards can be faster than a reader.
  const std::uint64_t end = source->ring.state().written;
  while (source->ring.position() < end) {
    const std::uint64_t before = source->ring.position();
    if (const Status read = read_batch(*source, filter, events); !read) {
      return failed(read.error());
    }
    if (source->ring.position() == before) {
      break;  // the next one is still being written
    }
  }
  if (const Status counted = count_dropped(*source); !counted) {
    return failed(counted.error());
  }
  Result<std::string> text = printer.print(events, /*whole=*/true);
  if (!text) {
    return failed(text.error());
  }
  if (events.empty() && options.form == EventForm::kTable) {
    *text = "no events\n";
  }
  // What is put away was really shown.
  if (options.clear && !write_all(streams.out_fd, std::exchange(*text, ""))) {
    return failed(system_error("write events", errno, "they are not put away"));
  }
  let_go(*source, options);
  return Outcome{.exit_code = kEventsDone,
                 .output = *std::move(text),
                 .errors = lost_text(source->lost, /*follow=*/false)};
}

// --- following -----------------------------------------------------------------------------------

class Follower {
 public:
  Follower(const EventsOptions& options, EventFilter filter, const Streams& streams, Printer& printer,
           Interruptible& io)
      : options_(options), streams_(streams), printer_(printer), io_(io), filter_(std::move(filter)) {}

  Outcome run() {
    Result<std::optional<Source>> source = wait_for_source();
    if (!source) {
      return failed(source.error());
    }
    if (!*source) {
      return Outcome{.exit_code = kEventsDone, .output = "", .errors = ""};
    }
    for (;;) {
      const Result<Progress> progress = step(**source);
      if (!progress) {
        return failed(progress.error());
      }
      if (*progress == Progress::kEnd) {
        return Outcome{.exit_code = kEventsDone, .output = "", .errors = last_words(**source)};
      }
    }
  }

 private:
  // Nothing where it was interrupted before there was one.
  Result<std::optional<Source>> wait_for_source() {
    bool told = false;
    for (;;) {
      Result<Source> source = open_source(options_);
      if (source) {
        return std::optional<Source>(*std::move(source));
      }
      if (source.error().code != Errc::kUnsupported) {
        return std::move(source).error();
      }
      if (!std::exchange(told, true)) {
        (void)write_all(streams_.err_fd, "sysctl-guard: waiting: " + source.error().message + "\n");
      }
      if (io_.wait(-1, kFirstGuardMs) == Progress::kEnd) {
        return std::optional<Source>();
      }
    }
  }

  // One batch to the output, and the wait for the next one.
  Result<Progress> step(Source& source) {
    const std::uint64_t before = source.ring.position();
    std::vector<Event> events;
    if (Status read = read_batch(source, filter_, events); !read) {
      return std::move(read).error();
    }
    const bool tell = now_of(CLOCK_MONOTONIC) - told_ns_ >= kTellNs;
    if (tell) {
      told_ns_ = now_of(CLOCK_MONOTONIC);
      if (Status counted = count_dropped(source); !counted) {
        return std::move(counted).error();
      }
      (void)write_all(streams_.err_fd, lost_text(std::exchange(source.lost, {}), /*follow=*/true));
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
    if (records >= kBatch * sizeof(sg_event)) {
      return io_.wait(-1, 0);  // there is more
    }
    return records > 0 ? io_.wait(-1, kGatherMs) : io_.wait(source.maps.ring.get(), kLookMs);
  }

  // At the end: what is not told yet, a row's number as well.
  std::string last_words(Source& source) {
    if (const Result<std::string> text = printer_.print({}, /*whole=*/true); text) {
      (void)io_.write(*text);
    }
    (void)count_dropped(source);
    return lost_text(source.lost, /*follow=*/true);
  }

  const EventsOptions& options_;
  const Streams& streams_;
  Printer& printer_;
  Interruptible& io_;
  EventFilter filter_;
  std::int64_t told_ns_ = 0;
};

}  // namespace

Outcome cmd_events(const EventsOptions& options, const Streams& streams) {
  Result<Printer> printer = Printer::open(options, streams.out_fd);
  if (!printer) {
    return failed(printer.error());
  }
  Result<EventFilter> filter = filter_of(options);
  if (!filter) {
    return failed(filter.error());
  }
  if (!options.follow) {
    return show(options, *filter, streams, *printer);
  }
  Result<Interruptible> io = Interruptible::open(streams.out_fd);
  if (!io) {
    return failed(io.error());
  }
  return Follower(options, *std::move(filter), streams, *printer, *io).run();
}

}  // namespace sg::app
