// SPDX-License-Identifier: Apache-2.0
// sysctl_namespaces_test.cpp - is a sysctl that we say belongs to a namespace really that
// namespace's own?
//
// A child in namespaces of its own writes another value to every sysctl that the table gives to one
// of them, and this process, which is outside, looks whether its value stays what it was. Where it
// does not, the value is put back at once and the test fails: the table would let a container
// change the host. Needs root.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/kernel_release.h"
#include "kernel/sysctl_walk.h"
#include "support/catch.h"
#include "sysctl/namespace_of.h"

namespace {

using sg::sysctl::Namespace;

constexpr const char* kRoot = "/proc/sys/";

std::optional<std::string> read_value(const std::string& name) {
  const int fd = ::open((kRoot + name).c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return std::nullopt;
  }
  std::string text(4096, '\0');
  const ssize_t length = ::read(fd, text.data(), text.size());
  (void)::close(fd);
  if (length < 0) {
    return std::nullopt;
  }
  text.resize(static_cast<std::size_t>(length));
  return text;
}

bool write_value(const std::string& name, const std::string& value) {
  const int fd = ::open((kRoot + name).c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) {
    return false;
  }
  const bool done = ::write(fd, value.data(), value.size()) == static_cast<ssize_t>(value.size());
  (void)::close(fd);
  return done;
}

// Values that differ from `value`, likely ones first: its first number changed by one or halved,
// other text.
std::vector<std::string> other_values(const std::string& value) {
  std::vector<std::string> others;
  const std::size_t digits = std::min(value.find_first_not_of("-0123456789"), value.size());
  if (digits > 0) {
    const long long number = std::atoll(value.c_str());
    for (const long long other : {number + 1, number - 1, number / 2, number == 0 ? 2LL : 0LL}) {
      others.push_back(std::to_string(other) + value.substr(digits));
    }
  }
  others.emplace_back("sgtest");
  others.emplace_back("reno");
  return others;
}

// What a child found out about one sysctl, as it is written to the pipe.
enum class Found : char { kUnchanged = 'u', kChanged = 'c' };

// In the child: changes the value; true where it reads back as another one.
bool change(const std::string& name) {
  const std::optional<std::string> before = read_value(name);
  if (!before) {
    return false;
  }
  for (const std::string& other : other_values(*before)) {
    if (write_value(name, other) && read_value(name) != before) {
      return true;
    }
  }
  return false;
}

sg::sysctl::PidSysctls in_pid() {
  const sg::host::KernelRelease release = sg::host::kernel_release();
  return sg::sysctl::pid_sysctls(release.major, release.minor);
}

// The sysctls that this process sees and the table gives to one of `namespaces`.
std::vector<std::string> names_of(const std::vector<Namespace>& namespaces) {
  std::vector<std::string> names;
  const std::string root = kRoot;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(
           root, std::filesystem::directory_options::skip_permission_denied)) {
    const std::string name = entry.path().string().substr(root.size());
    const std::optional<Namespace> ns = sg::sysctl::namespace_of(name, in_pid());
    if (ns && std::ranges::find(namespaces, *ns) != namespaces.end() && !entry.is_directory()) {
      names.push_back(name);
    }
  }
  std::ranges::sort(names);
  return names;
}

struct Tally {
  std::size_t changed = 0;
  std::vector<std::string> own;  // those that were changed and stayed what they were here
  std::vector<std::string> leaked;
};

