// SPDX-License-Identifier: Apache-2.0
// load_image.cpp - maps, types, program: one bpf(2) each, in the order in which the next one names
// the one before.
//
// By hand, since libbpf finds out first what the kernel can do: five programs and nine sets of
// types, which took as long as the guard itself. Whatever this needs, Linux 5.10 has.
//
// Tested by test/kernel/load_image_test.cpp.
#include "kernel/load_image.h"

#include <bpf/bpf.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"

namespace sg::kernel {
namespace {

constexpr std::size_t kLogSize = std::size_t{1} << 16;
constexpr int kInterrupted = 5;  // how often a program is verified anew because of a signal
// What libbpf puts in place of a map that is not there, with the place of the map added: no function
// has such a number, and the verifier's complaint has it.
constexpr std::int32_t kNoFunction = 2001000000;

template <typename T>
__u64 address(T* pointer) {
  return reinterpret_cast<__u64>(pointer);
}

// Before Linux 5.11 maps and programs are locked memory.
bool raise_locked_memory() {
  static bool is_raised = false;
  const rlimit most{RLIM_INFINITY, RLIM_INFINITY};
  return !std::exchange(is_raised, true) && ::setrlimit(RLIMIT_MEMLOCK, &most) == 0;
}

// The answer of bpf(2); negative, with errno, where it failed.
int call(bpf_cmd command, bpf_attr& attr) {
  long answer = ::syscall(SYS_bpf, command, &attr, sizeof attr);
  if (answer < 0 && errno == EPERM && raise_locked_memory()) {
    answer = ::syscall(SYS_bpf, command, &attr, sizeof attr);
  }
  return static_cast<int>(answer);
}

template <std::size_t size>
void set_name(char (&field)[size], std::string_view name) {
  name.copy(field, size - 1);
}

int make_map(const ImageMap& map, const MapPlan& plan) {
  bpf_attr attr{};
  attr.map_type = map.type;
  attr.key_size = map.key_size;
  attr.value_size = plan.value_size != 0 ? plan.value_size : map.value_size;
  attr.max_entries = plan.max_entries != 0 ? plan.max_entries : map.max_entries;
  attr.map_flags = map.flags;
  set_name(attr.map_name, map.name);
  return call(BPF_MAP_CREATE, attr);
}

// By libbpf, which tries nothing for these.
int set_constants(int map, std::span<const std::uint8_t> constants) {
  const __u32 key = 0;
  const int updated = bpf_map_update_elem(map, &key, constants.data(), BPF_ANY);
  return updated != 0 ? updated : bpf_map_freeze(map);
}

UniqueFd load_types() {
  bpf_attr attr{};
  attr.btf = address(kImageBtf.data());
  attr.btf_size = kImageBtf.size();
  return UniqueFd(call(BPF_BTF_LOAD, attr));
}

// The instructions with the descriptors of these maps.
std::vector<bpf_insn> code_for(const Image& image, std::span<const int> maps) {
  std::vector<bpf_insn> code(image.code.begin(), image.code.end());
  for (const MapUse& use : image.uses) {
    if (maps[use.map] >= 0) {
      code[use.instruction].imm = maps[use.map];
      continue;
    }
    bpf_insn never{};
    never.code = BPF_JMP | BPF_CALL;
    never.imm = kNoFunction + static_cast<std::int32_t>(use.map);
    code[use.instruction] = code[use.instruction + 1] = never;
  }
  return code;
}

// Behind its complaint the verifier writes statistics.
std::string last_complaint(std::string_view log) {
  const std::vector<std::string_view> lines = split(log, '\n');
  const auto found = std::find_if(lines.rbegin(), lines.rend(), [](std::string_view line) {
    return !line.empty() && !line.starts_with("processed ") && !line.starts_with("stack depth ") &&
           !line.starts_with("verification time ");
  });
  return found == lines.rend() ? "" : std::string(*found);
}

// `complaint` is the verifier's, where the program is refused.
UniqueFd load_program(const Image& image, std::span<const int> maps, const UniqueFd& types,
                      std::string& complaint) {
  const std::vector<bpf_insn> code = code_for(image, maps);
  bpf_attr attr{};
  attr.prog_type = BPF_PROG_TYPE_CGROUP_SYSCTL;
  attr.expected_attach_type = BPF_CGROUP_SYSCTL;
  attr.insns = address(code.data());
  attr.insn_cnt = static_cast<__u32>(code.size());
  attr.license = address(kImageLicense);
  attr.prog_btf_fd = static_cast<__u32>(types.get());
  attr.func_info = address(image.functions.data());
  attr.func_info_cnt = static_cast<__u32>(image.functions.size());
  attr.func_info_rec_size = sizeof(bpf_func_info);
  set_name(attr.prog_name, image.name);
  UniqueFd program;
  for (int tries = 0; tries < kInterrupted; ++tries) {
    program.reset(call(BPF_PROG_LOAD, attr));
    if (program.valid() || errno != EAGAIN) {
      break;
    }
  }
  if (program.valid() || errno == EPERM) {
    return program;
  }
  // Once more, to hear why. The verifier writes a log only where it is asked to, which takes long.
  const int code_of_first = errno;
  std::vector<char> log(kLogSize);
  attr.log_level = 1;
  attr.log_buf = address(log.data());
  attr.log_size = kLogSize;
  program.reset(call(BPF_PROG_LOAD, attr));
  complaint = last_complaint(log.data());
  program.reset();
  errno = code_of_first;
  return program;
}

Error failed(const std::string& what, int& code) {
  code = errno;
  return system_error(what, code, "");
}

}  // namespace

Result<LoadedImage> load_image(const Image& image, const MapPlans& plans,
                               std::span<const std::uint8_t> constants, int& code) {
  LoadedImage loaded;
  for (std::size_t place = 0; place < plans.size(); ++place) {
    const MapPlan& plan = plans[place];
    int& fd = loaded.maps[place] = plan.is_there ? plan.given : -1;
    if (!plan.is_there || fd >= 0) {
      continue;
    }
    fd = make_map(kImageMaps[place], plan);
    if (fd < 0) {
      return failed(std::string("make map ") + kImageMaps[place].name, code);
    }
    loaded.made[place].reset(fd);
  }
  if (set_constants(loaded.maps[map_place("sysctl_g.rodata")], constants) < 0) {
    return failed("set the guard's constants", code);
  }
  const UniqueFd types = load_types();
  if (!types.valid()) {
    return failed("load the guard's types", code);
  }
  std::string complaint;
  loaded.program = load_program(image, loaded.maps, types, complaint);
  if (!loaded.program.valid()) {
    Error error = failed("load the guard", code);
    error.message += complaint.empty() ? "" : " (" + complaint + ")";
    return error;
  }
  return loaded;
}

}  // namespace sg::kernel
