// SPDX-License-Identifier: Apache-2.0
// runtime_main.cpp - sysctl-guard-runtime: runc or crun, with the guard put into what it creates.
//
// On `create` and `run` the bundle's config.json is edited, then the real runtime takes this
// process over, with the arguments, environment and descriptors as they came. For every other
// subcommand it takes over at once. Whatever goes wrong before that ends here: nothing is created.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include "base/error_line.h"
#include "base/text.h"
#include "host/find_program.h"
#include "host/own_path.h"
#include "host/runtime_settings.h"
#include "host/syslog_line.h"
#include "oci/bundle_file.h"
#include "oci/create_config.h"
#include "oci/open_proc_sys.h"
#include "oci/runtime_args.h"
#include "programs/exit_code.h"
#include "request/guarded_config.h"

namespace {

using sg::oci::RuntimeAction;
using sg::oci::RuntimeArgs;

constexpr const char* kProgram = "sysctl-guard-runtime";

int fail(const sg::Error& error, const RuntimeArgs& args) {
  const std::string line = sg::error_line(error);
  const std::string text = line + "\n";
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
  if (!args.log_file.empty()) {
    sg::oci::append_to_log(args.log_file,
                           sg::oci::runtime_log_entry(line, args.log_json, std::time(nullptr)));
  }
  sg::host::send_to_syslog(kProgram, line, sg::Severity::kError);
  return sg::programs::hook_exit_code(error.code);
}

// By its name: the program itself is not asked, which would take longer than all the rest.
bool is_runc(std::string_view runtime) {
  return runtime.substr(runtime.find_last_of('/') + 1) == "runc";
}

// The hook is only looked for where it is needed.
sg::Status guard_bundle(const RuntimeArgs& args, const std::string& runtime,
                        const sg::host::RuntimeSettings& settings) {
  const sg::Result<sg::oci::BundleFile> file = sg::oci::BundleFile::open(args.bundle);
  if (!file) {
    return file.error();
  }
  const sg::Result<sg::oci::CreateConfig> create = sg::oci::parse_create_config(file->text());
  if (!create) {
    return create.error();
  }
  if (!settings.all_containers &&
      !sg::request::asks_for_guard(*create, sg::request::registered_node_policy(""))) {
    return sg::Ok{};
  }
  if (args.action == RuntimeAction::kRestore) {
    return sg::Error{sg::Errc::kUnsupported,
                     "restore: not every runtime runs hooks then, so there might be no guard",
                     "start the container anew"};
  }
  const sg::Result<std::string> own = sg::host::own_path();
  const sg::Result<std::string> hook = own ? sg::host::find_hook(*own) : own.error();
  if (!hook) {
    return hook.error();
  }
  // Where it names our hook an older version may have edited it.
  const bool is_fresh = sg::oci::find_named_hook(create->config) == nullptr;
  const sg::Result<sg::request::GuardedConfig> config =
      sg::request::make_guarded({.text = file->text(),
                                 .config = *create,
                                 .bundle = file->directory(),
                                 .hook_path = *hook,
                                 .hook_args = {},
                                 .is_fresh = is_fresh,
                                 .locks_user_namespaces = is_runc(runtime),
                                 .sets_apparmor_profile = settings.sets_apparmor_profile});
  if (!config) {
    return config.error();
  }
  if (!config->note.empty()) {
    sg::host::send_to_syslog(kProgram, config->note, sg::Severity::kWarning);
  }
  return config->text == file->text() ? sg::Status(sg::Ok{}) : file->replace(config->text);
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string_view> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  const RuntimeArgs args = sg::oci::parse_runtime_args(arguments);
  const sg::Result<sg::host::RuntimeSettings> settings = sg::host::read_runtime_settings();
  if (!settings) {
    return fail(settings.error(), args);
  }
  const char* const path = std::getenv("PATH");
  const sg::Result<std::string> runtime = sg::host::find_runtime(
      settings->runtime, path != nullptr ? path : "", sg::host::trusted_directories());
  if (!runtime) {
    return fail(runtime.error(), args);
  }
  if (!args.problem.empty()) {
    return fail({sg::Errc::kUsage, args.problem, "call the runtime as its manual has it"}, args);
  }
  if (args.action != RuntimeAction::kPassOn) {
    if (const sg::Status guarded = guard_bundle(args, *runtime, *settings); !guarded) {
      return fail(guarded.error(), args);
    }
  }
  std::vector<char*> passed(argv, argv + argc + 1);
  passed.resize(std::max<std::size_t>(passed.size(), 2), nullptr);
  passed[0] = const_cast<char*>(runtime->c_str());
  ::execve(runtime->c_str(), passed.data(), environ);
  const int saved_errno = errno;
  return fail(sg::system_error("runtime '" + sg::escape(*runtime) + "': cannot be started",
                               saved_errno, "run it by hand to see what is wrong with it"),
              args);
}
