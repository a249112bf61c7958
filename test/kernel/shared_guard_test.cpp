// SPDX-License-Identifier: Apache-2.0
// shared_guard_test.cpp - one program on several cgroups: whose it is, what each has counted, and
// what is left when an attachment is made again.
//
// On kernels without bpf_loop a program is one container's own, and that is what is tested there.
// Needs root.
#include <bpf/bpf.h>
#include <linux/bpf.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "compile/compile_policy.h"
#include "compile/meta.h"
#include "host/kernel_release.h"
#include "kernel/attachment.h"
#include "kernel/guard.h"
#include "kernel/guarded_cgroup.h"
#include "kernel/guards.h"
#include "meta_abi.h"
#include "support/catch.h"

using namespace sg;
using kernel::AttachedGuard;
using kernel::Container;
using kernel::Guard;
using kernel::RuleCounts;
using test::GuardedCgroup;

namespace {

// Written without a lock that others hold, so that the counters are exact: no write is restarted.
constexpr const char* kPmtu = "net/ipv4/ip_no_pmtu_disc";

// `rules` in place of the number that the policy has; 0: that number.
Guard load(const std::string& allow, int containers_map = -1, std::uint32_t rules = 0) {
  REQUIRE(test::enter_fresh_namespaces());
  const policy::Policy policy = test::policy_of(allow);
  Diagnostics findings;
  const auto table = compile::compile_policy(policy, findings);
  REQUIRE(table);
  compile::Meta told = compile::make_meta(policy);
  told.events = policy::Events::kOff;
  const std::vector<std::uint8_t> meta = compile::encode_meta(told);
  return test::must_load(
      {.table = *table,
       .rule_count = rules != 0 ? rules : static_cast<std::uint32_t>(policy.rules.size()),
       .meta = meta,
       .containers_map = containers_map,
       .container = {.id = "own"}});
}

// What the kernel has says whether bpf_loop is there, not its version.
bool is_shared_here() {
  static const bool is_shared = load("net.*").is_shared();
  return is_shared;
}

AttachedGuard the_guard_on(const GuardedCgroup& cgroup) {
  Result<std::vector<AttachedGuard>> all = kernel::list_guards();
  REQUIRE(all);
  std::erase_if(*all,
                [&](const AttachedGuard& guard) { return guard.cgroup_dir != cgroup.path(); });
  REQUIRE(all->size() == 1);
  return std::move(all->front());
}

std::vector<RuleCounts> counts_on(const GuardedCgroup& cgroup) {
  const Result<std::vector<RuleCounts>> counts = kernel::read_counters(the_guard_on(cgroup));
  REQUIRE(counts);
  return *counts;
}

RuleCounts total_on(const GuardedCgroup& cgroup) {
  RuleCounts total{};
  for (const RuleCounts& counts : counts_on(cgroup)) {
    for (std::size_t i = 0; i < counts.size(); ++i) {
      total[i] += counts[i];
    }
  }
  return total;
}

void must_attach(const GuardedCgroup& cgroup, const Guard& guard, const Container& container) {
  const Status status = kernel::attach_guard(cgroup.fd(), guard, container);
  INFO((status ? "" : status.error().message));
  REQUIRE(status);
}

}  // namespace

TEST_CASE("Shared guard: where the kernel has bpf_loop, the program with it is loaded") {
  const host::KernelRelease release = host::kernel_release();
  CHECK(is_shared_here() == (release >= host::KernelRelease{5, 17}));
}

TEST_CASE("Shared guard: each cgroup has its own container and counters, and one verdict") {
  if (!is_shared_here()) {
    return;
  }
  const Guard guard = load("net.ipv4.ip_no_pmtu_disc=1");
  GuardedCgroup first;
  GuardedCgroup second;
  must_attach(first, guard, {"id-1", "name-1", 5});
  must_attach(second, guard, {"id-2", "", 7});
  CHECK(first.program_ids() == second.program_ids());
  CHECK(the_guard_on(first).container == Container{"id-1", "name-1", 5});
  CHECK(the_guard_on(second).container == Container{"id-2", "", 7});
  for (int i = 0; i < 3; ++i) {
    CHECK(first.write_inside(kPmtu, {{"0"}}).error == EPERM);
  }
  CHECK(first.write_inside(kPmtu, {{"1"}}).moved == 1);
  CHECK(second.write_inside(kPmtu, {{"0"}}).error == EPERM);
  CHECK(total_on(first) == RuleCounts{3, 1, 0, 0});
  CHECK(total_on(second) == RuleCounts{1, 0, 0, 0});
  CHECK(kernel::detach_guard(first.fd(), "id-1"));
  CHECK(first.write_inside(kPmtu, {{"0"}}).moved == 1);
  CHECK(second.write_inside(kPmtu, {{"0"}}).error == EPERM);
  CHECK(the_guard_on(second).container->id == "id-2");
}

