// SPDX-License-Identifier: Apache-2.0
// run_program.cpp - spawn, read until the end or the deadline, reap.
#include "host/run_program.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "base/unique_fd.h"

namespace sg::host {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kTooLong = "takes too long";
constexpr std::size_t kOutputMax = std::size_t{4} << 20;
constexpr std::string_view kSystemPath =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

Error run_error(const std::string& program, const std::string& why) {
  return Error{Errc::kSystem, "'" + escape(program) + "': " + why, ""};
}

// The started program's pid, or a negative errno; its output goes to `output_fd`.
pid_t start(const std::string& program, std::span<const std::string> arguments, int output_fd) {
  std::vector<std::string> words{program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  (void)::posix_spawn_file_actions_init(&actions);
  (void)::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  (void)::posix_spawn_file_actions_adddup2(&actions, output_fd, STDOUT_FILENO);
  (void)::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t pid = 0;
  const int err = ::posix_spawn(&pid, program.c_str(), &actions, nullptr, argv.data(), environ);
  (void)::posix_spawn_file_actions_destroy(&actions);
  return err == 0 ? pid : -err;
}

int milliseconds_to(Clock::time_point deadline) {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
  return left > 0 ? static_cast<int>(left) : 0;
}

// Has it ended by then? A program can close its output and go on.
bool has_ended(pid_t pid, Clock::time_point deadline) {
  const UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  pollfd wait{process.get(), POLLIN, 0};
  int ready = -1;
  while ((ready = ::poll(&wait, 1, milliseconds_to(deadline))) < 0 && errno == EINTR) {}
  return process.valid() && ready > 0;
}

// What stands in the pipe up to its end; why not, where that is not reached.
std::optional<std::string> read_until(int fd, Clock::time_point deadline, std::string& why) {
  std::string text;
  std::array<char, 16384> buffer;
  for (;;) {
    pollfd wait{fd, POLLIN, 0};
    const int ready = ::poll(&wait, 1, milliseconds_to(deadline));
    if (ready < 0 && errno == EINTR) {
      continue;
    }
    if (ready <= 0) {
      why = kTooLong;
      return std::nullopt;
    }
    const ssize_t length = ::read(fd, buffer.data(), buffer.size());
    if (length == 0) {
      return text;
    }
    if (length > 0) {
      text.append(buffer.data(), static_cast<std::size_t>(length));
    }
    if ((length < 0 && errno != EINTR) || text.size() > kOutputMax) {
      why = "prints too much, or cannot be read";
      return std::nullopt;
    }
  }
}

}  // namespace

std::optional<std::string> find_in_path(const std::string& name) {
  const char* const path = std::getenv("PATH");
  const std::string directories =
      (path == nullptr ? "" : std::string(path) + ":") + std::string(kSystemPath);
  for (const std::string_view directory : split(directories, ':')) {
    const std::string file = std::string(directory) + "/" + name;
    struct stat info {};
    // A relative directory of PATH depends on where we stand: not for what root runs.
    if (directory.starts_with('/') && ::stat(file.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
        ::access(file.c_str(), X_OK) == 0) {
      return file;
    }
  }
  return std::nullopt;
}

Result<std::string> output_of(const std::string& program, std::span<const std::string> arguments,
                              int timeout_ms) {
  const Clock::time_point deadline = Clock::now() + std::chrono::milliseconds(timeout_ms);
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    const int saved_errno = errno;
    return system_error("pipe", saved_errno, "");
  }
  const UniqueFd from(ends[0]);
  UniqueFd to(ends[1]);
  const pid_t pid = start(program, arguments, to.get());
  if (pid < 0) {
    return system_error("'" + escape(program) + "': cannot be run", -pid, "");
  }
  to.reset();
  std::string why;
  std::optional<std::string> text = read_until(from.get(), deadline, why);
  if (text && !has_ended(pid, deadline)) {
    why = kTooLong;
    text.reset();
  }
  if (!text) {
    (void)::kill(pid, SIGKILL);
  }
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
  if (!text) {
    return run_error(program, why);
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return run_error(program, WIFEXITED(status)
                                  ? "ended with " + std::to_string(WEXITSTATUS(status))
                                  : "was ended by signal " + std::to_string(WTERMSIG(status)));
  }
  return *std::move(text);
}

}  // namespace sg::host
