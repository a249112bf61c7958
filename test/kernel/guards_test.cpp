// SPDX-License-Identifier: Apache-2.0
// guards_test.cpp - guards are found where they are, with what they have counted, and only they.
//
// Other guards may be on this machine meanwhile: each test looks for its own by the cgroup's ID.
// Needs root.
#include "kernel/guards.h"

#include <bpf/bpf.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "compile/compile_policy.h"
#include "compile/meta.h"
#include "host/cgroup_walk.h"
#include "kernel/attachment.h"
#include "kernel/guarded_cgroup.h"
#include "meta_abi.h"
#include "support/catch.h"

using namespace sg;
using kernel::AttachedGuard;
using test::GuardedCgroup;

namespace {

constexpr const char* kForward = "net/ipv4/ip_forward";

void must_guard(GuardedCgroup& cgroup, const policy::Policy& policy, const std::string& id) {
  REQUIRE(test::enter_fresh_namespaces());
  const Status status = cgroup.guard(policy, id);
  INFO((status ? "" : status.error().message));
  REQUIRE(status);
}

std::uint64_t inode_of(const std::string& path) {
  struct stat found {};
  REQUIRE(stat(path.c_str(), &found) == 0);
  return found.st_ino;
}

// The guards on one cgroup.
std::vector<AttachedGuard> guards_on(std::uint64_t cgroup_id) {
  Result<std::vector<AttachedGuard>> all = kernel::list_guards();
  INFO((all ? "" : all.error().message));
  REQUIRE(all);
  std::erase_if(*all, [&](const AttachedGuard& guard) { return guard.cgroup_id != cgroup_id; });
  return *std::move(all);
}

AttachedGuard the_guard_on(const GuardedCgroup& cgroup) {
  std::vector<AttachedGuard> guards = guards_on(inode_of(cgroup.path()));
  REQUIRE(guards.size() == 1);
  return std::move(guards.front());
}

// A program with a map that holds `value` bound to it, attached to the cgroup.
void attach_with_map(const GuardedCgroup& cgroup, const std::vector<std::uint8_t>& value) {
  const UniqueFd program = test::load_allow_all("someone");
  const UniqueFd map(bpf_map_create(BPF_MAP_TYPE_ARRAY, "sg_meta", 4,
                                    static_cast<__u32>(value.size()), 1, nullptr));
  REQUIRE(map.valid());
  const __u32 key = 0;
  REQUIRE(bpf_map_update_elem(map.get(), &key, value.data(), BPF_ANY) == 0);
  REQUIRE(bpf_prog_bind_map(program.get(), map.get(), nullptr) == 0);
  test::attach_program(cgroup.fd(), program.get());
}

}  // namespace

TEST_CASE("Guards: a guard is found with its cgroup, its program and its metadata") {
  GuardedCgroup cgroup;
  must_guard(cgroup, test::policy_of("net.ipv4.ip_forward=0"), "some-id");
  const AttachedGuard guard = the_guard_on(cgroup);
  CHECK(guard.cgroup_dir == cgroup.path());
  CHECK(cgroup.path().ends_with(guard.cgroup));
  CHECK(guard.cgroup.starts_with("/"));
  CHECK(guard.program->id == cgroup.program_ids().at(0));
  CHECK(guard.program->name.starts_with("sysctl_guard"));
  CHECK(guard.program->tag.size() == 16);
  CHECK(guard.program->loaded_at_ns > 0);
  CHECK(guard.program->layout == SG_META_VERSION);
  CHECK(guard.others == 0);
  const std::optional<compile::Meta> meta = compile::decode_meta(guard.program->meta);
  REQUIRE(meta);
  REQUIRE(guard.container);
  CHECK(guard.container->id == "some-id");
  CHECK(guard.program->maps.size() == test::map_ids_of(guard.program->id).size());
  CHECK(kernel::find_map(*guard.program, "sg_table"));
  CHECK_FALSE(kernel::find_map(*guard.program, "sg_tabl"));
}

