// SPDX-License-Identifier: Apache-2.0
// unique_fd_test.cpp - one owner, one close.
#include "base/unique_fd.h"

#include <cerrno>
#include <type_traits>
#include <utility>

#include <fcntl.h>

#include "support/catch.h"

using sg::UniqueFd;

namespace {

int open_null() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }

}  // namespace

static_assert(!std::is_copy_constructible_v<UniqueFd>);
static_assert(!std::is_copy_assignable_v<UniqueFd>);
static_assert(std::is_nothrow_move_constructible_v<UniqueFd>);
static_assert(std::is_nothrow_move_assignable_v<UniqueFd>);
static_assert(!std::is_convertible_v<UniqueFd, int>, "the number must not escape silently");
static_assert(!std::is_convertible_v<int, UniqueFd>, "ownership is taken by name");

TEST_CASE("UniqueFd: closes at the end of its scope") {
  int raw = -1;
  {
    const UniqueFd fd(open_null());
    REQUIRE(fd.valid());
    raw = fd.get();
    CHECK(is_open(raw));
  }
  CHECK_FALSE(is_open(raw));
}

TEST_CASE("UniqueFd: without a descriptor it is not valid") {
  const UniqueFd none;
  CHECK_FALSE(none.valid());
  CHECK(none.get() == -1);
  const UniqueFd failed(-1);
  CHECK_FALSE(failed.valid());
}

TEST_CASE("UniqueFd: descriptor 0 is a descriptor") {
  UniqueFd zero(0);
  CHECK(zero.valid());
  CHECK(zero.release() == 0);
}

TEST_CASE("UniqueFd: a move hands over and leaves nothing") {
  UniqueFd first(open_null());
  const int raw = first.get();
  const UniqueFd second(std::move(first));
  CHECK(second.get() == raw);
  CHECK_FALSE(first.valid());  // NOLINT(bugprone-use-after-move): what is left is the point
  CHECK(is_open(raw));
}

TEST_CASE("UniqueFd: assignment closes what it held") {
  UniqueFd first(open_null());
  UniqueFd second(open_null());
  const int held = first.get();
  const int given = second.get();
  first = std::move(second);
  CHECK(first.get() == given);
  CHECK(is_open(given));
  CHECK_FALSE(is_open(held));
}

TEST_CASE("UniqueFd: assigned to itself it keeps its descriptor open") {
  UniqueFd fd(open_null());
  const int raw = fd.get();
  UniqueFd& same = fd;
  fd = std::move(same);
  CHECK(fd.get() == raw);
  CHECK(is_open(raw));
}

TEST_CASE("UniqueFd: release gives the descriptor away open") {
  UniqueFd fd(open_null());
  const int raw = fd.release();
  CHECK_FALSE(fd.valid());
  CHECK(is_open(raw));
  const UniqueFd again(raw);
}

TEST_CASE("UniqueFd: reset closes once and takes another") {
  UniqueFd fd(open_null());
  const int first = fd.get();
  const int second = open_null();
  fd.reset(second);
  CHECK_FALSE(is_open(first));
  CHECK(fd.get() == second);
  fd.reset();
  CHECK_FALSE(is_open(second));
  CHECK_FALSE(fd.valid());
}