// Runs a child in new namespaces. For each sysctl: this process looks, tells the child to change
// it, looks again.
Tally try_all(int unshare_flags, const std::vector<Namespace>& namespaces) {
  int to_parent[2];
  int to_child[2];
  REQUIRE(::pipe2(to_parent, O_CLOEXEC) == 0);
  REQUIRE(::pipe2(to_child, O_CLOEXEC) == 0);
  const std::vector<std::string> names = names_of(namespaces);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    if (::unshare(unshare_flags) != 0) {
      ::_exit(1);
    }
    // A new PID namespace is that of children.
    if (const pid_t inner = (unshare_flags & CLONE_NEWPID) != 0 ? ::fork() : 0; inner != 0) {
      int status = 0;
      ::_exit(::waitpid(inner, &status, 0) == inner && status == 0 ? 0 : 1);
    }
    if ((unshare_flags & CLONE_NEWUSER) != 0) {
      const std::string map = "0 0 1\n";
      const int fd = ::open("/proc/self/uid_map", O_WRONLY);
      if (fd < 0 || ::write(fd, map.data(), map.size()) < 0) {
        ::_exit(1);
      }
    }
    for (const std::string& name : names) {
      char byte = 0;
      if (::read(to_child[0], &byte, 1) != 1) {
        ::_exit(1);
      }
      byte = static_cast<char>(change(name) ? Found::kChanged : Found::kUnchanged);
      if (::write(to_parent[1], &byte, 1) != 1) {
        ::_exit(1);
      }
    }
    ::_exit(0);
  }
  (void)::close(to_parent[1]);
  Tally tally;
  for (const std::string& name : names) {
    const std::optional<std::string> before = read_value(name);
    char byte = 0;
    REQUIRE(::write(to_child[1], &byte, 1) == 1);
    REQUIRE(::read(to_parent[0], &byte, 1) == 1);
    if (byte != static_cast<char>(Found::kChanged)) {
      continue;
    }
    ++tally.changed;
    if (read_value(name) != before) {
      tally.leaked.push_back(name);
      (void)write_value(name, before.value_or(""));
    } else {
      tally.own.push_back(name);
    }
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  for (const int fd : {to_parent[0], to_child[0], to_child[1]}) {
    (void)::close(fd);
  }
  CHECK(status == 0);
  return tally;
}

}  // namespace

TEST_CASE("Sysctls of a namespace: changing one in another namespace leaves ours alone") {
  if (::geteuid() != 0) {
    FAIL("needs root");
  }
  struct Case {
    const char* why;
    int flags;
    std::vector<Namespace> namespaces;
    // So many can be changed on every kernel; a test that changes nothing shows nothing.
    std::size_t least;
  };
  const Case cases[] = {
      {"net", CLONE_NEWNET, {Namespace::kNet}, 200},
      {"IPC", CLONE_NEWIPC, {Namespace::kIpc}, 8},
      {"UTS", CLONE_NEWUTS, {Namespace::kUts}, 2},
      {"user", CLONE_NEWUSER, {Namespace::kUser}, 5},
      {"PID", CLONE_NEWPID, {Namespace::kPid}, static_cast<std::size_t>(in_pid())},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const Tally tally = try_all(c.flags, c.namespaces);
    WARN(c.why << ": " << tally.changed << " changed, " << tally.leaked.size()
               << " of them ours too");
    CHECK(tally.leaked == std::vector<std::string>{});
    CHECK(tally.changed >= c.least);
  }
}

TEST_CASE("Sysctls of a namespace: prints which are, for data/sysctls/make_walked.py",
          "[.][print]") {
  struct Case {
    int flags;
    Namespace ns;
  };
  for (const Case& c : {Case{CLONE_NEWNET, Namespace::kNet}, Case{CLONE_NEWIPC, Namespace::kIpc},
                        Case{CLONE_NEWUTS, Namespace::kUts}, Case{CLONE_NEWUSER, Namespace::kUser},
                        Case{CLONE_NEWPID, Namespace::kPid}}) {
    std::set<std::string> shapes;
    for (const std::string& name : try_all(c.flags, {c.ns}).own) {
      shapes.insert(sg::test::shape_of(name));
    }
    for (const std::string& shape : shapes) {
      std::printf("own %s %s\n", shape.c_str(), std::string(namespace_name(c.ns)).c_str());
    }
  }
}

TEST_CASE("Sysctls of a namespace: the test sees a sysctl that is shared") {
  // Without a namespace of its own what the child changes is ours; ours is a copy of the host's.
  REQUIRE(::unshare(CLONE_NEWUTS) == 0);
  const Tally tally = try_all(0, {Namespace::kUts});
  CHECK(tally.changed == 2);
  CHECK(tally.leaked.size() == 2);
}
