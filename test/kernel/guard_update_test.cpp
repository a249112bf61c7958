// SPDX-License-Identifier: Apache-2.0
// guard_update_test.cpp - a container that writes without a pause while its policy is changed a
// thousand times.
//
// Two policies permit one value each and one value both; a third value neither. What both refuse
// must never succeed, what both permit never fail. That the writers really ran through the changes
// is seen by the values of one policy alone: each must have succeeded and failed. Needs root.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include "base/unique_fd.h"
#include "compile/compile_policy.h"
#include "compile/meta.h"
#include "kernel/attachment.h"
#include "kernel/guard.h"
#include "kernel/guarded_cgroup.h"
#include "support/catch.h"

using namespace sg;
using test::GuardedCgroup;

namespace {

constexpr const char* kName = "net/ipv4/ip_default_ttl";
constexpr std::array<const char*, 4> kValues = {"60", "61", "62", "63"};  // both, old, new, neither
constexpr std::size_t kBoth = 0;
constexpr std::size_t kNeither = 3;
// In which they are written: the second once more behind a larger one, so that what is there refuses
// it, whatever the other writers do.
constexpr std::array<std::size_t, 5> kOrder = {0, 1, 2, 1, 3};
constexpr int kWriters = 2;
constexpr int kReplacers = 4;

// How often the policy is changed; SG_UPDATES says less for a guest without hardware help.
int updates() {
  const char* const text = std::getenv("SG_UPDATES");  // NOLINT: no other thread is there
  return text != nullptr ? std::stoi(text) : 1000;
}

struct Counts {
  std::atomic<std::uint64_t> done{0};
  std::atomic<std::uint64_t> refused{0};
  std::atomic<std::uint64_t> failed{0};  // with anything but EPERM
};

// Between the test and its writers.
struct Shared {
  std::array<Counts, kValues.size()> by_value;
  std::atomic<bool> stop{false};
};

class SharedMemory {
 public:
  SharedMemory()
      : memory_(::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                       -1, 0)) {
    REQUIRE(memory_ != MAP_FAILED);
    shared_ = new (memory_) Shared;
  }
  ~SharedMemory() { (void)::munmap(memory_, sizeof(Shared)); }
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;

  [[nodiscard]] Shared& operator*() const noexcept { return *shared_; }

 private:
  void* memory_;
  Shared* shared_ = nullptr;
};

// In a child: writes one value after the other until it is told to stop. Allocates nothing.
[[noreturn]] void write_on(const GuardedCgroup& cgroup, const char* path, Shared& shared) {
  const int fd = cgroup.join() ? ::open(path, O_WRONLY | O_CLOEXEC) : -1;
  if (fd < 0) {
    ::_exit(1);
  }
  while (!shared.stop.load()) {
    for (const std::size_t i : kOrder) {
      const ssize_t written = ::pwrite(fd, kValues[i], 2, 0);
      Counts& counts = shared.by_value[i];
      ++(written == 2 ? counts.done : errno == EPERM ? counts.refused : counts.failed);
    }
  }
  ::_exit(0);
}

// The writers; ended and waited for whatever becomes of the test.
class Writers {
 public:
  Writers(const GuardedCgroup& cgroup, Shared& shared) : shared_(shared) {
    const std::string path = test::sysctl_path(kName);
    for (int i = 0; i < kWriters; ++i) {
      const pid_t child = ::fork();
      if (child == 0) {
        write_on(cgroup, path.c_str(), shared);
      }
      REQUIRE(child > 0);
      children_.push_back(child);
    }
  }
  ~Writers() { (void)end(); }
  Writers(const Writers&) = delete;
  Writers& operator=(const Writers&) = delete;

  // True where all of them ended well.
  bool end() {
    shared_.stop = true;
    bool good = true;
    for (const pid_t child : children_) {
      int status = 0;
      good = ::waitpid(child, &status, 0) == child && status == 0 && good;
    }
    children_.clear();
    return good;
  }

