// SPDX-License-Identifier: Apache-2.0
// cgroup_test.cpp - finds and opens real cgroups, and tells real namespaces apart. Needs root.
//
// A scratch cgroup is made below the cgroup2 mount that this process sees, and a forked child is
// moved into it in the part of a container's first process. Where the hook's own cgroup or its
// mounts matter, another forked child plays the hook. Everything is removed again, which each
// test checks.
#include "host/cgroup.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/cgroup_path.h"
#include "request/own_namespaces.h"
#include "support/catch.h"

using sg::request::own_namespaces;
using sg::sysctl::NamespaceSet;
using namespace sg::host;
using sg::Errc;
using sg::Result;

namespace {

// What a child that plays the hook found; an exit code.
enum class Outcome { kOpened = 0, kUnsupported = 10, kSystem, kOther, kBroken };

std::string read_text(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

bool write_text(const std::string& path, const std::string& text) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  const bool written =
      fd >= 0 && ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (fd >= 0) {
    (void)::close(fd);
  }
  return written;
}

// Where the whole hierarchy is mounted.
std::string mount_point() {
  std::string point;
  for (const CgroupMount& mount : parse_cgroup_mounts(read_text("/proc/self/mountinfo"))) {
    if (mount.root == "/") {
      point = mount.point;
    }
  }
  REQUIRE_FALSE(point.empty());
  return point;
}

// A cgroup that is removed at the end of its scope, when whoever was in it has ended.
class ScratchCgroup {
 public:
  explicit ScratchCgroup(std::string path) : path_(std::move(path)), dir_(mount_point() + path_) {
    INFO(dir_);
    REQUIRE(::geteuid() == 0);
    REQUIRE(::mkdir(dir_.c_str(), 0755) == 0);
  }
  ScratchCgroup(const ScratchCgroup&) = delete;
  ScratchCgroup& operator=(const ScratchCgroup&) = delete;
  ~ScratchCgroup() {
    // The kernel lets go of a process's cgroup a moment after the process was reaped.
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (::rmdir(dir_.c_str()) != 0 && errno == EBUSY &&
           std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
    }
    CHECK(::access(dir_.c_str(), F_OK) != 0);
  }

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const std::string& dir() const { return dir_; }
  [[nodiscard]] bool add(pid_t pid) const {
    return write_text(dir_ + "/cgroup.procs", std::to_string(pid));
  }

 private:
  std::string path_;
  std::string dir_;
};

std::string scratch_path() { return "/sysctl-guard-test-" + std::to_string(::getpid()); }

// A process that waits to be ended, in new namespaces of the kinds in `flags`.
class Child {
 public:
  explicit Child(int flags = 0) {
    int ready[2] = {-1, -1};
    REQUIRE(::pipe2(ready, O_CLOEXEC) == 0);
    pid_ = ::fork();
    if (pid_ == 0) {
      const char done = ::unshare(flags) == 0 ? 'y' : 'n';
      (void)!::write(ready[1], &done, 1);
      for (;;) {
        ::pause();
      }
    }
    char done = 'n';
    const ssize_t got = pid_ > 0 ? ::read(ready[0], &done, 1) : -1;
    (void)::close(ready[0]);
    (void)::close(ready[1]);
    REQUIRE(got == 1);
    REQUIRE(done == 'y');
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    kill();
    reap();
  }

  [[nodiscard]] pid_t pid() const { return pid_; }

  // Leaves a zombie.
  void kill() const {
    if (!reaped_) {
      siginfo_t info = {};
      (void)::kill(pid_, SIGKILL);
      (void)::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT);
    }
  }
  void reap() {
    if (!reaped_) {
      (void)::waitpid(pid_, nullptr, 0);
      reaped_ = true;
    }
  }

 private:
  pid_t pid_ = -1;
  bool reaped_ = false;
};

Outcome outcome_of(const Result<Cgroup>& cgroup) {
  if (cgroup) {
    return Outcome::kOpened;
  }
  switch (cgroup.error().code) {
    case Errc::kUnsupported:
      return Outcome::kUnsupported;
    case Errc::kSystem:
      return Outcome::kSystem;
    default:
      return Outcome::kOther;
  }
}

