// SPDX-License-Identifier: Apache-2.0
// mountinfo_test.cpp - the lines of the kernel, and lines that are none.
#include "base/mountinfo.h"

#include <string>

#include "support/catch.h"

TEST_CASE("Mountinfo: type, root and place of each mount") {
  const auto mounts = sg::parse_mountinfo(
      "22 27 0:21 / /sys rw,nosuid shared:7 - sysfs sysfs rw\n"
      "23 22 0:22 /a\\040b /sys/fs/cgroup\\011x rw shared:1 master:2 - cgroup2 cgroup2 rw\n"
      "24 22 0:22 / /x rw - tmpfs none rw\n");
  REQUIRE(mounts.size() == 3);
  CHECK(mounts[0].type == "sysfs");
  CHECK(mounts[0].point == "/sys");
  CHECK(mounts[1].type == "cgroup2");
  CHECK(mounts[1].root == "/a b");
  CHECK(mounts[1].point == "/sys/fs/cgroup\tx");
  CHECK(mounts[2].type == "tmpfs");
}

TEST_CASE("Mountinfo: read-only is the mount or its filesystem") {
  struct Case {
    const char* options;
    const char* of_filesystem;
    bool is_read_only;
  };
  const Case cases[] = {
      {"rw,relatime", "rw", false},        {"ro,nosuid", "rw", true},
      {"nosuid,ro", "rw", true},           {"rw", "ro", true},
      {"rw", "rw,ro_is_no_option", false}, {"rw,errors=ro", "rw,errors=remount-ro", false}};
  for (const Case& c : cases) {
    INFO(c.options);
    INFO(c.of_filesystem);
    const auto mounts = sg::parse_mountinfo("22 27 0:21 / /x " + std::string(c.options) +
                                            " shared:7 - proc proc " + c.of_filesystem + "\n");
    REQUIRE(mounts.size() == 1);
    CHECK(mounts[0].is_read_only == c.is_read_only);
  }
}

TEST_CASE("Mountinfo: what is no such line is skipped") {
  for (const std::string line :
       {"", "x", "22 27 0:21 / /sys rw", "22 27 0:21 / /sys rw -", "22 27 0:21 / /sys rw - sysfs",
        "a 27 0:21 / /sys rw - sysfs sysfs rw", "22 27 0:21 sys /sys rw - sysfs sysfs rw",
        "22 27 0:21 / sys rw - s s rw"}) {
    INFO(line);
    CHECK(sg::parse_mountinfo(line).empty());
  }
}