 private:
  Shared& shared_;
  std::vector<pid_t> children_;
};

// Changes between two policies, of which both permit the first value of kValues, one each the next
// two, and none the last.
void change_under_writers(const std::string& old_allow, const std::string& new_allow) {
  REQUIRE(test::enter_fresh_namespaces());
  GuardedCgroup cgroup;
  const SharedMemory memory;
  Shared& shared = *memory;
  const std::array<policy::Policy, 2> policies = {test::policy_of(old_allow),
                                                  test::policy_of(new_allow)};
  // The control: without a guard all of them can be written.
  for (const char* value : kValues) {
    CHECK(cgroup.write_inside(kName, {{value}}).moved == 2);
    CHECK(test::read_sysctl(kName) == value);
  }
  REQUIRE(cgroup.guard(policies[0], "c1"));
  REQUIRE(cgroup.write_inside(kName, {{"60"}}).moved == 2);
  Writers writers(cgroup, shared);
  for (int i = 1; i <= updates(); ++i) {
    REQUIRE(cgroup.guard(policies[static_cast<std::size_t>(i) % policies.size()], "c1"));
    REQUIRE(cgroup.program_ids().size() == 1);
    REQUIRE(test::read_sysctl(kName) != kValues[kNeither]);
  }
  REQUIRE(writers.end());
  for (std::size_t i = 0; i < kValues.size(); ++i) {
    const Counts& counts = shared.by_value[i];
    INFO("value " << kValues[i] << ": " << counts.done << " done, " << counts.refused
                  << " refused, " << counts.failed << " failed");
    CHECK(counts.failed == 0);
    CHECK((counts.done > 0) == (i != kNeither));
    CHECK((counts.refused > 0) == (i != kBoth));
  }
  CHECK(shared.by_value[kNeither].refused > static_cast<std::uint64_t>(updates()));
  CHECK(test::read_sysctl(kName) != kValues[kNeither]);
}

}  // namespace

TEST_CASE(
    "Guard update: a thousand changes under writers: nothing that both policies refuse ever "
    "succeeds") {
  change_under_writers("net.ipv4.ip_default_ttl=60|61", "net.ipv4.ip_default_ttl=60|62");
}

TEST_CASE("Guard update: the same where what is there decides") {
  change_under_writers("net.ipv4.ip_default_ttl=60|@current..61",
                       "net.ipv4.ip_default_ttl=60|@current..62");
}

TEST_CASE(
    "Guard update: several that replace one guard at a time: each gets its way, and one guard is "
    "left") {
  REQUIRE(test::enter_fresh_namespaces());
  GuardedCgroup cgroup;
  const policy::Policy policy = test::policy_of("net.ipv4.ip_default_ttl=60");
  REQUIRE(cgroup.guard(policy, "c1"));
  Diagnostics findings;
  const auto table = compile::compile_policy(policy, findings);
  const auto meta = compile::encode_meta(compile::make_meta(policy));
  REQUIRE(table.has_value());
  std::atomic<int> failed{0};
  const int replaces = updates() / kReplacers / 2;
  // As commands do it: each loads a guard, then replaces the one that is there.
  const auto replace = [&] {
    for (int i = 0; i < replaces; ++i) {
      const Result<kernel::Guard> guard =
          kernel::Guard::load({.table = *table,
                               .rule_count = static_cast<std::uint32_t>(policy.rules.size()),
                               .meta = meta,
                               .container = {.id = "c1"}});
      failed += guard && kernel::attach_guard(cgroup.fd(), *guard, {.id = "c1"}) ? 0 : 1;
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < kReplacers; ++i) {
    threads.emplace_back(replace);
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  CHECK(failed == 0);
  CHECK(cgroup.program_ids().size() == 1);
  CHECK(cgroup.write_inside(kName, {{"61"}}).error == EPERM);
}