TEST_CASE("Shared guard: a program is one container's own where it cannot be shared") {
  // One rule more than the counters of a cgroup's storage have room for.
  const Guard guard = load("net.ipv4.ip_no_pmtu_disc=1", -1, 1024);
  CHECK_FALSE(guard.is_shared());
  CHECK(load("net.ipv4.ip_no_pmtu_disc=1", -1, 1023).is_shared() == is_shared_here());
  GuardedCgroup cgroup;
  must_attach(cgroup, guard, {.id = "own"});
  CHECK(the_guard_on(cgroup).container->id == "own");
  CHECK(cgroup.write_inside(kPmtu, {{"0"}}).error == EPERM);
  CHECK(cgroup.write_inside(kPmtu, {{"1"}}).moved == 1);
  CHECK(counts_on(cgroup).size() == 1025);
  CHECK(total_on(cgroup) == RuleCounts{1, 1, 0, 0});
}

TEST_CASE("Shared guard: attached again, and from A to B to A, the counters begin at zero") {
  if (!is_shared_here()) {
    return;
  }
  for (const bool one_map : {true, false}) {
    INFO("one map of containers: " << one_map);
    const Guard a = load("net.ipv4.ip_no_pmtu_disc=1");
    const Guard b = load("net.ipv4.ip_no_pmtu_disc=0", one_map ? a.containers_map() : -1);
    GuardedCgroup cgroup;
    must_attach(cgroup, a, {"c1", "n", 1});
    CHECK(cgroup.write_inside(kPmtu, {{"0"}}).error == EPERM);
    CHECK(total_on(cgroup) == RuleCounts{1, 0, 0, 0});
    must_attach(cgroup, a, {"c1", "n", 2});
    CHECK(cgroup.program_ids().size() == 1);
    CHECK(total_on(cgroup) == RuleCounts{});
    CHECK(the_guard_on(cgroup).container == Container{"c1", "n", 2});
    CHECK(cgroup.write_inside(kPmtu, {{"0"}}).error == EPERM);
    must_attach(cgroup, b, {"c1", "n", 3});
    CHECK(cgroup.program_ids().size() == 1);
    CHECK(cgroup.write_inside(kPmtu, {{"0"}}).moved == 1);
    CHECK(cgroup.write_inside(kPmtu, {{"1"}}).error == EPERM);
    CHECK(total_on(cgroup) == RuleCounts{1, 1, 0, 0});
    must_attach(cgroup, a, {"c1", "n", 4});
    CHECK(total_on(cgroup) == RuleCounts{});
    CHECK(the_guard_on(cgroup).container == Container{"c1", "n", 4});
    CHECK(cgroup.write_inside(kPmtu, {{"0"}}).error == EPERM);
    CHECK(kernel::detach_guard(cgroup.fd(), "c1"));
    must_attach(cgroup, a, {"c1", "n", 5});
    CHECK(total_on(cgroup) == RuleCounts{});
  }
}

TEST_CASE("Shared guard: another container's is refused, one that nobody named is taken over") {
  if (!is_shared_here()) {
    return;
  }
  const Guard a = load("net.ipv4.ip_no_pmtu_disc=1");
  const Guard b = load("net.ipv4.ip_no_pmtu_disc=0");
  for (const Guard* const next : {&a, &b}) {
    GuardedCgroup cgroup;
    test::attach_program(cgroup.fd(), a.program_fd());
    CHECK(the_guard_on(cgroup).container->id.empty());
    CHECK(cgroup.write_inside(kPmtu, {{"0"}}).error == EPERM);
    must_attach(cgroup, *next, {.id = "c1"});
    CHECK(cgroup.program_ids() == std::vector<std::uint32_t>{next->program_id()});
    CHECK(the_guard_on(cgroup).container->id == "c1");
    CHECK(total_on(cgroup) == RuleCounts{});
    for (const Guard* const other : {&a, &b}) {
      const Status refused = kernel::attach_guard(cgroup.fd(), *other, {.id = "c2"});
      REQUIRE_FALSE(refused);
      CHECK(refused.error().message == "the cgroup has a guard of another container already");
    }
    CHECK(cgroup.program_ids() == std::vector<std::uint32_t>{next->program_id()});
    CHECK(the_guard_on(cgroup).container->id == "c1");
  }
}

