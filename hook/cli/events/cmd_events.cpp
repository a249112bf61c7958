// SPDX-License-Identifier: Apache-2.0
// cmd_events.cpp - what there is in the ring buffer, once, or batch by batch as it comes.
//
// The kernel wakes a reader only at a record that comes right behind what was taken out, so a
// reader that keeps up sleeps, and one that is behind is not woken for each record. It is not woken
// where another follower was faster, so it looks by itself now and then. After a batch it lets some
// gather (test/integration/80-events.bats).
#include "cli/events/cmd_events.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/file_io.h"
#include "base/text.h"
#include "base/time_text.h"
#include "cli/commands.h"
#include "cli/events/container_names.h"
#include "cli/events/event_printer.h"
#include "cli/events/interruptible.h"
#include "event_abi.h"
#include "events/event_source.h"
#include "guard/read_guards.h"

namespace sg::cli {
namespace {

// Where the guards cannot be read, none is found.
Result<events::EventFilter> filter_of(const EventsOptions& options) {
  events::EventFilter filter;
  if (!options.container.empty()) {
    const Result<guard::Containers> containers = guard::read_containers();
    Result<events::EventFilter> found =
        filter_of_container(containers ? *containers : guard::Containers{}, options.container);
    if (!found) {
      return found;
    }
    filter = *std::move(found);
  }
  // Who follows sees what comes, and the past where --since asks for it. The journal gets all that
  // it has not yet.
  const bool is_from_now = options.follow && options.form != EventForm::kJournal;
  filter.since_ns = options.since_ns.value_or(is_from_now ? now_ns() : 0);
  if (options.ago_ns) {
    filter.since_ns = std::max<std::int64_t>(now_ns() - *options.ago_ns, 0);
  }
  return filter;
}

// For the journal the first event that it has not yet, else the oldest.
events::Start start_of(const EventsOptions& options) {
  return options.form == EventForm::kJournal ? events::Start::kNotForwarded
                                             : events::Start::kOldest;
}

// Behind the reader nothing has to be kept any more.
void let_go(events::EventSource& source, const EventsOptions& options) {
  if (options.clear) {
    source.ring.clear(source.dropped_before);
  } else if (options.form == EventForm::kJournal) {
    source.ring.mark_forwarded();
  } else {
    source.ring.take_out();
  }
}

Outcome show(const EventsOptions& options, const events::EventFilter& filter,
             EventPrinter& printer) {
  Result<events::EventSource> source = events::open_source(start_of(options));
  if (!source) {
    return outcome_of(source.error());
  }
  std::vector<events::Event> events;
  if (const Status read = events::read_present(*source, filter, events); !read) {
    return outcome_of(read.error());
  }
  ContainerNames().put_into(events);
  Result<std::string> text = printer.print(events, /*whole=*/true);
  if (!text) {
    return outcome_of(text.error());
  }
  if (events.empty() && options.form == EventForm::kTable) {
    *text = "no events\n";
  }
  // What is put away was really shown.
  if (options.clear && !write_all(STDOUT_FILENO, std::exchange(*text, ""))) {
    return outcome_of(system_error("write events", errno, "they are not put away"));
  }
  let_go(*source, options);
  return {.output = *std::move(text), .errors = events::lost_text(source->lost, /*follow=*/false)};
}

// How long a batch gathers: in 2 ms the default buffer fills at 3.8 million events a second.
constexpr int kGatherMs = 2;
// How soon a follower sees what another one was faster with. A burst of 100,000 events a second
// fills the default buffer in 77 ms, should a guard not wake anybody.
constexpr int kLookMs = 50;
// How soon a follower sees that the first guard of the host has made the buffer.
constexpr int kFirstGuardMs = 500;
// How often lost events are told, and a row says how often its event came again.
constexpr std::int64_t kTellNs = 1'000'000'000;

class Follower {
 public:
  Follower(const EventsOptions& options, events::EventFilter filter, EventPrinter& printer,
           Interruptible& io)
      : options_(options),
        printer_(printer),
        io_(io),
        filter_(std::move(filter)),
        since_has_come_(filter_.since_ns <= now_ns()) {}

  Outcome run() {
    Result<std::optional<events::EventSource>> source = wait_for_source();
    if (!source) {
      return outcome_of(source.error());
    }
    if (!*source) {
      return {};
    }
    for (;;) {
      pass_since((*source)->ring);
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
        past_end_ = told ? 0 : source->ring.state().written;
        return std::optional<events::EventSource>(*std::move(source));
      }
      if (source.error().code != Errc::kUnsupported) {
        return std::move(source).error();
      }
      if (!std::exchange(told, true)) {
        (void)write_all(STDERR_FILENO, "sysctl-guard: waiting: " + source.error().message + "\n");
      }
      if (io_.wait(-1, kFirstGuardMs) == Progress::kEnd) {
        return std::optional<events::EventSource>();
      }
    }
  }

  // --since, or the start of who follows, is about what was in the buffer at the start. What comes
  // is later, though the clock may be set back meanwhile, which moves the times of all events. Only
  // a time that was yet to come at the start hides new events until it comes.
  void pass_since(const kernel::EventRing& ring) {
    since_has_come_ = since_has_come_ || filter_.since_ns <= now_ns();
    if (since_has_come_ && ring.position() >= past_end_) {
      filter_.since_ns = 0;
    }
  }

