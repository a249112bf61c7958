// SPDX-License-Identifier: Apache-2.0
// runtime_args_test.cpp - command lines as engines write them, and as somebody could to slip one
// through; what engines read as the reason.
#include "oci/runtime_args.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/text.h"
#include "support/catch.h"

using sg::oci::RuntimeAction;
using sg::oci::RuntimeArgs;

namespace {

// Split at blanks; "''" stands for an empty argument.
RuntimeArgs parsed(const std::string& line) {
  std::vector<std::string_view> arguments;
  for (const std::string_view word : sg::split(line, ' ')) {
    if (!word.empty()) {
      arguments.push_back(word == "''" ? std::string_view{} : word);
    }
  }
  return sg::oci::parse_runtime_args(arguments);
}

}  // namespace

TEST_CASE("Runtime arguments: what starts a container, and from which bundle") {
  struct Case {
    const char* line;
    RuntimeAction action;
    const char* bundle;
  };
  constexpr RuntimeAction kPassOn = RuntimeAction::kPassOn;
  constexpr RuntimeAction kStart = RuntimeAction::kStart;
  constexpr RuntimeAction kRestore = RuntimeAction::kRestore;
  const Case cases[] = {
      // As containerd, Docker, Podman and CRI-O write them.
      {"--root /run/r --log /b/log.json --log-format json create --bundle /b --pid-file /b/pid ID",
       kStart, "/b"},
      {"--systemd-cgroup --log-format=json --log=/l create --bundle /b --pid-file /p ID", kStart,
       "/b"},
      {"--root=/r start ID", kPassOn, "."},
      {"--root /r --log /l --log-format json delete --force ID", kPassOn, "."},
      {"features", kPassOn, "."},
      {"--version", kPassOn, "."},
      {"", kPassOn, "."},
      {"restore --bundle /b --image-path /i ID", kRestore, "/b"},
      // Every form of the bundle.
      {"create ID", kStart, "."},
      {"create -b /b ID", kStart, "/b"},
      {"create --bundle=/b ID", kStart, "/b"},
      {"create ID --bundle /b", kStart, "/b"},
      {"create -b /a --bundle /b ID", kStart, "/b"},
      {"create --bundle= ID", kStart, ""},
      {"create --bundle '' ID", kStart, ""},
      {"run --detach --bundle /b ID", kStart, "/b"},
      {"run -d -b /b ID", kStart, "/b"},
      // Values that look like something else.
      {"--root create state ID", kPassOn, "."},
      {"--root create --log run kill ID", kPassOn, "."},
      {"--log create create --bundle create create", kStart, "create"},
      {"--root=create list", kPassOn, "."},
      {"state create", kPassOn, "."},
      {"exec ID create --bundle /b", kPassOn, "."},
      {"create --pid-file --bundle --console-socket -b ID", kStart, "."},
      {"create --pid-file=--bundle --bundle=--help ID", kStart, "--help"},
      {"create -- --bundle", kStart, "."},
      {"-- create -b /b ID", kStart, "/b"},
      {"--debug -- state create", kPassOn, "."},
      {"- create", kPassOn, "."},
      {"'' create", kPassOn, "."},
      // What only prints.
      {"--help create", kPassOn, "."},
      {"-v create", kPassOn, "."},
      {"create --help", kPassOn, "."},
      {"run -h", kPassOn, "."},
      {"--new state ID", kPassOn, "."},
      {"--log", kPassOn, "."},
  };
  for (const Case& c : cases) {
    INFO(c.line);
    const RuntimeArgs args = parsed(c.line);
    CHECK(args.action == c.action);
    CHECK(args.problem == "");
    if (c.action != kPassOn) {
      CHECK(args.bundle == c.bundle);
    }
  }
}

