// SPDX-License-Identifier: Apache-2.0
// events_command.cpp - the declaration of `events`, and its times.
#include "cli/events/events_command.h"

#include "base/text.h"
#include "base/time_text.h"
#include "cli/commands.h"
#include "cli/events/cmd_events.h"

namespace sg::cli {
namespace {

Result<Outcome> run(const Arguments& arguments) {
  const Result<EventsOptions> options = read_events_options(arguments);
  return options ? Result<Outcome>(cmd_events(*options, Streams{})) : options.error();
}

}  // namespace

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
          "says "
          "\"events\": \"writes\", what they wrote too. All containers of this host, those that "
          "are gone as "
          "well, oldest first.",
      .usage = {"[OPTION]..."},
      .operands = {.hint = "; the events of one container are those of --container ID"},
      .options =
          {{"--follow", "",
            "show new events, as they happen, until it is interrupted; those before with --since; "
            "starts before there is any guard too"},
           {"--container", "ID",
            "only those of the guarded container that has this ID, or whose ID alone begins so, or "
            "that "
            "has this name and no other one fits; where there is none, of containers that are gone "
            "and "
            "whose ID begins so"},
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
                     {kExitUsage, "wrong arguments"}},
      .run = run};
}

}  // namespace sg::cli