// Runs `body`, which returns an Outcome, in a process of its own.
template <typename Body>
Outcome in_child(const Body& body) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::_exit(static_cast<int>(body()));
  }
  int status = 0;
  const bool reaped = pid > 0 && ::waitpid(pid, &status, 0) == pid;
  return reaped && WIFEXITED(status) ? static_cast<Outcome>(WEXITSTATUS(status)) : Outcome::kBroken;
}

bool is_same_directory(int fd, const std::string& path) {
  struct stat a = {};
  struct stat b = {};
  return ::fstat(fd, &a) == 0 && ::stat(path.c_str(), &b) == 0 && a.st_dev == b.st_dev &&
         a.st_ino == b.st_ino;
}

void check_opens(pid_t pid, const std::string& cgroups_path, const std::string& id,
                 const ScratchCgroup& top) {
  const Result<Cgroup> cgroup = open_container_cgroup(pid, cgroups_path, id);
  INFO((cgroup ? std::string("opened") : cgroup.error().message));
  REQUIRE(cgroup);
  CHECK(cgroup->path == top.path());
  CHECK(is_same_directory(cgroup->dir.get(), top.dir()));
  CHECK((::fcntl(cgroup->dir.get(), F_GETFD) & FD_CLOEXEC) != 0);
}

void check_refused(pid_t pid, const std::string& cgroups_path, const std::string& id, Errc code) {
  const Result<Cgroup> cgroup = open_container_cgroup(pid, cgroups_path, id);
  REQUIRE_FALSE(cgroup);
  INFO(cgroup.error().message);
  CHECK(cgroup.error().code == code);
  CHECK_FALSE(cgroup.error().hint.empty());
}

}  // namespace

TEST_CASE("Cgroup: the leaf that is the ID, or PREFIX-ID, is opened") {
  const ScratchCgroup parent(scratch_path());
  for (const char* name : {"c1", "libpod-c1", "docker-c1.scope", "c1.scope"}) {
    INFO(name);
    const ScratchCgroup top(parent.path() + "/" + name);
    const Child child;
    REQUIRE(top.add(child.pid()));
    check_opens(child.pid(), "", "c1", top);
    check_opens(child.pid(), top.path(), "other", top);
    check_refused(child.pid(), "", "c", Errc::kUnsupported);
    check_refused(child.pid(), "/", "c1", Errc::kUnsupported);
  }
}

TEST_CASE("Cgroup: a leaf below the container's cgroup leads up to it") {
  const ScratchCgroup parent(scratch_path());
  const ScratchCgroup top(parent.path() + "/crun-c1.scope");
  const ScratchCgroup middle(top.path() + "/container");
  const ScratchCgroup leaf(middle.path() + "/a b\\c");
  const Child child;
  REQUIRE(leaf.add(child.pid()));
  check_opens(child.pid(), "", "c1", top);
  check_opens(child.pid(), "-:crun:c1", "other", top);
  check_opens(child.pid(), middle.path() + "/", "c1", middle);
  check_opens(child.pid(), leaf.path(), "c1", leaf);
}

TEST_CASE("Cgroup: one that others are in is refused, whatever names it") {
  const ScratchCgroup parent(scratch_path());
  const ScratchCgroup top(parent.path() + "/c1");
  const ScratchCgroup leaf(top.path() + "/x");
  const ScratchCgroup beside(top.path() + "/beside");
  const ScratchCgroup below(beside.path() + "/below");
  const Child child;
  REQUIRE(leaf.add(child.pid()));
  check_opens(child.pid(), "", "c1", top);
  for (const ScratchCgroup* place : {&beside, &below, &leaf}) {
    const Child other;
    REQUIRE(place->add(other.pid()));
    check_refused(child.pid(), "", "c1", Errc::kUnsupported);
    check_refused(child.pid(), "/elsewhere", "c1", Errc::kUnsupported);
    check_refused(child.pid(), "a.slice:p:x", "c1", Errc::kUnsupported);
    check_refused(child.pid(), top.path(), "c1", Errc::kUnsupported);
    if (place == &leaf) {
      check_refused(child.pid(), leaf.path(), "c1", Errc::kUnsupported);
      check_refused(child.pid(), "", "x", Errc::kUnsupported);
    } else {  // control: those beside it are not in it
      check_opens(child.pid(), leaf.path(), "c1", leaf);
      check_opens(child.pid(), "", "x", leaf);
    }
  }
  check_opens(child.pid(), top.path(), "c1", top);
  check_opens(child.pid(), "", "c1", top);
}

