// SPDX-License-Identifier: Apache-2.0
// guard_life_test.cpp - attaching, replacing and ending of guards, and two tasks on one CPU.
//
// Nothing but the kernel keeps a guard: these tests ask it for the programs and maps that are
// there. Needs root.
#include <bpf/bpf.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <new>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/unique_fd.h"
#include "compile/compile_policy.h"
#include "compile/meta.h"
#include "event_abi.h"
#include "kernel/attachment.h"
#include "kernel/guard.h"
#include "kernel/guarded_cgroup.h"
#include "meta_abi.h"
#include "support/catch.h"
#include "table_abi.h"

using namespace sg;
using test::GuardedCgroup;
using test::Outcome;

namespace {

constexpr const char* kForward = "net/ipv4/ip_forward";

void must_guard(GuardedCgroup& cgroup, const std::string& allow, const std::string& id) {
  REQUIRE(test::enter_fresh_namespaces());
  const Status status = cgroup.guard(test::policy_of(allow), id);
  INFO((status ? "" : status.error().message));
  REQUIRE(status);
}

bool program_exists(std::uint32_t id) { return UniqueFd(bpf_prog_get_fd_by_id(id)).valid(); }
bool map_exists(std::uint32_t id) { return UniqueFd(bpf_map_get_fd_by_id(id)).valid(); }

// Programs and maps are freed a moment after the last reference is gone.
template <typename Condition>
bool becomes_true(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) {
      return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

std::uint32_t id_of(int program_fd) {
  bpf_prog_info info{};
  __u32 size = sizeof info;
  REQUIRE(bpf_obj_get_info_by_fd(program_fd, &info, &size) == 0);
  return info.id;
}

bool contains(const std::vector<std::uint32_t>& ids, std::uint32_t id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

struct MapFound {
  UniqueFd fd;
  bpf_map_info info{};
};

// The map of the program on the cgroup whose name is `name`.
MapFound find_map(const GuardedCgroup& cgroup, const std::string& name) {
  for (const std::uint32_t id : test::map_ids_of(cgroup.program_ids().at(0))) {
    MapFound found{UniqueFd(bpf_map_get_fd_by_id(id)), {}};
    __u32 size = sizeof found.info;
    REQUIRE(bpf_obj_get_info_by_fd(found.fd.get(), &found.info, &size) == 0);
    if (found.info.name == name) {
      return found;
    }
  }
  FAIL("no map " << name);
  return {};
}

}  // namespace

TEST_CASE("Guard life: a guard that is detached is gone, and no other container's is") {
  GuardedCgroup cgroup;
  must_guard(cgroup, "net.ipv4.ip_forward=1", "c1");
  CHECK(cgroup.write_inside(kForward, {{"0"}}).error == EPERM);
  const Status other = kernel::detach_guard(cgroup.fd(), "c2");
  REQUIRE_FALSE(other);
  CHECK(other.error().code == Errc::kUnsupported);
  const std::uint32_t id = cgroup.program_ids().at(0);
  CHECK(kernel::detach_guard(cgroup.fd(), "c1"));
  CHECK(cgroup.program_ids().empty());
  CHECK(cgroup.write_inside(kForward, {{"0"}}).moved == 1);
  CHECK(becomes_true([id] { return !program_exists(id); }));
  const Status again = kernel::detach_guard(cgroup.fd(), "c1");
  REQUIRE_FALSE(again);
  CHECK(again.error().message == "the cgroup has no guard of this container");
}

TEST_CASE("Guard life: a guard that only replaces does not come back where there is none") {
  GuardedCgroup cgroup;
  const policy::Policy policy = test::policy_of("net.ipv4.ip_forward=0");
  Diagnostics findings;
  const auto table = compile::compile_policy(policy, findings);
  REQUIRE(table.has_value());
  const auto meta = compile::encode_meta(compile::make_meta(policy));
  const Result<kernel::Guard> guard =
      kernel::Guard::load({.table = *table,
                           .rule_count = static_cast<std::uint32_t>(policy.rules.size()),
                           .meta = meta,
                           .container = {.id = "c1"}});
  REQUIRE(guard);
  const auto replace = [&] {
    return kernel::attach_guard(cgroup.fd(), *guard, {.id = "c1"}, kernel::Attach::kOnlyReplace);
  };
  const Status none = replace();
  REQUIRE_FALSE(none);
  CHECK(none.error().message == "the guard was detached meanwhile");
  CHECK(cgroup.program_ids().empty());
  must_guard(cgroup, "net.ipv4.ip_forward=1", "c1");
  CHECK(replace());
  CHECK(cgroup.program_ids().size() == 1);
  CHECK(cgroup.write_inside(kForward, {{"1"}}).error == EPERM);
}

TEST_CASE("Guard life: a second guard of the same container takes the place of the first") {
  GuardedCgroup cgroup;
  must_guard(cgroup, "net.ipv4.ip_forward=0", "one");
  const std::vector<std::uint32_t> first = cgroup.program_ids();
  REQUIRE(first.size() == 1);
  CHECK(cgroup.write_inside(kForward, {{"1", 0}}).error == EPERM);
  must_guard(cgroup, "net.ipv4.ip_forward=1", "one");
  const std::vector<std::uint32_t> second = cgroup.program_ids();
  REQUIRE(second.size() == 1);
  CHECK(first != second);
  CHECK(cgroup.write_inside(kForward, {{"1", 0}}).error == 0);
  CHECK(cgroup.write_inside(kForward, {{"0", 0}}).error == EPERM);
  CHECK(becomes_true([&] { return !program_exists(first[0]); }));
}

TEST_CASE("Guard life: a guard of another container is refused and the one there stays") {
  GuardedCgroup cgroup;
  must_guard(cgroup, "net.ipv4.ip_forward=0", "one");
  const std::vector<std::uint32_t> before = cgroup.program_ids();
  for (const char* id : {"two", "on", "one ", "One"}) {
    INFO("ID '" << id << "'");
    const Status status = cgroup.guard(test::policy_of("net.*"), id);
    REQUIRE_FALSE(status);
    CHECK(status.error().code == Errc::kUnsupported);
    CHECK(cgroup.program_ids() == before);
  }
  CHECK(cgroup.write_inside(kForward, {{"1", 0}}).error == EPERM);
}

TEST_CASE("Guard life: a guard of another version is refused and stays, and nobody takes it off") {
  GuardedCgroup cgroup;
  const policy::Policy policy = test::policy_of("net.ipv4.ip_forward=0");
  Diagnostics findings;
  const auto table = compile::compile_policy(policy, findings);
  REQUIRE(table);
  std::vector<std::uint8_t> meta = compile::encode_meta(compile::make_meta(policy));
  meta[offsetof(sg_meta, layout)] = SG_META_VERSION + 1;
  const Result<kernel::Guard> old =
      kernel::Guard::load({.table = *table,
                           .rule_count = static_cast<std::uint32_t>(policy.rules.size()),
                           .meta = meta,
                           .container = {.id = "one"}});
  REQUIRE(old);
  REQUIRE(kernel::attach_guard(cgroup.fd(), *old, {.id = "one"}));
  const std::vector<std::uint32_t> before = cgroup.program_ids();
  REQUIRE(before.size() == 1);
  for (const Status& status :
       {cgroup.guard(test::policy_of("net.*"), "one"), kernel::detach_guard(cgroup.fd(), "one")}) {
    REQUIRE_FALSE(status);
    CHECK(status.error().code == Errc::kUnsupported);
    CHECK(status.error().message.find("another version") != std::string::npos);
  }
  CHECK(cgroup.program_ids() == before);
  CHECK(cgroup.write_inside(kForward, {{"1", 0}}).error == EPERM);
}

TEST_CASE("Guard life: a program that is not ours stays, before and after a replacement") {
  GuardedCgroup cgroup;
  const UniqueFd foreign = test::load_allow_all("foreign");
  test::attach_program(cgroup.fd(), foreign.get());
  REQUIRE(test::enter_fresh_namespaces());
  CHECK(cgroup.write_inside(kForward, {{"0", 0}}).error == 0);
  must_guard(cgroup, "kernel.domainname", "one");
  CHECK(cgroup.program_ids().size() == 2);
  CHECK(cgroup.write_inside(kForward, {{"0", 0}}).error == EPERM);
  must_guard(cgroup, "kernel.domainname", "one");
  CHECK(cgroup.program_ids().size() == 2);
  CHECK(contains(cgroup.program_ids(), id_of(foreign.get())));
  CHECK(cgroup.write_inside(kForward, {{"0", 0}}).error == EPERM);
}

TEST_CASE("Guard life: nothing of a guard is left once its cgroup is gone") {
  GuardedCgroup cgroup;
  must_guard(cgroup, "net.ipv4.ip_forward=0", "one");
  const std::uint32_t program = cgroup.program_ids().at(0);
  const std::vector<std::uint32_t> maps = test::map_ids_of(program);
  CHECK(maps.size() >= 3);
  CHECK(program_exists(program));
  cgroup.remove();
  CHECK(becomes_true([&] { return !program_exists(program); }));
  CHECK(becomes_true([&] { return std::none_of(maps.begin(), maps.end(), map_exists); }));
}

TEST_CASE("Guard life: a guard that was loaded and not attached is gone with its owner") {
  const policy::Policy policy = test::policy_of("net.*");
  Diagnostics findings;
  const auto table = compile::compile_policy(policy, findings);
  REQUIRE(table);
  const std::vector<std::uint8_t> meta = compile::encode_meta(compile::make_meta(policy));
  std::uint32_t id = 0;
  {
    const Result<kernel::Guard> loaded = kernel::Guard::load(
        {.table = *table, .rule_count = 2, .meta = meta, .container = {.id = "one"}});
    REQUIRE(loaded);
    id = id_of(loaded->program_fd());
    CHECK(program_exists(id));
  }
  CHECK(becomes_true([&] { return !program_exists(id); }));
}

TEST_CASE("Guard life: table and metadata cannot be changed by anybody") {
  GuardedCgroup cgroup;
  must_guard(cgroup, "net.ipv4.ip_forward=0", "one");
  for (const char* name : {"sg_table", "sg_meta"}) {
    INFO(name);
    const MapFound found = find_map(cgroup, name);
    std::vector<std::uint8_t> value(found.info.value_size);
    const __u32 key = 0;
    REQUIRE(bpf_map_lookup_elem(found.fd.get(), &key, value.data()) == 0);
    CHECK(bpf_map_update_elem(found.fd.get(), &key, value.data(), BPF_ANY) != 0);
    CHECK(errno == EPERM);
    CHECK(mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, found.fd.get(), 0) == MAP_FAILED);
  }
  CHECK(cgroup.write_inside(kForward, {{"1", 0}}).error == EPERM);
}

TEST_CASE("Guard life: what was attached can be read back from the kernel") {
  GuardedCgroup cgroup;
  must_guard(cgroup, "net.ipv4.ip_forward=0", "some-id");
  const MapFound found = find_map(cgroup, "sg_meta");
  std::vector<char> value(found.info.value_size);
  const __u32 key = 0;
  REQUIRE(bpf_map_lookup_elem(found.fd.get(), &key, value.data()) == 0);
  sg_meta head;
  std::memcpy(&head, value.data(), sizeof head);
  CHECK(head.magic == SG_META_MAGIC);
  CHECK(std::string(value.data() + sizeof head + head.input_len, head.text_len)
            .find("allow\tnet.ipv4.ip_forward=0\t") == 0);
}

TEST_CASE("Guard life: a table of zeros denies reads and writes") {
  REQUIRE(test::enter_fresh_namespaces());
  GuardedCgroup cgroup;
  CHECK(cgroup.read_inside(kForward).moved == 2);
  CHECK(cgroup.write_inside(kForward, {{"0", 0}}).error == 0);
  const std::vector<std::uint8_t> table(sizeof(sg_table) + 64 * sizeof(__u32));
  const std::vector<std::uint8_t> meta = compile::encode_meta(compile::make_meta({}));
  const Result<kernel::Guard> loaded =
      kernel::Guard::load({.table = table, .meta = meta, .container = {.id = "one"}});
  REQUIRE(loaded);
  REQUIRE(kernel::attach_guard(cgroup.fd(), *loaded, {.id = "one"}));
  CHECK(cgroup.read_inside(kForward).error == EPERM);
  CHECK(cgroup.write_inside(kForward, {{"0", 0}}).error == EPERM);
}

namespace {

// What the two tasks of the race count, in memory they share with the test.
struct RaceCounts {
  std::atomic<std::uint64_t> allowed;  // permitted writes that went through
  std::atomic<std::uint64_t> allowed_failed;
  std::atomic<std::uint64_t> refused;  // refused writes that got EPERM
  std::atomic<std::uint64_t> slipped;  // refused writes that did not
};

// Alternates the writes of one task on CPU 0 until it is killed.
[[noreturn]] void race(const GuardedCgroup& cgroup, const std::vector<std::pair<int, char>>& writes,
                       bool permitted, RaceCounts& counts) {
  cpu_set_t cpu;
  CPU_ZERO(&cpu);
  CPU_SET(0, &cpu);
  if (sched_setaffinity(0, sizeof cpu, &cpu) != 0 || !cgroup.join()) {
    _exit(1);
  }
  for (std::size_t i = 0;; ++i) {
    const auto& [fd, value] = writes[i % writes.size()];
    const bool went_through = pwrite(fd, &value, 1, 0) == 1;
    const bool denied = !went_through && errno == EPERM;
    if (permitted) {
      ++(went_through ? counts.allowed : counts.allowed_failed);
    } else {
      ++(denied ? counts.refused : counts.slipped);
    }
  }
}

}  // namespace

TEST_CASE("Guard race: a task that is preempted in its check is not judged by another's access",
          "[race]") {
  GuardedCgroup cgroup;
  must_guard(cgroup, "net.ipv4.ip_forward=1\nnet.ipv4.conf.all.log_martians=0|1", "one");
  const char* const refused_name = "net/ipv4/conf/all/accept_local";
  REQUIRE(test::write_sysctl(kForward, {{"1", 0}}).error == 0);
  REQUIRE(test::write_sysctl(refused_name, {{"0", 0}}).error == 0);
  std::vector<UniqueFd> files;
  for (const char* name : {kForward, "net/ipv4/conf/all/log_martians", refused_name}) {
    files.emplace_back(open(test::sysctl_path(name).c_str(), O_WRONLY | O_CLOEXEC));
    REQUIRE(files.back().valid());
  }
  void* shared =
      mmap(nullptr, sizeof(RaceCounts), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE(shared != MAP_FAILED);
  RaceCounts& counts = *new (shared) RaceCounts{};
  std::vector<pid_t> tasks;
  for (const bool permitted : {true, false}) {
    const pid_t task = fork();
    REQUIRE(task >= 0);
    if (task == 0) {
      permitted ? race(cgroup, {{files[0].get(), '1'}, {files[1].get(), '1'}}, true, counts)
                : race(cgroup, {{files[2].get(), '1'}, {files[0].get(), '0'}}, false, counts);
    }
    tasks.push_back(task);
  }
  // Three seconds, and on a machine that does little in them, up to a minute.
  const auto begin = std::chrono::steady_clock::now();
  const auto lasts = [&](auto time) { return std::chrono::steady_clock::now() < begin + time; };
  const auto are_few = [&] {
    return counts.allowed.load() <= 1000 || counts.refused.load() <= 1000;
  };
  bool appeared = false;
  while (lasts(std::chrono::seconds(3)) || (are_few() && lasts(std::chrono::seconds(60)))) {
    appeared =
        appeared || test::read_sysctl(refused_name) != "0" || test::read_sysctl(kForward) != "1";
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  for (const pid_t task : tasks) {
    REQUIRE(kill(task, SIGKILL) == 0);
    int status = 0;
    REQUIRE(waitpid(task, &status, 0) == task);
    CHECK(WIFSIGNALED(status));
  }
  std::printf("race: %llu writes went through, %llu were refused\n",
              static_cast<unsigned long long>(counts.allowed.load()),
              static_cast<unsigned long long>(counts.refused.load()));
  CHECK_FALSE(appeared);
  CHECK_FALSE(are_few());
  CHECK(counts.allowed_failed.load() == 0);
  CHECK(counts.slipped.load() == 0);
  CHECK(munmap(shared, sizeof(RaceCounts)) == 0);
}
