// SPDX-License-Identifier: Apache-2.0
// guard_blocked_test.cpp - programs of others, on a cgroup or above it, that let no guard in.
//
// Needs root.
#include <bpf/bpf.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <vector>

#include "compile/compile_policy.h"
#include "compile/meta.h"
#include "kernel/attachment.h"
#include "kernel/blocking_program.h"
#include "kernel/guard.h"
#include "kernel/guarded_cgroup.h"
#include "support/catch.h"

using namespace sg;
using kernel::BlockingProgram;
using test::GuardedCgroup;

namespace {

constexpr const char* kForward = "net/ipv4/ip_forward";
constexpr std::uint32_t kExclusive = 0;

// A program that allows everything and is not ours, on a cgroup.
class Theirs {
 public:
  Theirs(int cgroup_fd, std::uint32_t flags, const char* name = "theirs")
      : fd_(test::load_allow_all(name)), cgroup_fd_(cgroup_fd) {
    REQUIRE(bpf_prog_attach(fd_.get(), cgroup_fd, BPF_CGROUP_SYSCTL, flags) == 0);
  }
  ~Theirs() { (void)bpf_prog_detach2(fd_.get(), cgroup_fd_, BPF_CGROUP_SYSCTL); }
  Theirs(const Theirs&) = delete;
  Theirs& operator=(const Theirs&) = delete;

  [[nodiscard]] std::uint32_t id() const {
    bpf_prog_info info{};
    __u32 size = sizeof info;
    REQUIRE(bpf_obj_get_info_by_fd(fd_.get(), &info, &size) == 0);
    return info.id;
  }

