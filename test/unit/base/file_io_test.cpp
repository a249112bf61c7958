// SPDX-License-Identifier: Apache-2.0
// file_io_test.cpp - whole inputs, exact limits, and writers that must not be hung up on.
#include "base/file_io.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <string>
#include <thread>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/catch.h"

using sg::Errc;
using sg::Result;
using sg::UniqueFd;

namespace {

// A directory of its own, removed with the files the test named.
class TempDir {
 public:
  TempDir() { REQUIRE(::mkdtemp(path_.data()) != nullptr); }
  ~TempDir() {
    for (const char* name : {"/file", "/link", "/fifo"}) {
      (void)::unlink((path() + name).c_str());
    }
    (void)::rmdir(path_.data());
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  [[nodiscard]] std::string path() const { return path_.data(); }

 private:
  std::array<char, 32> path_{"/tmp/sg_file_io_XXXXXX"};
};

void make_file(const std::string& path, const std::string& text) {
  const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  REQUIRE(fd.valid());
  (void)sg::write_all(fd.get(), text);
}

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    read_end.reset(ends[0]);
    write_end.reset(ends[1]);
  }
  UniqueFd read_end;
  UniqueFd write_end;
};

}  // namespace

TEST_CASE("FileIo: a file is read whole, with its zero bytes") {
  const TempDir dir;
  const std::string sizes_why[] = {"empty", "one byte", "the first buffer", "more than it"};
  const std::size_t sizes[] = {0, 1, 16384, 1000003};
  for (std::size_t i = 0; i < 4; ++i) {
    INFO(sizes_why[i]);
    std::string text(sizes[i], 'x');
    for (std::size_t at = 0; at < text.size(); at += 7) {
      text[at] = static_cast<char>(at);
    }
    make_file(dir.path() + "/file", text);
    const Result<std::string> read = sg::read_file(AT_FDCWD, dir.path() + "/file", 1 << 20);
    REQUIRE(read);
    CHECK(*read == text);
  }
}

TEST_CASE("FileIo: an input of exactly the limit is read, one byte more is refused") {
  const TempDir dir;
  for (const std::size_t limit : {std::size_t{1}, std::size_t{100}, std::size_t{16383},
                                  std::size_t{16384}, std::size_t{16385}, std::size_t{70000}}) {
    INFO("limit " << limit);
    make_file(dir.path() + "/file", std::string(limit, 'x'));
    const Result<std::string> at = sg::read_file(AT_FDCWD, dir.path() + "/file", limit);
    REQUIRE(at);
    CHECK(at->size() == limit);
    make_file(dir.path() + "/file", std::string(limit + 1, 'x'));
    const Result<std::string> past = sg::read_file(AT_FDCWD, dir.path() + "/file", limit);
    REQUIRE_FALSE(past);
    CHECK(past.error().code == Errc::kBadInput);
    CHECK(past.error().message.find("limit of " + std::to_string(limit) + " bytes") !=
          std::string::npos);
  }
}

TEST_CASE("FileIo: a limit of zero takes the empty input only") {
  const Pipe empty = [] {
    Pipe pipe;
    pipe.write_end.reset();
    return pipe;
  }();
  CHECK(sg::read_all(empty.read_end.get(), 0, "x"));
  Pipe one;
  (void)sg::write_all(one.write_end.get(), "x");
  one.write_end.reset();
  CHECK_FALSE(sg::read_all(one.read_end.get(), 0, "x"));
}

TEST_CASE("FileIo: a file without a size is read to its end") {
  const Result<std::string> status = sg::read_file(AT_FDCWD, "/proc/self/status", 1 << 20);
  REQUIRE(status);
  CHECK(status->find("Pid:") != std::string::npos);
}

TEST_CASE("FileIo: a pipe that is written in pieces is read to its end") {
  Pipe pipe;
  const int write_fd = pipe.write_end.get();
  std::thread writer([&pipe, write_fd] {
    for (int i = 0; i < 1000; ++i) {
      (void)sg::write_all(write_fd, "0123456789");
    }
    pipe.write_end.reset();
  });
  const Result<std::string> read = sg::read_all(pipe.read_end.get(), 10000, "state");
  writer.join();
  REQUIRE(read);
  CHECK(read->size() == 10000);
  CHECK(read->substr(9990) == "0123456789");
}

