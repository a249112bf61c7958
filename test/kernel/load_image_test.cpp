// SPDX-License-Identifier: Apache-2.0
// load_image_test.cpp - what is loaded from constants is what libbpf loads from the object: each
// program's instructions, types and maps, as the kernel tells them; and where a step fails, nothing
// is left.
//
// On kernels without bpf_loop neither of the two gets the programs with it loaded. Needs root.
#include "kernel/load_image.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "event_abi.h"
#include "host/kernel_release.h"
#include "kernel/guard_skel.h"
#include "kernel/our_program.h"
#include "support/catch.h"

using namespace sg;
using kernel::Image;
using kernel::LoadedImage;
using kernel::MapPlans;

namespace {

using Constants = std::remove_pointer_t<decltype(sysctl_guard::rodata)>;

constexpr std::size_t kInstructionsMax = 4096;  // of one program, as the kernel has them

// Which of the guard's parts are used: all of them, or those that Linux 5.10 takes.
constexpr bool kAll = true;
constexpr bool kFewest = false;

void set_constants(Constants& constants, bool all) {
  constants.cell_mask = 0;
  constants.count_slots = 1;
  constants.has_conditions = 1;
  constants.shared = all ? 1 : 0;
  constants.events = all ? SG_EVENTS_WRITES : SG_EVENTS_OFF;
  constants.has_task = all ? 1 : 0;
  constants.refusal = all ? -EACCES : 0;
}

MapPlans maps_for(bool all) {
  MapPlans plans;
  for (const auto place : {kernel::map_place("sg_counters"), kernel::map_place("sg_container")}) {
    plans[place].is_there = !all;
  }
  for (const auto place : {kernel::map_place("sg_counts"), kernel::map_place("sg_containers"),
                           kernel::map_place("sg_events"), kernel::map_place("sg_event_state")}) {
    plans[place].is_there = all;
  }
  // A ring is never less than a page: libbpf makes it one where it is declared smaller. The guard's is always given.
  plans[kernel::map_place("sg_events")].max_entries = static_cast<__u32>(::sysconf(_SC_PAGESIZE));
  return plans;
}

std::vector<std::uint8_t> constants_for(bool all) {
  Constants constants;
  std::memcpy(&constants, kernel::kImageConstants.data(), sizeof constants);
  set_constants(constants, all);
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(&constants);
  return {bytes, bytes + sizeof constants};
}

Result<LoadedImage> load(const Image& image, bool all, int& code) {
  return kernel::load_image(image, maps_for(all), constants_for(all), code);
}

struct SkeletonDeleter {
  void operator()(sysctl_guard* skeleton) const noexcept { sysctl_guard__destroy(skeleton); }
};
using Skeleton = std::unique_ptr<sysctl_guard, SkeletonDeleter>;

// The same by libbpf; empty where the kernel refuses it.
Skeleton load_by_libbpf(const std::string& name, bool all) {
  libbpf_set_print(nullptr);
  Skeleton skeleton(sysctl_guard__open());
  REQUIRE(skeleton);
  for (bpf_program* const program :
       {skeleton->progs.sysctl_guard, skeleton->progs.sysctl_guard_current,
        skeleton->progs.sysctl_guard_bounded}) {
    bpf_program__set_autoload(program, bpf_program__name(program) == name);
  }
  set_constants(*skeleton->rodata, all);
  REQUIRE(bpf_map__set_map_flags(skeleton->maps.rodata, BPF_F_RDONLY_PROG) == 0);
  for (bpf_map* const map : {skeleton->maps.sg_counters, skeleton->maps.sg_container}) {
    REQUIRE(bpf_map__set_autocreate(map, !all) == 0);
  }
  for (bpf_map* const map : {skeleton->maps.sg_counts, skeleton->maps.sg_containers,
                             skeleton->maps.sg_events, skeleton->maps.sg_event_state}) {
    REQUIRE(bpf_map__set_autocreate(map, all) == 0);
  }
  if (sysctl_guard__load(skeleton.get()) != 0) {
    skeleton.reset();
  }
  return skeleton;
}

int program_fd(const Skeleton& skeleton, const std::string& name) {
  return bpf_program__fd(bpf_object__find_program_by_name(skeleton->obj, name.c_str()));
}

// One map in words: all that the kernel says of it but its ID, and that only user space may write
// it no more.
std::string map_text(std::uint32_t id) {
  const UniqueFd fd(bpf_map_get_fd_by_id(id));
  const std::optional<bpf_map_info> info = kernel::map_info_of(fd.get());
  REQUIRE(info);
  std::string text = info->name;
  for (const __u32 number :
       {info->type, info->key_size, info->value_size, info->max_entries, info->map_flags}) {
    text += " " + std::to_string(number);
  }
  std::ifstream told("/proc/self/fdinfo/" + std::to_string(fd.get()));
  for (std::string line; std::getline(told, line);) {
    text += line.starts_with("frozen:") ? " " + line : "";
  }
  return text;
}

// A loaded program, without what is of one load alone.
struct Program {
  std::string name;
  std::vector<std::uint8_t> tag;  // of the instructions before they were verified
  std::vector<std::uint8_t> code;
  std::vector<std::string> maps;
  std::vector<std::uint32_t> functions;  // instruction and type, in turn
  std::uint32_t types_size = 0;
  bool is_gpl = false;
};

Program read_program(int fd) {
  std::vector<bpf_insn> code(kInstructionsMax);
  std::vector<std::uint32_t> map_ids(kernel::kImageMaps.size());
  std::vector<bpf_func_info> functions(16);
  bpf_prog_info info{};
  info.xlated_prog_insns = reinterpret_cast<__u64>(code.data());
  info.xlated_prog_len = static_cast<__u32>(code.size() * sizeof(bpf_insn));
  info.map_ids = reinterpret_cast<__u64>(map_ids.data());
  info.nr_map_ids = static_cast<__u32>(map_ids.size());
  info.func_info = reinterpret_cast<__u64>(functions.data());
  info.func_info_rec_size = sizeof(bpf_func_info);
  info.nr_func_info = static_cast<__u32>(functions.size());
  __u32 size = sizeof info;
  REQUIRE(bpf_obj_get_info_by_fd(fd, &info, &size) == 0);
  REQUIRE(info.xlated_prog_len > 0);
  REQUIRE(info.xlated_prog_len < code.size() * sizeof(bpf_insn));
  REQUIRE(info.nr_func_info > 0);
  code.resize(info.xlated_prog_len / sizeof(bpf_insn));
  map_ids.resize(info.nr_map_ids);
  functions.resize(info.nr_func_info);
  for (std::size_t i = 0; i + 1 < code.size(); ++i) {
    if (code[i].code == (BPF_LD | BPF_IMM | BPF_DW) &&
        (code[i].src_reg == BPF_PSEUDO_MAP_FD || code[i].src_reg == BPF_PSEUDO_MAP_VALUE)) {
      const auto found = std::ranges::find(map_ids, static_cast<std::uint32_t>(code[i].imm));
      REQUIRE(found != map_ids.end());
      code[i].imm = static_cast<std::int32_t>(found - map_ids.begin());
    }
  }
  Program program;
  program.name = info.name;
  program.tag.assign(std::begin(info.tag), std::end(info.tag));
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(code.data());
  program.code.assign(bytes, bytes + code.size() * sizeof(bpf_insn));
  for (const std::uint32_t id : map_ids) {
    program.maps.push_back(map_text(id));
  }
  for (const bpf_func_info& function : functions) {
    program.functions.insert(program.functions.end(), {function.insn_off, function.type_id});
  }
  program.is_gpl = info.gpl_compatible != 0;
  const UniqueFd types(bpf_btf_get_fd_by_id(info.btf_id));
  bpf_btf_info types_info{};
  size = sizeof types_info;
  REQUIRE(bpf_obj_get_info_by_fd(types.get(), &types_info, &size) == 0);
  program.types_size = types_info.btf_size;
  return program;
}

std::size_t open_descriptors() {
  const auto all = std::filesystem::directory_iterator("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

struct Row {
  const Image& image;
  const char* name;  // in the object
  bool needs_loop;
};
const Row kRows[] = {{kernel::kGuard, "sysctl_guard", true},
                     {kernel::kGuardCurrent, "sysctl_guard_current", true},
                     {kernel::kGuardBounded, "sysctl_guard_bounded", false}};

}  // namespace

TEST_CASE("Image: each program is the one that libbpf loads, and so are its maps") {
  const host::KernelRelease release = host::kernel_release();
  for (const Row& row : kRows) {
    for (const bool all : {kFewest, kAll}) {
      CAPTURE(row.name, all);
      int code = 0;
      const Result<LoadedImage> loaded = load(row.image, all, code);
      const Skeleton theirs = load_by_libbpf(row.name, all);
      CHECK((theirs != nullptr) == (loaded ? true : false));
      // Which kernels must take it, so that not all rows are empty.
      if (release >= host::KernelRelease{6, 1} || (!row.needs_loop && !all)) {
        INFO((loaded ? "" : loaded.error().message));
        REQUIRE(loaded);
      }
      if (!loaded || !theirs) {
        continue;
      }
      const Program mine = read_program(loaded->program.get());
      const Program other = read_program(program_fd(theirs, row.name));
      CHECK(mine.name == other.name);
      CHECK(mine.tag == other.tag);
      CHECK(mine.code == other.code);
      CHECK(mine.maps == other.maps);
      CHECK(mine.functions == other.functions);
      CHECK(mine.types_size == other.types_size);
      CHECK(mine.is_gpl == other.is_gpl);
    }
  }
}

TEST_CASE("Image: the constants cannot be written once the program is loaded, by nobody") {
  int code = 0;
  const Result<LoadedImage> loaded = load(kernel::kGuardBounded, kFewest, code);
  REQUIRE(loaded);
  const int map = loaded->maps[kernel::map_place("sysctl_g.rodata")];
  const __u32 key = 0;
  std::vector<std::uint8_t> value(kernel::kImageConstants.size());
  REQUIRE(bpf_map_lookup_elem(map, &key, value.data()) == 0);
  CHECK(value == constants_for(kFewest));
  std::vector<std::uint8_t> other(value.size(), 1);
  CHECK(bpf_map_update_elem(map, &key, other.data(), BPF_ANY) != 0);
  CHECK(errno == EPERM);
  REQUIRE(bpf_map_lookup_elem(map, &key, other.data()) == 0);
  CHECK(other == value);
}

TEST_CASE("Image: where a step fails, it is said which, and nothing is left open") {
  const std::vector<std::uint8_t> constants = constants_for(kFewest);
  MapPlans plans = maps_for(kFewest);
  int code = 0;
  const std::size_t before = open_descriptors();

  SECTION("the control") {
    const Result<LoadedImage> loaded =
        kernel::load_image(kernel::kGuardBounded, plans, constants, code);
    CHECK(loaded);
    CHECK(code == 0);
    CHECK(open_descriptors() > before);
  }
  SECTION("a map that the kernel does not make") {
    plans[kernel::map_place("sg_meta")].value_size = ~0U;
    const Result<LoadedImage> loaded =
        kernel::load_image(kernel::kGuardBounded, plans, constants, code);
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().message.starts_with("make map sg_meta: "));
    CHECK((code == E2BIG || code == EINVAL));
  }
  SECTION("a program that wants a map that is not there: the verifier says so") {
    plans[kernel::map_place("sg_table")].is_there = false;
    const Result<LoadedImage> loaded =
        kernel::load_image(kernel::kGuardBounded, plans, constants, code);
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().message.starts_with("load the guard: "));
    const std::string number = std::to_string(2001000000 + kernel::map_place("sg_table"));
    CHECK(loaded.error().message.find("invalid func unknown#" + number) != std::string::npos);
    CHECK(code == EINVAL);
  }
  SECTION("a descriptor of something else in place of a map") {
    plans[kernel::map_place("sg_table")].given = STDIN_FILENO;
    const Result<LoadedImage> loaded =
        kernel::load_image(kernel::kGuardBounded, plans, constants, code);
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().message.starts_with("load the guard: "));
    CHECK((code == EINVAL || code == EBADF));
  }
  CHECK(open_descriptors() == before);
}
