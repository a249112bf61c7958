// SPDX-License-Identifier: Apache-2.0
// events_options.cpp - the options of `events`, and its help.
#include "app/events/events_options.h"

#include <array>

#include "app/arguments.h"
#include "app/events/time_text.h"
#include "base/text.h"

namespace sg::app {
namespace {

constexpr std::array<OptionForm, 8> kForms{{{"--follow", false},
                                            {"--container", true},
                                            {"--since", true},
                                            {"--time", true},
                                            {"--json", false},
                                            {"--journal", false},
                                            {"--clear", false},
                                            {"--help", false}}};

Error wrong(std::string message) { return wrong_arguments(std::move(message), "events"); }

Status read_values(const Arguments& arguments, EventsOptions& options) {
  if (arguments.has("--container")) {
    options.container = arguments.options.find("--container")->second;
    if (options.container.empty()) {
      return wrong("--container: no ID given");
    }
  }
  if (arguments.has("--since")) {
    const std::string& text = arguments.options.find("--since")->second;
    options.ago_ns = parse_duration(text);
    options.since_ns = parse_rfc3339(text);
    if (!options.ago_ns && !options.since_ns) {
      return wrong("--since: '" + escape(text) +
                   "' is neither a duration, as 2h30m, nor a time, as 2026-11-25T09:30:00Z");
    }
  }
  if (arguments.has("--time")) {
    const std::string& text = arguments.options.find("--time")->second;
    if (text != "age" && text != "clock") {
      return wrong("--time: '" + escape(text) + "' is neither age nor clock");
    }
    options.clock = text == "clock";
  }
  return Ok{};
}

// Which options do not go together, and why is in the man page.
Status check_together(const Arguments& arguments) {
  struct Pair {
    const char* first;
    const char* second;
  };
  constexpr std::array<Pair, 7> kNever{{{"--clear", "--follow"},
                                        {"--clear", "--container"},
                                        {"--clear", "--since"},
                                        {"--clear", "--journal"},
                                        {"--json", "--journal"},
                                        {"--json", "--time"},
                                        {"--journal", "--time"}}};
  for (const Pair& pair : kNever) {
    if (arguments.has(pair.first) && arguments.has(pair.second)) {
      return wrong(std::string(pair.first) + " and " + pair.second + " do not go together");
    }
  }
  return Ok{};
}

}  // namespace

const char* const kEventsHelp =
    R"(sysctl-guard events: show what containers were refused, or let through by audit
mode; where the node policy says "events": "writes", what they wrote too. All
containers of this host, those that are gone as well, oldest first.

Usage: sysctl-guard events [OPTION]...

Options:
  --follow        go on with new events until it is interrupted; starts before
                  there is any guard too
  --container ID  only those of the guarded container that has this ID, or
                  whose ID alone begins so, or that has this name and no other
                  one fits; where there is none, of containers that are gone
                  and whose ID begins so
  --since TIME    only those from TIME on: a duration, 10m or 2h30m, or a time,
                  2026-11-25T09:30:00Z
  --time FORM     age, how long ago, or clock, the time of day; by default age,
                  and clock with --follow
  --json          print one JSON document for each event, each on a line
  --journal       send each to the systemd journal, with fields, once
  --clear         put the events that are shown away
  -h, --help      print this help

Events that find the buffer full are dropped and counted. --follow makes room.

Examples:
  What was refused in the last ten minutes?
    sudo sysctl-guard events --since 10m
  What does this container try, while it does?
    sudo sysctl-guard events --follow --container 3f4e8b
  Which names did containers write that they may not?
    sudo sysctl-guard events --json | jq -r .name | sort | uniq -c

Exit codes:
  0  done, or interrupted
  1  there are no events to be had, or several containers are meant
  2  wrong arguments
)";

Result<std::optional<EventsOptions>> parse_events(std::span<const std::string> words) {
  const Result<Arguments> arguments = read_arguments(words, kForms, "events");
  if (!arguments) {
    return arguments.error();
  }
  if (arguments->has("--help")) {
    return std::optional<EventsOptions>();
  }
  if (!arguments->operands.empty()) {
    return wrong("nothing can stand here: '" + escape(arguments->operands.front()) +
                 "'; the events of one container are those of --container ID");
  }
  EventsOptions options;
  options.follow = arguments->has("--follow");
  options.clear = arguments->has("--clear");
  if (arguments->has("--json")) {
    options.form = EventForm::kJson;
  } else if (arguments->has("--journal")) {
    options.form = EventForm::kJournal;
  }
  Status status = check_together(*arguments);
  if (status) {
    status = read_values(*arguments, options);
  }
  if (!status) {
    return std::move(status).error();
  }
  return std::optional<EventsOptions>(std::move(options));
}

}  // namespace sg::app