  // One batch to the output, and the wait for the next one.
  Result<Progress> step(events::EventSource& source) {
    const std::uint64_t before = source.ring.position();
    std::vector<events::Event> events;
    if (Status read = events::read_batch(source, filter_, events); !read) {
      return std::move(read).error();
    }
    names_.put_into(events);
    const bool tell = steady_ns() - told_ns_ >= kTellNs;
    if (tell) {
      told_ns_ = steady_ns();
      if (Status counted = events::count_dropped(source); !counted) {
        return std::move(counted).error();
      }
      (void)write_all(STDERR_FILENO,
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
  EventPrinter& printer_;
  Interruptible& io_;
  events::EventFilter filter_;
  std::uint64_t past_end_ = 0;  // what is behind it in the buffer came after the start
  bool since_has_come_;         // the clock has been at since_ns or later
  ContainerNames names_;
  std::int64_t told_ns_ = 0;
};

Result<Outcome> run(const Arguments& arguments) {
  const Result<EventsOptions> options = read_events_options(arguments);
  if (!options) {
    return options.error();
  }
  Result<EventPrinter> printer = EventPrinter::open(*options);
  if (!printer) {
    return outcome_of(printer.error());
  }
  Result<events::EventFilter> filter = filter_of(*options);
  if (!filter) {
    return outcome_of(filter.error());
  }
  if (!options->follow) {
    return show(*options, *filter, *printer);
  }
  // Whether anybody reads the standard output is nothing to a journal.
  Result<Interruptible> io =
      Interruptible::open(options->form == EventForm::kJournal ? -1 : STDOUT_FILENO);
  return io ? Follower(*options, *std::move(filter), *printer, *io).run() : outcome_of(io.error());
}

}  // namespace

Result<events::EventFilter> filter_of_container(const guard::Containers& containers,
                                                const std::string& wanted) {
  const Result<std::optional<guard::FoundContainer>> found =
      guard::find_container(containers, wanted);
  if (!found) {
    return found.error();
  }
  if (!*found || (*found)->by == guard::FoundBy::kNameLikeId) {
    return events::EventFilter{.ids = {}, .prefix = wanted};
  }
  events::EventFilter filter{.ids = {}, .prefix = std::nullopt};
  for (const guard::GuardView* const view : (*found)->guards) {
    filter.ids.push_back(view->container.id);
  }
  if ((*found)->by == guard::FoundBy::kName) {
    filter.prefix = wanted;
  }
  return filter;
}

Result<EventsOptions> read_events_options(const Arguments& arguments) {
  EventsOptions options;
  options.follow = arguments.has("--follow");
  options.clear = arguments.has("--clear");
  if (arguments.has("--json")) {
    options.form = EventForm::kJson;
  } else if (arguments.has("--journal")) {
    options.form = EventForm::kJournal;
  }
  options.container = arguments.value("--container").value_or("");
  if (arguments.has("--container") && options.container.empty()) {
    return wrong_arguments("--container: no ID given");
  }
  if (const std::optional<std::string> text = arguments.value("--since")) {
    options.ago_ns = parse_duration(*text);
    options.since_ns = parse_rfc3339(*text);
    if (!options.ago_ns && !options.since_ns) {
      return wrong_arguments(
          "--since: '" + escape(*text) +
          "' is neither a duration, as 2h30m, nor a time, as 2026-11-25T09:30:00Z");
    }
  }
  if (const std::optional<std::string> text = arguments.value("--time")) {
    if (*text != "age" && *text != "clock") {
      return wrong_arguments("--time: '" + escape(*text) + "' is neither age nor clock");
    }
    options.clock = *text == "clock";
  }
  return options;
}

Command events_command() {
  return {
      .name = "events",
      .line = "show what containers were refused, now or as it happens",
      .about =
          "show what containers were refused, or let through by audit mode; where the node policy "
          "says \"events\": \"writes\", what they wrote too. All containers of this host, those "
          "that are gone as well, oldest first.",
      .usage = {"[OPTION]..."},
      .operands = {.hint = "; the events of one container are those of --container ID"},
      .options =
          {{"--follow", "",
            "show new events, as they happen, until it is interrupted; those before with --since; "
            "starts before there is any guard too"},
           {"--container", "ID",
            "only those of the guarded container that has this ID, or whose ID alone begins so, or "
            "that has this name and no other one fits, or of all containers of the pod "
            "NAMESPACE/POD; where there is none, of containers that are "
            "gone and whose ID begins so"},
           {"--since", "TIME",
            "only those from TIME on: a duration, 10m or 2h30m, or a time, 2026-11-25T09:30:00Z"},
           {"--time", "FORM",
            "age, how long ago, or clock, the time of day; by default age, and clock with "
            "--follow"},
           {"--json", "", "print one JSON document for each event, each on a line"},
           {"--journal", "", "send each to the systemd journal, with fields, once"},
           {"--clear", "", "discard the events shown"}},
      .conflicts = {{"--clear", "--follow"},
                    {"--clear", "--container"},
                    {"--clear", "--since"},
                    {"--clear", "--journal"},
                    {"--json", "--journal"},
                    {"--json", "--time"},
                    {"--journal", "--time"}},
      .notes = "Events that find the buffer full are dropped and counted. --follow makes room.",
      .examples = {{"What was refused in the last ten minutes?",
                    "sudo sysctl-guard events --since 10m"},
                   {"What does this container try, while it does?",
                    "sudo sysctl-guard events --follow --container 3f4e8b"},
                   {"Which names did containers write that they may not?",
                    "sudo sysctl-guard events --json | jq -r .name | sort | uniq -c"}},
      .exit_codes = {{kExitDone, "done, or interrupted"},
                     {kExitFailed,
                      "there are no events to be had, or several containers are meant"},
                     {kExitUsage, kUsageExit}},
      .run = run};
}

}  // namespace sg::cli
