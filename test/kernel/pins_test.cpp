// SPDX-License-Identifier: Apache-2.0
// pins_test.cpp - programs among the pins are found by all that their policy was made of, and are
// never too many.
//
// In a /run of this process' own. Needs root.
#include "kernel/pins.h"

#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "compile/compile_policy.h"
#include "compile/meta.h"
#include "kernel/bpf_dir.h"
#include "kernel/guarded_cgroup.h"
#include "meta_abi.h"
#include "support/catch.h"
#include "table_abi.h"

using namespace sg;
using kernel::Guard;
using kernel::Pins;

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

// Our directory, empty, on a /run that goes with the process.
Pins empty_pins() {
  static const bool entered = ::unshare(CLONE_NEWNS) == 0 &&
                              ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                              ::mount("run", "/run", "tmpfs", 0, "mode=755") == 0;
  REQUIRE(entered);
  REQUIRE(kernel::make_bpf_dir());
  const std::optional<Pins> pins = Pins::open();
  REQUIRE(pins);
  REQUIRE(pins->remove_all());
  REQUIRE(pins->count() == 0);
  return *pins;
}

// A guard whose metadata is made larger by so many bytes.
Guard load(const Bytes& input, std::size_t more = 0, std::uint32_t rules = 1,
           int containers_map = -1) {
  const Bytes table(sizeof(sg_table) + 64 * sizeof(__u32));
  compile::Meta told;
  told.events = policy::Events::kOff;
  told.warnings = {std::string(more, 'w')};
  const Bytes meta = compile::encode_meta(told);
  return test::must_load({.table = table,
                          .rule_count = rules,
                          .meta = meta,
                          .input = input,
                          .containers_map = containers_map,
                          .container = {.id = "own"}});
}

bool is_shared_here() {
  static const bool is_shared = load({}).is_shared();
  return is_shared;
}

std::string path_of(const std::string& name) { return std::string(kernel::kBpfDir) + "/" + name; }

std::string only_pin() {
  const std::vector<std::string> names = kernel::pins_in_bpf_dir();
  REQUIRE(names.size() == 1);
  return path_of(names.front());
}

}  // namespace

TEST_CASE("Pins: what cannot be shared is not pinned") {
  const Pins pins = empty_pins();
  const Bytes input = bytes_of("own");
  pins.add(load(input, 0, 5000), input);
  CHECK(pins.count() == 0);
  CHECK_FALSE(pins.find(input));
}

TEST_CASE("Pins: a program is found by all bytes of its input and by nothing else") {
  if (!is_shared_here()) {
    return;
  }
  const Pins pins = empty_pins();
  const Bytes input = bytes_of("the input");
  CHECK_FALSE(pins.find(input));
  const Guard guard = load(input);
  pins.add(guard, input);
  CHECK(pins.count() == 1);
  CHECK(pins.bytes() > 0);
  const std::optional<Guard> found = pins.find(input);
  REQUIRE(found);
  CHECK(found->program_id() == guard.program_id());
  for (const char* const other : {"the inpu", "the input.", "The input", ""}) {
    CHECK_FALSE(pins.find(bytes_of(other)));
  }
  // Under the same name, the program of another input, and one that is no guard.
  const std::string path = only_pin();
  REQUIRE(::unlink(path.c_str()) == 0);
  CHECK_FALSE(pins.find(input));
  const Guard other = load(bytes_of("the inputs"));
  REQUIRE(bpf_obj_pin(other.program_fd(), path.c_str()) == 0);
  CHECK_FALSE(pins.find(input));
  // A policy that comes then takes the place.
  pins.add(guard, input);
  CHECK(pins.count() == 1);
  CHECK(pins.find(input)->program_id() == guard.program_id());
  REQUIRE(::unlink(path.c_str()) == 0);
  const UniqueFd map(bpf_map_create(BPF_MAP_TYPE_ARRAY, "x", 4, 8, 1, nullptr));
  REQUIRE(bpf_obj_pin(map.get(), path.c_str()) == 0);
  CHECK_FALSE(pins.find(input));
  CHECK_FALSE(pins.containers_map().valid());
  pins.add(guard, input);
  CHECK(pins.find(input));
  // The first of two that race stays.
  pins.add(load(input), input);
  CHECK(pins.find(input)->program_id() == guard.program_id());
}

TEST_CASE("Pins: one map of containers for all, which no pin holds by itself") {
  if (!is_shared_here()) {
    return;
  }
  const Pins pins = empty_pins();
  CHECK_FALSE(pins.containers_map().valid());
  const Guard first = load(bytes_of("1"));
  pins.add(first, bytes_of("1"));
  const UniqueFd map = pins.containers_map();
  REQUIRE(map.valid());
  const Guard second = load(bytes_of("2"), 0, 1, map.get());
  const std::vector<std::uint32_t> ids = test::map_ids_of(second.program_id());
  const std::vector<std::uint32_t> before = test::map_ids_of(first.program_id());
  const auto is_of_first = [&](std::uint32_t id) {
    return std::ranges::find(before, id) != before.end();
  };
  CHECK(std::ranges::count_if(ids, is_of_first) == 1);
  CHECK_FALSE(pins.has_others());
  CHECK(pins.event_map_ids().ring == 0);
  REQUIRE(kernel::make_event_maps(4096));
  CHECK(pins.has_others());
  CHECK(pins.event_map_ids().ring != 0);
  CHECK(*pins.remove_all() == 1);
  CHECK(pins.event_map_ids().ring != 0);
}

TEST_CASE("Pins: the oldest goes where there are too many, and the large ones have a limit") {
  if (!is_shared_here()) {
    return;
  }
  const Pins pins = empty_pins();
  const auto input_of = [](std::size_t number) { return bytes_of("n" + std::to_string(number)); };
  for (std::size_t i = 0; i < kernel::kPinsMax + 3; ++i) {
    pins.add(load(input_of(i)), input_of(i));
    CHECK(pins.count() == std::min(i + 1, kernel::kPinsMax));
    CHECK(pins.find(input_of(i)));
  }
  CHECK_FALSE(pins.find(input_of(2)));
  CHECK(pins.find(input_of(3)));
  REQUIRE(pins.remove_all());

  constexpr std::size_t kLarge = std::size_t{3} << 20;
  pins.add(load(bytes_of("small")), bytes_of("small"));
  for (std::size_t i = 0; i < 8; ++i) {
    pins.add(load(input_of(i), kLarge), input_of(i));
    CHECK(pins.find(input_of(i)));
    CHECK(pins.bytes() <= kernel::kPinLargeBytes + kernel::kPinLargeMin);
  }
  CHECK(pins.find(bytes_of("small")));
  CHECK(pins.count() == 6);  // five of 3 MiB fit, beside the small one
  // What is larger than all of them together may be is not pinned, and nothing goes for it.
  pins.add(load(bytes_of("huge"), kernel::kPinLargeBytes), bytes_of("huge"));
  CHECK_FALSE(pins.find(bytes_of("huge")));
  CHECK(pins.count() == 6);
}

TEST_CASE("Pins: nobody waits for the lock") {
  if (!is_shared_here()) {
    return;
  }
  const Pins pins = empty_pins();
  const Bytes input = bytes_of("input");
  const Guard guard = load(input);
  {
    const UniqueFd lock = kernel::try_lock_bpf_dir();
    REQUIRE(lock.valid());
    pins.add(guard, input);
    CHECK(pins.count() == 0);
  }
  pins.add(guard, input);
  CHECK(pins.count() == 1);
}