TEST_CASE("Runtime arguments: where it cannot be told what is started, nothing is") {
  struct Case {
    const char* line;
    const char* part;
  };
  const Case cases[] = {
      {"--new create -b /b ID", "'--new'"},
      {"--new state create", "'--new'"},
      {"--roo create run ID", "'--roo'"},
      {"-x restore ID", "'-x'"},
      {"create --bundle", "no value"},
      {"create ID -b", "no value"},
      {"create -b=/b ID", "'-b=/b'"},
      {"create -b/b ID", "'-b/b'"},
      {"create -bundle /b ID", "'-bundle'"},
      {"create --bun /b ID", "'--bun'"},
      {"create --bun=/b ID", "'--bun=/b'"},
      {"run -detach -b /b ID", "'-detach'"},
      {"create --new x -b /b ID", "'--new'"},
      {"create --pid-f --help -b /b ID", "'--pid-f'"},
      {"--version=false run -b /b ID", "'--version=false'"},
      {"--help=false run -b /b ID", "'--help=false'"},
      {"-v=false run -b /b ID", "'-v=false'"},
      {"--new=x create -b /b ID", "'--new=x'"},
      {"--debug=true create -b /b ID", "'--debug=true'"},
      {"--program-name create run -b /b ID", "'--program-name'"},
      {"run --help=false -b /b ID", "'--help=false'"},
      {"run --detach=true -b /b ID", "'--detach=true'"},
      {"create --config /c ID", "'--config'"},
      {"create --config=/c ID", "'--config=/c'"},
      {"create --conf /c ID", "'--conf'"},
      {"run -f /c ID", "'-f'"},
      {"run -f/c ID", "'-f/c'"},
      {"run -db /b ID", "'-db'"},
      {"run -df /c ID", "'-df'"},
  };
  for (const Case& c : cases) {
    INFO(c.line);
    const RuntimeArgs args = parsed(c.line);
    CHECK(args.action != RuntimeAction::kPassOn);
    INFO(args.problem);
    CHECK(args.problem.find(c.part) != std::string::npos);
  }
}

TEST_CASE("Runtime arguments: where the log is") {
  struct Case {
    const char* line;
    const char* file;
    bool json;
  };
  const Case cases[] = {
      {"create ID", "", false},
      {"--log /l create ID", "/l", false},
      {"--log=/l --log-format=json create ID", "/l", true},
      {"--log /a --log /b --log-format json --log-format text create ID", "/b", false},
      {"--log file:/l create ID", "/l", false},
      {"--log journald:x create ID", "", false},
      {"--log syslog:x create ID", "", false},
      {"--log-level debug --log /l --new create ID", "/l", false},
      {"create --log /l ID", "", false},
  };
  for (const Case& c : cases) {
    INFO(c.line);
    const RuntimeArgs args = parsed(c.line);
    CHECK(args.log_file == c.file);
    CHECK(args.log_json == c.json);
  }
}

TEST_CASE("Runtime log: both forms") {
  constexpr std::time_t kNow = 1'700'000'000;
  CHECK(sg::oci::runtime_log_entry("sysctl-guard: a \"b\"", /*json=*/true, kNow) ==
        "{\"level\":\"error\",\"msg\":\"sysctl-guard: a "
        "\\\"b\\\"\",\"time\":\"2023-11-14T22:13:20Z\"}\n");
  CHECK(sg::oci::runtime_log_entry("a \"b\"", /*json=*/false, kNow) ==
        "time=\"2023-11-14T22:13:20Z\" level=error msg=\"a \\\"b\\\"\"\n");
}

TEST_CASE("Runtime log: a time beyond the calendar is some time") {
  CHECK(sg::oci::runtime_log_entry("a", /*json=*/true, INT64_MAX) ==
        "{\"level\":\"error\",\"msg\":\"a\",\"time\":\"1970-01-01T00:00:00Z\"}\n");
}

TEST_CASE("Runtime log: entries go to the end of the file, which is made") {
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("sysctl-guard-log-" + std::to_string(::getpid()));
  std::filesystem::remove(file);
  sg::oci::append_to_log(file, "one\n");
  sg::oci::append_to_log(file, "two\n");
  std::ifstream in(file);
  CHECK(std::string(std::istreambuf_iterator<char>(in), {}) == "one\ntwo\n");
  std::filesystem::remove(file);
  sg::oci::append_to_log(file / "not" / "there", "three\n");
  sg::oci::append_to_log("", "three\n");
  CHECK_FALSE(std::filesystem::exists(file));
}