TEST_CASE("Guards: one below other cgroups is found, and none once the cgroup is gone") {
  GuardedCgroup cgroup;
  const std::string path = cgroup.path() + "/a";
  const std::string below = path + "/b";
  REQUIRE(mkdir(path.c_str(), 0755) == 0);
  REQUIRE(mkdir(below.c_str(), 0755) == 0);
  const std::uint64_t id = inode_of(below);
  GuardedCgroup source;
  must_guard(source, test::policy_of("net.*"), "below");
  const UniqueFd dir(open(below.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const UniqueFd program(bpf_prog_get_fd_by_id(source.program_ids().at(0)));
  test::attach_program(dir.get(), program.get());
  const std::vector<AttachedGuard> guards = guards_on(id);
  CHECK(rmdir(below.c_str()) == 0);
  CHECK(rmdir(path.c_str()) == 0);
  REQUIRE(guards.size() == 1);
  CHECK(guards[0].cgroup_dir == below);
  CHECK(guards_on(id).empty());
  const Result<UniqueFd> opened = kernel::open_guarded_cgroup(guards[0]);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().hint.find("may have ended") != std::string::npos);
  const AttachedGuard guard = the_guard_on(source);
  CHECK(kernel::open_guarded_cgroup(guard));
  // Another cgroup by the same name.
  const std::string again = source.path();
  source.remove();
  REQUIRE(mkdir(again.c_str(), 0755) == 0);
  const bool is_taken_for_it = bool(kernel::open_guarded_cgroup(guard));
  CHECK(rmdir(again.c_str()) == 0);
  CHECK_FALSE(is_taken_for_it);
}

TEST_CASE("Guards: the list of cgroups has all of them, by the names that processes see") {
  GuardedCgroup cgroup;
  const std::string below = cgroup.path() + "/below";
  REQUIRE(mkdir(below.c_str(), 0755) == 0);
  const auto has = [&](const std::string& path) {
    const Result<std::vector<std::string>> names = host::list_cgroups();
    REQUIRE(names);
    CHECK(names->front() == "/");
    CHECK(std::ranges::is_sorted(*names));
    return std::ranges::any_of(
        *names, [&](const std::string& name) { return name != "/" && path.ends_with(name); });
  };
  CHECK(has(cgroup.path()));
  CHECK(has(below));
  CHECK_FALSE(has(below + "/none"));
  CHECK(rmdir(below.c_str()) == 0);
  CHECK_FALSE(has(below));
  CHECK(has(cgroup.path()));
}

TEST_CASE("Guards: a cgroup that was removed while it was open has no programs") {
  GuardedCgroup cgroup;
  must_guard(cgroup, test::policy_of("net.*"), "one");
  const UniqueFd dir(open(cgroup.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  REQUIRE(dir.valid());
  cgroup.remove();
  const Result<std::vector<std::uint32_t>> ids = kernel::sysctl_programs_on(dir.get());
  INFO((ids ? "" : ids.error().message));
  REQUIRE(ids);
  CHECK(ids->empty());
}

TEST_CASE("Guards: programs of others are counted, on that cgroup alone") {
  GuardedCgroup cgroup;
  GuardedCgroup bare;
  const UniqueFd foreign = test::load_allow_all("foreign");
  REQUIRE(foreign.valid());
  test::attach_program(cgroup.fd(), foreign.get());
  test::attach_program(bare.fd(), foreign.get());
  must_guard(cgroup, test::policy_of("net.*"), "one");
  CHECK(the_guard_on(cgroup).others == 1);
  CHECK(guards_on(inode_of(bare.path())).empty());
}

TEST_CASE("Guards: metadata of another layout is a guard, metadata without the magic is none") {
  sg_meta head{};
  head.magic = SG_META_MAGIC;
  head.layout = SG_META_VERSION + 1;
  std::vector<std::uint8_t> value(sizeof head);
  std::memcpy(value.data(), &head, sizeof head);
  GuardedCgroup newer;
  attach_with_map(newer, value);
  const AttachedGuard guard = the_guard_on(newer);
  CHECK(guard.program->layout == SG_META_VERSION + 1);
  CHECK_FALSE(guard.container);
  CHECK_FALSE(compile::decode_meta(guard.program->meta));
  CHECK_FALSE(kernel::read_counters(guard));  // it has none that we know

  head.magic ^= 1;
  std::memcpy(value.data(), &head, sizeof head);
  GuardedCgroup other;
  attach_with_map(other, value);
  CHECK(guards_on(inode_of(other.path())).empty());
}

TEST_CASE("Guards: the counters are what was done") {
  GuardedCgroup cgroup;
  must_guard(cgroup, test::policy_of("net.ipv4.ip_default_ttl=33\nkernel.domainname"), "one");
  // The kernel takes no lock for it that others hold: no write is restarted, and judged again.
  const char* const ttl = "net/ipv4/ip_default_ttl";
  for (int i = 0; i < 3; ++i) {
    CHECK(cgroup.write_inside(ttl, {{"33", 0}}).error == 0);
  }
  CHECK(cgroup.write_inside("kernel/domainname", {{"a", 0}}).error == 0);
  CHECK(cgroup.write_inside(ttl, {{"34", 0}}).error == EPERM);
  CHECK(cgroup.write_inside("kernel/hostname", {{"x", 0}}).error == EPERM);
  const Result<std::vector<kernel::RuleCounts>> counts =
      kernel::read_counters(the_guard_on(cgroup));
  REQUIRE(counts);
  REQUIRE(counts->size() >= 3);
  REQUIRE(SG_VERDICT_DENY == 0);
  CHECK((*counts)[0] == kernel::RuleCounts{2, 0, 0, 0});
  CHECK((*counts)[1] == kernel::RuleCounts{0, 3, 0, 0});
  CHECK((*counts)[2] == kernel::RuleCounts{0, 1, 0, 0});
}

TEST_CASE("Guards: details are the table that was loaded, and the memory it takes") {
  const policy::Policy policy = test::policy_of("net.ipv4.*.forwarding=0|1\nkernel.domainname");
  Diagnostics findings;
  const auto table = compile::compile_policy(policy, findings);
  REQUIRE(table);
  GuardedCgroup cgroup;
  must_guard(cgroup, policy, "one");
  const Result<kernel::GuardDetails> details = kernel::read_details(the_guard_on(cgroup));
  REQUIRE(details);
  CHECK(details->table == *table);
  // Programs and maps are given whole pages by kernels that count.
  CHECK(details->program_memory > table->size());
  CHECK(details->program_memory < 16 * 1024 * 1024);
}

TEST_CASE("Guards: after a replacement the earlier guard has no counters left") {
  GuardedCgroup cgroup;
  must_guard(cgroup, test::policy_of("net.*"), "one");
  const AttachedGuard first = the_guard_on(cgroup);
  must_guard(cgroup, test::policy_of("kernel.*"), "one");
  CHECK(the_guard_on(cgroup).program->id != first.program->id);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  bool is_gone = false;
  while (!is_gone && std::chrono::steady_clock::now() < deadline) {
    const Result<std::vector<kernel::RuleCounts>> counts = kernel::read_counters(first);
    is_gone = !counts;
    CHECK((counts || counts.error().code == Errc::kSystem));
    std::this_thread::sleep_for(std::chrono::milliseconds(2));  // freed a moment later
  }
  CHECK(is_gone);
}