TEST_CASE("Cgroup: a process in the root cgroup is refused") {
  const Child child;
  REQUIRE(write_text(mount_point() + "/cgroup.procs", std::to_string(child.pid())));
  check_refused(child.pid(), "", "c1", Errc::kUnsupported);
  check_refused(child.pid(), "/", "c1", Errc::kUnsupported);
}

TEST_CASE("Cgroup: pids that are no container's are refused") {
  for (const pid_t pid : {1, 0, -1}) {
    check_refused(pid, "", "c1", Errc::kUnsupported);
  }
}

TEST_CASE("Cgroup: the hook's own cgroup and those above it are refused") {
  const ScratchCgroup top(scratch_path());
  const ScratchCgroup below(top.path() + "/c1");
  const Child child;
  REQUIRE(below.add(child.pid()));
  const auto hook_in = [&](const ScratchCgroup& own, const std::string& cgroups_path) {
    return in_child([&] {
      if (!own.add(::getpid())) {
        return Outcome::kBroken;
      }
      return outcome_of(open_container_cgroup(child.pid(), cgroups_path, "c1"));
    });
  };
  CHECK(hook_in(below, "") == Outcome::kUnsupported);
  CHECK(hook_in(below, top.path()) == Outcome::kUnsupported);
  CHECK(hook_in(top, top.path()) == Outcome::kUnsupported);
  CHECK(hook_in(top, "") == Outcome::kOpened);
}

TEST_CASE("Cgroup: a threaded cgroup is refused, the domain above it is not") {
  const ScratchCgroup domain(scratch_path());
  const ScratchCgroup threaded(domain.path() + "/c1");
  REQUIRE(write_text(threaded.dir() + "/cgroup.type", "threaded"));
  const Child child;
  REQUIRE(domain.add(child.pid()));
  REQUIRE(threaded.add(child.pid()));
  check_refused(child.pid(), "", "c1", Errc::kUnsupported);
  REQUIRE(read_text(domain.dir() + "/cgroup.type") == "domain threaded\n");
  check_opens(child.pid(), domain.path(), "c1", domain);
}

TEST_CASE("Cgroup: a process that ended is refused") {
  const ScratchCgroup top(scratch_path());
  Child child;
  REQUIRE(top.add(child.pid()));
  check_opens(child.pid(), top.path(), "c1", top);
  child.kill();
  check_refused(child.pid(), top.path(), "c1", Errc::kSystem);
  child.reap();
  check_refused(child.pid(), top.path(), "c1", Errc::kSystem);
}

TEST_CASE("Cgroup: a mount that covers the hierarchy never leads to another cgroup") {
  const ScratchCgroup top(scratch_path());
  const ScratchCgroup container(top.path() + "/c1");
  const ScratchCgroup other(top.path() + "/other");
  // Below `other` the same path exists again.
  const ScratchCgroup copy(other.path() + top.path());
  const ScratchCgroup decoy(copy.path() + "/c1");
  const Child child;
  REQUIRE(container.add(child.pid()));
  const std::string point = mount_point();
  const auto hook_with = [&](const char* source, const char* type, unsigned long flags) {
    return in_child([&] {
      if (::unshare(CLONE_NEWNS) != 0 ||
          ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
          ::mount(source, point.c_str(), type, flags, nullptr) != 0) {
        return Outcome::kBroken;
      }
      const std::string same = point + container.path();
      if (type != nullptr &&
          (::mkdir((point + top.path()).c_str(), 0755) != 0 || ::mkdir(same.c_str(), 0755) != 0)) {
        return Outcome::kBroken;
      }
      return outcome_of(open_container_cgroup(child.pid(), "", "c1"));
    });
  };
  CHECK(hook_with(other.dir().c_str(), nullptr, MS_BIND) == Outcome::kSystem);
  CHECK(hook_with("none", "tmpfs", 0) == Outcome::kUnsupported);
  CHECK(hook_with(point.c_str(), nullptr, MS_BIND) == Outcome::kOpened);
}

