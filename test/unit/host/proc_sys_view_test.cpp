// SPDX-License-Identifier: Apache-2.0
// proc_sys_view_test.cpp - mounts as runtimes make them, and what can be written below them.
#include "host/proc_sys_view.h"

#include <string>
#include <vector>

#include "support/catch.h"

using sg::host::ProcSysView;
using Paths = std::vector<std::string>;

namespace {

std::string mount(const std::string& point, const std::string& root, const std::string& options,
                  const std::string& type = "proc", const std::string& super = "rw") {
  return "92 91 0:42 " + root + " " + point + " " + options + " - " + type + " " + type + " " +
         super + "\n";
}

const std::string kRoot = mount("/", "/", "rw,relatime", "overlay");
const std::string kProc = mount("/proc", "/", "rw,nosuid");

}  // namespace

TEST_CASE("Proc sys view: as an engine leaves it, and as it was opened") {
  const ProcSysView closed(kRoot + kProc + mount("/proc/bus", "/bus", "ro") +
                           mount("/proc/sys", "/sys", "ro,nosuid"));
  CHECK_FALSE(closed.is_writable());
  CHECK_FALSE(closed.is_writable("net/ipv4/ip_forward"));
  CHECK(closed.parts().empty());
  const ProcSysView opened(
      kRoot + kProc + mount("/proc/sys", "/sys", "ro") +
      mount("/proc/sys/net/ipv4/ip_forward", "/sys/net/ipv4/ip_forward", "rw") +
      mount("/proc/sys/net/ipv4/conf", "/sys/net/ipv4/conf", "rw"));
  CHECK_FALSE(opened.is_writable());
  CHECK(opened.is_writable("net/ipv4/ip_forward"));
  CHECK(opened.is_writable("net/ipv4/conf/wg0/rp_filter"));
  CHECK_FALSE(opened.is_writable("net/ipv4/ip_forward2"));
  CHECK_FALSE(opened.is_writable("net/ipv4/configuration"));
  CHECK_FALSE(opened.is_writable("vm/swappiness"));
  CHECK(opened.parts() == Paths{"net/ipv4/conf", "net/ipv4/ip_forward"});
  const ProcSysView all(kRoot + kProc);
  CHECK(all.is_writable());
  CHECK(all.is_writable("vm/swappiness"));
  CHECK(all.parts().empty());
}

TEST_CASE("Proc sys view: what covers it, from where, and in which order") {
  CHECK_FALSE(ProcSysView("").is_writable());
  CHECK_FALSE(ProcSysView(kRoot).is_writable());                              // no procfs
  CHECK_FALSE(ProcSysView(kRoot + mount("/proc", "/", "ro")).is_writable());  // a read-only mount
  CHECK_FALSE(ProcSysView(mount("/proc", "/", "rw", "proc", "ro"))
                  .is_writable());  // a read-only filesystem
  CHECK_FALSE(ProcSysView(kProc + mount("/proc/sys", "/", "rw", "tmpfs")).is_writable());  // masked
  CHECK_FALSE(ProcSysView(kProc + mount("/proc/sys", "/bus", "rw"))
                  .is_writable());  // another part of procfs
  // The last one at a place counts.
  CHECK(ProcSysView(kProc + mount("/proc/sys", "/sys", "ro") + mount("/proc/sys", "/sys", "rw"))
            .is_writable());
  CHECK_FALSE(
      ProcSysView(kProc + mount("/proc/sys", "/sys", "rw") + mount("/proc/sys", "/sys", "ro"))
          .is_writable());
  // A read-only part of what is writable, and something else on it.
  const ProcSysView parts(kProc + mount("/proc/sys/kernel", "/sys/kernel", "ro") +
                          mount("/proc/sys/fs/binfmt_misc", "/", "rw", "binfmt_misc"));
  CHECK(parts.is_writable());
  CHECK_FALSE(parts.is_writable("kernel/shmmax"));
  CHECK_FALSE(parts.is_writable("fs/binfmt_misc/register"));
  CHECK(parts.is_writable("vm/swappiness"));
  CHECK(parts.parts().empty());
}
