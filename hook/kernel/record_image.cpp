// SPDX-License-Identifier: Apache-2.0
// record_image.cpp - build tool: what libbpf would give the kernel to load the guard, as C++
// constants.
//
//   record_image > guard_image_data.h
//
// libbpf links each program of the object, with its callbacks and its types, and here "the kernel"
// is the function below: it accepts everything and notes it. So a container's start need neither
// read an ELF nor try what the kernel can do, which took longer than to load the program. Needs no
// rights.
//
// Tested by test/kernel/load_image_test.cpp.
#include <bpf/libbpf.h>
#include <dlfcn.h>
#include <linux/bpf.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <bit>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "kernel/guard_skel.h"

namespace {

struct Map {
  std::string name;
  std::uint32_t type, key_size, value_size, max_entries, flags;
  ino_t file;  // libbpf may have moved it to another descriptor
};

// What was asked for since the last open.
std::vector<Map> maps;
std::vector<unsigned char> types;
std::vector<bpf_insn> instructions;
std::vector<bpf_func_info> functions;
std::string license;

[[noreturn]] void die(const std::string& why) {
  std::fprintf(stderr, "record_image: %s\n", why.c_str());
  std::exit(1);
}

// libbpf closes it. Each one is a file of its own.
int new_fd() {
  const int fd = memfd_create("record_image", MFD_CLOEXEC);
  if (fd < 0) {
    die("cannot make a file in memory");
  }
  return fd;
}

ino_t file_of(int fd) {
  struct stat status {};
  return fstat(fd, &status) == 0 ? status.st_ino : 0;
}

template <typename T>
std::vector<T> copied(std::uint64_t from, std::size_t count) {
  const T* const begin = std::bit_cast<const T*>(from);
  return std::vector<T>(begin, begin + count);
}

void note_program(const bpf_attr& attr) {
  // load_image() says nothing of these, so that they must be as they are there.
  if (attr.prog_flags != 0 || attr.expected_attach_type != BPF_CGROUP_SYSCTL ||
      attr.func_info_rec_size != sizeof(bpf_func_info)) {
    die("libbpf loads the guard in another way than load_image.cpp");
  }
  instructions = copied<bpf_insn>(attr.insns, attr.insn_cnt);
  functions = copied<bpf_func_info>(attr.func_info, attr.func_info_cnt);
  license = std::bit_cast<const char*>(attr.license);
}

// What bpf(2) says. libbpf itself tries programs and maps of its own.
int answer(int command, const bpf_attr& attr) {
  switch (command) {
    case BPF_MAP_CREATE: {
      const int fd = new_fd();
      const std::string name = attr.map_name;
      if (!name.starts_with("libbpf_")) {
        maps.push_back({name, attr.map_type, attr.key_size, attr.value_size, attr.max_entries,
                        attr.map_flags, file_of(fd)});
      }
      return fd;
    }
    case BPF_BTF_LOAD:
      types = copied<unsigned char>(attr.btf, attr.btf_size);
      return new_fd();
    case BPF_PROG_LOAD:
      if (attr.prog_type == BPF_PROG_TYPE_CGROUP_SYSCTL) {
        note_program(attr);
      }
      return new_fd();
    default:
      return 0;
  }
}

// The map whose descriptor an instruction has; its place among the maps of the object.
std::size_t place_of(int fd) {
  const ino_t file = file_of(fd);
  for (std::size_t place = 0; place < maps.size(); ++place) {
    if (maps[place].file == file) {
      return place;
    }
  }
  die("an instruction names a map that was not made");
}

void print_bytes(const char* name, const void* data, std::size_t size) {
  std::printf("inline constexpr std::array<std::uint8_t, %zu> %s = {", size, name);
  for (std::size_t i = 0; i < size; ++i) {
    std::printf("%s%u,", i % 24 == 0 ? "\n    " : "", static_cast<const unsigned char*>(data)[i]);
  }
  std::printf("};\n");
}

void print_program(const char* name) {
  std::printf("inline constexpr std::array<bpf_insn, %zu> %s_code = {{", instructions.size(), name);
  std::string uses;
  std::size_t use_count = 0;
  bool is_second_half = false;
  for (std::size_t i = 0; i < instructions.size(); ++i) {
    bpf_insn insn = instructions[i];
    const bool is_wide = !is_second_half && insn.code == (BPF_LD | BPF_IMM | BPF_DW);
    if (is_wide && (insn.src_reg == BPF_PSEUDO_MAP_FD || insn.src_reg == BPF_PSEUDO_MAP_VALUE)) {
      uses += "{" + std::to_string(i) + ", " + std::to_string(place_of(insn.imm)) + "},";
      ++use_count;
      insn.imm = 0;
    }
    std::printf("%s{%u,%u,%u,%d,%d},", i % 6 == 0 ? "\n    " : "", insn.code, insn.dst_reg,
                insn.src_reg, insn.off, insn.imm);
    is_second_half = is_wide;
  }
  std::printf("}};\ninline constexpr std::array<MapUse, %zu> %s_maps = {{%s}};\n", use_count, name,
              uses.c_str());
  std::printf("inline constexpr std::array<bpf_func_info, %zu> %s_functions = {{", functions.size(),
              name);
  for (const bpf_func_info& function : functions) {
    std::printf("{%u, %u},", function.insn_off, function.type_id);
  }
  std::printf("}};\n");
}

// Has libbpf load one program, and all maps, as they are declared.
void record(const char* name) {
  maps.clear();
  instructions.clear();
  sysctl_guard* const skeleton = sysctl_guard__open();
  if (skeleton == nullptr) {
    die("libbpf does not open the object");
  }
  bpf_program* program = nullptr;
  bpf_object__for_each_program(program, skeleton->obj) {
    bpf_program__set_autoload(program, std::strcmp(bpf_program__name(program), name) == 0);
  }
  // Not to be mapped into memory, as libbpf would have it: that would take two pages for some
  // hundred bytes.
  bpf_map__set_map_flags(skeleton->maps.rodata, BPF_F_RDONLY_PROG);
  if (sysctl_guard__load(skeleton) != 0 || instructions.empty()) {
    die(std::string("libbpf did not load ") + name);
  }
  print_program(name);
}

}  // namespace