TEST_CASE("Shared guard: after a detached guard the cgroup is the next container's at once") {
  if (!is_shared_here()) {
    return;
  }
  const Guard a = load("net.ipv4.ip_no_pmtu_disc=1");
  GuardedCgroup cgroup;
  must_attach(cgroup, a, {"c1", "n", 1});
  CHECK(kernel::detach_guard(cgroup.fd(), "c1"));
  CHECK(a.container_on(*kernel::cgroup_id_of(cgroup.fd()))->id == "c1");
  must_attach(cgroup, a, {.id = "c2"});
  CHECK(the_guard_on(cgroup).container == Container{"c2", "", 0});
  CHECK(kernel::containers_map_on(cgroup.fd()).valid());
}

TEST_CASE("Shared guard: where sharing is not wanted, a program has maps of its own") {
  REQUIRE(test::enter_fresh_namespaces());
  const policy::Policy policy = test::policy_of("net.ipv4.ip_no_pmtu_disc=1");
  Diagnostics findings;
  const auto table = compile::compile_policy(policy, findings);
  REQUIRE(table);
  const std::vector<std::uint8_t> meta = compile::encode_meta(compile::make_meta(policy));
  const Guard own = test::must_load({.table = *table,
                                     .rule_count = 2,
                                     .meta = meta,
                                     .may_share = false,
                                     .container = {.id = "own"}});
  CHECK_FALSE(own.is_shared());
  GuardedCgroup cgroup;
  must_attach(cgroup, own, {.id = "own"});
  CHECK(cgroup.write_inside(kPmtu, {{"0"}}).error == EPERM);
  CHECK(cgroup.write_inside(kPmtu, {{"1"}}).moved == 1);
  CHECK(total_on(cgroup) == RuleCounts{1, 1, 0, 0});
  CHECK_FALSE(kernel::containers_map_on(cgroup.fd()).valid());
}

TEST_CASE("Shared guard: where it cannot be said whose it is, all is as it was before") {
  if (!is_shared_here()) {
    return;
  }
  const Guard a = load("net.ipv4.ip_no_pmtu_disc=1");
  const Guard b = load("net.ipv4.ip_no_pmtu_disc=0");
  for (const std::string& id : {std::string(), std::string(SG_CONTAINER_ID_SIZE, 'x')}) {
    GuardedCgroup cgroup;
    const Status none_before = kernel::attach_guard(cgroup.fd(), a, {.id = id});
    REQUIRE_FALSE(none_before);
    CHECK(none_before.error().code == Errc::kBadInput);
    CHECK(cgroup.program_ids().empty());
    // A guard that nobody named is replaced, and put back.
    test::attach_program(cgroup.fd(), a.program_fd());
    for (const Guard* const next : {&a, &b}) {
      REQUIRE_FALSE(kernel::attach_guard(cgroup.fd(), *next, {.id = id}));
      CHECK(cgroup.program_ids() == std::vector<std::uint32_t>{a.program_id()});
      CHECK(cgroup.write_inside(kPmtu, {{"0"}}).error == EPERM);
      CHECK(cgroup.write_inside(kPmtu, {{"1"}}).moved == 1);
    }
  }
  GuardedCgroup cgroup;
  must_attach(cgroup, a, {.id = std::string(SG_CONTAINER_ID_SIZE - 1, 'x')});
  CHECK(the_guard_on(cgroup).container->id.size() == SG_CONTAINER_ID_SIZE - 1);
  // Behind the longest ID, and behind one as engines make them.
  for (const auto& [id_size, room] : {std::pair(255, 223), std::pair(64, 414), std::pair(1, 477)}) {
    const std::string id(static_cast<std::size_t>(id_size), 'x');
    for (const int size : {0, 1, 222, 223, 224, 381, 414, 415, 600}) {
      GuardedCgroup other;
      must_attach(other, a, {id, std::string(static_cast<std::size_t>(size), 'n'), 1});
      CHECK(the_guard_on(other).container->id == id);
      CHECK(the_guard_on(other).container->name ==
            std::string(static_cast<std::size_t>(std::min(size, room)), 'n'));
    }
  }
}