 private:
  UniqueFd fd_;
  int cgroup_fd_;
};

// A cgroup below another one, gone with its owner.
class CgroupBelow {
 public:
  CgroupBelow(const std::string& above, const char* name) : path_(above + "/" + name) {
    REQUIRE(mkdir(path_.c_str(), 0755) == 0);
    fd_ = UniqueFd(open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    REQUIRE(fd_.valid());
  }
  ~CgroupBelow() { (void)rmdir(path_.c_str()); }
  CgroupBelow(const CgroupBelow&) = delete;
  CgroupBelow& operator=(const CgroupBelow&) = delete;

  [[nodiscard]] int fd() const noexcept { return fd_.get(); }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
  UniqueFd fd_;
};

Status guard_on(int cgroup_fd) {
  REQUIRE(test::enter_fresh_namespaces());
  const policy::Policy policy = test::policy_of("net.ipv4.ip_forward=0");
  Diagnostics findings;
  const auto table = compile::compile_policy(policy, findings);
  REQUIRE(table);
  const std::vector<std::uint8_t> meta = compile::encode_meta(compile::make_meta(policy));
  const auto rules = static_cast<std::uint32_t>(policy.rules.size());
  const Result<kernel::Guard> guard = kernel::Guard::load(
      {.table = *table, .rule_count = rules, .meta = meta, .container = {.id = "one"}});
  REQUIRE(guard);
  return kernel::attach_guard(cgroup_fd, *guard, {.id = "one"});
}

// Those of list_blocking_programs() at or below a directory.
std::vector<BlockingProgram> listed(const std::string& dir) {
  Result<std::vector<BlockingProgram>> all = kernel::list_blocking_programs();
  INFO((all ? "" : all.error().message));
  REQUIRE(all);
  std::erase_if(*all, [&](const BlockingProgram& one) { return !one.cgroup_dir.starts_with(dir); });
  return *std::move(all);
}

}  // namespace

TEST_CASE("Guard blocked: by a program on the cgroup or above it, and which one it is is said") {
  struct Case {
    const char* why;
    int level;  // of the cgroup that has it: 0 is that of the guard, 2 the one above the one above
    std::uint32_t flags;
    bool blocks, is_listed;
  };
  const Case cases[] = {
      {"itself, alone", 0, kExclusive, true, true},
      {"itself, to be overridden", 0, BPF_F_ALLOW_OVERRIDE, true, true},
      {"itself, beside others", 0, BPF_F_ALLOW_MULTI, false, false},
      {"above, alone", 1, kExclusive, true, true},
      {"above, to be overridden", 1, BPF_F_ALLOW_OVERRIDE, false, true},
      {"above, beside others", 1, BPF_F_ALLOW_MULTI, false, false},
      {"two above, alone", 2, kExclusive, true, true},
      {"two above, to be overridden", 2, BPF_F_ALLOW_OVERRIDE, false, true},
      {"two above, beside others", 2, BPF_F_ALLOW_MULTI, false, false},
  };
  GuardedCgroup top;
  const CgroupBelow middle(top.path(), "middle");
  for (const Case& c : cases) {
    INFO(c.why);
    const CgroupBelow leaf(middle.path(), "leaf");
    const int fds[] = {leaf.fd(), middle.fd(), top.fd()};
    const std::string dirs[] = {leaf.path(), middle.path(), top.path()};
    const Theirs theirs(fds[c.level], c.flags);
    const BlockingProgram expected{.cgroup_dir = dirs[c.level],
                                   .id = theirs.id(),
                                   .name = "theirs",
                                   .lets_below = (c.flags & BPF_F_ALLOW_OVERRIDE) != 0};
    CHECK(listed(top.path()) ==
          (c.is_listed ? std::vector<BlockingProgram>{expected} : std::vector<BlockingProgram>{}));
    CHECK(kernel::find_blocking_program(leaf.fd()) ==
          (c.blocks ? std::optional(expected) : std::nullopt));
    const Status attached = guard_on(leaf.fd());
    CHECK(bool(attached) == !c.blocks);
    if (!attached) {
      CHECK(attached.error().code == Errc::kUnsupported);
      CHECK(attached.error().message == "attach the guard: " + kernel::describe(expected));
      CHECK(attached.error().hint.ends_with("bpftool cgroup detach " + dirs[c.level] +
                                            " sysctl id " + std::to_string(theirs.id())));
      CHECK(attached.error().message.find("'theirs' (ID " + std::to_string(theirs.id()) +
                                          ") on the cgroup '" + dirs[c.level] + "'") !=
            std::string::npos);
    }
  }
  // The control: with none of them there.
  const CgroupBelow leaf(middle.path(), "leaf");
  CHECK(listed(top.path()).empty());
  CHECK(guard_on(leaf.fd()));
}

TEST_CASE("Guard blocked: the first program upwards decides, as the kernel has it") {
  GuardedCgroup top;
  const CgroupBelow middle(top.path(), "middle");
  const CgroupBelow leaf(middle.path(), "leaf");
  const Theirs between(middle.fd(), BPF_F_ALLOW_MULTI, "between");
  const Theirs highest(top.fd(), kExclusive, "highest");
  CHECK_FALSE(kernel::find_blocking_program(leaf.fd()));
  CHECK(guard_on(leaf.fd()));
  CHECK(kernel::find_blocking_program(middle.fd())->name == "highest");
  CHECK_FALSE(guard_on(middle.fd()));
}

TEST_CASE("Guard blocked: a guard that is there already stays in force, and is not replaced") {
  GuardedCgroup top;
  const CgroupBelow below(top.path(), "below");
  REQUIRE(guard_on(below.fd()));
  {
    const Theirs theirs(top.fd(), kExclusive);
    const Status replaced = guard_on(below.fd());
    REQUIRE_FALSE(replaced);
    CHECK(replaced.error().code == Errc::kUnsupported);
    CHECK(replaced.error().message.find("'theirs'") != std::string::npos);
    std::uint32_t ids[2]{};
    std::uint32_t count = 2;
    REQUIRE(bpf_prog_query(below.fd(), BPF_CGROUP_SYSCTL, 0, nullptr, ids, &count) == 0);
    CHECK(count == 1);
  }
  CHECK(guard_on(below.fd()));
  CHECK(kernel::detach_guard(below.fd(), "one"));
}

TEST_CASE("Guard blocked: a program without a name, and a cgroup that is gone") {
  GuardedCgroup cgroup;
  {
    const Theirs theirs(cgroup.fd(), kExclusive, "");
    const Status attached = guard_on(cgroup.fd());
    REQUIRE_FALSE(attached);
    CHECK(attached.error().message.find("a program without a name (ID ") != std::string::npos);
    CHECK(cgroup.write_inside(kForward, {{"0", 0}}).error == 0);  // no guard is there
  }
  const UniqueFd dir(open(cgroup.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  REQUIRE(dir.valid());
  cgroup.remove();
  CHECK_FALSE(kernel::find_blocking_program(dir.get()));
}
