// SPDX-License-Identifier: Apache-2.0
// interruptible_test.cpp - signals, a reader that goes away, and one that is slow.
#include "cli/events/interruptible.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <string>

#include "support/catch.h"

using sg::UniqueFd;
using sg::cli::Interruptible;
using sg::cli::Progress;

namespace {

struct Pipe {
  UniqueFd reader;
  UniqueFd writer;
};

Pipe make_pipe() {
  std::array<int, 2> fds{};
  REQUIRE(::pipe2(fds.data(), O_CLOEXEC) == 0);
  return {UniqueFd(fds[0]), UniqueFd(fds[1])};
}

Interruptible open(int fd) {
  sg::Result<Interruptible> io = Interruptible::open(fd);
  REQUIRE(io);
  return *std::move(io);
}

bool is_blocked(int signal) {
  sigset_t now;
  REQUIRE(::sigprocmask(SIG_BLOCK, nullptr, &now) == 0);
  return sigismember(&now, signal) == 1;
}

constexpr int kLong = 20'000;  // ms: nothing here waits for that

}  // namespace

TEST_CASE("Interruptible: a signal ends the wait, and the process lives on") {
  const Pipe out = make_pipe();
  for (const int signal : {SIGINT, SIGTERM}) {
    {
      const Interruptible io = open(out.writer.get());
      CHECK(io.wait(-1, 0) == Progress::kTime);
      REQUIRE(::raise(signal) == 0);
      CHECK(io.wait(-1, kLong) == Progress::kEnd);
      CHECK(io.wait(-1, kLong) == Progress::kEnd);  // it stays so
    }
    CHECK_FALSE(is_blocked(signal));
  }
}

TEST_CASE("Interruptible: something to read ends the wait") {
  const Pipe out = make_pipe();
  const Pipe in = make_pipe();
  const Interruptible io = open(out.writer.get());
  CHECK(io.wait(in.reader.get(), 0) == Progress::kTime);
  REQUIRE(::write(in.writer.get(), "x", 1) == 1);
  CHECK(io.wait(in.reader.get(), kLong) == Progress::kReady);
}

TEST_CASE("Interruptible: a reader that goes away is seen while waiting and while writing") {
  Pipe out = make_pipe();
  const Interruptible io = open(out.writer.get());
  CHECK(io.write("text") == Progress::kReady);
  out.reader.reset();
  CHECK(io.wait(-1, kLong) == Progress::kEnd);
  CHECK(io.write("text") == Progress::kEnd);
}

TEST_CASE("Interruptible: without an output a signal alone ends the wait") {
  const Interruptible io = open(-1);
  CHECK(io.wait(-1, 0) == Progress::kTime);
  CHECK(io.write("") == Progress::kReady);
  REQUIRE(::raise(SIGTERM) == 0);
  CHECK(io.wait(-1, kLong) == Progress::kEnd);
}

TEST_CASE("Interruptible: a reader that is slow does not keep a signal waiting") {
  const Pipe out = make_pipe();
  const Interruptible io = open(out.writer.get());
  REQUIRE(::raise(SIGTERM) == 0);
  CHECK(io.write(std::string(1 << 20, 'x')) == Progress::kEnd);  // more than a pipe holds
}

TEST_CASE("Interruptible: what is read at once is written after a signal too") {
  const UniqueFd file(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  const Interruptible io = open(file.get());
  REQUIRE(::raise(SIGTERM) == 0);
  CHECK(io.write(std::string(1 << 20, 'x')) == Progress::kReady);
}

TEST_CASE("Interruptible: an output that is full fails") {
  const UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  const Interruptible io = open(full.get());
  CHECK(io.write("x") == Progress::kFailed);
}