TEST_CASE("Namespaces: each kind that the process has to itself is private, and no other") {
  struct Case {
    std::string why;
    int flags;
  };
  const Case cases[] = {
      {"none", 0},
      {"net", CLONE_NEWNET},
      {"ipc", CLONE_NEWIPC},
      {"uts", CLONE_NEWUTS},
      {"user", CLONE_NEWUSER},
      {"all", CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWUSER},
      {"kinds without sysctls of their own", CLONE_NEWNS | CLONE_NEWCGROUP},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const Child child(c.flags);
    const Result<NamespaceSet> found = own_namespaces(child.pid());
    INFO((found ? std::string("read") : found.error().message));
    REQUIRE(found);
    CHECK(found->net == ((c.flags & CLONE_NEWNET) != 0));
    CHECK(found->ipc == ((c.flags & CLONE_NEWIPC) != 0));
    CHECK(found->uts == ((c.flags & CLONE_NEWUTS) != 0));
    CHECK(found->user == ((c.flags & CLONE_NEWUSER) != 0));
  }
}

TEST_CASE("Namespaces: what the hook or PID 1 has too is not private") {
  const Child outside;
  const Outcome outcome = in_child([&] {
    if (::unshare(CLONE_NEWNET) != 0) {
      return Outcome::kBroken;
    }
    const pid_t same = ::fork();
    if (same == 0) {
      for (;;) {
        ::pause();
      }
    }
    const Result<NamespaceSet> shared = own_namespaces(same);
    const Result<NamespaceSet> host = own_namespaces(outside.pid());
    (void)::kill(same, SIGKILL);
    (void)::waitpid(same, nullptr, 0);
    return shared && host && !shared->net && !host->net ? Outcome::kOpened : Outcome::kOther;
  });
  CHECK(outcome == Outcome::kOpened);
}

TEST_CASE("Namespaces: the initial one is the host's, where neither the hook nor PID 1 is in it") {
  const Child container;
  const Child init(CLONE_NEWUTS);
  const std::string uts = std::filesystem::read_symlink("/proc/self/ns/uts").string();
  const Outcome outcome = in_child([&] {
    const std::string other = "/proc/" + std::to_string(init.pid());
    if (::unshare(CLONE_NEWNS | CLONE_NEWUTS) != 0 ||
        ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount(other.c_str(), "/proc/1", nullptr, MS_BIND, nullptr) != 0) {
      return Outcome::kBroken;
    }
    const Result<NamespaceSet> found = own_namespaces(container.pid());
    return !found ? Outcome::kSystem : found->uts ? Outcome::kOther : Outcome::kOpened;
  });
  // Within a container of somebody's this test's own namespace is not the initial one.
  CHECK(outcome == (uts == "uts:[4026531838]" ? Outcome::kOpened : Outcome::kOther));
}

TEST_CASE(
    "Namespaces: one that is joined by its path is its own where it is neither ours nor that of "
    "PID 1") {
  const Child child(CLONE_NEWNET | CLONE_NEWUTS);
  const std::string dir = "/proc/" + std::to_string(child.pid()) + "/ns/";
  CHECK(sg::request::is_own_namespace(dir + "net", "net"));
  CHECK(sg::request::is_own_namespace(dir + "uts", "uts"));
  CHECK_FALSE(sg::request::is_own_namespace(dir + "ipc", "ipc"));
  CHECK_FALSE(sg::request::is_own_namespace("/proc/self/ns/net", "net"));
  CHECK_FALSE(sg::request::is_own_namespace(dir + "nothing", "net"));
  CHECK_FALSE(sg::request::is_own_namespace("/dev/null", "net"));
  // Over a link that each process follows to its own, the runtime could come elsewhere.
  CHECK_FALSE(sg::request::is_own_namespace("/proc/self/root" + dir + "net", "net"));
  CHECK_FALSE(sg::request::is_own_namespace(
      "/proc/self/cwd/../../../../../../../../.." + dir + "net", "net"));
}

TEST_CASE("Namespaces: a process that ended is an error") {
  Child child;
  child.kill();
  const Result<NamespaceSet> zombie = own_namespaces(child.pid());
  child.reap();
  const Result<NamespaceSet> gone = own_namespaces(child.pid());
  for (const Result<NamespaceSet>* found : {&zombie, &gone}) {
    REQUIRE_FALSE(*found);
    CHECK(found->error().code == Errc::kSystem);
  }
}
