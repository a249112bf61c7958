// SPDX-License-Identifier: Apache-2.0
// runtime_args.h - a command line of runc or crun: does it start a container, of which bundle? And
// the log that it names.
//
// Both runtimes' options are known, with and without values, so that the value of one is never
// taken for the subcommand. Nothing is changed: the real runtime gets the arguments as they came.
#pragma once

#include <ctime>
#include <span>
#include <string>
#include <string_view>

namespace sg::oci {

enum class RuntimeAction {
  kPassOn,   // everything that starts no container: state, kill, exec, features, --version, ...
  kStart,    // create, run
  kRestore,  // from a checkpoint
};

struct RuntimeArgs {
  RuntimeAction action = RuntimeAction::kPassOn;
  std::string bundle = ".";
  std::string log_file;  // of --log; empty where there is none, or it is no file
  bool log_json = false;
  // Why it cannot be told what is started; then nothing may be. A clause, or empty.
  std::string problem;
};

// `arguments` are those behind argv[0]. What cannot be understood and contains no subcommand that
// starts a container is passed on, for the runtime to judge.
[[nodiscard]] RuntimeArgs parse_runtime_args(std::span<const std::string_view> arguments);

// An error in the log file that an engine gave the runtime: containerd, Docker and Podman show the
// last error of that file as the reason why there is no container.
//
// One line with its newline, as runc writes it: {"level":"error","msg":…,"time":…}, or the same as
// key=value text. The time is UTC, RFC 3339.
[[nodiscard]] std::string runtime_log_entry(std::string_view message, bool json, std::time_t now);

// Adds the entry to the end of `file`, which is made where there is none. A log that cannot be
// written is passed over: the message stands on standard error too.
void append_to_log(const std::string& file, std::string_view entry);

}  // namespace sg::oci