TEST_CASE("Shared guard: one of the layout before is shown, and replaced for its container alone") {
  const UniqueFd program = test::load_allow_all("before");
  sg_meta_before head{};
  head.magic = SG_META_MAGIC;
  head.layout = SG_META_VERSION_BEFORE;
  head.id_len = 2;
  head.attached_at_ns = 9;
  std::vector<std::uint8_t> value(sizeof head + 2, 'c');
  std::memcpy(value.data(), &head, sizeof head);
  const UniqueFd map(bpf_map_create(BPF_MAP_TYPE_ARRAY, "sg_meta", 4,
                                    static_cast<__u32>(value.size()), 1, nullptr));
  const __u32 key = 0;
  REQUIRE(bpf_map_update_elem(map.get(), &key, value.data(), BPF_ANY) == 0);
  REQUIRE(bpf_prog_bind_map(program.get(), map.get(), nullptr) == 0);
  GuardedCgroup cgroup;
  test::attach_program(cgroup.fd(), program.get());
  CHECK(the_guard_on(cgroup).container == Container{"cc", "", 9});
  const Guard guard = load("net.ipv4.ip_no_pmtu_disc=1");
  REQUIRE_FALSE(kernel::attach_guard(cgroup.fd(), guard, {.id = "other"}));
  CHECK(cgroup.write_inside(kPmtu, {{"0"}}).moved == 1);
  must_attach(cgroup, guard, {.id = "cc"});
  CHECK(cgroup.program_ids() == std::vector<std::uint32_t>{guard.program_id()});
  CHECK(cgroup.write_inside(kPmtu, {{"0"}}).error == EPERM);
}

TEST_CASE("Shared guard: rules beyond the counters are counted in the last one") {
  // Said to have one rule, and it has three.
  const Guard guard = load("kernel.domainname\nnet.ipv4.ip_no_pmtu_disc=0\nkernel.hostname", -1, 1);
  GuardedCgroup cgroup;
  must_attach(cgroup, guard, {.id = "own"});
  CHECK(cgroup.write_inside("kernel/domainname", {{"a"}}).error == 0);
  CHECK(cgroup.write_inside(kPmtu, {{"0"}}).error == 0);
  CHECK(cgroup.write_inside("kernel/hostname", {{"a"}}).error == 0);
  CHECK(cgroup.write_inside(kPmtu, {{"1"}}).error == EPERM);
  CHECK(counts_on(cgroup) == std::vector<RuleCounts>{{1, 0, 0, 0}, {0, 3, 0, 0}});
}

TEST_CASE("Shared guard: the counters of a container are bounded by rules and processors") {
  struct Case {
    std::uint32_t rules;
    std::uint32_t processors;
    std::uint32_t slots;
  };
  for (const Case& c :
       {Case{0, 1, 1}, Case{20, 2, 21}, Case{1022, 32, 1023}, Case{1023, 32, 1024},
        Case{1024, 32, 1024}, Case{127, 256, 128}, Case{128, 256, 128}, Case{4096, 256, 128},
        Case{16384, 1, 16385}, Case{4096, 1U << 20, 1}, Case{1, 0, 2}}) {
    INFO(c.rules << " rules, " << c.processors << " processors");
    CHECK(kernel::count_slots(c.rules, c.processors) == c.slots);
    CHECK((c.slots == 1 || std::uint64_t{c.slots} * 32 * c.processors <= kernel::kCounterBytesMax));
  }
}

TEST_CASE("Shared guard: only a program that load() made is adopted") {
  const Guard guard = load("net.ipv4.ip_no_pmtu_disc=1");
  Result<Guard> adopted = Guard::adopt(UniqueFd(bpf_prog_get_fd_by_id(guard.program_id())));
  CHECK(bool(adopted) == is_shared_here());
  if (adopted) {
    CHECK(adopted->program_id() == guard.program_id());
    CHECK(compile::decode_meta(adopted->meta()));
    GuardedCgroup cgroup;
    must_attach(cgroup, *adopted, {.id = "c1"});
    CHECK(cgroup.write_inside(kPmtu, {{"0"}}).error == EPERM);
    CHECK(total_on(cgroup) == RuleCounts{1, 0, 0, 0});
  }
  const Guard own = load("net.ipv4.ip_no_pmtu_disc=1", -1, 2000);
  CHECK_FALSE(Guard::adopt(UniqueFd(bpf_prog_get_fd_by_id(own.program_id()))));
  CHECK_FALSE(Guard::adopt(UniqueFd()));
  // Metadata of ours bound to a program that lets everything through.
  UniqueFd planted = test::load_allow_all("sysctl_guard");
  for (const std::uint32_t id : test::map_ids_of(guard.program_id())) {
    const UniqueFd map(bpf_map_get_fd_by_id(id));
    bpf_map_info info{};
    __u32 size = sizeof info;
    REQUIRE(bpf_obj_get_info_by_fd(map.get(), &info, &size) == 0);
    if (std::string(info.name) == "sg_meta") {
      REQUIRE(bpf_prog_bind_map(planted.get(), map.get(), nullptr) == 0);
    }
  }
  const Result<Guard> refused = Guard::adopt(std::move(planted));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message == "the pinned program is no guard: it has other maps");
}
