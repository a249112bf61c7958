// SPDX-License-Identifier: Apache-2.0
// lock_proc_sys_test.cpp - a real procfs in namespaces of its own, locked but for some paths, seen
// from inside and from namespaces nested in it. Needs root.
#include "host/lock_proc_sys.h"

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/temp_dir.h"

using sg::Errc;
using sg::Status;
using sg::host::lock_proc_sys;
using Paths = std::vector<std::string>;

namespace {

constexpr int kNamespaces = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;

// Runs `body` in a child process and gives back the text it returns.
template <typename Body>
std::string in_child(const Body& body) {
  std::array<int, 2> pipe_fds{};
  if (::pipe2(pipe_fds.data(), O_CLOEXEC) != 0) {
    return "no pipe";
  }
  const pid_t pid = ::fork();
  if (pid == 0) {
    const std::string text = body();
    (void)!::write(pipe_fds[1], text.data(), text.size());
    ::_exit(0);
  }
  (void)::close(pipe_fds[1]);
  std::string text;
  std::array<char, 512> buffer{};
  for (ssize_t got = 0; (got = ::read(pipe_fds[0], buffer.data(), buffer.size())) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  (void)::close(pipe_fds[0]);
  (void)::waitpid(pid, nullptr, 0);
  return text;
}

// `body(root)` as the createContainer stage runs: in new namespaces, with a procfs of theirs at
// <root>/proc. `options` are those of that mount.
template <typename Body>
std::string in_container(const Body& body,
                         unsigned long options = MS_NOSUID | MS_NODEV | MS_NOEXEC) {
  const sg::test::TempDir dir;
  return in_child([&]() -> std::string {
    const std::string root = dir.path();
    if (::unshare(kNamespaces) != 0 ||
        ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("none", root.c_str(), "tmpfs", 0, nullptr) != 0 ||
        ::mkdir((root + "/proc").c_str(), 0755) != 0) {
      return "no namespaces";
    }
    return in_child([&]() -> std::string {
      if (::mount("proc", (root + "/proc").c_str(), "proc", options, nullptr) != 0) {
        return "no procfs";
      }
      return body(root);
    });
  });
}

// "ok", or the name of the error of opening it for writing.
std::string write_error(const std::string& root, const std::string& name) {
  const int fd = ::open((root + "/proc/sys/" + name).c_str(), O_WRONLY | O_CLOEXEC);
  const int saved_errno = errno;
  if (fd >= 0) {
    (void)::close(fd);
    return "ok";
  }
  return ::strerrorname_np(saved_errno);
}

// The same of several, with blanks between.
std::string write_errors(const std::string& root, const Paths& names) {
  std::string text;
  for (const std::string& name : names) {
    text += (text.empty() ? "" : " ") + write_error(root, name);
  }
  return text;
}

std::string said(const Status& status) { return status ? "" : status.error().message + "; "; }

// Locks, then tries: what went wrong, and the results.
std::string locked_then(const std::string& root, const Paths& paths, const Paths& names) {
  const std::string error = said(lock_proc_sys(root, paths));
  return error + write_errors(root, names);
}

bool make_interface(const char* from, const char* to) {
  const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq request{};
  std::strncpy(request.ifr_name, from, IFNAMSIZ - 1);
  std::strncpy(request.ifr_newname, to, IFNAMSIZ - 1);
  const bool done = ::ioctl(fd, SIOCSIFNAME, &request) == 0;
  (void)::close(fd);
  return done;
}

const Paths kSome = {"net/ipv4/ip_forward", "net/ipv4/ip_default_ttl",
                     "kernel/shmmax",       "kernel/core_pattern",
                     "vm/swappiness",       "net/ipv4/conf/lo/rp_filter"};

}  // namespace

TEST_CASE("Lock: without it everything is writable, with it what was granted") {
  CHECK(in_container([](const std::string& root) { return write_errors(root, kSome); }) ==
        "ok ok ok ok ok ok");
  CHECK(in_container([](const std::string& root) {
          return locked_then(root, {"net/ipv4/ip_forward", "kernel/shmmax"}, kSome);
        }) == "ok EROFS ok EROFS EROFS EROFS");
  CHECK(in_container([](const std::string& root) {
          return locked_then(root, {"net/ipv4/conf/"}, kSome);
        }) == "EROFS EROFS EROFS EROFS EROFS ok");
  CHECK(in_container([](const std::string& root) { return locked_then(root, {}, kSome); }) ==
        "EROFS EROFS EROFS EROFS EROFS EROFS");
}

TEST_CASE("Lock: the root may be the working directory") {
  CHECK(in_container([](const std::string& root) -> std::string {
          if (::chdir(root.c_str()) != 0) {
            return "no directory";
          }
          const std::string error = said(lock_proc_sys(".", Paths{"vm/swappiness"}));
          return error + write_errors(root, kSome);
        }) == "EROFS EROFS EROFS EROFS ok EROFS");
}

TEST_CASE("Lock: the flags of the mount stay, on what is locked and on what is opened") {
  for (const unsigned long options :
       {MS_NOSUID | MS_NODEV | MS_NOEXEC, MS_NOATIME | MS_NOSUID, 0}) {
    INFO(options);
    const std::string shown = in_container(
        [](const std::string& root) -> std::string {
          struct statvfs before {};
          struct statvfs locked {};
          struct statvfs granted {};
          (void)::statvfs((root + "/proc/sys").c_str(), &before);
          const std::string error = said(lock_proc_sys(root, Paths{"vm/swappiness"}));
          (void)::statvfs((root + "/proc/sys").c_str(), &locked);
          (void)::statvfs((root + "/proc/sys/vm/swappiness").c_str(), &granted);
          const bool same =
              granted.f_flag == before.f_flag && locked.f_flag == (before.f_flag | ST_RDONLY);
          return error + (same ? "same" : "other");
        },
        options);
    CHECK(shown == "same");
  }
}

TEST_CASE("Lock: what is not there, or is something else, is passed over") {
  CHECK(in_container([](const std::string& root) {
          const Paths paths = {
              "net/nosuch/file",     "net/ipv4", "vm/swappiness/", "vm/swappiness/x",
              "net/ipv4/tcp_nosuch", "nosuch/",  "kernel/shmmax"};
          return locked_then(root, paths, kSome);
        }) == "EROFS EROFS ok EROFS EROFS EROFS");
}

TEST_CASE("Lock: an interface that comes later") {
  const Paths names = {"net/ipv4/conf/wg0/rp_filter", "net/ipv4/conf/wg0/forwarding",
                       "net/ipv4/conf/all/rp_filter"};
  const auto run = [&names](const Paths& paths) {
    return in_container([&](const std::string& root) -> std::string {
      const std::string error = said(lock_proc_sys(root, paths));
      return make_interface("lo", "wg0") ? error + write_errors(root, names) : "no interface";
    });
  };
  CHECK(run({"net/ipv4/conf//wg0/rp_filter"}) == "ok ok ok");
  CHECK(run({"net/ipv4/ip_forward"}) == "EROFS EROFS EROFS");
  // One that is there is opened alone; so is nothing else where only the file is missing.
  CHECK(in_container([](const std::string& root) {
          return locked_then(root, {"net/ipv4/conf//lo/rp_filter", "net/ipv4/conf//lo/nosuch"},
                             {"net/ipv4/conf/lo/rp_filter", "net/ipv4/conf/lo/forwarding",
                              "net/ipv4/conf/all/rp_filter"});
        }) == "ok EROFS EROFS");
  // A path below another one is that one's.
  CHECK(run({"net/ipv4/conf/all/rp_filter", "net/ipv4/conf//wg0/rp_filter"}) == "ok ok ok");
  CHECK(run({"net/ipv4/", "net/ipv4/conf//wg0/rp_filter"}) == "ok ok ok");
}

TEST_CASE("Lock: paths of no form are refused, and so are too many") {
  const Paths forms = {
      "",    "/",   "/vm/swappiness",    "../vm",   "vm/../kernel",   "vm/./swappiness",
      "a//", "//a", "vm//../swappiness", "a//b//c", "vm/swappiness//"};
  for (const std::string& form : forms) {
    INFO(form);
    const std::string shown = in_container([&form](const std::string& root) -> std::string {
      const Status status = lock_proc_sys(root, Paths{form});
      return status                                   ? "locked"
             : status.error().code == Errc::kBadInput ? "bad"
                                                      : status.error().message;
    });
    CHECK(shown == "bad");
  }
  const auto count = [](std::size_t paths) {
    return in_container([paths](const std::string& root) -> std::string {
      const Status status = lock_proc_sys(root, Paths(paths, "vm/swappiness"));
      return status ? write_error(root, "vm/swappiness") : "refused";
    });
  };
  CHECK(count(sg::host::kOpenPathsMax) == "ok");
  CHECK(count(sg::host::kOpenPathsMax + 1) == "refused");
}

TEST_CASE("Lock: only in the container's own procfs, and only once") {
  const auto code_of = [](const Status& status) -> std::string {
    return status ? "locked" : status.error().code == Errc::kUnsupported ? "unsupported" : "system";
  };
  CHECK(code_of(lock_proc_sys("/", {})) == "unsupported");  // the host's
  CHECK(code_of(lock_proc_sys("/nonexistent", {})) == "system");
  CHECK(in_container([&](const std::string& root) {
          const std::string first = code_of(lock_proc_sys(root, {}));
          const std::string second = code_of(lock_proc_sys(root, Paths{"vm/swappiness"}));
          return first + " " + second + " " + write_error(root, "vm/swappiness");
        }) == "locked unsupported EROFS");
  // The host's procfs bound there, a directory, and a link to the right one.
  CHECK(in_container([&](const std::string& root) {
          (void)::umount((root + "/proc").c_str());
          const std::string none = code_of(lock_proc_sys(root, {}));
          (void)::mount("/proc", (root + "/proc").c_str(), nullptr, MS_BIND | MS_REC, nullptr);
          const std::string host = code_of(lock_proc_sys(root, {}));
          (void)::umount2((root + "/proc").c_str(), MNT_DETACH);
          (void)::mkdir((root + "/p").c_str(), 0755);
          (void)::mount("proc", (root + "/p").c_str(), "proc", 0, nullptr);
          (void)::rmdir((root + "/proc").c_str());
          (void)::symlink("p", (root + "/proc").c_str());
          return none + " " + host + " " + code_of(lock_proc_sys(root, {}));
        }) == "unsupported unsupported system");
  // Somebody else's mount on it.
  CHECK(in_container([&](const std::string& root) {
          (void)::mount("none", (root + "/proc/sys").c_str(), "tmpfs", 0, nullptr);
          return code_of(lock_proc_sys(root, {}));
        }) == "unsupported");
}

namespace {

// What a nested user namespace, with `more` namespaces, can open for writing through the mounts it
// finds.
std::string nested(const Paths& paths, int more, const Paths& names, bool lock = true) {
  return in_container([&](const std::string& root) -> std::string {
    const std::string error = lock ? said(lock_proc_sys(root, paths)) : "";
    // As runtimes do it: who is chrooted may make no user namespace.
    if (!error.empty() || ::chdir(root.c_str()) != 0 || ::syscall(SYS_pivot_root, ".", ".") != 0 ||
        ::umount2(".", MNT_DETACH) != 0) {
      return error + "no root";
    }
    return in_child([&]() -> std::string {
      if (::unshare(CLONE_NEWUSER | CLONE_NEWNS | more) != 0) {
        return "no user namespace";
      }
      return in_child([&]() -> std::string {
        // Neither a new procfs nor taking a mount away helps.
        (void)::mkdir("/tmp", 0777);
        const bool fresh = ::mount("proc", "/proc", "proc", 0, nullptr) == 0;
        const bool away = ::umount2("/proc/sys", MNT_DETACH) == 0;
        const bool remounted =
            ::mount(nullptr, "/proc/sys", nullptr, MS_REMOUNT | MS_BIND, nullptr) == 0;
        return std::string(fresh ? "fresh " : "") + (away ? "away " : "") +
               (remounted ? "remounted " : "") + write_errors("", names);
      });
    });
  });
}

}  // namespace

TEST_CASE("Lock: it holds in user, network, IPC and PID namespaces nested in the container") {
  const Paths closed = {"vm/swappiness", "kernel/core_pattern", "net/ipv4/ip_default_ttl",
                        "kernel/shmmax"};
  for (const int more : {0, CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWPID,
                         CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWUTS}) {
    INFO(more);
    CHECK(nested({"net/ipv4/ip_forward"}, more, closed) == "EROFS EROFS EROFS EROFS");
    CHECK(nested({}, more, closed) == "EROFS EROFS EROFS EROFS");
  }
  // Without the lock the same namespaces mount a procfs of their own, and write what is theirs.
  CHECK(nested({}, CLONE_NEWPID | CLONE_NEWNET, {"net/ipv4/ip_forward"}, /*lock=*/false)
            .starts_with("fresh "));
  CHECK(nested({}, CLONE_NEWNET, {"net/ipv4/ip_forward"}, /*lock=*/false) == "ok");
  // A nested namespace has files of its own, which nothing was bound on.
  CHECK(nested({"net/ipv4/ip_forward"}, CLONE_NEWNET, {"net/ipv4/ip_forward"}) == "EROFS");
}
