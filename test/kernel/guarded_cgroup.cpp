// SPDX-License-Identifier: Apache-2.0
// guarded_cgroup.cpp - namespaces, the scratch cgroup, and children that make one access each.
#include "kernel/guarded_cgroup.h"

#include <bpf/bpf.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <map>
#include <sstream>
#include <utility>

#include "compile/compile_policy.h"
#include "compile/meta.h"
#include "event_abi.h"
#include "kernel/attachment.h"
#include "policy/annotations.h"
#include "policy/merge.h"
#include "support/catch.h"

namespace sg::test {
namespace {

constexpr std::uint32_t kProgramsMax = 64;
constexpr std::uint32_t kMapsMax = 16;

// The mount point of the first cgroup2 mount; "" where there is none.
std::string cgroup2_mount() {
  std::ifstream mounts("/proc/self/mountinfo");
  for (std::string line; std::getline(mounts, line);) {
    const std::size_t separator = line.find(" - ");
    if (separator == std::string::npos || line.compare(separator, 11, " - cgroup2 ") != 0) {
      continue;
    }
    std::istringstream fields(line);
    std::string field;
    for (int i = 0; i < 5; ++i) {
      fields >> field;
    }
    return field;
  }
  return "";
}

Outcome write_pieces(const char* path, const std::vector<Piece>& pieces) {
  const UniqueFd fd(open(path, O_WRONLY | O_CLOEXEC));
  Outcome outcome{-1, errno};
  for (const Piece& piece : pieces) {
    if (!fd.valid()) {
      break;
    }
    outcome.moved = pwrite(fd.get(), piece.value.data(), piece.value.size(), piece.position);
    outcome.error = outcome.moved < 0 ? errno : 0;
  }
  return outcome;
}

Outcome read_once(const char* path) {
  const UniqueFd fd(open(path, O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) {
    return {-1, errno};
  }
  std::array<char, 4096> buffer;
  const ssize_t moved = read(fd.get(), buffer.data(), buffer.size());
  return {moved, moved < 0 ? errno : 0};
}

// What a child in the cgroup says about reading or writing `path`.
Outcome in_child(const GuardedCgroup& cgroup, const std::string& path,
                 const std::vector<Piece>* pieces) {
  std::array<int, 2> ends{};
  REQUIRE(pipe2(ends.data(), O_CLOEXEC) == 0);
  const UniqueFd from(ends[0]);
  UniqueFd to(ends[1]);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    if (!cgroup.join()) {
      _exit(1);
    }
    const Outcome outcome =
        pieces != nullptr ? write_pieces(path.c_str(), *pieces) : read_once(path.c_str());
    _exit(write(to.get(), &outcome, sizeof outcome) == sizeof outcome ? 0 : 1);
  }
  to.reset();
  Outcome outcome;
  const ssize_t length = read(from.get(), &outcome, sizeof outcome);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(status == 0);
  REQUIRE(length == static_cast<ssize_t>(sizeof outcome));
  return outcome;
}

}  // namespace

bool enter_fresh_namespaces() {
  static const bool entered = unshare(CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC) == 0;
  return entered;
}

std::string sysctl_path(std::string_view name) { return "/proc/sys/" + std::string(name); }

bool sysctl_exists(std::string_view name) { return access(sysctl_path(name).c_str(), F_OK) == 0; }

Outcome write_sysctl(std::string_view name, const std::vector<Piece>& pieces) {
  return write_pieces(sysctl_path(name).c_str(), pieces);
}

std::optional<std::string> read_sysctl(std::string_view name) {
  std::ifstream file(sysctl_path(name));
  std::ostringstream content;
  content << file.rdbuf();
  if (!file.is_open() || file.bad()) {
    return std::nullopt;
  }
  std::string text = content.str();
  if (!text.empty() && text.back() == '\n') {
    text.pop_back();
  }
  return text;
}

policy::Policy policy_of(const std::string& allow, const std::string& deny,
                         const std::string& deny_read) {
  std::map<std::string, std::string> annotations = {{"io.sysctl-guard.allow", allow},
                                                    {"io.sysctl-guard.deny", deny},
                                                    {"io.sysctl-guard.deny-read", deny_read}};
  Diagnostics findings;
  const policy::NodePolicy node = policy::default_node_policy("none", {true, true, true, true});
  policy::Request request = policy::parse_annotations(annotations, node, "", findings);
  for (const Finding& finding : findings.findings()) {
    INFO(format_finding(finding));
    REQUIRE(finding.severity == Severity::kWarning);
  }
  policy::Policy policy = policy::merge({}, node, std::move(request));
  policy.limit.reset();  // these tests are about the guard
  return policy;
}

GuardedCgroup::GuardedCgroup() {
  static int count = 0;
  const std::string mount = cgroup2_mount();
  REQUIRE_FALSE(mount.empty());
  path_ = mount + "/sysctl-guard-test-" + std::to_string(getpid()) + "-" + std::to_string(++count);
  REQUIRE(mkdir(path_.c_str(), 0755) == 0);
  fd_ = UniqueFd(open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  REQUIRE(fd_.valid());
  procs_ = UniqueFd(openat(fd_.get(), "cgroup.procs", O_WRONLY | O_CLOEXEC));
  REQUIRE(procs_.valid());
}

GuardedCgroup::~GuardedCgroup() { remove(); }

void GuardedCgroup::remove() noexcept {
  procs_.reset();
  fd_.reset();
  (void)rmdir(path_.c_str());
}

Status GuardedCgroup::guard(const policy::Policy& policy, const std::string& container_id,
                            const kernel::EventMaps* maps) {
  Diagnostics findings;
  const auto table = compile::compile_policy(policy, findings);
  REQUIRE(table.has_value());
  const std::vector<std::uint8_t> meta = compile::encode_meta(compile::make_meta(policy));
  const kernel::Container container{.id = container_id};
  const auto rules = static_cast<std::uint32_t>(policy.rules.size());
  const Result<kernel::Guard> loaded = kernel::Guard::load({.table = *table,
                                                            .rule_count = rules,
                                                            .meta = meta,
                                                            .events = SG_EVENTS_DENIED,
                                                            .event_maps = maps,
                                                            .container = container});
  if (!loaded) {
    return loaded.error();
  }
  return kernel::attach_guard(fd_.get(), *loaded, container);
}

bool GuardedCgroup::join() const noexcept { return write(procs_.get(), "0", 1) == 1; }

Outcome GuardedCgroup::write_inside(std::string_view name, const std::vector<Piece>& pieces) const {
  return in_child(*this, sysctl_path(name), &pieces);
}

Outcome GuardedCgroup::read_inside(std::string_view name) const {
  return in_child(*this, sysctl_path(name), nullptr);
}

std::vector<std::uint32_t> GuardedCgroup::program_ids() const {
  std::vector<std::uint32_t> ids(kProgramsMax);
  std::uint32_t count = kProgramsMax;
  REQUIRE(bpf_prog_query(fd_.get(), BPF_CGROUP_SYSCTL, 0, nullptr, ids.data(), &count) == 0);
  ids.resize(count);
  return ids;
}

kernel::Guard must_load(const kernel::GuardInput& input) {
  Result<kernel::Guard> guard = kernel::Guard::load(input);
  INFO((guard ? "" : guard.error().message));
  REQUIRE(guard);
  return *std::move(guard);
}

UniqueFd load_allow_all(const char* name) {
  bpf_insn code[2]{};
  code[0].code = BPF_ALU64 | BPF_MOV | BPF_K;
  code[0].imm = 1;
  code[1].code = BPF_JMP | BPF_EXIT;
  UniqueFd program(bpf_prog_load(BPF_PROG_TYPE_CGROUP_SYSCTL, name, "GPL", code, 2, nullptr));
  REQUIRE(program.valid());
  return program;
}

void attach_program(int cgroup_fd, int program_fd) {
  struct bpf_prog_attach_opts options {};
  options.sz = sizeof options;
  options.flags = BPF_F_ALLOW_MULTI;
  REQUIRE(bpf_prog_attach_opts(program_fd, cgroup_fd, BPF_CGROUP_SYSCTL, &options) == 0);
}

std::vector<std::uint32_t> map_ids_of(std::uint32_t program_id) {
  const UniqueFd program(bpf_prog_get_fd_by_id(program_id));
  REQUIRE(program.valid());
  std::vector<std::uint32_t> ids(kMapsMax);
  bpf_prog_info info{};
  __u32 size = sizeof info;
  info.nr_map_ids = kMapsMax;
  info.map_ids = reinterpret_cast<__u64>(ids.data());
  REQUIRE(bpf_obj_get_info_by_fd(program.get(), &info, &size) == 0);
  ids.resize(info.nr_map_ids);
  return ids;
}

}  // namespace sg::test