TEST_CASE("FileIo: a descriptor in non-blocking mode is waited for") {
  Pipe pipe;
  REQUIRE(::fcntl(pipe.read_end.get(), F_SETFL, O_NONBLOCK) == 0);
  Pipe gate;
  std::thread writer([&pipe, &gate] {
    char c = 0;
    (void)!::read(gate.read_end.get(), &c, 1);
    (void)sg::write_all(pipe.write_end.get(), "late");
    pipe.write_end.reset();
  });
  char byte = 0;
  CHECK(::read(pipe.read_end.get(), &byte, 1) == -1);
  CHECK(errno == EAGAIN);
  (void)sg::write_all(gate.write_end.get(), "x");
  const Result<std::string> read = sg::read_all(pipe.read_end.get(), 100, "state");
  writer.join();
  REQUIRE(read);
  CHECK(*read == "late");
}

TEST_CASE("FileIo: writing waits for a reader, and tells when it went away") {
  Pipe pipe;
  REQUIRE(::fcntl(pipe.write_end.get(), F_SETFL, O_NONBLOCK) == 0);
  const std::string text(1 << 20, 'x');  // more than a pipe holds
  bool written = false;
  std::thread writer([&pipe, &written, &text] {
    written = sg::write_all(pipe.write_end.get(), text);
    pipe.write_end.reset();
  });
  const Result<std::string> read = sg::read_all(pipe.read_end.get(), 2 << 20, "text");
  writer.join();
  CHECK(written);
  REQUIRE(read);
  CHECK(*read == text);

  Pipe broken;
  broken.read_end.reset();
  const auto before = ::signal(SIGPIPE, SIG_IGN);
  CHECK_FALSE(sg::write_all(broken.write_end.get(), "x"));
  CHECK(errno == EPIPE);
  (void)::signal(SIGPIPE, before);
}

TEST_CASE("FileIo: a writer beyond the limit is read on, so that it never sees EPIPE") {
  Pipe pipe;
  bool written = false;
  std::thread writer([&pipe, &written] {
    const std::string text(3 << 20, 'x');  // far more than a pipe holds
    (void)sg::write_all(pipe.write_end.get(), text);
    written = true;
    pipe.write_end.reset();
  });
  const Result<std::string> read = sg::read_all(pipe.read_end.get(), 1000, "container state");
  writer.join();
  CHECK(written);
  REQUIRE_FALSE(read);
  CHECK(read.error().message == "container state: larger than the limit of 1000 bytes");
}

TEST_CASE("FileIo: a writer that never ends is cut off") {
  const UniqueFd zeros(::open("/dev/zero", O_RDONLY | O_CLOEXEC));
  const Result<std::string> read = sg::read_all(zeros.get(), 1000, "state");
  REQUIRE_FALSE(read);
  CHECK(read.error().code == Errc::kBadInput);
}

TEST_CASE("FileIo: what cannot be opened or read is a system error with the escaped path") {
  const TempDir dir;
  struct Case {
    const char* why;
    std::string path;
    std::string part;
  };
  const Case cases[] = {
      {"no file", dir.path() + "/none\n", "/none\\n': cannot be opened: it does not exist"},
      {"a directory", dir.path(), "cannot be read: Is a directory"},
      {"a file used as a directory", "/etc/passwd/x", "Not a directory"},
      {"the empty path", "", "file '': cannot be opened: it does not exist"},
      {"a zero byte would cut the path", std::string("/etc/passwd\0x", 13), "\\x00x'"},
      {"a path that is too long", "/" + std::string(5000, 'a'), "File name too long"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const Result<std::string> read = sg::read_file(AT_FDCWD, c.path, 100);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == Errc::kSystem);
    INFO(read.error().message);
    CHECK(read.error().message.find(c.part) != std::string::npos);
    CHECK(read.error().message.size() < 400);
  }
}

TEST_CASE("FileIo: a descriptor that is not open is a system error") {
  const Result<std::string> read = sg::read_all(-1, 100, "container state");
  REQUIRE_FALSE(read);
  CHECK(read.error().code == Errc::kSystem);
  CHECK(read.error().message.rfind("container state: cannot be read: ", 0) == 0);
}

TEST_CASE("FileIo: a relative path is relative to the directory") {
  const TempDir dir;
  make_file(dir.path() + "/file", "here");
  const UniqueFd fd(::open(dir.path().c_str(), O_DIRECTORY | O_RDONLY | O_CLOEXEC));
  REQUIRE(fd.valid());
  const Result<std::string> read = sg::read_file(fd.get(), "file", 100);
  REQUIRE(read);
  CHECK(*read == "here");
}
