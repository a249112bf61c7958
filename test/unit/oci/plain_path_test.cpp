// SPDX-License-Identifier: Apache-2.0
// plain_path_test.cpp - spellings of one path, and paths that only begin alike.
#include "oci/plain_path.h"

#include <string>

#include "support/catch.h"

using namespace sg::oci;

TEST_CASE("Plain path: empty components and dots go, the rest stays") {
  struct Case {
    const char* path;
    const char* plain;
  };
  const Case cases[] = {{"/", "/"},
                        {"//", "/"},
                        {"/./", "/"},
                        {"/a/b", "/a/b"},
                        {"//a/./b//", "/a/b"},
                        {"/a/../b", "/a/../b"},
                        {"a//b", "a//b"},
                        {"", ""},
                        {"/...", "/..."}};
  for (const Case& c : cases) {
    INFO(c.path);
    CHECK(plain_path(c.path) == c.plain);
  }
  CHECK(has_dot_dot("/a/../b"));
  CHECK(has_dot_dot(".."));
  CHECK_FALSE(has_dot_dot("/a/..b/..."));
}

TEST_CASE("Plain path: /proc/sys, and what is in a process") {
  CHECK(is_proc_sys("//proc/./sys/"));
  CHECK_FALSE(is_proc_sys("/proc/sys/kernel"));
  CHECK_FALSE(is_proc_sys("proc/sys"));
  for (const char* path :
       {"/proc/1", "/proc/1/root/proc/sys", "/proc/0x", "/proc/self/root", "/proc/thread-self"}) {
    INFO(path);
    CHECK(is_in_process(path));
  }
  for (const char* path :
       {"/proc", "/proc/sys", "/proc/selfish", "/proc/irq/1", "/1", "/x/proc/1"}) {
    INFO(path);
    CHECK_FALSE(is_in_process(path));
  }
}
