// SPDX-License-Identifier: Apache-2.0
// result_test.cpp - a Result holds a value or an Error, and an Error grows nouns on its way up.
#include "base/result.h"

#include <cctype>
#include <cerrno>
#include <csignal>
#include <memory>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

#include "support/catch.h"

using sg::Errc;
using sg::Error;
using sg::Result;

namespace {

Result<int> half(int n) {
  if (n % 2 != 0) {
    return Error{Errc::kBadInput, "number " + std::to_string(n) + ": odd", "take an even one"};
  }
  return n / 2;
}

// Whether `body` ends its process by abort().
template <typename Body>
bool aborts(Body body) {
  const pid_t child = ::fork();
  if (child == 0) {
    (void)std::signal(SIGABRT, SIG_DFL);  // Catch2 handles it to report a failed test
    body();
    ::_exit(0);
  }
  int status = 0;
  return ::waitpid(child, &status, 0) == child && WIFSIGNALED(status) &&
         WTERMSIG(status) == SIGABRT;
}

}  // namespace

TEST_CASE("Result: a value tests true and is handed out") {
  Result<int> result = half(8);
  REQUIRE(result);
  CHECK(*result == 4);
  *result = 5;
  CHECK(*result == 5);
}

TEST_CASE("Result: an error tests false and keeps code, message and hint") {
  const Result<int> result = half(7);
  REQUIRE_FALSE(result);
  CHECK(result.error().code == Errc::kBadInput);
  CHECK(result.error().message == "number 7: odd");
  CHECK(result.error().hint == "take an even one");
}

TEST_CASE("Result: a value that can only be moved is moved out") {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(3);
  REQUIRE(result);
  CHECK(**result == 3);
  const std::unique_ptr<int> out = *std::move(result);
  REQUIRE(out);
  CHECK(*out == 3);
}

TEST_CASE("Result: members of the value are reached by an arrow") {
  Result<std::string> result = std::string("four");
  CHECK(result->size() == 4);
  const Result<std::string> fixed = std::string("six");
  CHECK(fixed->size() == 3);
}

TEST_CASE("Result: a Status is true where there is nothing to return") {
  const sg::Status good = sg::Ok{};
  CHECK(good);
  const sg::Status bad = Error{Errc::kUsage, "argument: unknown", ""};
  CHECK_FALSE(bad);
}

TEST_CASE("Result: taking what is not there aborts") {
  CHECK(aborts([] {
    const Result<int> result = half(7);
    (void)*result;
  }));
  CHECK(aborts([] {
    const Result<int> result = half(8);
    (void)result.error();
  }));
  CHECK_FALSE(aborts([] {}));
}

TEST_CASE("Error: context puts the caller's noun in front and keeps the rest") {
  Error error = half(3).error();
  error = std::move(error).context("half").context("sum");
  CHECK(error.message == "sum: half: number 3: odd");
  CHECK(error.code == Errc::kBadInput);
  CHECK(error.hint == "take an even one");
}

TEST_CASE("Error: no system error has a phrase that Podman takes for its own") {
  for (int number = 1; number < 134; ++number) {
    const Error error = sg::system_error("open 'x'", number, "hint");
    INFO(number << " " << error.message);
    CHECK(error.code == Errc::kSystem);
    CHECK(error.hint == "hint");
    CHECK(error.message.rfind("open 'x': ", 0) == 0);
    CHECK(error.message.size() > std::string("open 'x': ").size());
    std::string lower;
    for (const char c : error.message) {
      lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    for (const char* phrase :
         {"permission denied", "operation not permitted", "no such file or directory"}) {
      CHECK(lower.find(phrase) == std::string::npos);
    }
  }
}