// In place of the C library's, which everything goes to but bpf(2).
extern "C" long syscall(long number, ...) noexcept {
  std::va_list arguments;
  va_start(arguments, number);
  long words[6];
  for (long& word : words) {
    word = va_arg(arguments, long);
  }
  va_end(arguments);
  if (number == SYS_bpf) {
    return answer(static_cast<int>(words[0]), *std::bit_cast<const bpf_attr*>(words[1]));
  }
  static const auto real = reinterpret_cast<long (*)(long, ...)>(dlsym(RTLD_NEXT, "syscall"));
  return real(number, words[0], words[1], words[2], words[3], words[4], words[5]);
}

int main() {
  std::printf("// Generated by record_image.\n\n");
  for (const char* const name : {"sysctl_guard_bounded", "sysctl_guard_current", "sysctl_guard"}) {
    record(name);
  }
  std::printf("inline constexpr std::array<ImageMap, %zu> kImageMaps = {{\n", maps.size());
  for (const Map& map : maps) {
    std::printf("    {\"%s\", %u, %u, %u, %u, %u},\n", map.name.c_str(), map.type, map.key_size,
                map.value_size, map.max_entries, map.flags);
  }
  std::printf("}};\n");
  print_bytes("kImageBtf", types.data(), types.size());
  std::printf("inline constexpr const char* kImageLicense = \"%s\";\n", license.c_str());
  const sysctl_guard* const skeleton = sysctl_guard__open();
  print_bytes("kImageConstants", skeleton->rodata, sizeof *skeleton->rodata);
  return std::fflush(stdout) == 0 ? 0 : 1;
}
