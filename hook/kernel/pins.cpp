// SPDX-License-Identifier: Apache-2.0
// pins.cpp - finds a pin by its hash, pins under the lock of the directory, so that there are never
// too many.
//
// Tested by test/kernel/pins_test.cpp.
#include "kernel/pins.h"

#include <bpf/bpf.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/bpf_dir.h"
#include "kernel/event_maps.h"
#include "kernel/our_program.h"
#include "meta_abi.h"

namespace sg::kernel {
namespace {

constexpr std::string_view kPrefix = "p-";

std::string path_of(std::string_view name) {
  return std::string(kBpfDir) + "/" + std::string(name);
}

std::string name_of(std::span<const std::uint8_t> input) {
  const std::string_view bytes(reinterpret_cast<const char*>(input.data()), input.size());
  std::array<char, 20> digits{};
  (void)std::snprintf(digits.data(), digits.size(), "%016zx", std::hash<std::string_view>{}(bytes));
  return std::string(kPrefix) + digits.data();
}

// Whether the metadata says that the policy was made of exactly `input`.
bool is_made_of(const std::vector<std::uint8_t>& meta, std::span<const std::uint8_t> input) {
  sg_meta head;
  if (meta.size() < sizeof head) {
    return false;
  }
  std::memcpy(&head, meta.data(), sizeof head);
  return head.input_len == input.size() && meta.size() - sizeof head >= input.size() &&
         std::ranges::equal(std::span(meta).subspan(sizeof head, input.size()), input);
}

bool is_pin(const std::string& name) { return name.starts_with(kPrefix); }

std::vector<std::string> pin_names() {
  std::vector<std::string> names = pins_in_bpf_dir();
  std::erase_if(names, [](const std::string& name) { return !is_pin(name); });
  return names;
}

// Bytes of table and metadata; 0 for what is no guard.
std::size_t bytes_of(const std::string& name) {
  const UniqueFd program(bpf_obj_get(path_of(name).c_str()));
  const std::optional<OurProgram> ours =
      program.valid() ? read_our_program(program.get()) : std::nullopt;
  const std::optional<ProgramMap> table = ours ? find_map(*ours, "sg_table") : std::nullopt;
  return table ? table->value_size + ours->meta.size() : 0;
}

// Makes room for one more, of that many bytes, by removing the oldest ones. The lock is held.
void make_room(std::size_t bytes) {
  std::vector<std::string> names = pin_names();
  for (; names.size() >= kPinsMax; names.pop_back()) {
    (void)::unlink(path_of(names.back()).c_str());
  }
  if (bytes <= kPinLargeMin) {
    return;
  }
  std::size_t total = bytes;
  for (const std::string& name : names) {
    const std::size_t size = bytes_of(name);
    if (size > kPinLargeMin && (total += size) > kPinLargeBytes) {
      (void)::unlink(path_of(name).c_str());
    }
  }
}

}  // namespace

std::optional<Pins> Pins::open() {
  return look_at_bpf_dir().state == BpfDirState::kOurs ? std::optional(Pins()) : std::nullopt;
}

EventMapIds Pins::event_map_ids() const { return pinned_event_map_ids(); }

std::optional<Guard> Pins::find(std::span<const std::uint8_t> input) const {
  UniqueFd program(bpf_obj_get(path_of(name_of(input)).c_str()));
  if (!program.valid()) {
    return std::nullopt;
  }
  Result<Guard> guard = Guard::adopt(std::move(program));
  if (!guard || !is_made_of(guard->meta(), input)) {
    return std::nullopt;
  }
  return *std::move(guard);
}

void Pins::add(const Guard& guard, std::span<const std::uint8_t> input) const {
  const UniqueFd lock = guard.is_shared() ? try_lock_bpf_dir() : UniqueFd();
  // Where it is there now, another hook was faster; else what has the name is of another policy.
  if (!lock.valid() || guard.bytes() > kPinLargeBytes || find(input)) {
    return;
  }
  const std::string path = path_of(name_of(input));
  (void)::unlink(path.c_str());
  make_room(guard.bytes());
  (void)bpf_obj_pin(guard.program_fd(), path.c_str());
}

UniqueFd Pins::containers_map() const {
  for (const std::string& name : pin_names()) {
    UniqueFd program(bpf_obj_get(path_of(name).c_str()));
    const Result<Guard> guard = Guard::adopt(std::move(program));
    if (guard) {
      return duplicate(guard->containers_map());
    }
  }
  return UniqueFd();
}

std::size_t Pins::count() const { return pin_names().size(); }

std::size_t Pins::bytes() const {
  std::size_t total = 0;
  for (const std::string& name : pin_names()) {
    total += bytes_of(name);
  }
  return total;
}

bool Pins::has_others() const {
  const std::vector<std::string> names = pins_in_bpf_dir();
  return !std::ranges::all_of(names, is_pin);
}

Result<std::size_t> Pins::remove_all() const {
  std::size_t removed = 0;
  for (const std::string& name : pin_names()) {
    if (::unlink(path_of(name).c_str()) == 0) {
      ++removed;
    } else if (errno != ENOENT) {
      return system_error("remove " + path_of(name), errno, "run it as root");
    }
  }
  return removed;
}

}  // namespace sg::kernel
